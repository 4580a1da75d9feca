// The records of sensitivity.h as JSON.

#include <cmath>

#include "base/error.h"
#include "study/sensitivity.h"
#include "study/store_json.h"

namespace posthoc::study {
namespace {

constexpr std::string_view kNetworkKind = "sensitivity";
constexpr std::string_view kStackKind = "sensitivity_stack";

Json options_json(const SensitivityOptions& options) {
  return {{"trials", options.trials},
          {"held_out", options.held_out},
          {"gradients", options.gradients},
          {"sigma", options.sigma}};
}

SensitivityOptions parse_options(const Json& json) {
  return {entry<std::int64_t>(json, "trials"), entry<std::int64_t>(json, "held_out"),
          entry<std::int64_t>(json, "gradients"), entry<double>(json, "sigma")};
}

Json key_json(const SensitivityKey& key) {
  return {{"task", key.task},         {"data", key.data},
          {"features", key.features}, {"architecture", architecture_json(key.architecture)},
          {"seed", key.seed},         {"options", options_json(key.options)}};
}

SensitivityKey parse_key(const Json& json) {
  return {entry<std::string>(json, "task"),     entry<std::string>(json, "data"),
          entry<std::string>(json, "features"), parse_architecture(entry<Json>(json, "architecture")),
          entry<std::uint64_t>(json, "seed"),   parse_options(entry<Json>(json, "options"))};
}

Json model_json(const LinearModel& model) { return {{"r2", model.r2}, {"r2_held_out", model.r2_held_out}}; }

LinearModel parse_model(const Json& json) { return {entry<double>(json, "r2"), entry<double>(json, "r2_held_out")}; }

Json response_json(const BiasResponse& response) {
  Json json = {{"original", response.original}, {"mean", response.mean}, {"deviation", response.deviation}};
  if (!response.undefined.empty()) {
    json["undefined"] = response.undefined;
    return json;
  }
  json["least_norm"] = model_json(response.least_norm);
  json["ridge"] = model_json(response.ridge);
  json["permuted"] = model_json(response.permuted);
  json["gradient_r2"] = response.gradient_r2;
  return json;
}

BiasResponse parse_response(const Json& json) {
  BiasResponse response;
  response.original = entry<double>(json, "original");
  response.mean = entry<double>(json, "mean");
  response.deviation = entry<double>(json, "deviation");
  if (json.contains("undefined")) {
    response.undefined = entry<std::string>(json, "undefined");
    return response;
  }
  response.least_norm = parse_model(entry<Json>(json, "least_norm"));
  response.ridge = parse_model(entry<Json>(json, "ridge"));
  response.permuted = parse_model(entry<Json>(json, "permuted"));
  response.gradient_r2 = entry<double>(json, "gradient_r2");
  return response;
}

Json concentration_json(const Concentration& concentration) {
  return {{"half", concentration.half}, {"nine_tenths", concentration.nine_tenths}};
}

Concentration parse_concentration(const Json& json) {
  return {entry<std::int64_t>(json, "half"), entry<std::int64_t>(json, "nine_tenths")};
}

Json direction_json(const DirectionResult& direction) {
  Json sorted = Json::array();
  for (const auto& [rank, magnitude] : direction.sorted) sorted.push_back({rank, magnitude});
  Json stages = Json::array();
  for (const StageShare& share : direction.stages) {
    stages.push_back({{"stage", share.stage},
                      {"coordinates", share.coordinates},
                      {"share", share.share},
                      {"norm_coordinates", share.norm_coordinates},
                      {"norm_share", share.norm_share}});
  }
  return {{"name", direction.name},
          {"concentration", concentration_json(direction.concentration)},
          {"sorted", sorted},
          {"stages", stages}};
}

DirectionResult parse_direction(const Json& json) {
  DirectionResult direction;
  direction.name = entry<std::string>(json, "name");
  direction.concentration = parse_concentration(entry<Json>(json, "concentration"));
  for (const auto& [rank, magnitude] : entry<std::vector<std::pair<std::int64_t, double>>>(json, "sorted")) {
    direction.sorted.push_back({rank, magnitude});
  }
  for (const Json& stage : entry<Json>(json, "stages")) {
    direction.stages.push_back({entry<std::string>(stage, "stage"), entry<std::int64_t>(stage, "coordinates"),
                                entry<double>(stage, "share"), entry<std::int64_t>(stage, "norm_coordinates"),
                                entry<double>(stage, "norm_share")});
  }
  return direction;
}

// JSON has no NaN.
Json number_or_null(double value) { return std::isnan(value) ? Json() : Json(value); }

double parse_number_or_null(const Json& json, const char* name) {
  require(json.contains(name), "the entry '{}' is missing", name);
  return json.at(name).is_null() ? std::nan("") : entry<double>(json, name);
}

Json stack_key_json(const SensitivityKey& first, const std::vector<std::uint64_t>& seeds) {
  Json json = key_json(first);
  json.erase("seed");
  json["seeds"] = seeds;
  return json;
}

}  // namespace

std::string record_id(const SensitivityKey& key) {
  return Record{std::string(kNetworkKind), key_json(key).dump(), "", 0.0, ""}.id();
}

std::string stack_record_id(const std::vector<SensitivityKey>& keys) {
  require(!keys.empty(), "sensitivity: there are no networks to compare");
  std::vector<std::uint64_t> seeds;
  for (const SensitivityKey& key : keys) seeds.push_back(key.seed);
  return Record{std::string(kStackKind), stack_key_json(keys.front(), seeds).dump(), "", 0.0, ""}.id();
}

Record to_record(const SensitivityResult& result) {
  Json directions = Json::array();
  for (const DirectionResult& direction : result.directions) directions.push_back(direction_json(direction));
  const Json json = {{"coordinates", result.coordinates},
                     {"threshold", result.threshold},
                     {"decisions", response_json(result.decisions)},
                     {"scores", response_json(result.scores)},
                     {"directions", directions},
                     {"isotropic", concentration_json(result.isotropic)},
                     {"least_norm_with_gradient", number_or_null(result.least_norm_with_gradient)},
                     {"gradient_halves", number_or_null(result.gradient_halves)},
                     {"gradient_with_original", number_or_null(result.gradient_with_original)},
                     {"file", result.file}};
  return {std::string(kNetworkKind), key_json(result.key).dump(), json.dump(), result.seconds, ""};
}

SensitivityResult parse_sensitivity(const Record& record) {
  return parse_record(record, kNetworkKind, [&](const Json& key, const Json& json) {
    SensitivityResult result;
    result.key = parse_key(key);
    result.coordinates = entry<std::int64_t>(json, "coordinates");
    result.threshold = entry<double>(json, "threshold");
    result.decisions = parse_response(entry<Json>(json, "decisions"));
    result.scores = parse_response(entry<Json>(json, "scores"));
    for (const Json& direction : entry<Json>(json, "directions")) {
      result.directions.push_back(parse_direction(direction));
    }
    result.isotropic = parse_concentration(entry<Json>(json, "isotropic"));
    result.least_norm_with_gradient = parse_number_or_null(json, "least_norm_with_gradient");
    result.gradient_halves = parse_number_or_null(json, "gradient_halves");
    result.gradient_with_original = parse_number_or_null(json, "gradient_with_original");
    result.file = entry<std::string>(json, "file");
    result.seconds = record.seconds;
    return result;
  });
}

Record to_record(const SensitivityStack& stack) {
  Json rows = Json::array();
  for (const SensitivityStack::Row& row : stack.rows) {
    rows.push_back({{"name", row.name},
                    {"singular_values", row.singular_values},
                    {"mean_cosine", row.mean_cosine},
                    {"mean_absolute_cosine", row.mean_absolute_cosine},
                    {"largest_absolute_cosine", row.largest_absolute_cosine}});
  }
  const SensitivityKey first{stack.task, stack.data, stack.features, stack.architecture, 0, stack.options};
  return {std::string(kStackKind), stack_key_json(first, stack.seeds).dump(), Json{{"directions", rows}}.dump(), 0.0,
          ""};
}

SensitivityStack parse_sensitivity_stack(const Record& record) {
  return parse_record(record, kStackKind, [&](const Json& key, const Json& json) {
    SensitivityStack stack{entry<std::string>(key, "task"),
                           entry<std::string>(key, "data"),
                           entry<std::string>(key, "features"),
                           parse_architecture(entry<Json>(key, "architecture")),
                           parse_options(entry<Json>(key, "options")),
                           entry<std::vector<std::uint64_t>>(key, "seeds"),
                           {}};
    for (const Json& row : entry<Json>(json, "directions")) {
      stack.rows.push_back({entry<std::string>(row, "name"), entry<std::vector<double>>(row, "singular_values"),
                            entry<double>(row, "mean_cosine"), entry<double>(row, "mean_absolute_cosine"),
                            entry<double>(row, "largest_absolute_cosine")});
    }
    return stack;
  });
}

}  // namespace posthoc::study
