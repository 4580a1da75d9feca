// Fits a line to noisy points by gradient descent, with tensors and gradients alone.
#include <fmt/core.h>

#include "autograd/losses.h"
#include "autograd/ops.h"
#include "base/error.h"
#include "tensor/ops.h"
#include "tensor/random.h"

using namespace posthoc;

int main() try {
  // 200 points of y = 3 x - 1 + noise of standard deviation 0.1, x uniform in [-1, 1).
  const Shape column{200, 1};
  const Tensor x = random_uniform(column, {/*seed=*/1, purpose("x"), 0}, -1.0, 1.0);
  const Tensor noise = mul(random_normal(column, {/*seed=*/1, purpose("noise"), 0}), 0.1);
  const Tensor y = add(add(mul(x, 3.0), Tensor::full({}, -1.0)), noise);

  // Two leaves that collect gradients; every operation on them is recorded.
  Variable slope(Tensor::zeros({}), /*requires_grad=*/true);
  Variable intercept(Tensor::zeros({}), /*requires_grad=*/true);
  for (int step = 0; step <= 200; ++step) {
    const Variable loss = mean_squared_error(add(mul(Variable(x), slope), intercept), y);
    if (step % 100 == 0) {
      fmt::print("step {:<3}  loss {:.3f}  slope {:+.2f}  intercept {:+.2f}\n", step, loss.value().item(),
                 slope.value().item(), intercept.value().item());
    }
    loss.backward();
    for (Variable* parameter : {&slope, &intercept}) {
      add_(parameter->mutable_value(), mul(parameter->grad(), -0.1));
      parameter->zero_grad();
    }
  }
} catch (const Error& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 1;
}
