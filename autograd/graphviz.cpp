#include "autograd/graphviz.h"

#include <unordered_map>

#include "autograd/node.h"
#include "base/error.h"
#include "tensor/format.h"

namespace posthoc {
namespace {

// Within the double quotes of DOT.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  return result;
}

const char* kind(const detail::Node& node) {
  if (!node.is_leaf()) return node.name;
  return node.requires_grad ? "leaf" : "constant";
}

const char* style(const detail::Node& node) {
  if (!node.is_leaf()) return "";
  return node.requires_grad ? ", shape=box" : ", shape=box, style=dashed";
}

}  // namespace

std::string graph_dot(const Variable& root, const std::vector<VariableName>& names) {
  require(root.requires_grad(), "graph_dot: the variable requires no gradient, so no graph was recorded");
  std::unordered_map<const detail::Node*, std::string> named;
  for (const VariableName& entry : names) named[entry.variable.node_.get()] = entry.name;

  std::unordered_map<const detail::Node*, std::size_t> number;
  std::string nodes;
  std::string arrows;
  for (const detail::Node* node : detail::topological_order(root.node_.get(), true)) {
    require(!node->freed, "graph_dot: the graph through {} was freed by an earlier backward(); draw it before",
            kind(*node));
    const std::size_t to = number.size();
    number[node] = to;
    const auto name = named.find(node);
    const std::string label = name == named.end() ? kind(*node)
                              : node->is_leaf()   ? name->second
                                                  : fmt::format("{} = {}", name->second, kind(*node));
    nodes += fmt::format("  n{} [label=\"{}\\n{}\"{}];\n", to, escaped(label), node->value.shape(), style(*node));
    for (const auto& input : node->inputs) arrows += fmt::format("  n{} -> n{};\n", number.at(input.get()), to);
  }
  return fmt::format("digraph {{\n{}{}}}\n", nodes, arrows);
}

}  // namespace posthoc
