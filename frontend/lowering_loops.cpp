// The loops of the Computes that one definition becomes.
#include "frontend/lowering_loops.h"

#include <fmt/format.h>

namespace tcc {

using ir::Axis;
using ir::Expr;

std::size_t LoweringLoops::new_environment() {
  environments_.emplace_back();
  return environments_.size() - 1;
}

std::vector<Axis> LoweringLoops::new_axes(const Shape& shape, ir::OriginId origin) {
  std::vector<Axis> axes;
  for (const Extent& extent : shape)
    axes.push_back(builder_.axis(fmt::format("i{}", axes.size()), 0, extent, origin));
  return axes;
}

Axis LoweringLoops::variable_axis(checked::VariableId id, std::size_t environment) {
  const checked::Variable& variable = builder_.program.variables[id];
  Axis axis =
      builder_.axis(variable.name, variable.begin, variable.extent, builder_.origin(variable.span));
  value_of(id, environment) = axis.var;
  return axis;
}

Axis LoweringLoops::stored_axis(checked::VariableId id, std::size_t environment) {
  const checked::Variable& variable = builder_.program.variables[id];
  const ir::OriginId origin = builder_.origin(variable.span);
  Axis axis = builder_.axis(variable.name, 0, variable.extent, origin);
  if (!variable.extent.is_surely_nonnegative()) {
    axis.extent = ir::make_binary(Op::maximum, axis.extent, ir::make_int(0, origin), origin);
  }
  Expr value = axis.var;
  if (variable.begin != Extent(0)) {
    value = ir::make_binary(Op::add, axis.var, lower_extent(variable.begin, builder_.sizes, origin),
                            origin);
  }
  value_of(id, environment) = value;
  return axis;
}

Expr LoweringLoops::position_of(checked::VariableId id, std::size_t environment) {
  const checked::Variable& variable = builder_.program.variables[id];
  const Expr& value = environments_[environment].at(id);
  if (variable.begin == Extent(0)) return value;
  const ir::OriginId origin = builder_.origin(variable.span);
  return ir::make_binary(Op::subtract, value, lower_extent(variable.begin, builder_.sizes, origin),
                         origin);
}

std::vector<Axis> LoweringLoops::copies(const std::vector<Axis>& axes, ir::Substitution& places) {
  std::vector<Axis> result;
  for (const Axis& axis : axes) {
    const ir::Var& var = *ir::as<ir::Var>(axis.var);
    const Expr copy = ir::make_var(builder_.graph.fresh_var(), var.name, axis.var->origin);
    result.push_back({copy, axis.begin, axis.extent});
    builder_.loops.emplace(ir::as<ir::Var>(copy)->id, result.back());
    places.emplace(var.id, copy);
  }
  return result;
}

std::vector<Expr> variables_of(const std::vector<Axis>& axes) {
  std::vector<Expr> variables;
  for (const Axis& axis : axes)
    variables.push_back(axis.var);
  return variables;
}

}  // namespace tcc
