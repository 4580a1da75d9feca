#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "study/report/claims.h"
#include "study/report/classifiers.h"
#include "study/report/comparisons.h"
#include "study/report/names.h"
#include "study/report/published.h"

namespace posthoc::study {
namespace {

using Kind = fairness::Objective::Kind;

void add(Claim& claim, const std::string& protocol, const std::string& sentence) {
  claim.evidence.push_back(fmt::format("{}: {}.", protocol, sentence));
}

// The label of the debiasing method with the lowest mean objective; empty if there is none.
std::string best_method(const std::vector<const Group*>& groups, Degenerate degenerate) {
  std::string best;
  double lowest = 0;
  for (const Group* group : groups) {
    if (family_of(group->method) == Family::baseline) continue;
    const auto mean = sample(*group, test_objective, degenerate).moments();
    if (!mean || (!best.empty() && mean->mean >= lowest)) continue;
    best = group->key.method;
    lowest = mean->mean;
  }
  return best;
}

Claim adversarial_on_larger_networks(const Results& results) {
  Claim claim{
      "Adversarial fine-tuning is the best on larger and more regularised networks.",
      kNotTested,
      {},
      "the method with the lowest mean objective on each architecture but the base one: holds if it is adversarial in "
      "all of them, in part if in half",
      {}};
  for (const std::string& protocol : main_protocols(results)) {
    std::string text;
    std::size_t cells = 0;
    std::size_t own = 0;
    std::size_t own_deciding = 0;
    for (const ObjectiveKey& objective : results.objectives(Kind::tradeoff)) {
      for (const Task& task : results.tasks()) {
        for (const Architecture& architecture : results.architectures()) {
          if (architecture == Architecture()) continue;
          const auto groups = methods_of(results, task.name, objective, architecture, protocol);
          const std::string best = best_method(groups, Degenerate::counts);
          if (best.empty()) continue;
          const std::string deciding = best_method(groups, Degenerate::left_out);
          ++cells;
          own += best == "adversarial" ? 1 : 0;
          own_deciding += deciding == "adversarial" ? 1 : 0;
          text += fmt::format("; {}, {}: {}{}", task.name, to_string(architecture), best,
                              deciding == best   ? std::string()
                              : deciding.empty() ? std::string(" (all degenerate)")
                                                 : fmt::format(" (without degenerate results {})", deciding));
        }
      }
    }
    if (cells == 0) continue;
    add(claim, protocol,
        fmt::format("adversarial in {} of {}, without degenerate results in {}{}", own, cells, own_deciding, text));
    claim.judge(protocol, verdict_of_share(own, cells), verdict_of_share(own_deciding, cells));
  }
  return claim;
}

Claim network_is_most_accurate(const Results& results) {
  Claim claim{"The network is at least as accurate as logistic regression and a random forest.",
              kNotTested,
              {},
              "Table 3, means on test, accuracy and AUC: holds if the network's is within two joint standard errors of "
              "the best or is the best everywhere, in part if in half",
              {}};
  for (const std::string& protocol : main_protocols(results)) {
    std::size_t rows = 0;
    std::size_t best = 0;
    for (const char* data : {"adult", "bank", "compas"}) {
      for (const char* quantity : {"accuracy", "auc"}) {
        const auto network = classifier_sample(results, data, "neural network", quantity, protocol);
        if (!network) continue;
        std::string text = fmt::format("{} {}: network {:.4f}", data, quantity, network->moments()->mean);
        bool is_best = true;
        bool others = false;
        for (const char* model : {"logistic regression", "random forest"}) {
          const auto other = classifier_sample(results, data, model, quantity, protocol);
          if (!other) continue;
          others = true;
          text += fmt::format(", {} {:.4f}", model, other->moments()->mean);
          const Comparison comparison = compare(*network->moments(), *other->moments(), 0.0);
          is_best = is_best && (comparison.difference >= 0 || comparison.within);
        }
        if (!others) continue;
        ++rows;
        best += is_best ? 1 : 0;
        add(claim, protocol, text);
      }
    }
    if (rows > 0) claim.judge(protocol, verdict_of_share(best, rows));
  }
  return claim;
}

// The mean seconds of a method by its name on a task, over whatever it was run on.
std::optional<double> seconds_of(const Results& results, const std::string& task, const std::string& method,
                                 const std::string& protocol) {
  double sum = 0;
  std::size_t cells = 0;
  for (const Group& group : results.groups()) {
    if (group.key.task != task || group.method != method || group.protocol != protocol) continue;
    if (group.key.architecture != results.main_architecture() || group.key.objective.kind != Kind::tradeoff) continue;
    for (const Entry* entry : group.entries) sum += entry->cell.seconds;
    cells += group.entries.size();
  }
  if (cells == 0) return std::nullopt;
  return sum / static_cast<double>(cells);
}

Claim times_order(const Results& results) {
  Claim claim{
      "Fine-tuning takes minutes where equalized odds take a fraction of a second; reject option lies between (Table "
      "2).",
      kNotTested,
      {},
      "the slowest of each kind, mean seconds on one thread: holds if the order equalized odds < reject option < "
      "random "
      "perturbation is found on every task, and random perturbation takes a minute",
      {}};
  const std::string protocol = main_protocols(results).front();  // what work takes is the same under all
  bool order = true;
  bool minutes = true;
  std::size_t tasks = 0;
  for (const Task& task : results.tasks()) {
    std::string text;
    std::vector<double> three;
    for (const char* method : {"equalized-odds", "reject-option", "random", "adversarial", "layerwise"}) {
      const auto seconds = seconds_of(results, task.name, method, protocol);
      if (!seconds) continue;
      text += fmt::format("{}{} {:.3g} s", text.empty() ? "" : ", ", method, *seconds);
      if (three.size() < 3 && std::string_view(method) != "adversarial" && std::string_view(method) != "layerwise") {
        three.push_back(*seconds);
      }
    }
    if (three.size() < 3) continue;
    ++tasks;
    order = order && three[0] < three[1] && three[1] < three[2];
    minutes = minutes && three[2] >= 60;
    add(claim, task.name, text);
  }
  if (tasks > 0) claim.verdict = order && minutes ? kHolds : order ? kHoldsInPart : kDoesNotHold;
  return claim;
}

}  // namespace

std::vector<Claim> claims_on_settings(const Results& results) {
  return {adversarial_on_larger_networks(results), network_is_most_accurate(results), times_order(results)};
}

}  // namespace posthoc::study
