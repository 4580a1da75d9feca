#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "nn/mlp.h"

namespace posthoc::nn {

/// A network from a file with the text metadata that stood beside it.
struct LoadedMlp {
  std::shared_ptr<Mlp> model;
  std::map<std::string, std::string> metadata;
};

/// Writes the network as safetensors, whole or not at all. `metadata` gets the entry "architecture" added.
void save_mlp(const Mlp& model, std::map<std::string, std::string> metadata, const std::filesystem::path& path);

/// Reads such a file, or any with the tensor names of `Mlp`: sizes come from the shapes. An `out.weight` of two rows
/// counts as its first row, which is the one that the paper's released code trains. Dropout is 0.2 where the metadata
/// does not say. Throws `Error`, naming the file, when something is missing or does not fit.
LoadedMlp load_mlp(const std::filesystem::path& path);

}  // namespace posthoc::nn
