// The graph as it grows: what the lowering of one definition leaves for the next.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "frontend/checked.h"
#include "frontend/lower_extents.h"
#include "ir/graph.h"

namespace tcc {

struct GraphBuilder {
  /// With the sizes and inputs of the program in the graph.
  explicit GraphBuilder(const checked::Program& checked);

  const checked::Program& program;
  ir::Graph graph;
  SizeVariables sizes;
  std::map<checked::TensorId, ir::BufferId> buffers;
  std::map<ir::VarId, ir::Axis> loops;  ///< all that were made

  ir::OriginId origin(Span span) { return graph.origins.from_source(span); }

  /// A loop over a variable of its own.
  ir::Axis axis(std::string name, const Extent& begin, const Extent& extent, ir::OriginId origin);

  std::vector<ir::Expr> lower_shape(const Shape& shape, ir::OriginId origin) const;

  ir::BufferId add(ir::Tensor tensor);

  /// A check in loops of its own, over the variables that it depends on. The guard may be null.
  ir::Check check(const ir::Expr& guard, const ir::Expr& condition, const ir::Expr& value,
                  std::string message);
};

}  // namespace tcc
