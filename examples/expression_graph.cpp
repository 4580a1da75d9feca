// Draws the graph of an expression and differentiates it. The drawing is Graphviz text:
//   build/release/examples/expression_graph | dot -Tsvg > graph.svg
#include <fmt/core.h>

#include "autograd/graphviz.h"
#include "autograd/ops.h"
#include "base/error.h"

using namespace posthoc;

int main() try {
  const Variable w(Tensor::from<double>({1, 2, -1}, {3}), /*requires_grad=*/true);
  const Variable x(Tensor::from<double>({0.5, 1, 1, 2, 0, 1}, {2, 3}));  // a constant: no gradient is asked for
  const Variable h = mul(x, w);                                          // w is broadcast over the rows
  const Variable y = sum(mul(h, tanh(h)));
  fmt::print("{}", graph_dot(y, {{w, "w"}, {x, "x"}, {h, "h"}, {y, "y"}}));

  y.backward();  // goes through the graph from y to w, and frees it
  const std::vector<double> gradient = w.grad().to_vector();
  fmt::print("// dy/dw = {:.4f} {:.4f} {:.4f}\n", gradient[0], gradient[1], gradient[2]);
} catch (const Error& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 1;
}
