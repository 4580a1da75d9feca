#include "study/report/our_numbers.h"

namespace posthoc::study {
namespace {

// The bias of SPD and AOD changes its sign with the label that counts as favourable.
double sign_of(const PublishedNumber& number, bool published_protocol) {
  return number.quantity == "bias" && number.data == "compas" && !published_protocol ? -1.0 : 1.0;
}

}  // namespace

Select selector(const PublishedNumber& number, bool published_protocol) {
  if (number.quantity == "objective") return test_objective;
  if (number.quantity == "accuracy") return test_accuracy;
  const double sign = sign_of(number, published_protocol);
  return [sign](const CellResult& cell) -> std::optional<double> {
    if (!cell.test.bias) return std::nullopt;
    return sign * *cell.test.bias;
  };
}

const Group* group_of(const Results& results, const PublishedNumber& number, const std::string& protocol) {
  const std::string task = task_name(results, number.data, number.protected_attribute);
  for (const char* measure : {"spd", "eod", "aod"}) {
    if (!number.measure.empty() && number.measure != measure) continue;
    // The first label of the method: the study may run it with several options.
    for (const std::string& label : results.methods()) {
      const Group* group = results.find(task, paper_objective(measure), label, number.architecture, protocol);
      if (group != nullptr && group->method == number.method) return group;
    }
  }
  return nullptr;
}

ObjectiveKey paper_objective(const std::string& measure) {
  return {measure, "accuracy", fairness::Objective::Kind::tradeoff, 0.75};
}

std::string task_name(const Results& results, const std::string& data, const std::string& protected_attribute) {
  for (const Task& task : results.tasks()) {
    if (task.data == data && task.protected_attribute == protected_attribute) return task.name;
  }
  return "";
}

}  // namespace posthoc::study
