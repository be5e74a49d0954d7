// Types of functions (language sections 2.5, 2.8 and 7).
#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "dsl/type_text.h"
#include "frontend/function_names.h"
#include "frontend/typer.h"

namespace tcc {

Typed Typer::type(NodeId id, const syntax::Call& call) {
  if (const auto dtype = parse_dtype(call.callee)) return conversion(id, call, *dtype);
  if (is_shape_function(call.callee)) return shape_function(id, call);
  if (const auto reducer = reduction_named(call.callee)) return reduce_axes(id, call, *reducer);
  if (call.callee == "matmul") return matmul_call(id, call);
  if (const auto op = find_operator(call.callee, Notation::function)) {
    return function(id, call, *op);
  }
  return type_unknown_function(call);
}

Typed Typer::type_unknown_function(const syntax::Call& call) {
  if (!reported_.insert(call.callee + "(").second) return {};
  Report& report = report_unknown_function(call.callee, call.callee_span, program_, diagnostics_);
  if (report.help.empty() && names_.find_tensor(call.callee)) {
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
      diagnostics_
          .error(DiagnosticKind::bad_argument, keyword.span,
                 fmt::format("'matmul' has no parameter '{}'", keyword.name))
          .suggest("there are acc and precision");
      return {};
    }
    if (!take_accumulator(keyword.value, accumulator)) return {};
  }
  const syntax::MatMul operands{call.arguments[0], call.arguments[1]};
  typed_.products.emplace(id, operands);
  return product(id, operands, accumulator);
}

}  // namespace tcc
