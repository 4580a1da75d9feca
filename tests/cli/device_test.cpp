#include <gtest/gtest.h>

#include "cli/program.h"
#include "nn/model_file.h"
#include "tensor/cuda/cuda_backend.h"

// --device where there is no such device; tests/cuda/ has the program on one.

namespace posthoc::testing {
namespace {

Arguments with_model(const std::string& command, const std::string& model) {
  return Arguments{command} + synthetic_data + Arguments{"--model", model};
}

TEST(DeviceOption, OneThatIsNotThereIsAnErrorOfOneLine) {
  const TemporaryFolder folder;
  const std::string model = trained_model(folder);
  const std::string out = (folder / "out").string();
  const std::vector<Arguments> commands = {Arguments{"train", "-o", out} + synthetic_data + small_network,
                                           with_model("evaluate", model), with_model("debias", model) + few_trials,
                                           with_model("apply", model) + Arguments{"--input", model, "-o", out}};
  for (const Arguments& command : commands) {
    for (const auto& [name, text] : std::vector<std::pair<std::string, std::string>>{
             {"gpu", "'gpu' is no device; expected cpu, cuda, cuda:N or auto"}, {"cuda:1000", "cuda:1000: "}}) {
      EXPECT_TRUE(refuses(command + Arguments{"--device", name}, 1, text, folder));
    }
  }
}

TEST(DeviceOption, CpuIsWhatIsTakenWithoutIt) {
  const TemporaryFolder folder;
  const auto weights = [&](const Arguments& more) {
    const std::string file = (folder / "model.safetensors").string();
    EXPECT_TRUE(succeeds_quietly(Arguments{"train", "-o", file} + synthetic_data + small_network + more));
    std::vector<double> all;
    for (const auto& [name, tensor] : nn::load_mlp(file).model->state_dict()) {
      const std::vector<double> values = tensor.to_vector();
      all.insert(all.end(), values.begin(), values.end());
    }
    return all;
  };
  const std::vector<double> plain = weights({});
  EXPECT_EQ(weights({"--device", "cpu"}), plain);
  if (cuda_device_count() > 0) return;
  EXPECT_EQ(weights({"--device", "auto"}), plain);
}

}  // namespace
}  // namespace posthoc::testing
