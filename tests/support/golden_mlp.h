#pragma once

#include <memory>
#include <string>

#include "nn/mlp.h"
#include "support/json_tensor.h"

// The network of tests/golden/engine/model.json. It has two outputs there, of which the first is trained; ours has that
// one.

namespace posthoc::testing {

inline nlohmann::json read_golden_model() { return read_json("tests/golden/engine/model.json"); }

/// A state dict from JSON, the second output left out; `num_batches_tracked` is int64, the rest `dtype`.
inline nn::StateDict golden_state(const nlohmann::json& json, Dtype dtype) {
  nn::StateDict state;
  for (const auto& [name, value] : json.items()) {
    const bool count = name.ends_with("num_batches_tracked");
    const Tensor tensor = json_tensor(value, count ? Dtype::int64 : dtype);
    state[name] = name.starts_with("out.") ? tensor.rows(0, 1).clone() : tensor;
  }
  return state;
}

inline std::shared_ptr<nn::Mlp> golden_mlp(const nlohmann::json& golden, Dtype dtype) {
  const nlohmann::json& config = golden["config"];
  auto model = std::make_shared<nn::Mlp>(nn::MlpOptions{.input = config["input_size"],
                                                        .depth = config["num_deep"],
                                                        .width = config["hid"],
                                                        .dropout = config["dropout_p"],
                                                        .dtype = dtype},
                                         0);
  model->load_state_dict(golden_state(golden["initial_state"], dtype));
  return model;
}

/// The first column of a two-column table.
inline nlohmann::json first_column(const nlohmann::json& table) {
  nlohmann::json column = nlohmann::json::array();
  for (const auto& row : table) column.push_back({row[0]});
  return column;
}

/// The tensors that both hold agree; names of `expected` that are missing count as a difference.
inline ::testing::AssertionResult states_match(const nn::StateDict& actual, const nn::StateDict& expected,
                                               double relative, double absolute) {
  for (const auto& [name, tensor] : expected) {
    const auto found = actual.find(name);
    if (found == actual.end()) return ::testing::AssertionFailure() << name << " is missing";
    if (found->second.shape() != tensor.shape()) return ::testing::AssertionFailure() << name << " has another shape";
    const std::vector<double> got = found->second.to_vector();
    const std::vector<double> want = tensor.to_vector();
    auto result = all_close(std::span<const double>(got), std::span<const double>(want), relative, absolute);
    if (!result) return ::testing::AssertionFailure() << name << ' ' << result.message();
  }
  return ::testing::AssertionSuccess();
}

}  // namespace posthoc::testing
