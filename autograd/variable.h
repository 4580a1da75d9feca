#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "tensor/host_blocks.h"
#include "tensor/tensor.h"

namespace posthoc {

namespace detail {
struct Node;
}
struct VariableName;  // autograd/graphviz.h

/// A tensor that remembers how it was made, so that `backward` can differentiate through it.
///
/// A Variable is a handle; copies name the same node. A leaf made with `requires_grad` collects its gradient, and a
/// node used twice collects the sum of both.
///
///   Variable x(Tensor::from<double>({3}, {1}), true);
///   Variable y = mul(x, x);
///   y.backward();
///   x.grad().item()  // 6
class Variable {
 public:
  /// No variable at all; `defined()` is false.
  Variable() = default;
  /// A leaf.
  explicit Variable(Tensor value, bool requires_grad = false);

  [[nodiscard]] bool defined() const { return node_ != nullptr; }
  [[nodiscard]] const Tensor& value() const;
  /// For optimisers and loaders: the value to write in place. Graphs recorded before the write are no longer valid.
  Tensor& mutable_value();
  [[nodiscard]] const Shape& shape() const { return value().shape(); }
  [[nodiscard]] Dtype dtype() const { return value().dtype(); }

  [[nodiscard]] bool requires_grad() const;
  /// Freezes (false) or unfreezes a leaf: operations on frozen leaves alone record nothing.
  /// Throws `Error` on the result of an operation.
  void set_requires_grad(bool requires_grad);

  [[nodiscard]] bool has_grad() const;
  /// The collected gradient, of the value's shape. Throws `Error` when there is none.
  [[nodiscard]] const Tensor& grad() const;
  void zero_grad();

  /// Adds d(this)/d(leaf) to the gradient of every leaf that requires it; this must have one element. The graph is
  /// freed: a second call throws `Error`.
  void backward() const;
  /// The same with a cotangent of this variable's shape, dtype and device.
  void backward(const Tensor& cotangent) const;

  /// The same value as a leaf that requires no gradient.
  [[nodiscard]] Variable detach() const;

 private:
  friend struct detail::Node;
  friend class Recorder;
  friend std::int64_t graph_size(const Variable& root);
  friend std::string graph_dot(const Variable& root, const std::vector<VariableName>& names);

  std::shared_ptr<detail::Node> node_;
};

/// While one lives, operations on its thread record nothing: for evaluation.
class NoGrad {
 public:
  NoGrad();
  NoGrad(const NoGrad&) = delete;
  NoGrad& operator=(const NoGrad&) = delete;
  ~NoGrad();

 private:
  bool before_;
};

/// Number of nodes that `root.backward()` would visit: 0 when it requires no gradient.
std::int64_t graph_size(const Variable& root);

/// What an operation's backward function fills in: the gradients of its inputs.
class InputGradients {
 public:
  /// Whether input i wants a gradient; a backward function skips the work for one that does not.
  [[nodiscard]] bool wanted(std::size_t i) const;
  /// Adds `gradient`, of input i's shape, to what input i has collected.
  void add(std::size_t i, Tensor gradient);

 private:
  friend class Variable;
  explicit InputGradients(detail::Node& node) : node_(node) {}

  detail::Node& node_;
};

/// From the cotangent of the output to the gradients of the inputs: any function of (const Tensor& cotangent,
/// InputGradients& gradients). It owns the tensors that it needs from forward.
class BackwardFunction {
 public:
  BackwardFunction() = default;
  template <typename Function>
  requires(!std::is_same_v<Function, BackwardFunction>) explicit(false) BackwardFunction(Function function)
      : held_(std::allocate_shared<Holder<Function>>(HostBlocks<Holder<Function>>(), std::move(function))) {}

  void operator()(const Tensor& cotangent, InputGradients& gradients) const { held_->call(cotangent, gradients); }

 private:
  struct Callable {
    Callable() = default;
    Callable(const Callable&) = delete;
    Callable& operator=(const Callable&) = delete;
    virtual ~Callable() = default;
    virtual void call(const Tensor& cotangent, InputGradients& gradients) = 0;
  };
  template <typename Function>
  struct Holder final : Callable {
    template <typename From>
    explicit Holder(From&& from) : function(std::forward<From>(from)) {}
    void call(const Tensor& cotangent, InputGradients& gradients) override { function(cotangent, gradients); }

    Function function;
  };

  std::shared_ptr<Callable> held_;
};

/// How an operation enters the graph: `value` was computed from `inputs`, and `backward` is its derivative. Records
/// nothing, and drops `backward` with what it keeps, when no input requires a gradient or a NoGrad is alive.
/// `name` must be a string literal.
Variable record(const char* name, Tensor value, const std::vector<Variable>& inputs, BackwardFunction backward);
/// The same for inputs that are written out, `{a, b}`, without a vector of handles.
Variable record(const char* name, Tensor value, std::initializer_list<std::reference_wrapper<const Variable>> inputs,
                BackwardFunction backward);

}  // namespace posthoc
