#pragma once

#include <memory>
#include <vector>

#include "autograd/variable.h"

// What a Variable is a handle of. For this room alone; programs use variable.h.

namespace posthoc::detail {

struct Node;
using Handles = std::vector<std::shared_ptr<Node>, HostBlocks<std::shared_ptr<Node>>>;

struct Node {
  Tensor value;
  Tensor grad;  // leaves: what backward collected; others: only during backward
  bool requires_grad = false;
  bool freed = false;
  const char* name = nullptr;  // nullptr for a leaf
  Handles inputs;
  BackwardFunction backward;

  Node() = default;
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  ~Node() { release_inputs(); }

  [[nodiscard]] bool is_leaf() const { return name == nullptr; }
  void collect(Tensor gradient);
  /// Lets go of the nodes below without recursion: a chain of a million nodes must not overflow the stack.
  void release_inputs();
};

/// The nodes below `root` that require a gradient, each after all of its inputs; with their constant inputs if asked.
std::vector<Node*> topological_order(Node* root, bool with_constants = false);

}  // namespace posthoc::detail
