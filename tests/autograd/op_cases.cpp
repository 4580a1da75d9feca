#include "autograd/op_cases.h"

#include <cmath>
#include <fmt/core.h>

#include "autograd/losses.h"
#include "autograd/ops.h"
#include "tensor/random.h"

namespace posthoc::testing {
namespace {

using Inputs = std::vector<Variable>;

double placed(double normal, Domain domain) {
  switch (domain) {
    case Domain::any:
      return normal;
    case Domain::off_zero:
      return normal + std::copysign(0.1, normal);
    case Domain::positive:
      return std::abs(normal) + 0.1;
    case Domain::probability:
      return 0.05 + 0.9 / (1.0 + std::exp(-normal));
  }
  return normal;
}

// A constant of the kind of x: targets in [0, 1), or statistics.
Tensor constant(const Variable& x, const Shape& shape) {
  return random_uniform(shape, {3, purpose("constant"), 0}, 0.0, 1.0, x.dtype(), x.value().device());
}

Tensor rows(const Variable& x, const std::vector<std::int64_t>& index) {
  return Tensor::from(index, {static_cast<std::int64_t>(index.size())}).to(x.value().device());
}

// A mask of 0 and 1 for `where`.
Tensor mask(const Variable& x, const Shape& shape) {
  return gt(constant(x, shape), Tensor::full({}, 0.5, x.dtype(), x.value().device()));
}

void add_arithmetic(std::vector<OpCase>& cases) {
  const std::vector<std::vector<Shape>> pairs = {{{2, 3}, {2, 3}}, {{2, 3}, {3}},       {{2, 1}, {1, 3}},
                                                 {{}, {2, 3}},     {{4, 1, 2}, {3, 1}}, {{0, 3}, {3}},
                                                 {{1}, {1}},       {{1, 1}, {2, 3}},    {{2, 0}, {1}}};
  for (const auto& shapes : pairs) {
    const std::string text = fmt::format(" {} {}", shapes[0].text(), shapes[1].text());
    cases.push_back({"add" + text, shapes, Domain::any, [](const Inputs& in) { return add(in[0], in[1]); }});
    cases.push_back({"sub" + text, shapes, Domain::any, [](const Inputs& in) { return sub(in[0], in[1]); }});
    cases.push_back({"mul" + text, shapes, Domain::any, [](const Inputs& in) { return mul(in[0], in[1]); }});
    cases.push_back({"div" + text, shapes, Domain::positive, [](const Inputs& in) { return div(in[0], in[1]); }});
  }
  for (const auto& shapes : pairs) {
    const std::string text = fmt::format(" {} {}", shapes[0].text(), shapes[1].text());
    cases.push_back({"pow" + text, shapes, Domain::positive, [](const Inputs& in) { return pow(in[0], in[1]); }});
    cases.push_back({"maximum" + text, shapes, Domain::any, [](const Inputs& in) { return maximum(in[0], in[1]); }});
    cases.push_back({"minimum" + text, shapes, Domain::any, [](const Inputs& in) { return minimum(in[0], in[1]); }});
    cases.push_back({"where" + text, shapes, Domain::any, [](const Inputs& in) {
                       return where(mask(in[0], broadcast(in[0].shape(), in[1].shape(), "mask")), in[0], in[1]);
                     }});
  }
  cases.push_back({"where with a larger mask", {{2, 3}, {3}}, Domain::any, [](const Inputs& in) {
                     return where(mask(in[0], {4, 2, 3}), in[0], in[1]);
                   }});
  cases.push_back({"where with a scalar mask", {{2, 3}, {3}}, Domain::any, [](const Inputs& in) {
                     return where(mask(in[0], {}), in[0], in[1]);
                   }});
  cases.push_back({"mul itself", {{2, 3}}, Domain::any, [](const Inputs& in) { return mul(in[0], in[0]); }});
  cases.push_back({"mul factor", {{2, 3}}, Domain::any, [](const Inputs& in) { return mul(in[0], -1.5); }});
}

void add_element_wise(std::vector<OpCase>& cases, const Shape& shape) {
  const std::size_t first = cases.size();
  cases.push_back({"neg", {shape}, Domain::any, [](const Inputs& in) { return neg(in[0]); }});
  cases.push_back({"exp", {shape}, Domain::any, [](const Inputs& in) { return exp(in[0]); }});
  cases.push_back({"log", {shape}, Domain::positive, [](const Inputs& in) { return log(in[0]); }});
  cases.push_back({"sqrt", {shape}, Domain::positive, [](const Inputs& in) { return sqrt(in[0]); }});
  cases.push_back({"abs", {shape}, Domain::off_zero, [](const Inputs& in) { return abs(in[0]); }});
  cases.push_back({"tanh", {shape}, Domain::any, [](const Inputs& in) { return tanh(in[0]); }});
  cases.push_back({"sigmoid", {shape}, Domain::any, [](const Inputs& in) { return sigmoid(in[0]); }});
  cases.push_back({"relu", {shape}, Domain::off_zero, [](const Inputs& in) { return relu(in[0]); }});
  cases.push_back({"leaky_relu", {shape}, Domain::off_zero, [](const Inputs& in) { return leaky_relu(in[0], 0.01); }});
  cases.push_back({"clamp", {shape}, Domain::any, [](const Inputs& in) { return clamp(in[0], -0.5, 0.8); }});
  for (const double exponent : {-1.5, 0.0, 1.0, 2.0}) {
    cases.push_back({fmt::format("pow {}", exponent), {shape}, Domain::positive, [=](const Inputs& in) {
                       return pow(in[0], exponent);
                     }});
  }
  cases.push_back({"dropout", {shape}, Domain::any, [](const Inputs& in) {
                     return dropout(in[0], 0.4, {5, purpose("dropout"), 0}, 3);
                   }});
  for (std::size_t i = first; i < cases.size(); ++i) cases[i].name = fmt::format("{} {}", cases[i].name, shape.text());
}

void add_shaping(std::vector<OpCase>& cases) {
  for (const std::int64_t n : {0, 1, 4}) {
    const std::string text = fmt::format(" of {} rows", n);
    const Shape shape{n, 3, 2};
    cases.push_back({"reshape" + text, {shape}, Domain::any, [=](const Inputs& in) { return reshape(in[0], {6, n}); }});
    for (const auto& [a, b] : {std::pair{0, 1}, {-1, 0}, {1, 2}, {1, 1}}) {
      cases.push_back(
          {fmt::format("transpose {} {}{}", a, b, text), {shape}, Domain::any, [a = a, b = b](const Inputs& in) {
             return transpose(in[0], a, b);
           }});
    }
    for (const auto& [axis, begin, end] : {std::tuple{1, 1, 3}, {-1, 0, 1}, {1, 2, 2}, {0, 0, 0}}) {
      cases.push_back(
          {fmt::format("slice {} {} {}{}", axis, begin, end, text),
           {shape},
           Domain::any,
           [axis = axis, begin = begin, end = end](const Inputs& in) { return slice(in[0], axis, begin, end); }});
    }
    cases.push_back({"concatenate" + text, {shape, {n, 1, 2}, {n, 0, 2}}, Domain::any, [](const Inputs& in) {
                       return concatenate({in[0], in[1], in[2], in[0]}, 1);
                     }});
    cases.push_back({"concatenate rows" + text, {shape, {2, 3, 2}}, Domain::any, [](const Inputs& in) {
                       return concatenate(in, 0);
                     }});
  }
  cases.push_back({"gather_rows", {{4, 3}}, Domain::any, [](const Inputs& in) {
                     return gather_rows(in[0], rows(in[0], {2, 0, 2, 2}));
                   }});
  cases.push_back({"gather_rows of no rows", {{4, 3}}, Domain::any, [](const Inputs& in) {
                     return gather_rows(in[0], rows(in[0], {}));
                   }});
}

void add_reductions(std::vector<OpCase>& cases) {
  const Shape shape{2, 3, 4};
  for (const std::vector<int>& axes : {std::vector<int>{}, {0}, {1}, {-1}, {0, 2}}) {
    for (const bool keep : {false, true}) {
      const std::string text = fmt::format(" over {} axes{}", axes.size(), keep ? ", kept" : "");
      cases.push_back({"sum" + text, {shape}, Domain::any, [=](const Inputs& in) { return sum(in[0], axes, keep); }});
      cases.push_back({"mean" + text, {shape}, Domain::any, [=](const Inputs& in) { return mean(in[0], axes, keep); }});
      cases.push_back({"max" + text, {shape}, Domain::any, [=](const Inputs& in) { return max(in[0], axes, keep); }});
      for (const Divisor divisor : {Divisor::n, Divisor::n_minus_1}) {
        cases.push_back({fmt::format("variance {}{}", static_cast<int>(divisor), text),
                         {shape},
                         Domain::any,
                         [=](const Inputs& in) { return variance(in[0], axes, divisor, keep); }});
      }
    }
  }
  cases.push_back({"sum over nothing", {{2, 0}}, Domain::any, [](const Inputs& in) { return sum(in[0], {1}); }});
  for (const Shape& edge : {Shape{0, 3}, Shape{2, 1}, Shape{1, 1, 1}}) {
    const std::string text = fmt::format(" along the last of {}", edge.text());
    cases.push_back({"mean" + text, {edge}, Domain::any, [](const Inputs& in) { return mean(in[0], {-1}); }});
    cases.push_back({"max" + text, {edge}, Domain::any, [](const Inputs& in) { return max(in[0], {-1}); }});
    cases.push_back(
        {"variance" + text, {edge}, Domain::any, [](const Inputs& in) { return variance(in[0], {-1}, Divisor::n); }});
    cases.push_back({"softmax" + text, {edge}, Domain::any, [](const Inputs& in) { return softmax(in[0], -1); }});
    cases.push_back(
        {"log_softmax" + text, {edge}, Domain::any, [](const Inputs& in) { return log_softmax(in[0], -1); }});
  }
  for (const int axis : {0, 1, -1}) {
    const std::string text = fmt::format(" along {}", axis);
    cases.push_back({"softmax" + text, {shape}, Domain::any, [=](const Inputs& in) { return softmax(in[0], axis); }});
    cases.push_back(
        {"log_softmax" + text, {shape}, Domain::any, [=](const Inputs& in) { return log_softmax(in[0], axis); }});
  }
}

void add_layers(std::vector<OpCase>& cases) {
  for (const std::int64_t n : {0, 1, 5}) {
    const std::string text = fmt::format(" of {} rows", n);
    for (const bool ta : {false, true}) {
      for (const bool tb : {false, true}) {
        cases.push_back({fmt::format("matmul {} {}{}", ta, tb, text),
                         {ta ? Shape{3, n} : Shape{n, 3}, tb ? Shape{2, 3} : Shape{3, 2}},
                         Domain::any,
                         [=](const Inputs& in) { return matmul(in[0], in[1], ta, tb); }});
      }
    }
    cases.push_back(
        {"matmul over" + text, {{2, n}, {n, 3}}, Domain::any, [](const Inputs& in) { return matmul(in[0], in[1]); }});
    cases.push_back({"layer_norm" + text, {{n, 4}, {4}, {4}}, Domain::any, [](const Inputs& in) {
                       return layer_norm(in[0], in[1], in[2], 1e-5);
                     }});
    cases.push_back({"linear_relu_dropout" + text, {{n, 3}, {2, 3}, {2}}, Domain::any, [](const Inputs& in) {
                       return linear_relu_dropout(in[0], in[1], in[2], 0.4, {5, purpose("dropout"), 0}, 3);
                     }});
    cases.push_back({"linear" + text, {{n, 3}, {2, 3}, {2}}, Domain::any, [](const Inputs& in) {
                       return linear(in[0], in[1], in[2]);
                     }});
    cases.push_back({"batch_norm_eval" + text, {{n, 3}, {3}, {3}}, Domain::any, [](const Inputs& in) {
                       return batch_norm_eval(in[0], in[1], in[2], constant(in[0], {3}), constant(in[0], {3}), 1e-5);
                     }});
  }
  cases.push_back({"layer_norm of one column", {{3, 1}, {1}, {1}}, Domain::any, [](const Inputs& in) {
                     return layer_norm(in[0], in[1], in[2], 1e-5);
                   }});
  cases.push_back({"layer_norm of rank 3", {{2, 3, 4}, {4}, {4}}, Domain::any, [](const Inputs& in) {
                     return layer_norm(in[0], in[1], in[2], 1e-5);
                   }});
  // The gradient of x is a small difference of large terms.
  cases.push_back({"batch_norm_train",
                   {{7, 3}, {3}, {3}},
                   Domain::any,
                   [](const Inputs& in) { return batch_norm_train(in[0], in[1], in[2], 1e-5); },
                   5e-6});
}

void add_losses(std::vector<OpCase>& cases) {
  for (const Shape& shape : {Shape{4, 2}, Shape{1}, Shape{}}) {
    for (const Reduction reduction : {Reduction::none, Reduction::sum, Reduction::mean}) {
      const std::string text = fmt::format(" reduction {} {}", static_cast<int>(reduction), shape.text());
      cases.push_back({"binary_cross_entropy" + text, {shape}, Domain::probability, [=](const Inputs& in) {
                         return binary_cross_entropy(in[0], constant(in[0], shape), reduction);
                       }});
      cases.push_back({"binary_cross_entropy_with_logits" + text, {shape}, Domain::any, [=](const Inputs& in) {
                         return binary_cross_entropy_with_logits(in[0], constant(in[0], shape), reduction);
                       }});
      cases.push_back({"mean_squared_error" + text, {shape}, Domain::any, [=](const Inputs& in) {
                         return mean_squared_error(in[0], constant(in[0], shape), reduction);
                       }});
    }
  }
}

}  // namespace

const std::vector<OpCase>& op_cases() {
  static const std::vector<OpCase> cases = [] {
    std::vector<OpCase> all;
    add_arithmetic(all);
    for (const Shape& shape : {Shape{3, 4}, Shape{}, Shape{1}, Shape{0, 2}}) add_element_wise(all, shape);
    add_shaping(all);
    add_reductions(all);
    add_layers(all);
    add_losses(all);
    return all;
  }();
  return cases;
}

std::vector<Variable> inputs_of(const OpCase& op, Dtype dtype, Device device) {
  std::vector<Variable> inputs;
  for (const Shape& shape : op.shapes) {
    const auto number = static_cast<std::uint32_t>(inputs.size());
    Tensor values = random_normal(shape, {4, purpose("op case"), number});
    for (float& value : values.mutable_values<float>()) {
      value = static_cast<float>(placed(static_cast<double>(value), op.domain));
    }
    inputs.emplace_back(values.to(dtype).to(device), true);
  }
  return inputs;
}

}  // namespace posthoc::testing
