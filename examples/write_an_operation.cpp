// An operation of one's own: its value, its gradient, the check of the gradient, and a network that uses it.
#include <fmt/core.h>
#include <string>
#include <vector>

#include "autograd/gradcheck.h"
#include "autograd/losses.h"
#include "autograd/ops.h"
#include "base/error.h"
#include "nn/linear.h"
#include "optim/adam.h"
#include "tensor/ops.h"

using namespace posthoc;

// y = x s with s = sigmoid(x); dy/dx = s + y (1 - s). What the lambda captures is kept until backward.
Variable silu(const Variable& x) {
  const Tensor s = unary(UnaryOp::sigmoid, x.value());
  const Tensor y = mul(x.value(), s);
  return record("silu", y, {x}, [s, y](const Tensor& cotangent, InputGradients& gradients) {
    gradients.add(0, mul(cotangent, add(s, sub(y, mul(y, s)))));
  });
}

int main() try {
  // The gradient against central differences, in float64 and with a random cotangent.
  const Variable x(Tensor::from<double>({-4, -1, -0.1, 0.2, 1, 4}, {2, 3}), /*requires_grad=*/true);
  const std::string difference = gradcheck([](const std::vector<Variable>& in) { return silu(in[0]); }, {x});
  fmt::print("gradient {}\n", difference.empty() ? "agrees with the numerical one" : difference);

  // A network with one hidden layer learns x^2 on [-2, 2].
  std::vector<float> points;
  for (int i = -20; i <= 20; ++i) points.push_back(static_cast<float>(i) / 10.0F);
  const Variable input(Tensor::from(points, {41, 1}));
  const Tensor target = mul(input.value(), input.value());
  nn::Linear first(1, 16, RandomStream{/*seed=*/0, purpose("first"), 0});
  nn::Linear second(16, 1, RandomStream{0, purpose("second"), 0});
  std::vector<nn::NamedParameter> parameters = first.parameters();
  for (const nn::NamedParameter& parameter : second.parameters()) parameters.push_back(parameter);
  optim::Adam adam(parameters, {.learning_rate = 0.02});
  for (int step = 0; step <= 400; ++step) {
    const Variable loss = mean_squared_error(second(silu(first(input))), target);
    if (step % 200 == 0) fmt::print("step {:<3} loss {:.4f}\n", step, loss.value().item());
    adam.zero_grad();
    loss.backward();
    adam.step();
  }
} catch (const Error& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 1;
}
