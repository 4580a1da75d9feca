#include "debias/layerwise.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "base/error.h"
#include "base/threads.h"
#include "optim/blackbox/minimize.h"
#include "tensor/random.h"

namespace posthoc::debias {
namespace {

constexpr std::int64_t kMostCalls = 8192;  // what the surrogate takes

double standard_deviation(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double mean = 0.0;
  for (const double value : values) mean += value / n;
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean) / n;
  return std::sqrt(squares);
}

bool all_equal(const std::vector<double>& values) {
  return std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) == values.end();
}

// One stage of a network as a function of the weights that are searched; a point holds them all, tensor by tensor.
class SearchedStage {
 public:
  // `model` is in evaluation mode and nobody else's.
  SearchedStage(nn::Classifier& model, std::size_t stage, const LayerwiseOptions& options) : model_(model) {
    const std::vector<nn::Stage> stages = model.stages();
    stage_ = stage;
    stages_ = stages.size();
    std::vector<nn::NamedParameter> parameters = stages[stage].linear;
    if (options.batch_norm) {
      parameters.insert(parameters.end(), stages[stage].norm.begin(), stages[stage].norm.end());
    }
    for (const nn::NamedParameter& parameter : parameters) {
      const std::vector<double> values = parameter.variable.value().to_vector();
      if (all_equal(values)) continue;  // no scale to search on
      const double reach = options.box * standard_deviation(values);
      for (const double value : values) {
        original_.push_back(value);
        box_.low.push_back(value - reach);
        box_.high.push_back(value + reach);
      }
      tensors_.push_back(parameter);
    }
  }

  [[nodiscard]] const std::vector<double>& original() const { return original_; }
  [[nodiscard]] const optim::Box& box() const { return box_; }

  // Gives the stage these weights, in tensors of their own.
  void set(std::span<const double> point) {
    for (nn::NamedParameter& parameter : tensors_) {
      const Tensor& old = parameter.variable.value();
      const auto count = static_cast<std::size_t>(old.elements());
      parameter.variable.mutable_value() =
          Tensor::from(point.first(count), old.shape()).to(old.dtype()).to(old.device());
      point = point.subspan(count);
    }
  }

  // Computes what enters the stage, once for all weights that it is given.
  void enter(const Tensor& features) {
    const NoGrad no_graph;
    nn::for_row_blocks(features, [&](std::int64_t begin, std::int64_t end) {
      entering_.push_back(model_.run_stages(Variable(features.rows(begin, end)), 0, stage_).value());
    });
  }

  // The network's scores with the weights that the stage has now.
  [[nodiscard]] std::vector<double> scores() const {
    const NoGrad no_graph;
    std::vector<double> all;
    for (const Tensor& block : entering_) {
      const Variable logits = model_.run_stages(Variable(block), stage_, stages_);
      const std::vector<double> part = sigmoid(logits).value().to_vector();
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }

 private:
  nn::Classifier& model_;
  std::size_t stage_ = 0;
  std::size_t stages_ = 0;
  std::vector<nn::NamedParameter> tensors_;
  std::vector<double> original_;
  optim::Box box_;
  std::vector<Tensor> entering_;  // by blocks of rows
};

TracePoint evaluate(const SearchedStage& stage, const Problem& problem, std::int64_t step) {
  const std::vector<double> scores = stage.scores();
  if (!std::all_of(scores.begin(), scores.end(), [](double score) { return std::isfinite(score); })) {
    const auto none = fairness::Value::undefined("has scores that are not finite");
    return {step, std::numeric_limits<double>::infinity(), 0.5, none, none};
  }
  const fairness::Outcomes outcomes{scores, problem.validation.labels, problem.validation.groups};
  const auto best = fairness::find_threshold(outcomes, problem.objective, problem.threshold_search);
  return {step, best.objective, best.threshold, best.bias, best.performance};
}

struct StageResult {
  std::vector<TracePoint> trace;
  std::vector<double> point;  // of the lowest objective, the first of equals
  std::int64_t flat = 0;
};

// Searches one stage; `model` is as before when it returns.
StageResult search(nn::Classifier& model, std::size_t index, const LayerwiseOptions& options, const Problem& problem,
                   ProgressStage& progress) {
  SearchedStage stage(model, index, options);
  stage.enter(problem.features);
  StageResult result;
  const std::int64_t first_step = static_cast<std::int64_t>(index) * options.calls;
  const optim::BlackBox objective = [&](std::span<const double> point) {
    stage.set(point);
    const std::int64_t step = first_step + static_cast<std::int64_t>(result.trace.size());
    result.trace.push_back(evaluate(stage, problem, step));
    progress.advance(1, "");
    return result.trace.back().objective;
  };
  if (stage.original().empty()) {  // every tensor is constant
    objective({});
    progress.advance(options.calls - 1, "");
    return result;
  }

  const auto words = random_block({problem.seed, purpose("layer-wise"), static_cast<std::uint32_t>(index)}, 0);
  optim::MinimizeOptions minimize;
  minimize.calls = options.calls;
  minimize.initial_points = options.initial_points;
  minimize.candidates = options.candidates;
  minimize.local_share = options.local_share;
  minimize.acquisition.kind = options.acquisition == LayerwiseOptions::Acquisition::expected_improvement
                                  ? optim::Acquisition::Kind::expected_improvement
                                  : optim::Acquisition::Kind::lower_confidence_bound;
  minimize.acquisition.beta = options.beta;
  minimize.first_points = {stage.original()};
  minimize.seed = std::uint64_t{words.v[0]} << 32 | words.v[1];
  optim::MinimizeResult found = optim::minimize(objective, stage.box(), minimize);
  stage.set(stage.original());
  result.point = std::move(found.point);
  result.flat = found.flat;
  return result;
}

std::vector<StageResult> search_all(std::size_t stages, const LayerwiseOptions& options, const Problem& problem) {
  std::vector<StageResult> results(stages);
  std::vector<std::shared_ptr<nn::Classifier>> copies(static_cast<std::size_t>(threads()));
  const auto count = static_cast<std::int64_t>(stages);
  ProgressStage progress(*problem.progress, "layer-wise optimisation", count * options.calls);
  parallel_for(count, [&](std::int64_t index, int worker) {
    std::shared_ptr<nn::Classifier>& copy = copies[static_cast<std::size_t>(worker)];
    if (copy == nullptr) {
      copy = problem.model->clone_classifier();
      copy->eval();
    }
    const auto stage = static_cast<std::size_t>(index);
    results[stage] = search(*copy, stage, options, problem, progress);
  });
  return results;
}

}  // namespace

Layerwise::Layerwise(const LayerwiseOptions& options) : options_(options) {
  require(options.calls >= 1 && options.calls <= kMostCalls, "layerwise: the calls must lie in [1, {}], got {}",
          kMostCalls, options.calls);
  require(options.initial_points >= 1, "layerwise: there must be at least 1 initial point, got {}",
          options.initial_points);
  require(options.box > 0.0 && options.box <= 1e3, "layerwise: the box must lie in (0, 1000], got {}", options.box);
  require(options.candidates >= 1, "layerwise: there must be at least 1 candidate, got {}", options.candidates);
  require(std::isfinite(options.beta) && options.beta >= 0.0, "layerwise: beta must be finite and not negative, got {}",
          options.beta);
  require(options.local_share >= 0.0 && options.local_share <= 1.0,
          "layerwise: the share of neighbours must lie in [0, 1], got {}", options.local_share);
}

Debiased Layerwise::fit(const Problem& problem) const {
  validate(problem);
  require(problem.model != nullptr, "layerwise: this method changes the model, and only scores were given");
  const std::vector<nn::Stage> stages = problem.model->stages();
  nn::scores(*problem.model->clone_classifier(), problem.features);  // throws on weights that are not finite
  const std::vector<StageResult> results = search_all(stages.size(), options_, problem);

  Debiased result;
  TracePoint best = results[0].trace[0];
  std::size_t best_stage = 0;
  std::int64_t flat = 0;
  std::size_t searched = 0;
  for (std::size_t stage = 0; stage < results.size(); ++stage) {
    flat += results[stage].flat;
    searched += results[stage].point.size();
    for (const TracePoint& point : results[stage].trace) {
      result.trace.push_back(point);
      if (!(point.objective < best.objective)) continue;
      best = point;
      best_stage = stage;
    }
  }

  const bool original_is_best = best.step == 0;
  const std::shared_ptr<nn::Classifier> model = problem.model->clone_classifier();
  if (!original_is_best) SearchedStage(*model, best_stage, options_).set(results[best_stage].point);
  result.model = model;
  result.rule = Threshold{best.threshold};
  result.best_step = best.step;
  const auto kept = fairness::Value::undefined("keep the original weights");
  result.details = {{"best_stage", original_is_best ? kept : static_cast<double>(best_stage)},
                    {"evaluations", static_cast<double>(result.trace.size())},
                    {"searched_parameters", static_cast<double>(searched)},
                    {"flat_acquisitions", static_cast<double>(flat)}};
  result.notes.push_back(original_is_best
                             ? "no weights that were tried are better than the original ones with their threshold"
                             : fmt::format("the stage {} was changed", stages[best_stage].name));
  return result;
}

}  // namespace posthoc::debias
