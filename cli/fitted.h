#pragma once

#include <ostream>
#include <string>

#include "cli/method_options.h"
#include "debias/method.h"

namespace posthoc::cli {

/// What a method returned, and how long it took.
struct Fitted {
  std::string method;
  debias::Debiased result;
  double seconds = 0.0;
};

/// Runs a method of the table. Throws `Error` as it does.
Fitted fit(const std::string& method, const debias::MethodOptions& options, const debias::Problem& problem);

/// Adds the entries "options" (those of the method, if it has any), "best_trial" or "best_step" (if it tries several),
/// "notes", "details" (null where undefined, the reason under "undefined_details") and "seconds".
void put_fitted(const Fitted& fitted, const MethodFlags& flags, Json& json);

/// A line for each note, "METHOD: ...".
void print_notes(std::ostream& out, const Fitted& fitted);

}  // namespace posthoc::cli
