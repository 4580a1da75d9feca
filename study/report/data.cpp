#include <fmt/format.h>

#include "study/report/comparisons.h"
#include "study/report/tables.h"

namespace posthoc::study {
namespace {

using report::Data;
using report::digits;

std::string digits_of(const std::optional<double>& number) { return number ? digits(*number) : ""; }

void put_moments(const std::optional<Moments>& moments, std::vector<std::string>& row) {
  row.push_back(moments ? digits(moments->mean) : "");
  row.push_back(moments ? digits(moments->std) : "");
}

// The columns that say which group a row is of.
const std::vector<std::string> kKey = {"task",   "data",   "protected", "measure", "performance", "objective_kind",
                                       "weight", "method", "depth",     "width",   "dropout",     "protocol"};

std::vector<std::string> key_of(const CellKey& key) {
  return {key.task,
          key.data,
          key.protected_attribute,
          key.objective.measure,
          key.objective.performance,
          std::string(fairness::to_string(key.objective.kind)),
          digits(key.objective.weight),
          key.method,
          std::to_string(key.architecture.depth),
          std::to_string(key.architecture.width),
          digits(key.architecture.dropout),
          protocol_label(key.protocol)};
}

Data with_key(const std::string& id, const std::vector<std::string>& more) {
  Data data{id, kKey, {}};
  data.header.insert(data.header.end(), more.begin(), more.end());
  return data;
}

}  // namespace

Data groups_data(const Results& results) {
  Data data = with_key(
      "groups", {"networks", "undefined", "degenerate", "objective_mean", "objective_std", "bias_mean", "bias_std",
                 "accuracy_mean", "accuracy_std", "balanced_accuracy_mean", "balanced_accuracy_std",
                 "bound_kept_on_validation", "bound_kept_on_test", "seconds_mean", "lines"});
  for (const Group& group : results.groups()) {
    std::vector<std::string> row = key_of(group.key);
    const Sample objective = sample(group, test_objective);
    std::size_t degenerate = 0, valid = 0, test = 0;
    Sample lines;
    for (const Entry* entry : group.entries) {
      degenerate += is_degenerate(entry->cell) ? 1 : 0;
      valid += entry->cell.valid.feasible ? 1 : 0;
      test += entry->cell.test.feasible ? 1 : 0;
      lines.sources.push_back(entry->source);
    }
    row.push_back(std::to_string(group.entries.size()));
    row.push_back(std::to_string(objective.undefined));
    row.push_back(std::to_string(degenerate));
    put_moments(objective.moments(), row);
    put_moments(sample(group, test_bias).moments(), row);
    put_moments(sample(group, test_accuracy).moments(), row);
    put_moments(sample(group, test_balanced_accuracy).moments(), row);
    row.push_back(std::to_string(valid));
    row.push_back(std::to_string(test));
    row.push_back(
        digits(sample(group, [](const CellResult& cell) { return std::optional(cell.seconds); }).moments()->mean));
    row.push_back(lines.source());
    data.rows.push_back(std::move(row));
  }
  return data;
}

Data cells_data(const Results& results) {
  Data data =
      with_key("cells", {"seed", "valid_objective", "valid_bias", "valid_accuracy", "test_objective", "test_bias",
                         "test_accuracy", "test_balanced_accuracy", "degenerate", "seconds", "line"});
  for (const Group& group : results.groups()) {
    for (const Entry* entry : with_further(group).entries) {
      const CellResult& cell = entry->cell;
      std::vector<std::string> row = key_of(cell.key);
      row.push_back(std::to_string(cell.key.seed));
      for (const auto& number : {cell.valid.objective, cell.valid.bias, cell.valid.accuracy, cell.test.objective,
                                 cell.test.bias, cell.test.accuracy, cell.test.balanced_accuracy}) {
        row.push_back(digits_of(number));
      }
      row.push_back(is_degenerate(cell) ? "1" : "0");
      row.push_back(digits(cell.seconds));
      row.push_back(entry->source);
      data.rows.push_back(std::move(row));
    }
  }
  return data;
}

Data verdicts_data(const VerdictsByProtocol& verdicts) {
  Data data{"verdicts",
            {"protocol", "where",  "task",       "data",      "protected",      "quantity",      "measure",
             "method",   "depth",  "width",      "dropout",   "published_mean", "published_std", "ours_mean",
             "ours_std", "ours_n", "rerun_mean", "rerun_std", "rerun_n",        "difference",    "joint_standard_error",
             "units",    "mark",   "reason",     "lines"},
            {}};
  for (const char* protocol : {kPublished, kCorrected}) {
    for (const Verdict& verdict : verdicts.of(protocol)) {
      const PublishedNumber& number = verdict.number;
      std::vector<std::string> row = {protocol,
                                      number.place,
                                      number.task,
                                      number.data,
                                      number.protected_attribute,
                                      number.quantity,
                                      number.measure,
                                      number.method,
                                      std::to_string(number.architecture.depth),
                                      std::to_string(number.architecture.width),
                                      digits(number.architecture.dropout)};
      put_moments(number.value, row);
      put_moments(verdict.ours, row);
      row.push_back(verdict.ours ? std::to_string(verdict.ours->n) : "");
      put_moments(verdict.rerun, row);
      row.push_back(verdict.rerun ? std::to_string(verdict.rerun->n) : "");
      row.push_back(verdict.with_published ? digits(verdict.with_published->difference) : "");
      row.push_back(verdict.with_published ? digits(verdict.with_published->standard_error) : "");
      row.push_back(verdict.with_published ? digits_of(verdict.with_published->units) : "");
      row.emplace_back(to_string(verdict.mark));
      row.push_back(verdict.reason);
      row.push_back(verdict.source);
      data.rows.push_back(std::move(row));
    }
  }
  return data;
}

Data claims_data(const std::vector<Claim>& claims) {
  Data data{"claims", {"claim", "verdict", "judgements", "rule", "evidence"}, {}};
  for (const Claim& claim : claims) {
    for (const std::string& evidence : claim.evidence) {
      data.rows.push_back({claim.claim, claim.verdict, to_text(claim.judgements), claim.rule, evidence});
    }
    if (claim.evidence.empty()) data.rows.push_back({claim.claim, claim.verdict, "", claim.rule, ""});
  }
  return data;
}

Data paired_data(const Results& results) {
  Data data = with_key(
      "paired", {"against", "quantity", "degenerate_results", "pairs", "mean", "low", "high", "p", "lower", "higher"});
  for (const Group& group : results.groups()) {
    const bool bounded = group.key.objective.kind == fairness::Objective::Kind::constrained;
    for (const char* against : {"threshold", "default", "majority"}) {
      const Group* other = nullptr;
      for (const Group* one :
           methods_of(results, group.key.task, group.key.objective, group.key.architecture, group.protocol)) {
        if (one->method == against) other = one;
      }
      if (other == nullptr || other == &group) continue;
      for (const Degenerate degenerate : {Degenerate::counts, Degenerate::left_out}) {
        const Select select =
            bounded ? Select([](const CellResult& cell) { return cell.test.performance; }) : test_objective;
        const auto difference = compare_groups(group, *other, select, degenerate);
        if (!difference) continue;
        std::vector<std::string> row = key_of(group.key);
        row.insert(row.end(),
                   {against, bounded ? "performance" : "objective",
                    degenerate == Degenerate::counts ? "counted" : "left out", std::to_string(difference->pairs),
                    digits(difference->mean), digits(difference->low.number()), digits(difference->high.number()),
                    digits(difference->p), std::to_string(difference->lower), std::to_string(difference->higher)});
        data.rows.push_back(std::move(row));
      }
    }
  }
  return data;
}

}  // namespace posthoc::study
