// Types of functions and reductions (language sections 2.5, 2.8, 5.4, 6.2 and 7).
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "dsl/type_text.h"
#include "frontend/typer.h"

namespace tcc {

namespace {

/// Functions of the language that this compiler does not have yet.
constexpr std::array<std::string_view, 14> later_functions = {
    "cumsum",     "cumprod",    "cummax",    "sort", "argsort", "topk",           "conv2d",
    "max_pool2d", "avg_pool2d", "attention", "rope", "dropout", "random_uniform", "grad",
};

bool is_later(std::string_view name) {
  return std::find(later_functions.begin(), later_functions.end(), name) != later_functions.end();
}

std::vector<std::string> known_functions() {
  std::vector<std::string> names = {"sum", "prod", "max", "min"};
  for (const OpInfo& info : all_operators()) {
    if (info.notation == Notation::function) names.emplace_back(info.name);
  }
  return names;
}

}  // namespace

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

Typed Typer::type(NodeId id, const syntax::Call& call) {
  if (const auto dtype = parse_dtype(call.callee)) return conversion(id, call, *dtype);
  if (is_shape_function(call.callee)) return shape_function(id, call);
  if (const auto reducer = find_reducer(call.callee)) return reduce_axes(id, call, *reducer);
  if (call.callee == "matmul") return matmul_call(id, call);
  if (const auto op = find_operator(call.callee, Notation::function)) {
    return function(id, call, *op);
  }
  return type_unknown_function(call);
}

Typed Typer::type_unknown_function(const syntax::Call& call) {
  if (is_later(call.callee)) {
    diagnostics_.error(DiagnosticKind::unsupported, call.callee_span,
                       fmt::format("function '{}' is not supported yet", call.callee));
    return {};
  }
  if (!reported_.insert(call.callee + "(").second) return {};
  Report& report = diagnostics_.error(DiagnosticKind::undefined_name, call.callee_span,
                                      fmt::format("there is no function '{}'", call.callee));
  if (const auto closest = closest_name(call.callee, known_functions())) {
    report.suggest(fmt::format("did you mean '{}'?", *closest));
  } else if (names_.find_tensor(call.callee)) {
    report.suggest(fmt::format("'{0}' is a tensor: its elements are {0}[i]", call.callee));
  }
  return {};
}

bool Typer::check_count(NodeId id, const syntax::Call& call, std::size_t lowest,
                        std::size_t highest) {
  const std::size_t count = call.arguments.size();
  if (count >= lowest && count <= highest) return true;
  const std::string wanted =
      lowest == highest ? fmt::to_string(lowest) : fmt::format("{} to {}", lowest, highest);
  error(DiagnosticKind::bad_argument, id,
        fmt::format("'{}' takes {} argument{}, but {} {} given", call.callee, wanted,
                    highest == 1 ? "" : "s", count, count == 1 ? "is" : "are"));
  return false;
}

bool Typer::refuse_keywords(const syntax::Call& call) {
  if (call.keywords.empty()) return true;
  diagnostics_.error(DiagnosticKind::bad_argument, call.keywords[0].span,
                     fmt::format("'{}' has no parameter '{}'", call.callee, call.keywords[0].name));
  return false;
}

Typed Typer::conversion(NodeId id, const syntax::Call& call, DType dtype) {
  if (!check_count(id, call, 1, 1) || !refuse_keywords(call)) return {};
  if (!is_usable(call.arguments[0])) return {};
  Typed& operand = at(call.arguments[0]);
  // A literal that does not fit is an error; a float that becomes an integer is converted.
  if (operand.is_weak) {
    operand.wanted = is_float(dtype) || operand.dtype == DType::i64 ? dtype : DType::f64;
  }
  Typed result = Typed::strong(dtype, operand.shape);
  result.variables = operand.variables;
  return result;
}

Typed Typer::function(NodeId id, const syntax::Call& call, Op op) {
  const auto arity = static_cast<std::size_t>(info_of(op).arity);
  if (!check_count(id, call, arity, arity) || !refuse_keywords(call)) return {};
  return elementwise(id, op, call.arguments);
}

/// matmul(A, B, acc = f64, precision = tf32): `@` with its accumulator chosen. A CPU has no matrix
/// units of lower precision, which `precision` only allows.
Typed Typer::matmul_call(NodeId id, const syntax::Call& call) {
  if (!check_count(id, call, 2, 2)) return {};
  std::optional<DType> accumulator;
  for (const syntax::Call::Keyword& keyword : call.keywords) {
    if (keyword.name == "precision") {
      const auto* name = std::get_if<syntax::Name>(&node(keyword.value).value);
      if (name && (name->name == "tf32" || name->name == "f32")) continue;
      error(DiagnosticKind::bad_argument, keyword.value, "'precision' is f32 or tf32");
      return {};
    }
    if (keyword.name != "acc") {
      diagnostics_.error(DiagnosticKind::bad_argument, keyword.span,
                         fmt::format("'matmul' has no parameter '{}'", keyword.name));
      return {};
    }
    if (!take_accumulator(keyword.value, accumulator)) return {};
  }
  const syntax::MatMul operands{call.arguments[0], call.arguments[1]};
  typed_.products.emplace(id, operands);
  return product(id, operands, accumulator);
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

Typed Typer::reduce_axes(NodeId id, const syntax::Call& call, ReducerKind kind) {
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
  const auto types = accumulation(id, kind, arguments->operand, arguments->accumulator);
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
  if (kind == ReducerKind::max || kind == ReducerKind::min) {
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
  if (accumulates) parameters.push_back("acc");
  const auto arguments = bind_arguments(id, call, parameters, 1);
  if (!arguments || !is_usable(*(*arguments)[0])) return {};
  AxisReduction result{*(*arguments)[0], {}, checked::KeepAxes::no, {}};
  auto axis = (*arguments)[1];
  const auto keep = (*arguments)[2];
  const auto acc = accumulates ? (*arguments)[3] : std::nullopt;
  if (acc && !take_accumulator(*acc, result.accumulator)) return {};
  if (axis && std::holds_alternative<syntax::NewAxis>(node(*axis).value)) axis.reset();
  const bool is_list = axis && std::holds_alternative<syntax::List>(node(*axis).value);
  if (axis && !is_list && !is_usable(*axis)) return {};
  if (axis && !is_list && !at(*axis).is_weak) {
    Report& report = error(DiagnosticKind::bad_argument, *axis, "an axis is an integer literal");
    const bool is_maximum = call.callee == "max" || call.callee == "min";
    if (is_maximum)
      report.suggest(fmt::format("the larger of two values is {}imum(a, b)", call.callee));
    return {};
  }
  const auto axes = axes_of(result.operand, axis);
  if (!axes) return {};
  result.axes = *axes;
  if (!keep) return result;
  const auto* truth = std::get_if<syntax::BoolLiteral>(&node(*keep).value);
  if (!truth) {
    error(DiagnosticKind::bad_argument, *keep, "'keep' is true or false");
    return {};
  }
  result.keep = truth->value ? checked::KeepAxes::yes : checked::KeepAxes::no;
  return result;
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

/// The types that a reduction computes in and returns; the operand is converted to the first.
std::optional<Accumulation> Typer::accumulation(NodeId id, ReducerKind kind, NodeId operand,
                                                std::optional<DType> chosen) {
  Typed& typed = at(operand);
  const DType of_weak = typed.dtype == DType::f64 ? DType::f32 : DType::i64;
  const DType dtype = typed.is_weak ? of_weak : typed.dtype;
  if (kind == ReducerKind::max || kind == ReducerKind::min) {
    if (!require_number(id, name_of(kind), operand)) return {};
    typed.wanted = dtype;
    return Accumulation{dtype, dtype};
  }
  const auto types = accumulation_of(dtype, chosen);
  if (!types) {
    error(DiagnosticKind::bad_argument, id,
          fmt::format("{} cannot be accumulated in {}", name_of(dtype), name_of(*chosen)));
    return {};
  }
  typed.wanted = types->accumulator;
  return types;
}

// --- reductions over index variables

std::optional<ReducerKind> Typer::reducer_named(const std::string& name, Span span) {
  if (const auto kind = find_reducer(name)) return kind;
  const std::array<std::string_view, 5> later = {"mean", "any", "all", "argmax", "argmin"};
  const bool is_known = std::find(later.begin(), later.end(), name) != later.end();
  Report& report = diagnostics_.error(
      is_known ? DiagnosticKind::unsupported : DiagnosticKind::undefined_name, span,
      is_known ? fmt::format("reducer '{}' is not supported yet", name)
               : fmt::format("there is no reducer '{}'", name));
  if (!is_known) report.suggest("there are sum, prod, max and min");
  return {};
}

Typed Typer::type(NodeId id, const syntax::Reduction& reduction) {
  const auto kind = reducer_named(reduction.reducer, reduction.reducer_span);
  if (!is_usable(reduction.body) || !kind) return {};
  const Typed& body = at(reduction.body);
  if (!body.is_scalar()) {
    error(DiagnosticKind::rank_mismatch, id,
          fmt::format("in index notation a value is a scalar, but {}",
                      describe_typed(id, reduction.body)))
        .suggest("write its indices");
    return {};
  }
  const auto types = accumulation(id, *kind, reduction.body);
  if (!types) return {};
  const auto& reduced = typed_.variables[scopes_.inside(id)];
  Typed result = Typed::strong(types->result);
  result.accumulator = types->accumulator;
  std::set_difference(body.variables.begin(), body.variables.end(), reduced.begin(), reduced.end(),
                      std::back_inserter(result.variables));
  if (*kind == ReducerKind::max || *kind == ReducerKind::min) {
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
