// pytorch_export FOLDER: writes network.safetensors, a network with random weights and running statistics that moved,
// and expected.safetensors with features and the scores that the network gives them, for pytorch_load.py.

#include <filesystem>
#include <fmt/core.h>

#include "base/file.h"
#include "nn/model_file.h"
#include "nn/safetensors.h"
#include "tensor/random.h"

using namespace posthoc;

namespace {

// Random weights, then running statistics that fit them, so that the scores spread.
void randomise(nn::Mlp& model) {
  std::uint32_t number = 0;
  for (nn::NamedParameter& parameter : model.parameters()) {
    Tensor& value = parameter.variable.mutable_value();
    value = random_uniform(value.shape(), {11, purpose("pytorch export"), number++}, -1.0, 1.0);
  }
  for (std::uint32_t batch = 0; batch < 30; ++batch) {
    model.forward(Variable(random_normal({64, 7}, {11, purpose("batch"), batch})));
  }
}

void write(const std::filesystem::path& folder) {
  nn::Mlp model({.input = 7, .depth = 3, .width = 6}, 1);
  randomise(model);
  save_mlp(model, {{"task", "round trip"}}, folder / "network.safetensors");
  const Tensor features = random_normal({50, 7}, {12, purpose("features"), 0});
  const Tensor expected = Tensor::from(nn::scores(model, features), {50});
  write_file(folder / "expected.safetensors", nn::to_safetensors({{{"features", features}, {"scores", expected}}, {}}));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: pytorch_export FOLDER\n");
    return 2;
  }
  try {
    write(argv[1]);
  } catch (const std::exception& error) {
    fmt::print(stderr, "pytorch_export: {}\n", error.what());
    return 1;
  }
  return 0;
}
