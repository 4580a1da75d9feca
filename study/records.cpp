// The typed records of store.h as JSON.

#include <initializer_list>
#include <utility>

#include "debias/rule_json.h"
#include "study/store.h"
#include "study/store_json.h"

namespace posthoc::study {
namespace {

using Kind = fairness::Objective::Kind;
using OptionalNumber = std::optional<double> PartResult::*;

constexpr std::pair<const char*, OptionalNumber> kNumbers[] = {
    {"objective", &PartResult::objective},
    {"bias", &PartResult::bias},
    {"performance", &PartResult::performance},
    {"accuracy", &PartResult::accuracy},
    {"balanced_accuracy", &PartResult::balanced_accuracy},
    {"spd", &PartResult::spd},
    {"eod", &PartResult::eod},
    {"aod", &PartResult::aod},
};

// Counts are whole, but for the expected ones of a rule that randomises.
Json count_json(double count) {
  if (count == static_cast<double>(static_cast<std::int64_t>(count))) return static_cast<std::int64_t>(count);
  return count;
}

Json part_json(const PartResult& part) {
  Json groups = Json::array();
  for (int group = 0; group < part.counts.groups(); ++group) {
    const fairness::CellCounts& cells = part.counts[group];
    groups.push_back({{"group", group},
                      {"tp", count_json(cells.tp)},
                      {"fp", count_json(cells.fp)},
                      {"tn", count_json(cells.tn)},
                      {"fn", count_json(cells.fn)}});
  }
  Json json = {{"groups", groups}};
  for (const auto& [name, member] : kNumbers) json[name] = part.*member ? Json(*(part.*member)) : Json();
  if (!part.undefined.empty()) json["undefined"] = part.undefined;
  json["degenerate"] = part.degenerate ? Json(*part.degenerate) : Json();
  json["feasible"] = part.feasible;
  return json;
}

PartResult parse_part(const Json& json) {
  PartResult part;
  const Json groups = entry<Json>(json, "groups");
  require(groups.is_array() && groups.size() >= 2 && groups.size() <= 1000, "'groups' has no 2 to 1000 entries");
  part.counts = fairness::GroupCounts(static_cast<int>(groups.size()));
  for (std::size_t group = 0; group < groups.size(); ++group) {
    const auto cell = [&](const char* name) { return entry<double>(groups[group], name); };
    part.counts.add(static_cast<int>(group), {.tp = cell("tp"), .fp = cell("fp"), .tn = cell("tn"), .fn = cell("fn")});
  }
  for (const auto& [name, member] : kNumbers) {
    require(json.contains(name), "the entry '{}' is missing", name);
    if (!json.at(name).is_null()) part.*member = entry<double>(json, name);
  }
  if (json.contains("undefined")) part.undefined = entry<std::string>(json, "undefined");
  require(json.contains("degenerate"), "the entry 'degenerate' is missing");
  if (!json.at("degenerate").is_null()) part.degenerate = entry<std::string>(json, "degenerate");
  part.feasible = entry<bool>(json, "feasible");
  return part;
}

Json key_json(const CellKey& key) {
  const ObjectiveKey& objective = key.objective;
  const bool tradeoff = objective.kind == Kind::tradeoff;
  return {{"task", key.task},
          {"data", key.data},
          {"protected", key.protected_attribute},
          {"measure", objective.measure},
          {"performance", objective.performance},
          {"objective", fairness::to_string(objective.kind)},
          {tradeoff ? "lambda" : "epsilon", objective.weight},
          {"method", key.method},
          {"architecture", architecture_json(key.architecture)},
          {"seed", key.seed},
          {"protocol", key.protocol.name},
          {"switches", key.protocol.switches}};
}

CellKey parse_cell_key(const Json& json) {
  CellKey key;
  key.task = entry<std::string>(json, "task");
  key.data = entry<std::string>(json, "data");
  key.protected_attribute = entry<std::string>(json, "protected");
  const auto kind = entry<std::string>(json, "objective");
  require(kind == "tradeoff" || kind == "constrained", "the objective is '{}', not tradeoff or constrained", kind);
  const bool tradeoff = kind == "tradeoff";
  key.objective = {entry<std::string>(json, "measure"), entry<std::string>(json, "performance"),
                   tradeoff ? Kind::tradeoff : Kind::constrained, entry<double>(json, tradeoff ? "lambda" : "epsilon")};
  key.method = entry<std::string>(json, "method");
  key.architecture = parse_architecture(entry<Json>(json, "architecture"));
  key.seed = entry<std::uint64_t>(json, "seed");
  key.protocol = {entry<std::string>(json, "protocol"), entry<std::vector<std::string>>(json, "switches")};
  return key;
}

Json key_json(const NetworkKey& key) {
  return {{"data", key.data},
          {"features", key.features},
          {"architecture", architecture_json(key.architecture)},
          {"seed", key.seed}};
}

Json weights_json(const NetworkWeights& weights) {
  const auto part = [](const NetworkPart& of) {
    return Json{{"loss", of.loss}, {"accuracy", of.accuracy}, {"auc", of.auc}};
  };
  return {
      {"file", weights.file}, {"epoch", weights.epoch}, {"valid", part(weights.valid)}, {"test", part(weights.test)}};
}

NetworkWeights parse_weights(const Json& json) {
  const auto part = [&](const char* name) {
    const Json of = entry<Json>(json, name);
    return NetworkPart{entry<double>(of, "loss"), entry<double>(of, "accuracy"), entry<double>(of, "auc")};
  };
  return {entry<std::string>(json, "file"), entry<int>(json, "epoch"), part("valid"), part("test")};
}

}  // namespace

Json architecture_json(const Architecture& architecture) {
  return {{"depth", architecture.depth}, {"width", architecture.width}, {"dropout", architecture.dropout}};
}

Architecture parse_architecture(const Json& json) {
  return {entry<std::int64_t>(json, "depth"), entry<std::int64_t>(json, "width"), entry<double>(json, "dropout")};
}

Json parse_object(std::string_view text, const std::string& what) {
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  require(json.is_object(), "{} is no JSON object", what);
  return json;
}

std::string record_id(const CellKey& key) { return Record{"cell", key_json(key).dump(), "", 0.0, ""}.id(); }
std::string record_id(const NetworkKey& key) { return Record{"network", key_json(key).dump(), "", 0.0, ""}.id(); }

Record to_record(const CellResult& cell) {
  Json result = {{"method", cell.method}, {"valid", part_json(cell.valid)}, {"test", part_json(cell.test)}};
  if (cell.valid_drawn) result["valid_drawn"] = part_json(*cell.valid_drawn);
  if (cell.test_drawn) result["test_drawn"] = part_json(*cell.test_drawn);
  result["rule"] = debias::rule_json(cell.rule);
  result["notes"] = cell.notes;
  return {"cell", key_json(cell.key).dump(), result.dump(), cell.seconds, ""};
}

CellResult parse_cell(const Record& record) {
  return parse_record(record, "cell", [&](const Json& key, const Json& result) {
    CellResult cell;
    cell.key = parse_cell_key(key);
    cell.method = entry<std::string>(result, "method");
    cell.valid = parse_part(entry<Json>(result, "valid"));
    cell.test = parse_part(entry<Json>(result, "test"));
    if (result.contains("valid_drawn")) cell.valid_drawn = parse_part(entry<Json>(result, "valid_drawn"));
    if (result.contains("test_drawn")) cell.test_drawn = parse_part(entry<Json>(result, "test_drawn"));
    cell.rule = debias::parse_rule(entry<Json>(result, "rule"));
    cell.notes = entry<std::vector<std::string>>(result, "notes");
    cell.seconds = record.seconds;
    return cell;
  });
}

Record to_record(const NetworkResult& network) {
  const Json result = {{"epochs", network.epochs},
                       {"learned", network.learned},
                       {"best", weights_json(network.best)},
                       {"last", weights_json(network.last)}};
  return {"network", key_json(network.key).dump(), result.dump(), network.seconds, ""};
}

NetworkResult parse_network(const Record& record) {
  return parse_record(record, "network", [&](const Json& key, const Json& result) {
    NetworkResult network;
    network.key = {entry<std::string>(key, "data"), entry<std::string>(key, "features"),
                   parse_architecture(entry<Json>(key, "architecture")), entry<std::uint64_t>(key, "seed")};
    network.epochs = entry<int>(result, "epochs");
    network.learned = entry<bool>(result, "learned");
    network.best = parse_weights(entry<Json>(result, "best"));
    network.last = parse_weights(entry<Json>(result, "last"));
    network.seconds = record.seconds;
    return network;
  });
}

std::string to_line(const Record& record) {
  const Json json = {{"kind", record.kind},
                     {"key", parse_object(record.key, "the key")},
                     {"result", parse_object(record.result, "the result")},
                     {"seconds", record.seconds},
                     {"version", record.version}};
  return json.dump() + "\n";
}

Record parse_line(std::string_view line) {
  require(line.ends_with('\n'), "the line has no end");
  const Json json = parse_object(line, "the line");
  return {entry<std::string>(json, "kind"), entry<Json>(json, "key").dump(), entry<Json>(json, "result").dump(),
          entry<double>(json, "seconds"), entry<std::string>(json, "version")};
}

}  // namespace posthoc::study
