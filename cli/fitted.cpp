#include "cli/fitted.h"

#include <chrono>

#include "cli/json_blocks.h"

namespace posthoc::cli {

Fitted fit(const std::string& method, const debias::MethodOptions& options, const debias::Problem& problem) {
  const auto start = std::chrono::steady_clock::now();
  debias::Debiased result = debias::method(method, options)->fit(problem);
  return {method, std::move(result), std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()};
}

void put_fitted(const Fitted& fitted, const MethodFlags& flags, Json& json) {
  if (Json options = flags.json_of(fitted.method); !options.is_null()) json["options"] = std::move(options);
  if (!fitted.result.trace.empty()) {
    json[fitted.method == "random" ? "best_trial" : "best_step"] = fitted.result.best_step;
  }
  json["notes"] = fitted.result.notes;
  json["details"] = Json::object();
  for (const debias::Detail& detail : fitted.result.details) {
    json["details"][detail.name] = number_json(detail.value);
    if (!detail.value.defined()) json["undefined_details"][detail.name] = detail.value.reason();
  }
  json["seconds"] = fitted.seconds;
}

void print_notes(std::ostream& out, const Fitted& fitted) {
  for (const std::string& note : fitted.result.notes) out << fitted.method << ": " << note << "\n";
}

}  // namespace posthoc::cli
