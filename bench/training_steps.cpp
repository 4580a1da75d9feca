// One step of training: of the paper's classifier through the autograd engine, with 98 features (Adult), 57 (Bank) and
// 401 (COMPAS), and of adversarial fine-tuning's critic (its first layer takes one row of 2048 activations) and actor.
// The reference are the plain loops of float64, which take the same draws: both networks go the same way until rounding
// parts them.

#include <fmt/format.h>
#include <memory>

#include "tasks.h"
#include "training.h"
#include "verified.h"

namespace posthoc::bench {
namespace {

// Losses of some steps against each other. `Steps` is Training or FineTuning.
template <typename Steps>
std::string compare(Steps fast, Steps plain, double (Steps::*step)(), int steps, double tolerance) {
  for (int i = 1; i <= steps; ++i) {
    const std::string wrong = difference(fmt::format("loss of step {}", i), (fast.*step)(), (plain.*step)(), tolerance);
    if (!wrong.empty()) return wrong;
  }
  return "";
}

Row classifier(std::int64_t features) {
  const auto training = std::make_shared<Training>(features, Dtype::float32);
  return {[=] {
            return compare(Training(features, Dtype::float32), Training(features, Dtype::float64), &Training::step, 10,
                           1e-4);
          },
          [=] { training->step(); }};
}

// The critic's loss goes towards 0, where only rounding is left to compare, so it is followed for a few steps.
Row fine_tuning(double (FineTuning::*step)(), int steps) {
  const auto training = std::make_shared<FineTuning>(Dtype::float32);
  return {[=] { return compare(FineTuning(Dtype::float32), FineTuning(Dtype::float64), step, steps, 1e-3); },
          [=] { ((*training).*step)(); }};
}

}  // namespace
}  // namespace posthoc::bench

int main(int argc, char** argv) {
  using namespace posthoc::bench;
  for (const Shape& shape : kShapes) {
    const double products =
        6.0 * static_cast<double>(shape.weights() * kBatch);  // forward, and backward to both operands
    add_row({.row = 2, .what = "training step", .on = std::string(shape.name), .flop = products},
            [features = shape.features] { return classifier(features); });
  }
  add_row({.row = 2, .what = "critic step", .on = "adult"}, [] { return fine_tuning(&FineTuning::critic_step, 3); });
  add_row({.row = 2, .what = "actor step", .on = "adult"}, [] { return fine_tuning(&FineTuning::actor_step, 5); });
  return run(argc, argv);
}
