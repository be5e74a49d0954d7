// Types of elementwise operators and of the matrix product (language sections 2.3 to 2.6, 4, 5).
#include <algorithm>

#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "dsl/type_text.h"
#include "frontend/affine.h"
#include "frontend/typer.h"

namespace tcc {

namespace {

bool is_real(Op op) { return op == Op::divide || info_of(op).typing == OpTyping::real_function; }

}  // namespace

Typed Typer::type(NodeId id, const syntax::Operation& operation) {
  return elementwise(id, operation.op, operation.operands);
}

Typed Typer::elementwise(NodeId id, Op op, const Operands& operands) {
  if (!are_usable(operands)) return {};
  if (op == Op::power && !check_power(id, operands)) return {};
  if (is_weak_result(op, operands)) {
    std::vector<WeakValue> values;
    for (const NodeId operand : operands) {
      if (at(operand).value) values.push_back(*at(operand).value);
    }
    const auto value = values.size() == operands.size() ? fold(op, values) : std::nullopt;
    if (value) return Typed::weak(*value);
  }
  const auto wanted = wanted_operands(id, op, operands);
  if (!wanted) return {};
  auto result = combined_shape(id, operands);
  if (!result) return {};
  result->is_weak = is_weak_result(op, operands);
  result->dtype = result_dtype(op, *wanted);
  if (result->dtype == DType::i64) result->affine = affine_result(op, operands);
  return std::move(*result);
}

/// An integer to a negative power is no integer.
bool Typer::check_power(NodeId id, const Operands& operands) {
  const Typed& exponent = at(operands[1]);
  const Extent* whole = exponent.value ? std::get_if<Extent>(&*exponent.value) : nullptr;
  const auto constant = whole ? whole->constant() : std::nullopt;
  if (!constant || *constant >= 0 || is_float(at(operands[0]).dtype)) return true;
  error(DiagnosticKind::dtype_mismatch, id,
        fmt::format("an integer to the power {} is no integer", *constant))
      .suggest("convert the base, as in f32(x)");
  return false;
}

/// A number of only literals and sizes; truths are none.
bool Typer::is_weak_result(Op op, const Operands& operands) {
  const OpTyping typing = info_of(op).typing;
  const bool gives_number = typing == OpTyping::arithmetic || typing == OpTyping::real_function ||
                            typing == OpTyping::bitwise || typing == OpTyping::shift;
  return gives_number && std::all_of(operands.begin(), operands.end(),
                                     [&](NodeId operand) { return at(operand).is_weak; });
}

DType Typer::result_dtype(Op op, DType operands) const {
  switch (info_of(op).typing) {
    case OpTyping::comparison:
    case OpTyping::logical:
    case OpTyping::classification: return DType::boolean;
    default: return operands;
  }
}

/// Checks the operands' types and converts them to what the operator wants of them.
std::optional<DType> Typer::wanted_operands(NodeId id, Op op, const Operands& operands) {
  const OpInfo& info = info_of(op);
  if (info.typing == OpTyping::logical) {
    for (const NodeId operand : operands) {
      if (!require_bool(id, info.name, operand)) return {};
    }
    return DType::boolean;
  }
  Operands numbers = operands;
  if (info.typing == OpTyping::selection) {
    if (!require_bool(id, "the condition of 'where'", operands[0])) return {};
    numbers.erase(numbers.begin());
  }
  auto common = common_type(id, numbers);
  if (!common) return {};
  // A bool with a number is that number's type (2.3); arithmetic of bools alone is a mistake.
  const bool takes_bools = info.typing == OpTyping::selection || op == Op::equal ||
                           op == Op::not_equal || info.typing == OpTyping::bitwise;
  const bool takes_integers = info.typing == OpTyping::bitwise || info.typing == OpTyping::shift;
  if (takes_integers && !is_integer(*common)) {
    const bool fits = takes_bools && *common == DType::boolean;
    if (!fits) return report_no_integers(id, op, numbers);
  }
  if (*common == DType::boolean && !takes_bools) {
    require_number(id, info.name, numbers.front());
    return {};
  }
  const bool all_weak = std::all_of(numbers.begin(), numbers.end(),
                                    [&](NodeId operand) { return at(operand).is_weak; });
  if (is_real(op)) common = all_weak ? DType::f64 : real_type(*common, numbers);
  // A choice is no expression of only literals: its operands are alone (2.4).
  const bool is_choice = info.typing == OpTyping::selection;
  if (is_choice && all_weak && is_float(*common)) common = DType::f32;
  convert(numbers, *common);
  return common;
}

/// `/` and the functions of reals on integers: f64 where one is 64 bits wide and not weak (2.6).
DType Typer::real_type(DType common, const Operands& operands) {
  if (is_float(common)) return common;
  const bool is_wide = std::any_of(operands.begin(), operands.end(), [&](NodeId operand) {
    return !at(operand).is_weak && size_in_bytes(at(operand).dtype) == 8;
  });
  return is_wide ? DType::f64 : DType::f32;
}

void Typer::convert(const Operands& operands, DType dtype) {
  for (const NodeId operand : operands)
    at(operand).wanted = dtype;
}

bool Typer::require_bool(NodeId id, std::string_view what, NodeId operand) {
  if (at(operand).dtype == DType::boolean) return true;
  const bool is_operator = !what.starts_with("the ");
  error(DiagnosticKind::dtype_mismatch, id,
        fmt::format("{0}{1}{0} {2} bool, but {3}", is_operator ? "'" : "", what,
                    is_operator ? "takes" : "must be", describe_typed(id, operand)))
      .suggest("compare, as in x > 0");
  return false;
}

bool Typer::require_number(NodeId id, std::string_view what, NodeId operand) {
  if (at(operand).dtype != DType::boolean) return true;
  error(DiagnosticKind::dtype_mismatch, id,
        fmt::format("'{}' takes numbers, but {}", what, describe_typed(id, operand)))
      .suggest("convert it, as in f32(x), or choose with where(c, a, b)");
  return false;
}

std::nullopt_t Typer::report_no_integers(NodeId id, Op op, const Operands& operands) {
  const bool takes_bools = info_of(op).typing == OpTyping::bitwise;
  const NodeId wrong = *std::find_if(operands.begin(), operands.end(), [&](NodeId operand) {
    return !is_integer(at(operand).dtype) && !(takes_bools && at(operand).dtype == DType::boolean);
  });
  error(DiagnosticKind::dtype_mismatch, id,
        fmt::format("'{}' takes {}integers, but {}", info_of(op).name,
                    takes_bools ? "bool and " : "", describe_typed(id, wrong)))
      .suggest(op == Op::bit_xor ? "a power is written **" : "convert it, as in i32(x)");
  return std::nullopt;
}

/// The promoted type (2.3); weak operands take that of the others (2.4).
std::optional<DType> Typer::common_type(NodeId id, const Operands& operands) {
  std::optional<DType> strong;
  bool has_weak_float = false;
  for (const NodeId operand : operands) {
    const Typed& typed = at(operand);
    if (typed.is_weak) {
      has_weak_float |= typed.dtype == DType::f64;
      continue;
    }
    const auto promoted = strong ? promote(*strong, typed.dtype) : typed.dtype;
    if (!promoted) {
      error(DiagnosticKind::dtype_mismatch, id,
            fmt::format("{} and {} have no common type: {}, {}", name_of(*strong),
                        name_of(typed.dtype), describe_typed(id, operands.front()),
                        describe_typed(id, operand)))
          .suggest("convert one, as in i64(x)");
      return {};
    }
    strong = promoted;
  }
  const DType of_weak = has_weak_float ? DType::f64 : DType::i64;
  if (!strong) return of_weak;
  const bool has_weak = std::any_of(operands.begin(), operands.end(),
                                    [&](NodeId operand) { return at(operand).is_weak; });
  if (!has_weak || is_float(*strong)) return strong;
  if (has_weak_float) return DType::f32;
  return *strong == DType::boolean ? DType::i64 : *strong;
}

/// The broadcast shape and the variables of an elementwise result.
std::optional<Typed> Typer::combined_shape(NodeId id, const Operands& operands) {
  Typed result = Typed::strong(DType::i64);
  std::optional<NodeId> tensor;
  for (const NodeId operand : operands) {
    result.variables = merged(result.variables, at(operand).variables);
    if (!at(operand).is_scalar()) tensor = operand;
  }
  if (result.mentions_index() && tensor) {
    error(DiagnosticKind::rank_mismatch, id,
          fmt::format("in index notation a value is a scalar, but {}", describe_typed(id, *tensor)))
        .suggest("write its indices");
    return {};
  }
  auto shape = broadcast(id, operands);
  if (!shape) return {};
  result.shape = std::move(*shape);
  return result;
}

/// NumPy's rule: axes are matched from the last one, and 1 goes with any extent.
std::optional<Shape> Typer::broadcast(NodeId id, const Operands& operands) {
  Shape result;
  const auto has_extent = [&](NodeId operand, std::size_t from_end, const Extent& extent) {
    const Shape& shape = at(operand).shape;
    return shape.size() >= from_end && shape[shape.size() - from_end] == extent;
  };
  for (const NodeId operand : operands) {
    const Shape& shape = at(operand).shape;
    if (shape.size() > result.size())
      result.insert(result.begin(), shape.size() - result.size(), 1);
    for (std::size_t from_end = 1; from_end <= shape.size(); ++from_end) {
      Extent& extent = result[result.size() - from_end];
      const Extent& other = shape[shape.size() - from_end];
      if (extent == Extent(1)) {
        extent = other;
      } else if (other != Extent(1) && other != extent) {
        const NodeId before = *std::find_if(operands.begin(), operands.end(), [&](NodeId each) {
          return has_extent(each, from_end, extent);
        });
        Report& report = error(DiagnosticKind::size_mismatch, id,
                               fmt::format("sizes differ: {}, {}", describe_typed(id, before),
                                           describe_typed(id, operand)));
        note_declaration(report, operand);
        return {};
      }
    }
  }
  return result;
}

std::optional<Affine> Typer::affine_result(Op op, const Operands& operands) {
  const auto a = affine_of(at(operands.front()));
  const auto b = affine_of(at(operands.back()));
  if (!a || !b) return {};
  switch (op) {
    case Op::add: return sum(*a, *b);
    case Op::subtract: return sum(*a, scaled(*b, -1));
    case Op::negate: return scaled(*a, -1);
    case Op::multiply:
      if (a->coefficients.empty()) return scaled(*b, a->constant);
      if (b->coefficients.empty()) return scaled(*a, b->constant);
      return {};
    default: return {};
  }
}

// --- the matrix product

Typed Typer::type(NodeId id, const syntax::MatMul& product) {
  return this->product(id, product, {});
}

Typed Typer::product(NodeId id, const syntax::MatMul& product, std::optional<DType> chosen) {
  const Operands operands = {product.lhs, product.rhs};
  if (!are_usable(operands)) return {};
  for (const NodeId operand : operands) {
    if (!at(operand).is_scalar()) continue;
    error(DiagnosticKind::rank_mismatch, id,
          fmt::format("'@' takes vectors and matrices, but {}", describe_typed(id, operand)))
        .suggest("multiply by a scalar with *");
    return {};
  }
  const auto common = common_type(id, operands);
  if (!common) return {};
  const auto shape = product_shape(id, product);
  if (!shape) return {};
  const auto types = accumulation_of(*common, chosen);
  if (!types) {
    error(DiagnosticKind::bad_argument, id,
          fmt::format("{} cannot be accumulated in {}", name_of(*common), name_of(*chosen)));
    return {};
  }
  convert(operands, types->accumulator);
  Typed result = Typed::strong(types->result, *shape);
  result.accumulator = types->accumulator;
  return result;
}

void Typer::report_inner_sizes(NodeId id, const syntax::MatMul& product) {
  Report& report = error(DiagnosticKind::size_mismatch, id,
                         fmt::format("inner sizes differ: {}, {}", describe_typed(id, product.lhs),
                                     describe_typed(id, product.rhs)));
  note_declaration(report, product.rhs);
  const Shape& left = at(product.lhs).shape;
  const Shape& right = at(product.rhs).shape;
  const auto transposed = [this](NodeId operand) {
    Shape shape = at(operand).shape;
    std::swap(shape[shape.size() - 1], shape[shape.size() - 2]);
    return type_text(at(operand).dtype, shape);
  };
  const auto* name = std::get_if<syntax::Name>(&node(product.rhs).value);
  if (name && right.size() >= 2 && right.back() == left.back()) {
    report.suggest(fmt::format("{}.T is {}", name->name, transposed(product.rhs)));
    return;
  }
  name = std::get_if<syntax::Name>(&node(product.lhs).value);
  const Extent& inner = right.size() == 1 ? right[0] : right[right.size() - 2];
  if (name && left.size() >= 2 && left[left.size() - 2] == inner) {
    report.suggest(fmt::format("{}.T is {}", name->name, transposed(product.lhs)));
  }
}

/// [.., M, K] @ [.., K, N] -> [.., M, N]; a vector has no M or no N.
std::optional<Shape> Typer::product_shape(NodeId id, const syntax::MatMul& product) {
  const Shape& left = at(product.lhs).shape;
  const Shape& right = at(product.rhs).shape;
  const std::size_t rows = left.size() > 1 ? 1 : 0;
  const std::size_t columns = right.size() > 1 ? 1 : 0;
  if (left.back() != right[right.size() - 1 - columns]) {
    report_inner_sizes(id, product);
    return {};
  }
  Shape batch(left.begin(), left.end() - 1 - static_cast<std::ptrdiff_t>(rows));
  const Shape other(right.begin(), right.end() - 1 - static_cast<std::ptrdiff_t>(columns));
  if (other.size() > batch.size()) batch.insert(batch.begin(), other.size() - batch.size(), 1);
  for (std::size_t from_end = 1; from_end <= other.size(); ++from_end) {
    Extent& extent = batch[batch.size() - from_end];
    const Extent& theirs = other[other.size() - from_end];
    if (extent == Extent(1)) extent = theirs;
    if (theirs == Extent(1) || theirs == extent) continue;
    Report& report =
        error(DiagnosticKind::size_mismatch, id,
              fmt::format("batch sizes differ: {}, {}", describe_typed(id, product.lhs),
                          describe_typed(id, product.rhs)));
    note_declaration(report, product.rhs);
    return {};
  }
  if (rows == 1) batch.push_back(left[left.size() - 2]);
  if (columns == 1) batch.push_back(right.back());
  return batch;
}

}  // namespace tcc
