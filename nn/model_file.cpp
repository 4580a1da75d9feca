#include "nn/model_file.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "nn/safetensors.h"
#include "tensor/format.h"

namespace posthoc::nn {
namespace {

using Json = nlohmann::json;

// The networks of the paper's released code have a second, untrained output.
void keep_first_output(StateDict& tensors) {
  const auto weight = tensors.find("out.weight");
  const auto bias = tensors.find("out.bias");
  if (weight == tensors.end() || bias == tensors.end()) return;
  if (weight->second.rank() == 2 && weight->second.size(0) == 2 && bias->second.shape() == Shape{2}) {
    weight->second = weight->second.rows(0, 1).clone();
    bias->second = bias->second.rows(0, 1).clone();
  }
}

MlpOptions infer_options(const StateDict& tensors, const std::string& file) {
  const auto first = tensors.find("fc0.weight");
  require(first != tensors.end() && first->second.rank() == 2,
          "{}: no network of a known kind: there is no matrix named fc0.weight", file);
  MlpOptions options;
  options.width = first->second.size(0);
  options.input = first->second.size(1);
  options.dtype = first->second.dtype();
  require(is_floating(options.dtype), "{}: fc0.weight is {}, expected F32 or F64", file, options.dtype);
  options.depth = 0;
  for (;; ++options.depth) {
    const std::string tensor = fmt::format("fcs.{}.weight", options.depth);
    const auto hidden = tensors.find(tensor);
    if (hidden == tensors.end()) break;
    // Checked before the network is made, so that its size is bounded by the file's.
    require(hidden->second.shape() == Shape{options.width, options.width}, "{}: {} is {}, expected {}", file, tensor,
            hidden->second.shape(), Shape{options.width, options.width});
  }
  return options;
}

// What the shapes cannot tell.
double dropout_of(const std::map<std::string, std::string>& metadata, const std::string& file) {
  const auto found = metadata.find("architecture");
  if (found == metadata.end()) return MlpOptions{}.dropout;
  const Json json = Json::parse(found->second, nullptr, /*allow_exceptions=*/false);
  require(json.is_object() && json.contains("dropout") && json["dropout"].is_number(),
          "{}: the metadata \"architecture\" is not a JSON object with a number \"dropout\"", file);
  return json["dropout"].get<double>();
}

}  // namespace

void save_mlp(const Mlp& model, std::map<std::string, std::string> metadata, const std::filesystem::path& path) {
  const MlpOptions& options = model.options();
  metadata["architecture"] = Json{
      {"kind", "mlp"},
      {"input", options.input},
      {"depth", options.depth},
      {"width", options.width},
      {"dropout",
       options.dropout}}.dump();
  write_file(path, to_safetensors({model.state_dict(), std::move(metadata)}));
}

LoadedMlp load_mlp(const std::filesystem::path& path) {
  const std::string file = path.string();
  TensorFile content = from_safetensors(read_file(path), file);
  keep_first_output(content.tensors);
  MlpOptions options = infer_options(content.tensors, file);
  options.dropout = dropout_of(content.metadata, file);
  try {
    auto model = std::make_shared<Mlp>(options, 0);
    model->load_state_dict(content.tensors);
    return {std::move(model), std::move(content.metadata)};
  } catch (const Error& error) {
    fail("{}: {}", file, error.what());
  }
}

}  // namespace posthoc::nn
