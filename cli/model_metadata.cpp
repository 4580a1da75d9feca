#include "cli/model_metadata.h"

#include <limits>

#include "base/error.h"
#include "cli/encoding_json.h"
#include "cli/json_blocks.h"

namespace posthoc::cli {
namespace {

// The JSON library would convert any number, and true, without a word.
std::uint32_t parse_split_seed(const Json& json) {
  constexpr std::uint32_t kLast = std::numeric_limits<std::uint32_t>::max();
  require(json.is_number_unsigned() && json.get<std::uint64_t>() <= kLast,
          "the split_seed must be a whole number from 0 to {}, got {}", kLast, json.dump());
  return json.get<std::uint32_t>();
}

}  // namespace

std::map<std::string, std::string> to_strings(const ModelMetadata& metadata) {
  std::map<std::string, std::string> strings;
  const auto put = [&](const char* name, const Json& json) {
    strings[name] = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  };
  put("feature_names", metadata.feature_names);
  if (metadata.scaler) put("scaler", {{"mean", metadata.scaler->mean()}, {"scale", metadata.scaler->scale()}});
  Json data = {{"name", metadata.data_name},
               {"sha256", metadata.data_checksum},
               {"protected", metadata.protected_attribute},
               {"favorable", metadata.favorable}};
  if (metadata.split_seed) data["split_seed"] = *metadata.split_seed;
  put("data", data);
  if (metadata.rule) put("rule", rule_json(*metadata.rule));
  if (metadata.encoding) put("encoding", encoding_json(*metadata.encoding));
  if (!metadata.provenance.empty()) strings["provenance"] = metadata.provenance;
  return strings;
}

ModelMetadata parse_metadata(const std::map<std::string, std::string>& strings, const std::string& file) {
  ModelMetadata metadata;
  const char* at = "";
  const auto entry = [&](const char* name) {
    at = name;
    const auto found = strings.find(name);
    return found == strings.end() ? Json() : Json::parse(found->second);
  };
  try {
    if (const Json names = entry("feature_names"); !names.is_null()) {
      metadata.feature_names = names.get<std::vector<std::string>>();
    }
    if (const Json scaler = entry("scaler"); !scaler.is_null()) {
      metadata.scaler.emplace(scaler.at("mean").get<std::vector<double>>(),
                              scaler.at("scale").get<std::vector<double>>());
    }
    if (const Json data = entry("data"); !data.is_null()) {
      metadata.data_name = data.at("name").get<std::string>();
      metadata.data_checksum = data.at("sha256").get<std::string>();
      metadata.protected_attribute = data.at("protected").get<std::string>();
      metadata.favorable = data.at("favorable").get<std::string>();
      if (data.contains("split_seed")) metadata.split_seed = parse_split_seed(data.at("split_seed"));
    }
    if (const Json rule = entry("rule"); !rule.is_null()) metadata.rule = debias::parse_rule(rule);
    if (const Json encoding = entry("encoding"); !encoding.is_null()) metadata.encoding = parse_encoding(encoding);
  } catch (const Json::exception&) {
    fail("{}: the metadata \"{}\" does not have the form that posthoc writes", file, at);
  } catch (const Error& error) {
    fail("{}: the metadata \"{}\": {}", file, at, error.what());
  }
  const auto provenance = strings.find("provenance");
  if (provenance != strings.end()) metadata.provenance = provenance->second;
  return metadata;
}

}  // namespace posthoc::cli
