#include "study/report/published.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "study/report/published_data.h"

namespace posthoc::study {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kFigureRounding = 5e-7;  // read to six decimals
constexpr double kTableRounding = 5e-4;   // printed with three
constexpr std::size_t kNetworks = 10;

struct TaskName {
  const char* paper;
  const char* data;
  const char* protected_attribute;
};
constexpr std::array<TaskName, 4> kTasks = {{{"ACI (sex)", "adult", "sex"},
                                             {"BM (age)", "bank", "age"},
                                             {"COMPAS (sex)", "compas", "sex"},
                                             {"COMPAS (race)", "compas", "race"}}};

constexpr std::array<std::pair<const char*, const char*>, 7> kMethods = {{{"Default", "default"},
                                                                          {"ROC", "reject-option"},
                                                                          {"EqOdds", "equalized-odds"},
                                                                          {"CalibEqOdds", "calibrated-equalized-odds"},
                                                                          {"Random", "random"},
                                                                          {"Adversarial", "adversarial"},
                                                                          {"LayerwiseOpt", "layerwise"}}};

const Json& tables() {
  static const Json json = Json::parse(kPaperTables);
  return json;
}
const Json& figures() {
  static const Json json = Json::parse(kPaperFigures);
  return json;
}
const Json& rerun() {
  static const Json json = Json::parse(kRerun);
  return json;
}

std::string method_of(const std::string& paper) {
  for (const auto& [theirs, ours] : kMethods) {
    if (paper == theirs) return ours;
  }
  fail("the published numbers have an unknown method {}", paper);
}

std::string lower(std::string text) {
  for (char& letter : text) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return text;
}

void set_task(PublishedNumber& number, const std::string& paper) {
  number.task = paper;
  for (const TaskName& task : kTasks) {
    if (paper != task.paper) continue;
    number.data = task.data;
    number.protected_attribute = task.protected_attribute;
    return;
  }
  fail("the published numbers have an unknown task {}", paper);
}

constexpr const char* kOtherCode =
    "LayerwiseOpt's published numbers come from another code base, with other networks and not ten runs";

Architecture architecture_of(const std::string& group) {
  Architecture architecture;
  if (group == "more dropout") architecture.dropout = 0.5;
  if (group == "more width") architecture.width = 64;
  if (group == "more layers") architecture.depth = 20;
  return architecture;
}

void add_bars(std::vector<PublishedNumber>& numbers) {
  for (const Json& bar : figures().at("bars")) {
    if (bar.at("mean").is_null()) continue;  // a method that was not run there
    const auto figure = bar.at("figure").get<std::string>();
    const auto group = bar.at("group").get<std::string>();
    const auto method = bar.at("method").get<std::string>();
    PublishedNumber number;
    number.quantity = "objective";
    number.method = method_of(method);
    number.value = {bar.at("mean"), bar.at("std"), kNetworks};
    number.rounding = kFigureRounding;
    if (method == "LayerwiseOpt") number.incomparable = kOtherCode;
    if (figure == "multinet_results") {
      set_task(number, "ACI (sex)");
      number.place = "an earlier version of Figure 1, plot 7: " + group;
      number.measure = "spd";
      number.incomparable = "not in the paper; which network it is has to be guessed";
    } else if (figure.starts_with("multinet_")) {
      const bool aci = figure == "multinet_aci_results";
      set_task(number, aci ? "ACI (sex)" : "BM (age)");
      number.place = std::string("Figure 1, plot ") + (aci ? "7" : "8") + ", " + group;
      number.measure = "spd";
      number.architecture = architecture_of(group);
    } else {
      set_task(number, group);
      number.measure = figure.substr(0, 3);
      number.place = "Figure 1, plots 1-3, " + figure.substr(0, 3);
    }
    numbers.push_back(number);
  }
}

void add_points(std::vector<PublishedNumber>& numbers) {
  for (const Json& panel : figures().at("pareto")) {
    for (const Json& point : panel.at("points")) {
      PublishedNumber number;
      set_task(number, panel.at("dataset"));
      number.place = "Figure 1, plots 4-6";
      number.measure = lower(panel.at("bias_measure"));
      number.method = method_of(point.at("method"));
      number.rounding = kFigureRounding;
      if (number.method == "layerwise") number.incomparable = kOtherCode;
      for (const char* quantity : {"bias", "accuracy"}) {
        number.quantity = quantity;
        number.value = {point.at(quantity), point.at(std::string(quantity) + "_std"), kNetworks};
        numbers.push_back(number);
      }
    }
  }
}

void add_table1(std::vector<PublishedNumber>& numbers) {
  for (const auto& [task, row] : tables().at("table1").at("rows").items()) {
    for (const auto& [column, cell] : row.items()) {
      PublishedNumber number;
      set_task(number, task);
      number.place = "Table 1";
      number.method = "default";
      number.quantity = column == "accuracy" ? "accuracy" : "bias";
      if (column != "accuracy") number.measure = lower(column);
      number.value = {cell.at("mean"), cell.at("std"), kNetworks};
      number.rounding = kTableRounding;
      numbers.push_back(number);
    }
  }
}

void add_table2(std::vector<PublishedNumber>& numbers) {
  for (const auto& [method, row] : tables().at("table2").at("rows").items()) {
    for (const auto& [task, seconds] : row.items()) {
      PublishedNumber number;
      set_task(number, task);
      number.place = "Table 2";
      number.method = method_of(method);
      number.quantity = "seconds";
      number.value = {seconds, 0.0, 1};
      number.rounding = kTableRounding;
      number.incomparable = "times of another computer";
      numbers.push_back(number);
    }
  }
}

void add_table3(std::vector<PublishedNumber>& numbers) {
  for (const auto& [name, rows] : tables().at("table3").at("rows").items()) {
    for (const auto& [quantity, row] : rows.items()) {
      for (const auto& [model, cell] : row.items()) {
        PublishedNumber number;
        number.place = "Table 3";
        number.task = name;
        number.data = name == "ACI" ? "adult" : name == "BM" ? "bank" : "compas";
        number.method = model;
        number.quantity = quantity == "roc_auc" ? "auc" : quantity;
        number.value = {cell.at("mean"), cell.at("std"), kNetworks};
        number.rounding = kTableRounding;
        numbers.push_back(number);
      }
    }
  }
}

// The rerun's name of what stands for our method under a protocol; empty if it was not run.
std::string rerun_method(const std::string& method, bool published_protocol) {
  if (method == "default") return "default";
  if (method == "threshold") return "threshold_grid501";
  if (method == "reject-option") return published_protocol ? "reject_option_published" : "reject_option_corrected";
  if (method == "random") return published_protocol ? "random_published" : "random_corrected";
  if (method == "adversarial") return published_protocol ? "adversarial_published" : "adversarial_eval";
  return "";
}

}  // namespace

std::vector<PublishedNumber> published_numbers() {
  std::vector<PublishedNumber> numbers;
  add_bars(numbers);
  add_points(numbers);
  add_table1(numbers);
  add_table2(numbers);
  add_table3(numbers);
  return numbers;
}

std::optional<Moments> rerun_of(const PublishedNumber& number, bool published_protocol) {
  const std::string method = rerun_method(number.method, published_protocol);
  const Architecture base;
  const Architecture& own = number.architecture;
  if (method.empty() || own.depth != base.depth || own.width != base.width || own.dropout != base.dropout) return {};
  // The release's early stopping restores nothing; its dropout in the evaluation was run for the last weights alone.
  const std::string weights = published_protocol || method == "adversarial_eval" ? "last" : "best";
  for (const Json& cell : rerun().at("cells")) {
    const bool same = cell.at("data") == number.data && cell.at("protected") == number.protected_attribute &&
                      cell.at("weights") == weights && cell.at("method") == method;
    // Accuracy of the network as it is does not depend on the measure.
    if (!same || (cell.at("measure") != number.measure && !number.measure.empty())) continue;
    if (!cell.contains(number.quantity)) return {};
    const Json& value = cell.at(number.quantity);
    return Moments{value.at("mean"), value.at("std"), cell.at("n")};
  }
  return {};
}

std::string paper_task(const std::string& data, const std::string& protected_attribute) {
  for (const TaskName& task : kTasks) {
    if (data == task.data && protected_attribute == task.protected_attribute) return task.paper;
  }
  return "";
}

}  // namespace posthoc::study
