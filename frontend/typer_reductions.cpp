// Types of reductions (language sections 2.8, 5.4 and 6.2).
#include <algorithm>

#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "dsl/type_text.h"
#include "frontend/typer.h"

namespace tcc {

std::optional<NamedReduction> reduction_named(std::string_view name) {
  if (name == "mean") return NamedReduction{name, ReducerKind::sum, true};
  const auto kind = find_reducer(name);
  if (!kind) return {};
  return NamedReduction{name, *kind, false};
}

std::optional<Accumulation> accumulation_of(DType operands, std::optional<DType> chosen) {
  if (chosen) {
    const bool fits = is_float(*chosen) || (is_integer(*chosen) && !is_float(operands));
    if (!fits) return {};
    return Accumulation{*chosen, is_float(operands) ? operands : *chosen};
  }
  const auto returned = [](DType dtype) { return Accumulation{dtype, dtype}; };
  if (operands == DType::boolean) return returned(DType::i64);
  if (operands == DType::f16 || operands == DType::bf16) return Accumulation{DType::f32, operands};
  if (is_float(operands) || size_in_bytes(operands) >= 4) return returned(operands);
  return returned(is_signed_integer(operands) ? DType::i32 : DType::u32);
}

/// The element type that `acc =` names.
bool Typer::take_accumulator(NodeId argument, std::optional<DType>& chosen) {
  const auto* name = std::get_if<syntax::Name>(&node(argument).value);
  chosen = name ? parse_dtype(name->name) : std::nullopt;
  if (chosen) return true;
  error(DiagnosticKind::bad_argument, argument, "'acc' is an element type")
      .suggest("write acc = f64");
  return false;
}

// --- reductions over whole axes

namespace {

/// Who writes max(1, 2) wants no axis.
void suggest_of_two(Report& report, const std::string& reducer) {
  report.suggest(fmt::format("the {} of two values is {}imum(a, b)",
                             reducer == "max" ? "larger" : "smaller", reducer));
}

}  // namespace

Typed Typer::reduce_axes(NodeId id, const syntax::Call& call, const NamedReduction& named) {
  const auto arguments = reduce_arguments(id, call);
  if (!arguments) return {};
  const Typed& operand = at(arguments->operand);
  if (operand.mentions_index()) {
    error(DiagnosticKind::rank_mismatch, id,
          fmt::format("'{}' reduces whole tensors, but its operand depends on index variables",
                      call.callee))
        .suggest(fmt::format("write {}[k](..) with the variables to reduce over", call.callee));
    return {};
  }
  const auto types = accumulation(id, named, arguments->operand, arguments->accumulator);
  if (!types) return {};
  Typed result = Typed::strong(types->result);
  result.accumulator = types->accumulator;
  Shape reduced;
  for (std::uint32_t axis = 0; axis < operand.shape.size(); ++axis) {
    const bool is_reduced =
        std::binary_search(arguments->axes.begin(), arguments->axes.end(), axis);
    if (is_reduced) reduced.push_back(operand.shape[axis]);
    if (!is_reduced) result.shape.push_back(operand.shape[axis]);
    if (is_reduced && arguments->keep == checked::KeepAxes::yes) result.shape.push_back(1);
  }
  if ((named.is_mean || needs_term(named.kind)) && !arguments->has_initial) {
    typed_.reductions.push_back({node(id).span,
                                 call.callee,
                                 reduced,
                                 {},
                                 result.shape,
                                 variables_around(scopes_.of(id).scope)});
  }
  typed_.axis_reductions.emplace(id, *arguments);
  return result;
}

std::optional<AxisReduction> Typer::reduce_arguments(NodeId id, const syntax::Call& call) {
  const bool accumulates = call.callee == "sum" || call.callee == "prod";
  std::vector<std::string_view> parameters = {"x", "axis", "keep"};
  const bool takes_initial = call.callee == "max" || call.callee == "min";
  if (accumulates || takes_initial) parameters.push_back(accumulates ? "acc" : "initial");
  const auto arguments = bind_arguments(id, call, parameters, 1);
  if (!arguments || !is_usable(*(*arguments)[0])) return {};
  AxisReduction result{*(*arguments)[0], {}, checked::KeepAxes::no, {}};
  auto axis = (*arguments)[1];
  const auto keep = (*arguments)[2];
  const auto acc = accumulates ? (*arguments)[3] : std::nullopt;
  if (acc && !take_accumulator(*acc, result.accumulator)) return {};
  result.has_initial = takes_initial && (*arguments)[3];
  if (result.has_initial && !check_initial(call.callee, result.operand, *(*arguments)[3])) {
    return {};
  }
  if (axis && std::holds_alternative<syntax::NewAxis>(node(*axis).value)) axis.reset();
  const bool is_list = axis && std::holds_alternative<syntax::List>(node(*axis).value);
  if (axis && !is_list && !is_usable(*axis)) return {};
  if (axis && !is_list && !at(*axis).is_weak) {
    Report& report = error(DiagnosticKind::bad_argument, *axis, "an axis is an integer literal");
    if (takes_initial) suggest_of_two(report, call.callee);
    return {};
  }
  const std::size_t errors = diagnostics_.count();
  const auto axes = axes_of(result.operand, axis);
  if (!axes) {
    const auto reports = diagnostics_.since(errors);
    const bool is_of_two = takes_initial && (at(result.operand).is_scalar() ||
                                             (!is_list && at(*axis).dtype == DType::f64));
    if (is_of_two && !reports.empty()) suggest_of_two(reports.back(), call.callee);
    return {};
  }
  result.axes = *axes;
  if (!keep) return result;
  const auto keeps = truth_argument(*keep, "keep");
  if (!keeps) return {};
  result.keep = *keeps ? checked::KeepAxes::yes : checked::KeepAxes::no;
  return result;
}

/// What `keep` or another parameter says: a literal.
std::optional<bool> Typer::truth_argument(NodeId argument, std::string_view parameter) {
  const auto* truth = std::get_if<syntax::BoolLiteral>(&node(argument).value);
  if (truth) return truth->value;
  error(DiagnosticKind::bad_argument, argument, fmt::format("'{}' is true or false", parameter));
  return {};
}

/// Sorted; all axes where none are named.
std::optional<std::vector<std::uint32_t>> Typer::axes_of(NodeId operand,
                                                         std::optional<NodeId> argument) {
  std::vector<std::uint32_t> axes;
  // None, as a function passes it on, is all of them too.
  if (!argument || std::holds_alternative<syntax::NewAxis>(node(*argument).value)) {
    for (std::uint32_t axis = 0; axis < at(operand).shape.size(); ++axis)
      axes.push_back(axis);
    return axes;
  }
  const auto* list = std::get_if<syntax::List>(&node(*argument).value);
  for (const NodeId each : list ? list->elements : Operands{*argument}) {
    const auto axis = axis_of(operand, each);
    if (!axis) return {};
    if (std::find(axes.begin(), axes.end(), *axis) != axes.end()) {
      error(DiagnosticKind::bad_argument, each, fmt::format("axis {} is named twice", *axis));
      return {};
    }
    axes.push_back(*axis);
  }
  std::sort(axes.begin(), axes.end());
  return axes;
}

std::optional<std::uint32_t> Typer::axis_of(NodeId operand, NodeId argument) {
  if (!is_usable(argument)) return {};
  const Typed& typed = at(argument);
  const Extent* extent = typed.value ? std::get_if<Extent>(&*typed.value) : nullptr;
  const auto number = extent ? extent->constant() : std::nullopt;
  if (!number) {
    error(DiagnosticKind::bad_argument, argument, "an axis is an integer literal");
    return {};
  }
  const auto rank = static_cast<std::int64_t>(at(operand).shape.size());
  const std::int64_t axis = *number < 0 ? *number + rank : *number;
  if (axis >= 0 && axis < rank) return static_cast<std::uint32_t>(axis);
  error(DiagnosticKind::rank_mismatch, argument,
        fmt::format("there is no axis {} in {}", *number, type_of(operand)));
  return {};
}

/// The types that a reduction computes in and returns; the operand is converted to the first, or
/// keeps its own where the result is a place.
std::optional<Accumulation> Typer::accumulation(NodeId id, const NamedReduction& reduction,
                                                NodeId operand, std::optional<DType> chosen) {
  Typed& typed = at(operand);
  const DType dtype = typed.is_weak ? typed.alone() : typed.dtype;
  switch (reduction.kind) {
    case ReducerKind::any:
    case ReducerKind::all:
      if (!require_bool(id, reduction.name, operand)) return {};
      return Accumulation{dtype, dtype};
    case ReducerKind::max:
    case ReducerKind::min:
    case ReducerKind::argmax:
    case ReducerKind::argmin:
      if (!require_number(id, reduction.name, operand)) return {};
      typed.wanted = dtype;
      if (gives_place(reduction.kind)) return Accumulation{DType::i64, DType::i64};
      return Accumulation{dtype, dtype};
    case ReducerKind::sum:
    case ReducerKind::prod: break;
  }
  if (reduction.is_mean) return average(id, operand, dtype);
  const auto types = accumulation_of(dtype, chosen);
  if (!types) {
    error(DiagnosticKind::bad_argument, id,
          fmt::format("{} cannot be accumulated in {}", name_of(dtype), name_of(*chosen)));
    return {};
  }
  typed.wanted = types->accumulator;
  return types;
}

/// A mean of integers up to 32 bits adds exactly, one of 64 bits in f64, floats in their
/// accumulator; the division is that of `/`, and of f16 and bf16 in f32.
Accumulation Typer::average(NodeId id, NodeId operand, DType dtype) {
  DType accumulator = accumulation_of(dtype, {})->accumulator;
  if (!is_float(dtype)) accumulator = size_in_bytes(dtype) < 8 ? DType::i64 : DType::f64;
  const DType result = real_type(dtype, {operand});
  typed_.means[id] = is_float(dtype) ? accumulator : result;
  at(operand).wanted = accumulator;
  return {accumulator, result};
}

// --- reductions over index variables

Typed Typer::type(NodeId id, const syntax::Reduction& reduction) {
  const auto named = reduction_named(reduction.reducer);
  if (!named) {
    diagnostics_
        .error(DiagnosticKind::undefined_name, reduction.reducer_span,
               fmt::format("there is no reducer '{}'", reduction.reducer))
        .suggest("there are sum, prod, max, min, mean, any, all, argmax and argmin");
  }
  if (!is_usable(reduction.body) || !named) return {};
  const Typed& body = at(reduction.body);
  if (!body.is_scalar()) {
    error(DiagnosticKind::rank_mismatch, id,
          fmt::format("in index notation a value is a scalar, but {}",
                      describe_typed(id, reduction.body)))
        .suggest("write its indices");
    return {};
  }
  const auto types = accumulation(id, *named, reduction.body);
  if (!types) return {};
  const auto& reduced = typed_.variables[scopes_.inside(id)];
  Typed result = Typed::strong(types->result);
  result.accumulator = types->accumulator;
  std::set_difference(body.variables.begin(), body.variables.end(), reduced.begin(), reduced.end(),
                      std::back_inserter(result.variables));
  if (named->is_mean || needs_term(named->kind)) {
    typed_.reductions.push_back({node(id).span,
                                 reduction.reducer,
                                 {},
                                 reduced,
                                 {},
                                 variables_around(scopes_.of(id).scope)});
  }
  return result;
}

}  // namespace tcc
