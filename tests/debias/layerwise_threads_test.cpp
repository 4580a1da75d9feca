#include <gtest/gtest.h>

#include "base/error.h"
#include "base/threads.h"
#include "debias/counter.h"
#include "debias/layerwise.h"
#include "debias/small_problem.h"
#include "support/restore_threads.h"

namespace posthoc::debias {
namespace {

class LayerwiseThreads : public ::testing::Test {
  const posthoc::testing::RestoreThreads restore_;
};

const LayerwiseOptions kQuick{.calls = 16, .initial_points = 4, .candidates = 100};

TEST_F(LayerwiseThreads, AnyNumberOfThemGivesTheSameBits) {
  const SmallProblem small = small_problem();
  const Layerwise layerwise(kQuick);
  set_threads(1);
  const Debiased alone = layerwise.fit(small.problem());
  ASSERT_NE(alone.best_step, 0);  // else the weights below would be the original ones
  const nn::StateDict weights = alone.model->state_dict();
  for (const int count : {2, 3, 8}) {
    SCOPED_TRACE(count);
    set_threads(count);
    const Debiased fitted = layerwise.fit(small.problem());
    EXPECT_EQ(fitted.best_step, alone.best_step);
    EXPECT_EQ(std::get<Threshold>(fitted.rule).threshold, std::get<Threshold>(alone.rule).threshold);
    ASSERT_EQ(fitted.trace.size(), alone.trace.size());
    for (std::size_t i = 0; i < fitted.trace.size(); ++i) {
      EXPECT_EQ(fitted.trace[i].step, alone.trace[i].step);
      EXPECT_EQ(fitted.trace[i].objective, alone.trace[i].objective);
      EXPECT_EQ(fitted.trace[i].threshold, alone.trace[i].threshold);
    }
    for (const auto& [name, tensor] : fitted.model->state_dict()) {
      EXPECT_EQ(tensor.to_vector(), weights.at(name).to_vector()) << name;
    }
  }
}

TEST_F(LayerwiseThreads, ReportEveryEvaluationAndStopWhenToldTo) {
  const SmallProblem small = small_problem();
  const Layerwise layerwise(kQuick);
  for (const int count : {1, 3}) {
    set_threads(count);
    expect_reports_and_stops(layerwise, small.problem(), 64, count);
  }
}

}  // namespace
}  // namespace posthoc::debias
