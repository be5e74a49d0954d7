// Types of the functions by which the library computes in one type and returns another: wide(x),
// like(value, x, ..), is_bool(x), max(x, initial = -inf).
#include <limits>

#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "frontend/typer.h"

namespace tcc {

/// What functions of reals are computed in: f32 for f16 and bf16, for integers what `/` gives.
DType Typer::wide_type(NodeId operand) {
  const DType dtype = at(operand).dtype;
  const bool is_narrow = dtype == DType::f16 || dtype == DType::bf16;
  return is_narrow || at(operand).is_weak ? DType::f32 : real_type(dtype, {operand});
}

/// The operand converted; a literal stays one.
Typed Typer::with_type(NodeId id, NodeId operand, DType dtype) {
  if (at(operand).is_weak && at(operand).value) return Typed::weak(*at(operand).value);
  if (at(operand).is_weak) at(operand).wanted = dtype;
  const auto variables = at(operand).variables;
  Typed result = built(id, dtype, at(operand).shape,
                       {{operand}, [dtype](PointsBuilder& builder, const auto& nodes) {
                          return builder.convert(nodes[0], dtype);
                        }});
  result.variables = variables;
  return result;
}

Typed Typer::wide(NodeId id, const Arguments& arguments) {
  const NodeId operand = *arguments[0];
  if (!is_usable(operand) || !require_number(id, "wide", operand)) return {};
  return with_type(id, operand, wide_type(operand));
}

/// A value in the common type of x and what follows, or in what `/` gives where that is no float.
Typed Typer::like(NodeId id, const Arguments& arguments) {
  const NodeId value = *arguments[0];
  if (!is_usable(value) || !require_number(id, "like", value)) return {};
  Operands models;
  bool are_weak = true;
  for (std::size_t a = 1; a < arguments.size(); ++a) {
    if (!arguments[a]) continue;
    if (!is_usable(*arguments[a]) || !require_number(id, "like", *arguments[a])) return {};
    models.push_back(*arguments[a]);
    are_weak = are_weak && at(*arguments[a]).is_weak;
  }
  const auto common = common_type(id, models);
  if (!common) return {};
  return with_type(id, value, are_weak ? wide_type(value) : real_type(*common, models));
}

/// Whether x is of bools: known when compiling.
Typed Typer::is_bool(NodeId id, const Arguments& arguments) {
  if (!is_usable(*arguments[0])) return {};
  const double truth = at(*arguments[0]).dtype == DType::boolean ? 1 : 0;
  return built(id, DType::boolean, {}, {{}, [truth](PointsBuilder& builder, const auto&) {
                                          return builder.number(truth, DType::boolean);
                                        }});
}

/// x itself, which is of integers.
Typed Typer::integers(NodeId id, const Arguments& arguments) {
  const NodeId operand = *arguments[0];
  if (!is_usable(operand)) return {};
  if (is_integer(at(operand).dtype)) return with_type(id, operand, at(operand).dtype);
  error(DiagnosticKind::dtype_mismatch, id,
        fmt::format("this takes integers, but {}", describe_typed(id, operand)))
      .suggest("convert them, as in i32(x)");
  return {};
}

/// max(x, initial = -inf), min(x, initial = inf): with a value over zero elements too, which is the
/// one that changes no other.
bool Typer::check_initial(const std::string& reducer, NodeId operand, NodeId argument) {
  const double wanted = reducer == "max" ? -std::numeric_limits<double>::infinity()
                                         : std::numeric_limits<double>::infinity();
  if (!is_usable(argument)) return false;
  const auto& value = at(argument).value;
  const double* number = value ? std::get_if<double>(&*value) : nullptr;
  if (number && *number == wanted && is_float(at(operand).dtype)) return true;
  error(DiagnosticKind::bad_argument, argument,
        fmt::format("'initial' of '{}' is {} and of floats, what changes no other element", reducer,
                    reducer == "max" ? "-inf" : "inf"));
  return false;
}

}  // namespace tcc
