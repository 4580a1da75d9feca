#include <cstring>
#include <functional>
#include <gtest/gtest.h>
#include <limits>

#include "cli/program.h"
#include "nn/safetensors.h"

namespace posthoc::testing {
namespace {

// Model files that are damaged, foreign or of another task, given to the commands that read one.
class BadModel : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }

  [[nodiscard]] ::testing::AssertionResult both_refuse(const std::string& model, std::string_view part,
                                                       const Arguments& data = synthetic_data) const {
    const Arguments evaluate = Arguments{"evaluate", "--model", model, "--json", path("new.json")} + data;
    auto result = refuses(evaluate, 1, part, folder_);
    if (!result) return result;
    return refuses(Arguments{"debias", "--model", model, "-o", path("new.safetensors")} + few_trials + data, 1, part,
                   folder_);
  }

  [[nodiscard]] ::testing::AssertionResult bytes_refused(const std::string& bytes, std::string_view part) const {
    write_file(folder_ / "bad.safetensors", bytes);
    return both_refuse(path("bad.safetensors"), part);
  }

  // The sound model after a change.
  [[nodiscard]] std::string changed(const std::function<void(nn::TensorFile&)>& change) const {
    nn::TensorFile file = nn::from_safetensors(read_file(model_), model_);
    change(file);
    return nn::to_safetensors(file);
  }

  [[nodiscard]] ::testing::AssertionResult metadata_refused(const std::string& name, const std::string& text) const {
    return bytes_refused(changed([&](nn::TensorFile& file) { file.metadata[name] = text; }), name);
  }

  TemporaryFolder folder_;
  std::string model_ = trained_model(folder_);
};

std::string header_of(std::uint64_t length, const std::string& rest) {
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + rest;
}

TEST_F(BadModel, ThatIsNoFile) {
  EXPECT_TRUE(both_refuse(path("none.safetensors"), "none.safetensors"));
  EXPECT_TRUE(both_refuse(folder_.path().string(), "folder"));
  EXPECT_TRUE(both_refuse(model_ + "/x", "model.safetensors/x"));
}

TEST_F(BadModel, OfAnyTruncatedLength) {
  const std::string bytes = read_file(model_);
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{7}, std::size_t{8}, std::size_t{100}, bytes.size() / 2, bytes.size() - 1}) {
    EXPECT_TRUE(bytes_refused(bytes.substr(0, length), "bad.safetensors")) << length << " bytes";
  }
  EXPECT_TRUE(bytes_refused(bytes + "x", "bad.safetensors"));
}

TEST_F(BadModel, WithALyingHeader) {
  const std::string outside = R"({"fc0.weight":{"dtype":"F32","shape":[1,2],"data_offsets":[800,808]}})";
  const std::string huge = R"({"fc0.weight":{"dtype":"F32","shape":[72057594037927936,72057594037927936],)"
                           R"("data_offsets":[0,8]}})";
  EXPECT_TRUE(bytes_refused(header_of(std::uint64_t{1} << 60, "{}"), "header"));
  EXPECT_TRUE(bytes_refused(header_of(~std::uint64_t{0}, "{}"), "header"));
  EXPECT_TRUE(bytes_refused(header_of(9, "not JSON!"), "JSON"));
  EXPECT_TRUE(bytes_refused(header_of(2, "[]"), "JSON"));
  EXPECT_TRUE(bytes_refused(header_of(2, "{}"), "fc0.weight"));
  EXPECT_TRUE(bytes_refused(header_of(outside.size(), outside + "12345678"), "fc0.weight"));
  EXPECT_TRUE(bytes_refused(header_of(huge.size(), huge + "12345678"), "too many elements"));
}

TEST_F(BadModel, WithTensorsThatDoNotFit) {
  EXPECT_TRUE(bytes_refused(changed([](nn::TensorFile& file) { file.tensors.erase("out.bias"); }), "out.bias"));
  EXPECT_TRUE(
      bytes_refused(changed([](nn::TensorFile& file) { file.tensors["extra"] = Tensor::zeros({2}); }), "extra"));
  EXPECT_TRUE(bytes_refused(changed([](nn::TensorFile& file) { file.tensors["bn0.weight"] = Tensor::zeros({3}); }),
                            "bn0.weight"));
  EXPECT_TRUE(bytes_refused(
      changed([](nn::TensorFile& file) { file.tensors["fc0.weight"] = file.tensors["fc0.weight"].to(Dtype::int64); }),
      "fc0.weight"));
}

TEST_F(BadModel, WithWeightsThatAreNotFinite) {
  for (const float value : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    for (const char* name : {"fc0.weight", "out.bias", "bn0.running_var"}) {
      const std::string bytes = changed([&](nn::TensorFile& file) {
        Tensor& tensor = file.tensors[name];
        tensor = Tensor::full(tensor.shape(), static_cast<double>(value), tensor.dtype());
      });
      EXPECT_TRUE(bytes_refused(bytes, "finite")) << name << " " << value;
    }
  }
}

TEST_F(BadModel, WithMetadataOfAnotherForm) {
  EXPECT_TRUE(metadata_refused("scaler", "[]"));
  EXPECT_TRUE(metadata_refused("scaler", "{"));
  EXPECT_TRUE(metadata_refused("scaler", ""));
  EXPECT_TRUE(metadata_refused("scaler", R"({"mean":[0,0],"scale":[1]})"));
  EXPECT_TRUE(metadata_refused("scaler", R"({"mean":[0,0],"scale":[1,0]})"));
  EXPECT_TRUE(metadata_refused("scaler", R"({"mean":[0,"x"],"scale":[1,1]})"));
  EXPECT_TRUE(metadata_refused("scaler", R"({"mean":[0,1e999],"scale":[1,1]})"));
  EXPECT_TRUE(metadata_refused("rule", R"({"kind":"x"})"));
  EXPECT_TRUE(metadata_refused("rule", R"({"kind":"threshold"})"));
  EXPECT_TRUE(metadata_refused("rule", R"({"kind":"threshold","threshold":"0.5"})"));
  EXPECT_TRUE(metadata_refused("rule", R"({"kind":"threshold","threshold":true})"));
  EXPECT_TRUE(metadata_refused("rule", "0.5"));
  EXPECT_TRUE(metadata_refused("feature_names", "{}"));
  EXPECT_TRUE(metadata_refused("feature_names", "[1]"));
  EXPECT_TRUE(metadata_refused("data", R"("synthetic")"));
  EXPECT_TRUE(metadata_refused("data", "{}"));
  EXPECT_TRUE(metadata_refused("architecture", "{}"));
  EXPECT_TRUE(bytes_refused(changed([](nn::TensorFile& file) { file.metadata["architecture"] = R"({"dropout":2})"; }),
                            "Dropout"));
  EXPECT_TRUE(metadata_refused("scaler", std::string(100000, '[')));
}

TEST_F(BadModel, WithASplitSeedThatIsNone) {
  for (const char* seed : {"-1", "4294967296", "1e300", "101.5", "true"}) {
    EXPECT_TRUE(metadata_refused("data", R"({"name":"","sha256":"","protected":"group","favorable":"1","split_seed":)" +
                                             std::string(seed) + "}"))
        << seed;
  }
}

TEST_F(BadModel, OfOtherFeatures) {
  EXPECT_TRUE(both_refuse(model_, "features", synthetic_data + Arguments{"--features", "3"}));
  const std::string renamed = changed([](nn::TensorFile& file) { file.metadata["feature_names"] = R"(["x1","z"])"; });
  EXPECT_TRUE(bytes_refused(renamed, "'z'"));
  const std::string more = changed([](nn::TensorFile& file) { file.metadata["feature_names"] = R"(["x1","x2","z"])"; });
  EXPECT_TRUE(bytes_refused(more, "'z'"));
  const std::string scaler =
      changed([](nn::TensorFile& file) { file.metadata["scaler"] = R"({"mean":[0,0,0],"scale":[1,1,1]})"; });
  EXPECT_TRUE(bytes_refused(scaler, "features"));
}

TEST_F(BadModel, OfAnotherFavourableLabel) {
  EXPECT_TRUE(both_refuse(model_, "favourable", synthetic_data + Arguments{"--favorable", "0"}));
}

TEST_F(BadModel, WithoutMetadataIsNone) {
  write_file(folder_ / "bare.safetensors", changed([](nn::TensorFile& file) { file.metadata.clear(); }));
  const auto evaluate = [&](const std::string& model) {
    return json_of(Arguments{"evaluate", "--model", model} + synthetic_data);
  };
  const nlohmann::json bare = evaluate(path("bare.safetensors"));
  const nlohmann::json full = evaluate(model_);
  for (const char* key : {"rule", "valid", "test"}) EXPECT_EQ(bare[key], full[key]) << key;
}

}  // namespace
}  // namespace posthoc::testing
