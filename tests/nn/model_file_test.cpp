#include "nn/model_file.h"

#include <filesystem>
#include <gtest/gtest.h>

#include "base/file.h"
#include "nn/safetensors.h"
#include "support/expect_error.h"
#include "support/golden_mlp.h"
#include "support/temporary_folder.h"

namespace posthoc::nn {
namespace {

using posthoc::testing::fails_with;
using posthoc::testing::TemporaryFolder;

const MlpOptions kOptions = {.input = 5, .depth = 2, .width = 4, .dropout = 0.35};

StateDict tensors() { return Mlp(kOptions, 1).state_dict(); }

// Writes the tensors as a file and reads it as a network.
class Reader {
 public:
  LoadedMlp operator()(StateDict state, std::map<std::string, std::string> metadata = {}) {
    write_file(folder_ / "net", to_safetensors({std::move(state), std::move(metadata)}));
    return load_mlp(folder_ / "net");
  }
  ::testing::AssertionResult refuses(const StateDict& state, std::initializer_list<std::string_view> parts,
                                     const std::map<std::string, std::string>& metadata = {}) {
    auto named = fails_with([&] { (*this)(state, metadata); }, {(folder_ / "net").string() + ": "});
    return named ? fails_with([&] { (*this)(state, metadata); }, parts) : named;
  }

 private:
  TemporaryFolder folder_;
};

TEST(ModelFile, ANetworkReadsBackAsItWas) {
  const TemporaryFolder folder;
  Mlp model(kOptions, 1);
  model.forward(Variable(random_normal({20, 5}, {1, 2, 3})));  // so that the buffers are not trivial
  save_mlp(model, {{"task", "adult"}}, folder / "net");
  const LoadedMlp loaded = load_mlp(folder / "net");
  EXPECT_EQ(loaded.metadata.at("task"), "adult");
  EXPECT_EQ(loaded.model->options().depth, 2);
  EXPECT_EQ(loaded.model->options().dropout, 0.35);
  EXPECT_TRUE(posthoc::testing::states_match(loaded.model->state_dict(), model.state_dict(), 0.0, 0.0));
  const Tensor x = random_normal({7, 5}, {4, 5, 6});
  EXPECT_EQ(scores(*loaded.model, x), scores(model, x));
  save_mlp(*loaded.model, {{"task", "adult"}}, folder / "again");
  EXPECT_EQ(read_file(folder / "again"), read_file(folder / "net"));
}

TEST(ModelFile, AFloat64NetworkStaysOne) {
  const TemporaryFolder folder;
  MlpOptions options = kOptions;
  options.dtype = Dtype::float64;
  save_mlp(Mlp(options, 1), {}, folder / "net");
  EXPECT_EQ(load_mlp(folder / "net").model->options().dtype, Dtype::float64);
}

TEST(ModelFile, OfTwoOutputsTheFirstIsTaken) {
  StateDict state = tensors();
  state["out.weight"] = Tensor::from<float>({1, 2, 3, 4, 5, 6, 7, 8}, {2, 4});
  state["out.bias"] = Tensor::from<float>({9, 10}, {2});
  const LoadedMlp loaded = Reader()(state);
  EXPECT_EQ(loaded.model->state_dict().at("out.weight").to_vector(), (std::vector<double>{1, 2, 3, 4}));
  EXPECT_EQ(loaded.model->state_dict().at("out.bias").to_vector(), (std::vector<double>{9}));
  EXPECT_EQ(loaded.model->options().dropout, 0.2) << "the file does not say";
}

TEST(ModelFile, WhatIsMissingOrDoesNotFitIsNamed) {
  Reader read;
  const auto with = [](const std::string& name, const Tensor& tensor) {
    StateDict state = tensors();
    state[name] = tensor;
    return state;
  };
  EXPECT_TRUE(read.refuses({}, {"there is no matrix named fc0.weight"}));
  EXPECT_TRUE(read.refuses(with("fc0.weight", Tensor::zeros({4})), {"no matrix named fc0.weight"}));
  EXPECT_TRUE(read.refuses(with("fc0.weight", Tensor::zeros({4, 5}, Dtype::int64)), {"expected F32 or F64"}));
  EXPECT_TRUE(read.refuses(with("fc0.weight", Tensor::zeros({4, 0})), {"Mlp: expected input >= 1"}));
  EXPECT_TRUE(read.refuses(with("fcs.1.weight", Tensor::zeros({4, 3})), {"fcs.1.weight is [4, 3], expected [4, 4]"}));
  EXPECT_TRUE(
      read.refuses(with("out.weight", Tensor::zeros({3, 4})), {"out.weight is [3, 4], the network needs [1, 4]"}));
  EXPECT_TRUE(read.refuses(with("other", Tensor::zeros({1})), {"no tensor named other"}));
  for (const auto& [name, tensor] : tensors()) {
    StateDict state = tensors();
    state.erase(name);
    // A middle layer that is missing ends the count of layers, so that the error may name another tensor.
    EXPECT_TRUE(read.refuses(state, {})) << name;
  }
}

TEST(ModelFile, AWidthThatTheFileDoesNotHoldCostsNoMemory) {
  // 100000 wide: the hidden layer would take 40 GB.
  StateDict state = tensors();
  state["fc0.weight"] = Tensor::zeros({100000, 1});
  EXPECT_TRUE(Reader().refuses(state, {"fcs.0.weight is [4, 4], expected [100000, 100000]"}));
  state["fc0.weight"] = Tensor::zeros({0, 100000});
  EXPECT_TRUE(Reader().refuses(state, {"expected [0, 0]"}));
}

TEST(ModelFile, BadMetadataIsNamed) {
  Reader read;
  for (const char* architecture : {"", "{", "[]", "{}", R"({"dropout":"0.2"})", R"({"dropout":1e999})"}) {
    EXPECT_TRUE(read.refuses(tensors(), {"the metadata \"architecture\""}, {{"architecture", architecture}}));
  }
  EXPECT_TRUE(read.refuses(tensors(), {"Dropout: the probability"}, {{"architecture", R"({"dropout":2})"}}));
  const std::string deep(1000000, '[');
  EXPECT_TRUE(read.refuses(tensors(), {"the metadata \"architecture\""}, {{"architecture", deep}}));
}

TEST(ModelFile, AMissingFileIsNamed) {
  EXPECT_TRUE(fails_with([] { load_mlp("no/such/net"); }, {"cannot read no/such/net: no such file"}));
}

TEST(ModelFile, ReadsTheNetworksThatPyTorchTrained) {
  const std::filesystem::path folder = "../shared/reference/rerun";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not here";
  int read = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() != ".safetensors") continue;
    const LoadedMlp loaded = load_mlp(file.path());
    EXPECT_EQ(loaded.model->options().depth, 10) << file.path();
    EXPECT_EQ(loaded.model->options().width, 32) << file.path();
    const std::vector<double> all = scores(*loaded.model, random_normal({10, loaded.model->inputs()}, {1, 2, 3}));
    for (const double score : all) EXPECT_TRUE(score >= 0.0 && score <= 1.0) << file.path();
    ++read;
  }
  EXPECT_GT(read, 0);
}

}  // namespace
}  // namespace posthoc::nn
