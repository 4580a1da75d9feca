// Trains a classifier on synthetic data in a loop of its own: modules, an optimiser, minibatches. `optim::train` is the
// same with a validation loss, a learning-rate schedule and early stopping.
#include <algorithm>
#include <fmt/core.h>
#include <memory>
#include <vector>

#include "autograd/losses.h"
#include "base/error.h"
#include "data/named.h"
#include "data/prepared.h"
#include "nn/activations.h"
#include "nn/linear.h"
#include "nn/sequential.h"
#include "optim/adam.h"
#include "tensor/ops.h"
#include "tensor/random.h"

using namespace posthoc;

// Rows with two label columns: one for each class.
Tensor one_hot(const std::vector<std::uint8_t>& labels) {
  std::vector<float> columns;
  for (const std::uint8_t label : labels)
    columns.insert(columns.end(), {label == 0 ? 1.0F : 0.0F, label == 1 ? 1.0F : 0.0F});
  return Tensor::from(columns, {static_cast<std::int64_t>(labels.size()), 2});
}

int main() try {
  const data::Prepared rows = data::prepare(data::load("synthetic"));  // 6000 rows to train on, 2000 to test
  const Tensor targets = one_hot(rows.train.labels);
  const std::int64_t n = rows.train.features.size(0);

  nn::Sequential model(
      {std::make_shared<nn::Linear>(rows.train.features.size(1), 16, RandomStream{/*seed=*/0, purpose("first"), 0}),
       std::make_shared<nn::LeakyReLU>(), std::make_shared<nn::Linear>(16, 2, RandomStream{0, purpose("second"), 0}),
       std::make_shared<nn::Softmax>()});
  optim::Adam adam(model.parameters(), {.learning_rate = 0.01, .weight_decay = 1e-4});
  for (std::uint32_t epoch = 0; epoch < 3; ++epoch) {
    const Tensor order = Tensor::from(random_permutation(n, {/*seed=*/0, purpose("shuffle"), epoch}), {n});
    double total = 0.0;
    for (std::int64_t begin = 0; begin < n; begin += 100) {
      const Tensor batch = order.rows(begin, std::min(begin + 100, n));
      const Variable p = model(Variable(gather_rows(rows.train.features, batch)));
      const Variable loss = binary_cross_entropy(p, gather_rows(targets, batch), Reduction::sum);
      adam.zero_grad();
      loss.backward();
      adam.step();
      total += loss.value().item();
    }
    fmt::print("epoch {}  loss {:.3f}\n", epoch + 1, total / static_cast<double>(2 * n));
  }

  model.eval();
  const NoGrad no_graph;
  const Tensor decisions = argmax(model(Variable(rows.test.features)).value(), 1);
  const Tensor labels = argmax(one_hot(rows.test.labels), 1);
  const Tensor right = eq(decisions.to(Dtype::float32), labels.to(Dtype::float32));
  fmt::print("accuracy on the test rows {:.3f}\n", mean(right).item());
} catch (const Error& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 1;
}
