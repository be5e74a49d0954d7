// The graph's text, tensor by tensor, for those who write something beside each.
#pragma once

#include <string>

#include "ir/graph.h"

namespace tcc::ir {

/// The lines of one tensor in print(graph): its checks, then the tensor itself.
std::string print_tensor(const Graph& graph, std::size_t tensor);

}  // namespace tcc::ir
