#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "data/row_encoding.h"
#include "data/scaler.h"
#include "debias/decision_rule.h"

namespace posthoc::cli {

/// What stands in a model file beside the tensors, so that the model can be used on new rows and traced to its making.
/// A file from elsewhere may have none of it.
struct ModelMetadata {
  std::vector<std::string> feature_names;
  std::optional<data::Scaler> scaler;
  std::string data_name;
  std::string data_checksum;
  std::string protected_attribute;
  std::string favorable;
  std::optional<std::uint32_t> split_seed;
  std::optional<debias::DecisionRule> rule;
  std::string provenance;                          ///< JSON: version, command, seed
  std::optional<data::RowEncoding> encoding = {};  ///< what makes the features of new rows
};

/// As JSON strings by name, the form that safetensors keeps.
std::map<std::string, std::string> to_strings(const ModelMetadata& metadata);

/// The reverse; entries that are not there stay empty. Throws `Error` that names the file and the entry.
ModelMetadata parse_metadata(const std::map<std::string, std::string>& strings, const std::string& file);

}  // namespace posthoc::cli
