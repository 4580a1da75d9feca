#include <gtest/gtest.h>

#include "base/error.h"
#include "base/threads.h"
#include "debias/counter.h"
#include "debias/random_perturbation.h"
#include "debias/small_problem.h"

namespace posthoc::debias {
namespace {

class RandomPerturbationThreads : public ::testing::Test {
 protected:
  void TearDown() override { set_threads(before_); }

 private:
  int before_ = threads();
};

TEST_F(RandomPerturbationThreads, AnyNumberOfThemGivesTheSameBits) {
  const SmallProblem small = small_problem();
  const RandomPerturbation random({.trials = 25, .sigma = 0.3});
  set_threads(1);
  const Debiased alone = random.fit(small.problem());
  ASSERT_GT(alone.best_step, 0);  // else the weights below would be the original ones
  const nn::StateDict weights = alone.model->state_dict();
  for (const int count : {2, 3, 8}) {
    SCOPED_TRACE(count);
    set_threads(count);
    const Debiased fitted = random.fit(small.problem());
    EXPECT_EQ(fitted.best_step, alone.best_step);
    EXPECT_EQ(std::get<Threshold>(fitted.rule).threshold, std::get<Threshold>(alone.rule).threshold);
    ASSERT_EQ(fitted.trace.size(), alone.trace.size());
    for (std::size_t i = 0; i < fitted.trace.size(); ++i) {
      EXPECT_EQ(fitted.trace[i].step, alone.trace[i].step);
      EXPECT_EQ(fitted.trace[i].objective, alone.trace[i].objective);
      EXPECT_EQ(fitted.trace[i].threshold, alone.trace[i].threshold);
      EXPECT_EQ(fitted.trace[i].bias.number(), alone.trace[i].bias.number());
      EXPECT_EQ(fitted.trace[i].performance.number(), alone.trace[i].performance.number());
    }
    for (const auto& [name, tensor] : fitted.model->state_dict()) {
      EXPECT_EQ(tensor.to_vector(), weights.at(name).to_vector()) << name;
    }
  }
}

TEST_F(RandomPerturbationThreads, ReportEveryTrialAndStopWhenToldTo) {
  const SmallProblem small = small_problem();
  const RandomPerturbation random({.trials = 25});
  for (const int count : {1, 3}) {
    set_threads(count);
    expect_reports_and_stops(random, small.problem(), 26, count);
  }
}

}  // namespace
}  // namespace posthoc::debias
