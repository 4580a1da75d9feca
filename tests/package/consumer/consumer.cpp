// What a program that links the installed library relies on: its results, its exceptions and its types across the
// boundary.
#include <cmath>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "data/named.h"
#include "data/prepared.h"
#include "debias/baselines.h"
#include "debias/evaluation.h"
#include "debias/method.h"
#include "nn/mlp.h"

using namespace posthoc;

namespace {

int failures = 0;

void expect(bool condition, const char* what) {
  if (condition) return;
  std::printf("failed: %s\n", what);
  ++failures;
}

// A method of the program's own, which the library knows only by its interface.
class Fixed final : public debias::Method {
 public:
  explicit Fixed(double threshold) : threshold_(threshold) {}
  [[nodiscard]] debias::Debiased fit(const debias::Problem& problem) const override {
    debias::validate(problem);
    return {problem.model, debias::Threshold{threshold_}, {}, 0};
  }

 private:
  double threshold_;
};

// A sink of the program's own, whose exceptions travel through the library's code.
template <typename Exception>
class Stops final : public Progress {
 public:
  void begin(std::string_view, std::int64_t) override {}
  void advance(std::int64_t, std::string_view) override { throw Exception(); }
  void end() override {}
};

struct OwnException : std::runtime_error {
  OwnException() : std::runtime_error("own") {}
};

void exceptions() {
  bool caught = false;
  try {
    (void)debias::method("no such method");
  } catch (const Error& error) {
    caught = std::string(error.what()).find("no such method") != std::string::npos;
  }
  expect(caught, "the library's Error is caught as Error");

  caught = false;
  try {
    require(false, "{} of the program", "an error");
  } catch (const std::runtime_error& error) {
    caught = std::string(error.what()) == "an error of the program" && dynamic_cast<const Error*>(&error) != nullptr;
  }
  expect(caught, "the program's own Error is one");
}

void types() {
  const std::unique_ptr<debias::Method> method = debias::method("threshold");
  expect(dynamic_cast<const debias::ThresholdOnly*>(method.get()) != nullptr, "dynamic_cast to the right method");
  expect(dynamic_cast<const debias::Majority*>(method.get()) == nullptr, "dynamic_cast to another method");
  nn::MlpOptions options;
  options.input = 2;
  const std::shared_ptr<nn::Module> copy = nn::Mlp(options, 0).clone();
  expect(dynamic_cast<const nn::Mlp*>(copy.get()) != nullptr, "dynamic_cast of a clone");
  expect(std::dynamic_pointer_cast<nn::Classifier>(copy) != nullptr, "dynamic_cast to an interface");
}

template <typename Exception>
bool stops(debias::Problem problem) {
  Stops<Exception> sink;
  problem.progress = &sink;
  try {
    (void)debias::method("random")->fit(problem);
  } catch (const Exception&) {
    return true;
  }
  return false;
}

void results() {
  const data::Prepared rows = data::prepare(data::load("synthetic"));
  nn::MlpOptions options;
  options.input = rows.valid.features.size(1);
  options.depth = 1;
  options.width = 8;
  debias::Problem problem;
  const auto model = std::make_shared<nn::Mlp>(options, 0);
  const std::vector<double> scores = nn::scores(*model, rows.valid.features);
  problem.model = model;
  problem.features = rows.valid.features;
  problem.validation = {scores, rows.valid.labels, rows.valid.groups};
  problem.objective = fairness::make_objective("spd", "accuracy", 0.75);

  const debias::Debiased best = debias::method("threshold")->fit(problem);
  const debias::Debiased fixed = Fixed(0.5).fit(problem);
  const double best_objective = debias::evaluate(best.rule, problem.validation, problem.objective).objective.number();
  const double fixed_objective = debias::evaluate(fixed.rule, problem.validation, problem.objective).objective.number();
  expect(std::isfinite(best_objective) && best_objective <= fixed_objective, "the best threshold is no worse than 0.5");
  expect(stops<Cancelled>(problem), "Cancelled travels through the library");
  expect(stops<OwnException>(problem), "the program's own exception travels through the library");
}

}  // namespace

int main() try {
  exceptions();
  types();
  results();
  std::printf(failures == 0 ? "the installed library works\n" : "%d checks failed\n", failures);
  return failures == 0 ? 0 : 1;
} catch (const std::exception& error) {
  std::printf("failed: an exception that nobody expected: %s\n", error.what());
  return 1;
}
