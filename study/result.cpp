#include "study/result.h"

#include <fmt/format.h>

#include "fairness/measure.h"

namespace posthoc::study {
namespace {

std::optional<double> number(const fairness::Value& value, PartResult& part) {
  if (value.defined()) return value.number();
  if (part.undefined.empty()) part.undefined = value.reason();
  return std::nullopt;
}

}  // namespace

std::string NetworkKey::file_stem() const {
  return fmt::format("{}-{}-depth{}-width{}-dropout{}-seed{}", data, features, architecture.depth, architecture.width,
                     architecture.dropout, seed);
}

PartResult part_result(const debias::Evaluation& evaluation) {
  PartResult part;
  part.counts = evaluation.audit.counts;
  part.objective = number(evaluation.objective, part);
  part.bias = number(evaluation.bias, part);
  part.performance = number(evaluation.performance, part);
  const auto measured = [&](const char* name) {
    return number(fairness::find_measure(name).of_counts(part.counts), part);
  };
  part.accuracy = measured("accuracy");
  part.balanced_accuracy = measured("balanced_accuracy");
  part.spd = measured("spd");
  part.eod = measured("eod");
  part.aod = measured("aod");
  part.degenerate = evaluation.degenerate;
  part.feasible = evaluation.feasible;
  return part;
}

std::string to_string(const Architecture& architecture) {
  const Architecture base;
  std::string text;
  const auto add = [&](const std::string& difference) { text += (text.empty() ? "" : ", ") + difference; };
  if (architecture.dropout != base.dropout) add(fmt::format("dropout {}", architecture.dropout));
  if (architecture.width != base.width) add(fmt::format("width {}", architecture.width));
  if (architecture.depth != base.depth) add(fmt::format("depth {}", architecture.depth));
  return text.empty() ? "base" : text;
}

}  // namespace posthoc::study
