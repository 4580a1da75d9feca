#include "base/progress.h"

namespace posthoc {
namespace {

class NoProgress final : public Progress {
 public:
  void begin(std::string_view /*stage*/, std::int64_t /*total*/) override {}
  void advance(std::int64_t /*steps*/, std::string_view /*note*/) override {}
  void end() override {}
};

}  // namespace

Progress& no_progress() {
  static NoProgress sink;
  return sink;
}

}  // namespace posthoc
