// Threshold searches evaluate objectives millions of times, so an evaluation must not allocate. A
// program of its own, because it replaces the global allocation functions.
#include <cstdlib>
#include <gtest/gtest.h>
#include <new>

#include "fairness/objective.h"
#include "support/outcome_rows.h"

namespace {

std::size_t allocations = 0;

}  // namespace

void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t bytes, const std::nothrow_t& /*tag*/) noexcept {
  ++allocations;
  return std::malloc(bytes == 0 ? 1 : bytes);
}
// Not inlined: beside an operator new that is not, GCC would see memory from new given to free.
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*bytes*/) noexcept { std::free(memory); }

namespace posthoc::fairness {
namespace {

TEST(Allocation, EvaluatingAnObjectiveNeverAllocates) {
  std::mt19937_64 random(6);
  Rows three_groups = random_rows(random, 50, 10, 3);
  Rows no_positive = random_rows(random, 50, 10, 2);
  for (std::uint8_t& label : no_positive.labels) label = 0;
  for (const Rows& rows : {three_groups, no_positive}) {
    const GroupCounts counts = count(rows.outcomes(), 0.5);
    for (const Measure& bias : measures()) {
      if (bias.kind != Measure::Kind::bias) continue;
      for (const Measure& performance : measures()) {
        if (performance.kind != Measure::Kind::performance) continue;
        const BoundObjective tradeoff(make_objective(bias.name, performance.name), rows.outcomes());
        const BoundObjective constrained(make_constrained_objective(bias.name, performance.name), rows.outcomes());
        const std::size_t before = allocations;
        const double value = tradeoff(counts) + constrained(counts);
        EXPECT_EQ(allocations, before) << bias.name << ", " << performance.name;
        EXPECT_TRUE(value >= 0 && value <= 0.75 * bias.worst + 0.25 + 3) << value;
      }
    }
  }
  EXPECT_GT(allocations, 0U);  // they are counted
}

}  // namespace
}  // namespace posthoc::fairness
