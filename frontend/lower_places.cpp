// argmax and argmin in the graph.
#include "frontend/lower_places.h"

#include <limits>

#include "dsl/dtypes.h"

namespace tcc {

using ir::Axis;
using ir::Expr;

namespace {

Expr apply(Op op, const Expr& a, const Expr& b) { return ir::make_binary(op, a, b, a->origin); }

bool is_zero(const Expr& expr) { return ir::constant_of(expr) == 0; }

/// An extent that written bounds may make negative; sizes and literals are not.
Expr at_least_zero(const Expr& extent) {
  const bool is_size = ir::as<ir::Var>(extent) || ir::constant_of(extent).value_or(-1) >= 0;
  return is_size ? extent : apply(Op::maximum, extent, ir::make_int(0, extent->origin));
}

Expr position_of(const Axis& axis) {
  return is_zero(axis.begin) ? axis.var : apply(Op::subtract, axis.var, axis.begin);
}

/// The term as a plain read: where it takes computing, of a temporary over all of the loops.
Expr read_term(const PlaceReduction& reduction, LoweringLoops& loops,
               const AddTemporary& add_temporary) {
  const ir::Load* load = ir::as<ir::Load>(reduction.term);
  if (load && !load->predicate) return reduction.term;
  const ir::OriginId origin = reduction.term->origin;
  ir::Substitution places;
  std::vector<Axis> axes = loops.copies(reduction.axes, places);
  std::vector<Expr> indices = variables_of(reduction.axes);
  const std::vector<Axis> ranges = loops.copies(reduction.reductions, places);
  for (std::size_t r = 0; r < ranges.size(); ++r) {
    const Axis& loop = reduction.reductions[r];
    indices.push_back(position_of(loop));
    if (!is_zero(loop.begin)) {
      places.at(ir::as<ir::Var>(loop.var)->id) = apply(Op::add, ranges[r].var, loop.begin);
    }
    axes.push_back({ranges[r].var, ir::make_int(0, origin), at_least_zero(loop.extent)});
  }
  Expr body = ir::substitute(reduction.term, places);
  const DType dtype = body->type.dtype;
  const ir::BufferId buffer =
      add_temporary(ir::Compute{std::move(axes), {}, {}, std::move(body)}, dtype);
  return ir::make_load(dtype, buffer, std::move(indices), origin);
}

/// The value of a single variable, or the position in the row-major order of several.
Expr place_of(const std::vector<Axis>& reductions) {
  if (reductions.size() == 1) return reductions[0].var;
  Expr place = ir::make_int(0, reductions[0].var->origin);
  for (const Axis& axis : reductions) {
    place = apply(Op::add, apply(Op::multiply, place, axis.extent), position_of(axis));
  }
  return place;
}

}  // namespace

ir::Compute lower_places(const PlaceReduction& reduction, LoweringLoops& loops,
                         const AddTemporary& add_temporary) {
  const ir::OriginId origin = reduction.term->origin;
  const Expr term = read_term(reduction, loops, add_temporary);
  const DType dtype = term->type.dtype;

  ir::Substitution copies;
  std::vector<Axis> axes = loops.copies(reduction.axes, copies);
  std::vector<Axis> reductions = loops.copies(reduction.reductions, copies);
  const auto kind = reduction.reducer == ReducerKind::argmax ? ReducerKind::max : ReducerKind::min;
  const ir::BufferId buffer = add_temporary(
      ir::Compute{std::move(axes), std::move(reductions), ir::make_reducer(kind, dtype, origin),
                  ir::substitute(term, copies)},
      dtype);
  const Expr extreme = ir::make_load(dtype, buffer, variables_of(reduction.axes), origin);

  Expr is_there = apply(Op::equal, term, extreme);
  if (is_float(dtype)) {
    is_there = apply(Op::logical_or, is_there, apply(Op::not_equal, term, term));
  }
  const Expr nowhere = ir::make_int(std::numeric_limits<std::int64_t>::max(), origin);
  return {reduction.axes, reduction.reductions,
          ir::make_reducer(ReducerKind::min, DType::i64, origin),
          ir::make_select(is_there, place_of(reduction.reductions), nowhere, origin)};
}

}  // namespace tcc
