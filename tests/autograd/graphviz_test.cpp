#include "autograd/graphviz.h"

#include <gtest/gtest.h>

#include "autograd/ops.h"
#include "support/expect_error.h"

namespace posthoc {
namespace {

using testing::fails_with;

TEST(Graphviz, DrawsOperationsLeavesAndConstants) {
  const Variable w(Tensor::zeros({1, 3}), true);
  const Variable x(Tensor::zeros({2, 3}));
  const Variable h = mul(w, x);
  EXPECT_EQ(graph_dot(sum(add(h, h)), {{w, "the \"w\""}, {h, "h"}, {Variable(Tensor::zeros({})), "elsewhere"}}),
            R"(digraph {
  n0 [label="the \"w\"\n[1, 3]", shape=box];
  n1 [label="constant\n[2, 3]", shape=box, style=dashed];
  n2 [label="h = mul\n[2, 3]"];
  n3 [label="add\n[2, 3]"];
  n4 [label="sum\n[]"];
  n0 -> n2;
  n1 -> n2;
  n2 -> n3;
  n2 -> n3;
  n3 -> n4;
}
)");
  EXPECT_EQ(graph_dot(w), "digraph {\n  n0 [label=\"leaf\\n[1, 3]\", shape=box];\n}\n");
}

TEST(Graphviz, WhatWasNotRecordedIsRefused) {
  const Variable x(Tensor::zeros({2}), true);
  const Variable shared = exp(x);
  const Variable y = sum(shared);
  EXPECT_TRUE(fails_with([&] { graph_dot(x.detach()); }, {"graph_dot: the variable requires no gradient"}));
  EXPECT_TRUE(fails_with([] { graph_dot(Variable()); }, {"the variable is undefined"}));
  y.backward();
  EXPECT_TRUE(
      fails_with([&] { graph_dot(y); }, {"graph_dot: the graph through sum was freed by an earlier backward()"}));
  EXPECT_TRUE(fails_with([&] { graph_dot(neg(shared)); }, {"the graph through exp was freed"}));
}

}  // namespace
}  // namespace posthoc
