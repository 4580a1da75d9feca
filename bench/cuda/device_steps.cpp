// The tensor engine on the CUDA device 0 beside the host: products of matrices, the scores of a validation set, and
// steps of training by small and large minibatches. Each row is timed only after its result was found near the host's.
// Without a device it says so and ends with 77.

#include <cstdio>
#include <fmt/format.h>
#include <memory>

#include "autograd/losses.h"
#include "optim/adam.h"
#include "tasks.h"
#include "tensor/cuda/cuda_backend.h"
#include "tensor/ops.h"
#include "tensor/random.h"
#include "verified.h"

namespace posthoc::bench {
namespace {

Row product(std::int64_t n, Device device) {
  const auto a = std::make_shared<Tensor>(random_normal({n, n}, {1, purpose("bench a"), 0}).to(device));
  const auto b = std::make_shared<Tensor>(random_normal({n, n}, {1, purpose("bench b"), 0}).to(device));
  const auto corner = [=] { return matmul(*a, *b).rows(n - 1, n).to_vector().back(); };  // waits for the product
  return {[=] {
            const Tensor row = a->to(Device::cpu()).rows(n - 1, n).to(Dtype::float64);
            const double expected = matmul(row, b->to(Device::cpu()).to(Dtype::float64)).to_vector().back();
            return difference("the last element", corner(), expected, 1e-3);
          },
          [=] { static_cast<void>(corner()); }};
}

Row scores(const Shape& shape, Device device) {
  const auto task = std::make_shared<Task>(shape);
  const std::vector<double> expected = nn::scores(*task->model, task->x);
  task->model->to(device);
  task->x = task->x.to(device);
  return {[=] {
            const std::vector<double> got = nn::scores(*task->model, task->x);
            for (std::size_t i = 0; i < got.size(); ++i) {
              const std::string wrong = difference(fmt::format("score {}", i), got[i], expected[i], 1e-4);
              if (!wrong.empty()) return wrong;
            }
            return std::string();
          },
          [=] { static_cast<void>(nn::scores(*task->model, task->x)); }};
}

// The paper's classifier on minibatches of any size.
class Steps {
 public:
  Steps(std::int64_t features, std::int64_t batch, Device device)
      : x_(random_normal({batch, features}, {1, purpose("bench features"), 0}).to(device)),
        y_(ge(slice(x_, 1, 0, 1), Tensor::zeros({}, Dtype::float32, device))),
        model_({.input = features}, 1),
        adam_(placed(model_, device)) {}

  double step() {
    const Variable loss = binary_cross_entropy_with_logits(model_.logits(Variable(x_)), y_);
    adam_.zero_grad();
    loss.backward();
    adam_.step();
    return loss.value().item();
  }

 private:
  static std::vector<nn::NamedParameter> placed(nn::Mlp& model, Device device) {
    model.to(device);
    return model.parameters();
  }

  Tensor x_;
  Tensor y_;
  nn::Mlp model_;
  optim::Adam adam_;
};

Row training(std::int64_t features, std::int64_t batch, Device device) {
  const auto steps = std::make_shared<Steps>(features, batch, device);
  return {[=] {
            Steps actual(features, batch, device);
            Steps expected(features, batch, Device::cpu());
            for (int i = 1; i <= 5; ++i) {
              const std::string wrong =
                  difference(fmt::format("loss of step {}", i), actual.step(), expected.step(), 1e-3);
              if (!wrong.empty()) return wrong;
            }
            return std::string();
          },
          [=] { steps->step(); }};
}

}  // namespace
}  // namespace posthoc::bench

int main(int argc, char** argv) {
  using namespace posthoc;
  using namespace posthoc::bench;
  if (cuda_device_count() == 0) {
    std::printf("skipped: no CUDA device can be used: %s\n", why_no_cuda_device().c_str());
    return 77;
  }
  for (const Device device : {Device::cuda(0), Device::cpu()}) {
    const std::string on = device.name();
    for (const std::int64_t n : {256, 1024, 4096}) {
      add_row({.what = fmt::format("product {}", n), .on = on, .flop = 2.0 * static_cast<double>(n * n * n)},
              [=] { return product(n, device); });
    }
    for (const bench::Shape& shape : kShapes) {
      add_row({.what = fmt::format("scores {}", shape.name), .on = on, .flop = shape.flop()},
              [=] { return scores(shape, device); });
      for (const std::int64_t batch : {64, 4096}) {
        add_row({.what = fmt::format("training step {} {}", shape.name, batch),
                 .on = on,
                 .flop = 6.0 * static_cast<double>(shape.weights() * batch)},
                [=] { return training(shape.features, batch, device); });
      }
    }
  }
  return run(argc, argv);
}
