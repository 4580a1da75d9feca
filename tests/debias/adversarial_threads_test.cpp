#include <gtest/gtest.h>

#include "base/error.h"
#include "base/threads.h"
#include "debias/adversarial.h"
#include "debias/counter.h"
#include "debias/small_network.h"
#include "support/restore_threads.h"

namespace posthoc::debias {
namespace {

class AdversarialThreads : public ::testing::Test {
  const posthoc::testing::RestoreThreads restore_;
};

TEST_F(AdversarialThreads, AnyNumberOfThemGivesTheSameBits) {
  const SmallProblem small = small_problem_of({.depth = 2, .width = 32}, 600);
  const AdversarialFineTuning adversarial({.rounds = 3, .critic_steps = 10, .actor_steps = 10});
  set_threads(1);
  const Debiased alone = adversarial.fit(small.problem());
  const nn::StateDict weights = alone.model->state_dict();
  for (const int count : {2, 3}) {
    SCOPED_TRACE(count);
    set_threads(count);
    const Debiased fitted = adversarial.fit(small.problem());
    EXPECT_EQ(fitted.best_step, alone.best_step);
    ASSERT_EQ(fitted.trace.size(), alone.trace.size());
    for (std::size_t i = 0; i < fitted.trace.size(); ++i) {
      EXPECT_EQ(fitted.trace[i].objective, alone.trace[i].objective);
      EXPECT_EQ(fitted.trace[i].threshold, alone.trace[i].threshold);
    }
    EXPECT_TRUE(same_state(fitted.model->state_dict(), weights));
  }
}

TEST_F(AdversarialThreads, EveryStepIsReportedAndStopsWhenToldTo) {
  const SmallProblem small = small_problem();
  const AdversarialFineTuning adversarial({.rounds = 2, .critic_steps = 3, .actor_steps = 4, .batch = 16});
  Problem problem = small.problem();
  Counter counter(0);
  problem.progress = &counter;
  EXPECT_EQ(adversarial.fit(problem).trace.size(), 3U);
  EXPECT_EQ(counter.total(), 14);
  EXPECT_EQ(counter.done(), 14);
  Counter cancelling(5);
  problem.progress = &cancelling;
  EXPECT_THROW(static_cast<void>(adversarial.fit(problem)), Cancelled);
  EXPECT_EQ(cancelling.done(), 5);
}

}  // namespace
}  // namespace posthoc::debias
