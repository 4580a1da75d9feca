#include "base/error.h"

namespace posthoc {

Error::Error(const std::string& message) : std::runtime_error(message) {}

Cancelled::Cancelled() : Error("cancelled") {}

}  // namespace posthoc
