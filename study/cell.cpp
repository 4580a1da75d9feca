#include "study/cell.h"

#include <algorithm>
#include <chrono>

#include "base/error.h"
#include "debias/evaluation.h"
#include "debias/method.h"
#include "fairness/objective.h"
#include "study/published.h"

namespace posthoc::study {
namespace {

using Kind = fairness::Objective::Kind;

// What a method sees of one part: scores of the label that it takes for the favourable one, and the labels likewise.
struct PartView {
  std::vector<double> scores;
  std::vector<std::uint8_t> labels;
  std::span<const std::int32_t> groups;

  [[nodiscard]] fairness::Outcomes outcomes() const { return {scores, labels, groups}; }
};

std::vector<double> turned_scores(std::vector<double> scores) {
  for (double& score : scores) score = 1.0 - score;
  return scores;
}

std::vector<std::uint8_t> turned_labels(std::vector<std::uint8_t> labels) {
  for (std::uint8_t& label : labels) label = static_cast<std::uint8_t>(1 - label);
  return labels;
}

// The counts of a fitted method on both parts, by the label that the measures are about.
struct Decided {
  debias::DecisionRule rule;
  fairness::GroupCounts valid{2};
  fairness::GroupCounts test{2};
  std::optional<fairness::GroupCounts> valid_drawn;
  std::optional<fairness::GroupCounts> test_drawn;
  std::vector<std::string> notes;
  double seconds = 0.0;
};

// One cell's method between its data and its counts.
class CellRun {
 public:
  CellRun(const Cell& cell, const TaskData& task, const ScoredNetwork& network, const SharedRows& rows)
      : cell_(cell), task_(task), network_(network), rows_(rows) {
    // The published code measures COMPAS by label 1, which is not the favourable one, and the networks predict it.
    turned_ = cell.protocol.compas_unfavourable_scores && task.task->data == "compas" && task.favorable == "0";
    valid_ = part(network.valid, task.valid, turned_, turned_);
    test_ = part(network.test, task.test, turned_, turned_);
  }

  [[nodiscard]] const PartView& valid() const { return valid_; }
  [[nodiscard]] const PartView& test() const { return test_; }

  [[nodiscard]] Decided run() const {
    const std::string& name = cell_.method.name;
    if (name == "equalized-odds" && cell_.protocol.equalized_odds_on_labels) return on_labels();
    const bool post_processing =
        name == "reject-option" || name == "equalized-odds" || name == "calibrated-equalized-odds";
    return post_processing ? post_process() : change_model();
  }

 private:
  static PartView part(const std::vector<double>& scores, const TaskPart& rows, bool turn_scores, bool turn_labels) {
    return {turn_scores ? turned_scores(scores) : scores, turn_labels ? turned_labels(rows.labels) : rows.labels,
            rows.groups};
  }

  [[nodiscard]] fairness::GroupCounts measured(const fairness::GroupCounts& counts) const {
    return turned_ ? turned_round(counts) : counts;
  }

  // Equalized odds takes the true labels for the classifier's decisions.
  [[nodiscard]] Decided on_labels() const {
    const auto perfect = [](const TaskPart& rows) { return fairness::count(rows.labels, rows.labels, rows.groups); };
    const std::array<double, 2> kept = odds_on_labels(perfect(task_.valid));
    Decided decided;
    decided.rule = debias::EqualizedOdds{.sp2p = kept[debias::kPrivileged], .op2p = kept[debias::kUnprivileged]};
    decided.valid = measured(decide_on_labels(perfect(task_.valid), kept));
    decided.test = measured(decide_on_labels(perfect(task_.test), kept));
    decided.notes = {"fitted and applied on the true labels; the rule's decisions are not those of the network"};
    return decided;
  }

  // AIF360 knows the favourable label, also where it is given the other one's score.
  [[nodiscard]] Decided post_process() const {
    const PartView valid = part(network_.valid, task_.valid, turned_, false);
    const PartView test = part(network_.test, task_.test, turned_, false);
    debias::Problem problem;
    problem.validation = valid.outcomes();
    Decided decided = fitted(problem, nullptr);
    const auto seed = cell_.key.seed;
    decided.valid = measured(debias::count(decided.rule, valid.outcomes()));
    decided.test = measured(debias::count(decided.rule, test.outcomes()));
    if (debias::is_randomised(decided.rule)) {
      decided.valid_drawn = measured(debias::count_drawn(decided.rule, valid.outcomes(), seed));
      decided.test_drawn = measured(debias::count_drawn(decided.rule, test.outcomes(), seed));
    }
    return decided;
  }

  [[nodiscard]] Decided change_model() const {
    const std::shared_ptr<const nn::Mlp> original = turned_ ? turned_round(*network_.model) : network_.model;
    debias::Problem problem;
    problem.model = original;
    problem.features = rows_.valid;
    problem.validation = valid_.outcomes();
    std::shared_ptr<const nn::Classifier> model;
    Decided decided = fitted(problem, &model);
    PartView valid = valid_;
    PartView test = test_;
    if (cell_.method.name == "adversarial" && cell_.protocol.adversarial_with_dropout) {
      valid.scores = training_mode_scores(*model, rows_.valid, cell_.key.seed);
      test.scores = training_mode_scores(*model, rows_.test, cell_.key.seed + 1);
      decided.rule = debias::Threshold{
          fairness::find_threshold(valid.outcomes(), objective_of(cell_), problem.threshold_search).threshold};
    } else if (model != original) {
      const std::shared_ptr<nn::Classifier> own = model->clone_classifier();
      valid.scores = nn::scores(*own, rows_.valid);
      test.scores = nn::scores(*own, rows_.test);
    }
    decided.valid = debias::count(decided.rule, valid.outcomes());
    decided.test = debias::count(decided.rule, test.outcomes());
    return decided;
  }

  // Fits the method to a problem, of which this sets what depends on the cell alone. `model` gets the method's model.
  Decided fitted(debias::Problem& problem, std::shared_ptr<const nn::Classifier>* model) const {
    problem.objective = objective_of(cell_);
    problem.threshold_search = search();
    problem.seed = cell_.key.seed;
    const auto start = std::chrono::steady_clock::now();
    debias::Debiased result = debias::method(cell_.method.name, options())->fit(problem);
    Decided decided;
    decided.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    decided.rule = result.rule;
    decided.notes = std::move(result.notes);
    if (model == nullptr) return decided;
    *model = result.model;
    const Protocol& protocol = cell_.protocol;
    if (cell_.method.name == "random" && protocol.random_keeps_original_weights) {
      if (result.best_step == cell_.method.options.random.trials) {
        decided.notes.emplace_back("the last trial is the best, so its weights are kept");
      } else {
        *model = problem.model;
      }
    }
    return decided;
  }

  [[nodiscard]] fairness::ThresholdSearch search() const {
    if (!cell_.protocol.searches_on_grids) return cell_.threshold_search;
    const std::string& name = cell_.method.name;
    return fairness::ThresholdSearch::grid(name == "default" || name == "adversarial" ? 1001 : 501);
  }

  [[nodiscard]] debias::MethodOptions options() const {
    debias::MethodOptions options = cell_.method.options;
    const Protocol& protocol = cell_.protocol;
    if (protocol.random_without_original) options.random.include_original = false;
    if (protocol.adversarial_keeps_last_round) options.adversarial.keep_last_round = true;
    if (protocol.searches_on_grids) options.reject_option.mode = debias::RejectOptionOptions::Mode::grid;
    if (protocol.calibrated_cost_weighted && !cell_.method.calibrated_cost_given) {
      options.calibrated.cost = debias::CalibratedOptions::Cost::weighted;
    }
    return options;
  }

  const Cell& cell_;
  const TaskData& task_;
  const ScoredNetwork& network_;
  const SharedRows& rows_;
  bool turned_ = false;
  PartView valid_;
  PartView test_;
};

}  // namespace

fairness::Objective objective_of(const Cell& cell) {
  const ObjectiveKey& key = cell.key.objective;
  const auto empty_cell = cell.protocol.empty_cell_is_zero ? fairness::EmptyCell::zero : fairness::EmptyCell::worst;
  return key.kind == Kind::tradeoff
             ? fairness::make_objective(key.measure, key.performance, key.weight, empty_cell)
             : fairness::make_constrained_objective(key.measure, key.performance, key.weight, empty_cell);
}

CellResult run_cell(const Cell& cell, const TaskData& task, StudyNetwork& network) {
  const CellRun run(cell, task, network.weights(cell.protocol.training_keeps_last_epoch), network.rows());
  const Decided decided = run.run();
  const fairness::Objective objective = objective_of(cell);
  const auto judged = [&](const fairness::GroupCounts& counts, const PartView& part) {
    return part_result(debias::evaluate(counts, part.outcomes(), objective));
  };
  CellResult result;
  result.key = cell.key;
  result.method = cell.method.name;
  result.valid = judged(decided.valid, run.valid());
  result.test = judged(decided.test, run.test());
  if (decided.valid_drawn) result.valid_drawn = judged(*decided.valid_drawn, run.valid());
  if (decided.test_drawn) result.test_drawn = judged(*decided.test_drawn, run.test());
  result.rule = decided.rule;
  result.notes = decided.notes;
  result.seconds = decided.seconds;
  return result;
}

}  // namespace posthoc::study
