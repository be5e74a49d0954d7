// The loops of the Computes that one definition becomes, and what its index variables are in each.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "frontend/graph_builder.h"
#include "ir/visit.h"

namespace tcc {

/// Makes axes, and keeps for every Compute what stands in it for each index variable.
class LoweringLoops {
 public:
  explicit LoweringLoops(GraphBuilder& builder) : builder_(builder), environments_(1) {}

  /// A Compute's own variables; number 0 is the definition's.
  std::size_t new_environment();
  ir::Expr& value_of(checked::VariableId variable, std::size_t environment) {
    return environments_[environment][variable];
  }

  /// One for each extent: i0, i1, ..
  std::vector<ir::Axis> new_axes(const Shape& shape, ir::OriginId origin);

  /// The axis of an index variable, which it stands for.
  ir::Axis variable_axis(checked::VariableId variable, std::size_t environment);

  /// An axis of a temporary begins at 0, wherever the variable does, and is never negative.
  ir::Axis stored_axis(checked::VariableId variable, std::size_t environment);

  /// Where a variable stands on its stored axis.
  ir::Expr position_of(checked::VariableId variable, std::size_t environment);

  /// The same loops with variables of their own, which stand for the others in `places`.
  std::vector<ir::Axis> copies(const std::vector<ir::Axis>& axes, ir::Substitution& places);

 private:
  GraphBuilder& builder_;
  std::vector<std::map<checked::VariableId, ir::Expr>> environments_;
};

std::vector<ir::Expr> variables_of(const std::vector<ir::Axis>& axes);

}  // namespace tcc
