#include "autograd/variable.h"

#include <gtest/gtest.h>
#include <thread>

#include "autograd/ops.h"
#include "support/expect_error.h"
#include "tensor/backend.h"
#include "tensor/ops.h"

namespace posthoc {
namespace {

using testing::fails_with;

Variable leaf(double value) { return Variable(Tensor::full({}, value, Dtype::float64), true); }

TEST(Variable, AGradientIsTheSumOverAllUses) {
  const Variable x = leaf(3.0);
  const Variable y = mul(x, x);
  add(mul(y, y), mul(y, 2.0)).backward();  // x^4 + 2 x^2
  EXPECT_EQ(x.grad().item(), 4 * 27.0 + 4 * 3.0);
}

TEST(Variable, GradientsCollectUntilTheyAreCleared) {
  Variable x = leaf(3.0);
  mul(x, x).backward();
  const Tensor first = x.grad();
  mul(x, 5.0).backward();
  EXPECT_EQ(x.grad().item(), 11.0);
  EXPECT_EQ(first.item(), 6.0) << "a gradient that was handed out stays as it was";
  x.zero_grad();
  EXPECT_FALSE(x.has_grad());
  mul(x, 5.0).backward();
  EXPECT_EQ(x.grad().item(), 5.0);
}

TEST(Variable, SharedCotangentsAreNotOverwritten) {
  // add passes one and the same cotangent to both inputs; each then collects more of its own.
  const Variable a = leaf(1.0);
  const Variable b = leaf(1.0);
  const Tensor cotangent = Tensor::full({}, 1.0, Dtype::float64);
  add(add(a, b), add(mul(a, 10.0), mul(b, 100.0))).backward(cotangent);
  EXPECT_EQ(a.grad().item(), 11.0);
  EXPECT_EQ(b.grad().item(), 101.0);
  EXPECT_EQ(cotangent.item(), 1.0);
  const Variable c = leaf(1.0);
  c.backward(cotangent);
  c.backward(cotangent);
  EXPECT_EQ(c.grad().item(), 2.0);
  EXPECT_EQ(cotangent.item(), 1.0);
}

TEST(Variable, ResultsHeldByTheCallerSurviveBackward) {
  const Variable x = leaf(2.0);
  const Variable y = mul(x, x);
  const Variable z = mul(y, x);
  z.backward();
  EXPECT_EQ(y.value().item(), 4.0);
  EXPECT_EQ(z.value().item(), 8.0);
  EXPECT_EQ(x.grad().item(), 12.0);
}

TEST(Variable, NoGradRecordsNothing) {
  const Variable x = leaf(2.0);
  {
    const NoGrad outer;
    {
      const NoGrad inner;
      EXPECT_FALSE(mul(x, x).requires_grad());
    }
    EXPECT_FALSE(mul(x, x).requires_grad());
    bool elsewhere = false;
    std::thread([&] { elsewhere = mul(x, x).requires_grad(); }).join();
    EXPECT_TRUE(elsewhere) << "it holds on its own thread alone";
  }
  EXPECT_TRUE(mul(x, x).requires_grad());
}

TEST(Variable, DetachStopsTheGradient) {
  const Variable x = leaf(3.0);
  mul(x, mul(x, x).detach()).backward();
  EXPECT_EQ(x.grad().item(), 9.0);
}

TEST(Variable, FrozenParametersPruneTheGraph) {
  const Variable x(Tensor::full({2, 3}, 1.0));
  Variable w1(Tensor::full({4, 3}, 0.1), true);
  Variable b1(Tensor::zeros({4}), true);
  const Variable w2(Tensor::full({1, 4}, 0.1), true);
  const Variable b2(Tensor::zeros({1}), true);
  const auto output = [&] { return sum(linear(relu(linear(x, w1, b1)), w2, b2)); };
  EXPECT_EQ(graph_size(output()), 8);  // four leaves, linear, relu, linear, sum
  w1.set_requires_grad(false);
  b1.set_requires_grad(false);
  EXPECT_EQ(graph_size(output()), 4);  // two leaves, linear, sum
  output().backward();
  EXPECT_FALSE(w1.has_grad());
  EXPECT_TRUE(w2.has_grad());
  EXPECT_EQ(graph_size(relu(linear(x, w1, b1))), 0);
  EXPECT_EQ(graph_size(w2), 1);
}

TEST(Variable, ASecondBackwardThroughAFreedGraphIsRefused) {
  const Variable x = leaf(1.0);
  const Variable shared = exp(x);
  const Variable a = mul(shared, 2.0);
  const Variable b = mul(shared, 3.0);
  a.backward();
  EXPECT_TRUE(
      fails_with([&] { a.backward(); }, {"backward: the graph through mul was freed by an earlier backward()"}));
  const double before = x.grad().item();
  EXPECT_TRUE(fails_with([&] { b.backward(); }, {"the graph through exp was freed", "compute the result again"}));
  EXPECT_EQ(x.grad().item(), before) << "the refused call changed nothing";
}

TEST(Variable, BackwardChecksItsCotangent) {
  const Variable x(Tensor::zeros({2, 3}), true);
  EXPECT_TRUE(fails_with([&] { mul(x, 2.0).backward(); }, {"backward: the shape is [2, 3]; pass a cotangent"}));
  EXPECT_TRUE(fails_with([&] { mul(x, 2.0).backward(Tensor::zeros({3})); },
                         {"backward: the cotangent is [3], the variable [2, 3]"}));
  EXPECT_TRUE(fails_with([&] { mul(x, 2.0).backward(Tensor::zeros({2, 3}, Dtype::float64)); }, {"dtypes differ"}));
  EXPECT_TRUE(fails_with([&] { mul(x, 2.0).backward(Tensor()); }, {"undefined"}));
  EXPECT_TRUE(fails_with([] { Variable(Tensor::zeros({})).backward(); }, {"does not require a gradient"}));
}

TEST(Variable, MisuseIsNamed) {
  const Variable x = leaf(1.0);
  Variable y = exp(x);
  Variable undefined;
  EXPECT_TRUE(fails_with([&] { y.set_requires_grad(false); }, {"the variable is the result of exp; only leaves"}));
  EXPECT_TRUE(fails_with([] { Variable(Tensor::zeros({2}, Dtype::int64), true); }, {"floating dtype, got int64"}));
  EXPECT_TRUE(fails_with([&] { return x.grad(); }, {"grad: no gradient has been collected"}));
  EXPECT_TRUE(fails_with([&] { return Variable(x.value()).grad(); }, {"does not require a gradient"}));
  EXPECT_TRUE(fails_with([&] { return undefined.value(); }, {"the variable is undefined"}));
  EXPECT_TRUE(fails_with([&] { return undefined.grad(); }, {"the variable is undefined"}));
  EXPECT_TRUE(fails_with([&] { return undefined.requires_grad(); }, {"the variable is undefined"}));
  EXPECT_TRUE(fails_with([&] { undefined.set_requires_grad(true); }, {"the variable is undefined"}));
  EXPECT_TRUE(fails_with([&] { undefined.backward(); }, {"the variable is undefined"}));
  EXPECT_TRUE(fails_with([&] { exp(undefined); }, {"the variable is undefined"}));
}

constexpr int kLong = 200000;  // deep enough to overflow the stack if any step recursed

Variable chain(const Variable& x) {
  Variable y = x;
  for (int i = 0; i < kLong; ++i) y = neg(y);
  return y;
}

TEST(Variable, ALongChainIsDifferentiatedWithoutRecursion) {
  const Variable x = leaf(1.0);
  const Variable y = chain(x);
  EXPECT_EQ(graph_size(y), kLong + 1);
  y.backward();
  EXPECT_EQ(x.grad().item(), 1.0);
}

TEST(Variable, ALongChainIsDestroyedWithoutRecursion) {
  const std::int64_t live = backend(Device::cpu()).allocator().stats().live_bytes;
  { chain(leaf(1.0)); }
  EXPECT_EQ(backend(Device::cpu()).allocator().stats().live_bytes, live);
}

TEST(Variable, BackwardFreesWhatTheGraphKept) {
  const Variable x(Tensor::full({1000}, 1.0), true);
  const Variable root = sum(exp(exp(exp(x))));
  const std::int64_t before = backend(Device::cpu()).allocator().stats().live_bytes;
  root.backward();
  // Three kept results of 4 KB are gone, with the nodes that held them, and one gradient has come.
  const std::int64_t freed = before - backend(Device::cpu()).allocator().stats().live_bytes;
  EXPECT_GE(freed, 2 * 4096);
  EXPECT_LT(freed, 3 * 4096);
}

TEST(Variable, ManyPathsAreVisitedOnce) {
  const Variable x = leaf(1.0);
  Variable y = x;
  for (int i = 0; i < 60; ++i) y = mul(add(y, y), 0.5);  // 2^60 paths
  EXPECT_EQ(graph_size(y), 121);
  y.backward();
  EXPECT_EQ(x.grad().item(), 1.0);
}

}  // namespace
}  // namespace posthoc
