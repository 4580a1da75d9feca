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

ProgressStage::~ProgressStage() {
  try {
    progress_.end();
  } catch (...) {  // a destructor must not throw, and a sink that cannot draw is no reason to lose the work
    return;
  }
}

Progress& no_progress() {
  static NoProgress sink;
  return sink;
}

}  // namespace posthoc
