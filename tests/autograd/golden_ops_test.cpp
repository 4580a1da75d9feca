#include <gtest/gtest.h>
#include <map>

#include "autograd/losses.h"
#include "autograd/ops.h"
#include "support/json_tensor.h"

// PyTorch's outputs and gradients, operation by operation (tests/golden/README.md).

namespace posthoc {
namespace {

using Json = nlohmann::json;
using testing::json_tensor;
using testing::matches_json;

// What a case gives: its output and, for batch normalisation, the buffers after the call.
struct Result {
  Variable output;
  std::map<std::string, Tensor> extra = {};
};

class GoldenCase {
 public:
  GoldenCase(const Json& json, Dtype dtype) : json_(json), dtype_(dtype) {
    for (const auto& [name, value] : json["inputs"].items()) {
      inputs_[name] = Variable(json_tensor(value, dtype), name != "target");
    }
  }

  [[nodiscard]] const std::map<std::string, Variable>& inputs() const { return inputs_; }

  Result run() const {
    const std::string op = json_["op"];
    if (op == "linear") return {linear(in("x"), in("weight"), in("bias"))};
    if (op == "relu") return {relu(in("x"))};
    if (op == "sigmoid") return {sigmoid(in("x"))};
    if (op == "tanh") return {tanh(in("x"))};
    if (op == "softmax") return {softmax(in("x"), json_["attrs"]["dim"])};
    if (op == "log_softmax") return {log_softmax(in("x"), json_["attrs"]["dim"])};
    if (op == "bce_loss") return {binary_cross_entropy(in("input"), in("target").value(), reduction())};
    if (op == "bce_with_logits_loss") {
      return {binary_cross_entropy_with_logits(in("input"), in("target").value(), reduction())};
    }
    if (op == "mse_loss") return {mean_squared_error(in("input"), in("target").value(), reduction())};
    if (op == "batchnorm1d_train" || op == "batchnorm1d_eval") return batch_norm(op == "batchnorm1d_train");
    return run_more(op);
  }

 private:
  [[nodiscard]] const Variable& in(const std::string& name) const { return inputs_.at(name); }
  template <typename T>
  [[nodiscard]] T attr(const char* name) const {
    return json_["attrs"][name].get<T>();
  }

  [[nodiscard]] Result run_more(const std::string& op) const {
    if (op == "abs") return {abs(in("x"))};
    if (op == "leaky_relu") return {leaky_relu(in("x"), attr<double>("slope"))};
    if (op == "clamp") return {clamp(in("x"), attr<double>("low"), attr<double>("high"))};
    if (op == "maximum") return {maximum(in("a"), in("b"))};
    if (op == "minimum") return {minimum(in("a"), in("b"))};
    if (op == "pow_scalar") return {pow(in("x"), attr<double>("exponent"))};
    if (op == "pow") return {pow(in("a"), in("b"))};
    if (op == "where") return {where(gt(in("a").value(), in("b").value()), in("a"), in("b"))};
    if (op == "max") return {max(in("x"), attr<std::vector<int>>("axes"), attr<bool>("keep"))};
    if (op == "variance") {
      return {
          variance(in("x"), attr<std::vector<int>>("axes"), attr<bool>("unbiased") ? Divisor::n_minus_1 : Divisor::n)};
    }
    if (op == "matmul") return {matmul(in("a"), in("b"), attr<bool>("ta"), attr<bool>("tb"))};
    if (op == "transpose") return {transpose(in("x"), attr<int>("a"), attr<int>("b"))};
    if (op == "slice") return {slice(in("x"), attr<int>("axis"), attr<int>("begin"), attr<int>("end"))};
    if (op == "concatenate") return {concatenate({in("a"), in("b")}, attr<int>("axis"))};
    if (op == "layer_norm") return {layer_norm(in("x"), in("weight"), in("bias"), attr<double>("eps"))};
    ADD_FAILURE() << "no such operation: " << op;
    return {};
  }

  [[nodiscard]] Reduction reduction() const {
    const std::string name = json_["attrs"]["reduction"];
    return name == "none" ? Reduction::none : name == "sum" ? Reduction::sum : Reduction::mean;
  }

  [[nodiscard]] Result batch_norm(bool training) const {
    const Json& attrs = json_["attrs"];
    const double eps = attrs["eps"];
    if (!attrs.contains("running_mean_before")) return {batch_norm_train(in("x"), in("weight"), in("bias"), eps)};
    Tensor mean = json_tensor(attrs["running_mean_before"], dtype_);
    Tensor variance = json_tensor(attrs["running_var_before"], dtype_);
    const BatchNormRunning running{mean, variance, attrs["momentum"]};
    const Variable output = training ? batch_norm_train(in("x"), in("weight"), in("bias"), eps, &running)
                                     : batch_norm_eval(in("x"), in("weight"), in("bias"), mean, variance, eps);
    return {output, {{"running_mean_after", mean}, {"running_var_after", variance}}};
  }

  const Json& json_;
  Dtype dtype_;
  std::map<std::string, Variable> inputs_;
};

void check_all(const std::string& file, std::size_t cases, Dtype dtype) {
  const Json golden = testing::read_json("tests/golden/engine/" + file);
  ASSERT_EQ(golden["cases"].size(), cases);
  for (std::size_t number = 0; number < golden["cases"].size(); ++number) {
    const Json& json = golden["cases"][number];
    if (json["op"] == "argmax") {
      EXPECT_TRUE(
          matches_json(argmax(json_tensor(json["inputs"]["x"], dtype), json["attrs"]["axis"]), json["index"], 0.0));
      continue;
    }
    const Json& expected = json[std::string(name(dtype))];
    SCOPED_TRACE("case " + std::to_string(number) + ": " + json["op"].get<std::string>());
    double relative = dtype == Dtype::float64 ? 1e-10 : 1e-5;
    // Where terms of order 1 cancel, what is left has their rounding: a few units of the dtype's precision.
    double absolute = dtype == Dtype::float64 ? 1e-15 : 2e-7;
    if (dtype == Dtype::float32 && json["attrs"].value("note", "").find("zero batch variance") != std::string::npos) {
      // PyTorch's mean of the constant column 2.5 is a rounding off (1.2e-7), which 1 / sqrt(eps) = 316 magnifies.
      relative = 1e-4;
      absolute = 5e-5;
    }
    const GoldenCase golden_case(json, dtype);
    const Result result = golden_case.run();
    EXPECT_TRUE(matches_json(result.output.value(), expected["output"], relative, absolute));
    result.output.backward(json_tensor(json["grad_output"], dtype));
    for (const auto& [input, variable] : golden_case.inputs()) {
      if (!variable.requires_grad()) continue;  // targets: not differentiable here
      EXPECT_TRUE(matches_json(variable.grad(), expected["grads"][input], relative, absolute)) << input;
    }
    ASSERT_EQ(result.extra.size(), expected.value("extra", Json::object()).size());
    for (const auto& [buffer, tensor] : result.extra) {
      EXPECT_TRUE(matches_json(tensor, expected["extra"][buffer], relative)) << buffer;
    }
  }
}

TEST(GoldenOps, Float64) { check_all("ops.json", 19, Dtype::float64); }
TEST(GoldenOps, Float32) { check_all("ops.json", 19, Dtype::float32); }
TEST(GoldenOps, MoreInFloat64) { check_all("more_ops.json", 26, Dtype::float64); }
TEST(GoldenOps, MoreInFloat32) { check_all("more_ops.json", 26, Dtype::float32); }

}  // namespace
}  // namespace posthoc
