#pragma once

#include <string>
#include <vector>

#include "autograd/variable.h"

namespace posthoc {

/// What a drawing calls a variable.
struct VariableName {
  Variable variable;
  std::string name;
};

/// The graph that `root.backward()` would go through, as Graphviz DOT text (`dot -Tsvg` draws it): a node for each
/// operation with its name and the shape of its result, a box for each leaf, dashed where it requires no gradient, and
/// arrows from inputs to results. A variable of `names` goes by its name. Throws `Error` when nothing was recorded:
/// root requires no gradient, or an earlier backward() has freed the graph.
std::string graph_dot(const Variable& root, const std::vector<VariableName>& names = {});

}  // namespace posthoc
