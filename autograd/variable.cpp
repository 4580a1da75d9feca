#include "autograd/variable.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "autograd/node.h"
#include "base/error.h"
#include "tensor/format.h"
#include "tensor/ops.h"

namespace posthoc {

namespace detail {

void Node::collect(Tensor gradient) {
  if (!grad.defined()) {
    grad = std::move(gradient);
  } else if (grad.unique()) {
    add_(grad, gradient);
  } else {
    grad = add(grad, gradient);  // someone else holds these elements: the cotangent of another node, perhaps
  }
}

void Node::release_inputs() {
  Handles pending = std::move(inputs);
  inputs.clear();
  while (!pending.empty()) {
    const std::shared_ptr<Node> node = std::move(pending.back());
    pending.pop_back();
    if (node.use_count() == 1) {
      for (auto& input : node->inputs) pending.push_back(std::move(input));
      node->inputs.clear();
    }
  }
}

namespace {

// The nodes that were seen, by open addressing: a step of training asks some hundred times, and nodes of
// std::unordered_set would cost more than the walk.
class NodeSet {
 public:
  /// Keeps the memory, unless it is that of a graph so large that emptying it would cost the next small one.
  void clear() {
    constexpr std::size_t kMostKept = 4096;
    if (slots_.size() > kMostKept) slots_ = {};
    std::fill(slots_.begin(), slots_.end(), nullptr);
    size_ = 0;
  }
  /// False when it was there already.
  bool insert(const Node* node) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    const Node*& slot = slot_of(node);
    if (slot == node) return false;
    slot = node;
    ++size_;
    return true;
  }

 private:
  // Where the node stands or would stand.
  const Node*& slot_of(const Node* node) {
    const std::uint64_t hash = reinterpret_cast<std::uintptr_t>(node) * 0x9E3779B97F4A7C15ULL;  // Fibonacci hashing
    std::size_t at = static_cast<std::size_t>(hash >> 32) & (slots_.size() - 1);
    while (slots_[at] != nullptr && slots_[at] != node) at = (at + 1) & (slots_.size() - 1);
    return slots_[at];
  }

  void grow() {
    std::vector<const Node*> before(std::max<std::size_t>(256, 2 * slots_.size()), nullptr);
    before.swap(slots_);
    for (const Node* node : before) {
      if (node != nullptr) slot_of(node) = node;
    }
  }

  std::vector<const Node*> slots_;  // a power of two
  std::size_t size_ = 0;
};

}  // namespace

std::vector<Node*> topological_order(Node* root, bool with_constants) {
  static thread_local NodeSet seen;  // kept for its memory
  seen.clear();
  std::vector<Node*> order;
  order.reserve(128);
  std::vector<std::pair<Node*, std::size_t>> path;  // a node and how many of its inputs have been visited
  path.reserve(64);
  if (root->requires_grad) {
    path.emplace_back(root, 0);
    seen.insert(root);
  }
  while (!path.empty()) {
    auto& [node, visited] = path.back();
    if (visited == node->inputs.size()) {
      order.push_back(node);
      path.pop_back();
      continue;
    }
    Node* input = node->inputs[visited++].get();
    if ((input->requires_grad || with_constants) && seen.insert(input)) path.emplace_back(input, 0);
  }
  return order;
}

namespace {

thread_local bool recording = true;

std::shared_ptr<Node> make_node() { return std::allocate_shared<Node>(HostBlocks<Node>()); }

}  // namespace
}  // namespace detail

NoGrad::NoGrad() : before_(std::exchange(detail::recording, false)) {}
NoGrad::~NoGrad() { detail::recording = before_; }

class Recorder {
 public:
  static Variable leaf(Tensor value) {
    Variable result;
    result.node_ = detail::make_node();
    result.node_->value = std::move(value);
    return result;
  }
  /// `inputs` are Variables or references to them.
  template <typename Inputs>
  static Variable operation(const char* name, Tensor value, const Inputs& inputs, BackwardFunction backward) {
    bool wanted = false;
    for (const Variable& input : inputs) wanted = wanted || input.requires_grad();
    Variable result = leaf(std::move(value));
    if (!wanted || !detail::recording) return result;
    detail::Node& node = *result.node_;
    node.name = name;
    node.requires_grad = true;
    node.inputs.reserve(inputs.size());
    for (const Variable& input : inputs) node.inputs.push_back(input.node_);
    node.backward = std::move(backward);
    return result;
  }
};

Variable record(const char* name, Tensor value, const std::vector<Variable>& inputs, BackwardFunction backward) {
  return Recorder::operation(name, std::move(value), inputs, std::move(backward));
}

Variable record(const char* name, Tensor value, std::initializer_list<std::reference_wrapper<const Variable>> inputs,
                BackwardFunction backward) {
  return Recorder::operation(name, std::move(value), inputs, std::move(backward));
}

Variable::Variable(Tensor value, bool requires_grad) : node_(detail::make_node()) {
  node_->value = std::move(value);
  set_requires_grad(requires_grad);
}

const Tensor& Variable::value() const {
  require(defined(), "Variable: the variable is undefined");
  return node_->value;
}

Tensor& Variable::mutable_value() {
  require(defined(), "Variable: the variable is undefined");
  return node_->value;
}

bool Variable::requires_grad() const {
  require(defined(), "Variable: the variable is undefined");
  return node_->requires_grad;
}

void Variable::set_requires_grad(bool requires_grad) {
  require(defined(), "Variable: the variable is undefined");
  require(node_->is_leaf(), "set_requires_grad: the variable is the result of {}; only leaves can be frozen",
          node_->is_leaf() ? "" : node_->name);
  require(!requires_grad || is_floating(dtype()), "set_requires_grad: a gradient needs a floating dtype, got {}",
          dtype());
  node_->requires_grad = requires_grad;
}

bool Variable::has_grad() const { return defined() && node_->grad.defined(); }

const Tensor& Variable::grad() const {
  require(defined(), "Variable: the variable is undefined");
  require(node_->requires_grad, "grad: the variable does not require a gradient");
  require(has_grad(), "grad: no gradient has been collected; call backward() on a result first");
  return node_->grad;
}

void Variable::zero_grad() {
  if (defined()) node_->grad = Tensor();
}

Variable Variable::detach() const { return Variable(value()); }

void Variable::backward() const {
  require(value().elements() == 1, "backward: the shape is {}; pass a cotangent unless there is exactly one element",
          shape());
  backward(value().full_like(1.0));
}

void Variable::backward(const Tensor& cotangent) const {
  require(requires_grad(), "backward: the variable does not require a gradient; none of its inputs does");
  require_same_kind(value(), cotangent, "backward");
  require(cotangent.shape() == shape(), "backward: the cotangent is {}, the variable {}", cotangent.shape(), shape());
  const std::vector<detail::Node*> order = detail::topological_order(node_.get());
  for (const detail::Node* node : order) {
    require(!node->freed, "backward: the graph through {} was freed by an earlier backward(); compute the result again",
            node->name == nullptr ? "a leaf" : node->name);
  }
  node_->collect(cotangent);
  for (std::size_t i = order.size(); i-- > 0;) {
    detail::Node& node = *order[i];
    if (node.is_leaf()) continue;
    if (node.grad.defined()) {
      InputGradients gradients(node);
      node.backward(node.grad, gradients);
    }
    node.grad = Tensor();
    node.backward = {};
    node.freed = true;
  }
  // Inputs first: letting go of them may destroy nodes that stand earlier in `order`, never later ones.
  for (detail::Node* node : order) node->release_inputs();
}

bool InputGradients::wanted(std::size_t i) const { return node_.inputs[i]->requires_grad; }

void InputGradients::add(std::size_t i, Tensor gradient) { node_.inputs[i]->collect(std::move(gradient)); }

std::int64_t graph_size(const Variable& root) {
  return root.requires_grad() ? static_cast<std::int64_t>(detail::topological_order(root.node_.get()).size()) : 0;
}

}  // namespace posthoc
