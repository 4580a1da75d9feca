// One step of training: a minibatch of 64 rows gathered, forward, cross-entropy, backward and Adam, on one thread, of
// the paper's classifier with 98 features (Adult) and with 401 (COMPAS).

#include "autograd/losses.h"
#include "base/threads.h"
#include "nn/mlp.h"
#include "optim/adam.h"
#include "tensor/random.h"
#include "verified.h"

namespace {

using namespace posthoc;

constexpr std::int64_t kRows = 8192;
constexpr std::int64_t kBatch = 64;

class Training {
 public:
  Training(std::int64_t features, Dtype dtype)
      : x_(random_normal({kRows, features}, {1, purpose("bench features"), 0}, dtype)),
        y_(ge(x_.reshape({kRows * features}).rows(0, kRows).reshape({kRows, 1}), Tensor::zeros({}, dtype))),
        order_(Tensor::from(random_permutation(kRows, {1, purpose("bench order"), 0}), {kRows})),
        model_({.input = features, .dtype = dtype}, 1),
        adam_(model_.parameters()) {}

  /// The loss before the step.
  double step() {
    const Tensor rows = order_.rows(begin_, begin_ + kBatch);
    begin_ = (begin_ + kBatch) % kRows;
    const Variable loss =
        binary_cross_entropy_with_logits(model_.logits(Variable(gather_rows(x_, rows))), gather_rows(y_, rows));
    adam_.zero_grad();
    loss.backward();
    adam_.step();
    return loss.value().item();
  }

  [[nodiscard]] const nn::Mlp& model() const { return model_; }

 private:
  Tensor x_;
  Tensor y_;
  Tensor order_;
  std::int64_t begin_ = 0;
  nn::Mlp model_;
  optim::Adam adam_;
};

// float64 takes the plain loops and the same draws, so both networks go the same way until rounding parts them.
std::string check(std::int64_t features) {
  Training fast(features, Dtype::float32);
  Training plain(features, Dtype::float64);
  for (int step = 0; step < 10; ++step) {
    const std::string wrong =
        bench::difference(fmt::format("loss of step {}", step + 1), fast.step(), plain.step(), 1e-4);
    if (!wrong.empty()) return wrong;
  }
  return "";
}

void add(const std::string& name, std::int64_t features) {
  const auto weights = static_cast<double>(32 * features + 10 * 32 * 32 + 32);
  const double products = 6.0 * weights * static_cast<double>(kBatch);  // forward, and backward to both operands
  bench::add_row(name, products, [features] {
    const auto training = std::make_shared<Training>(features, Dtype::float32);
    return bench::Row{[features] { return check(features); }, [training] { training->step(); }};
  });
}

}  // namespace

int main(int argc, char** argv) {
  set_threads(1);
  add("training_step/adult", 98);
  add("training_step/compas", 401);
  return bench::run(argc, argv);
}
