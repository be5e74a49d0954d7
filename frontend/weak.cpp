// Values of expressions of only literals and sizes.
#include "frontend/weak.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "frontend/syntax_walk.h"

namespace tcc {

namespace {

std::optional<double> as_number(const WeakValue& value) {
  if (const double* number = std::get_if<double>(&value)) return *number;
  const auto constant = std::get<Extent>(value).constant();
  return constant ? std::optional<double>(static_cast<double>(*constant)) : std::nullopt;
}

/// `choice`, and NaN where an operand is NaN.
double unless_nan(double a, double b, double choice) {
  return std::isnan(a) || std::isnan(b) ? std::numeric_limits<double>::quiet_NaN() : choice;
}

// As Python has them (ir/math/remainder.cpp).
double float_modulo(double a, double b) {
  const double rest = std::fmod(a, b);
  if (rest == 0) return std::copysign(0.0, b);
  return (rest < 0) != (b < 0) ? rest + b : rest;
}
double float_floor_divide(double a, double b) {
  if (b == 0) return a / b;
  const double modulo = float_modulo(a, b);
  if (std::isinf(modulo)) return -1;
  const double quotient = std::nearbyint((a - modulo) / b);
  return quotient == 0 ? std::copysign(0.0, a / b) : quotient;
}

std::optional<double> fold_elementary(Op op, double a, double b) {
  switch (op) {
    case Op::rsqrt: return 1 / std::sqrt(a);
    case Op::cbrt: return std::cbrt(a);
    case Op::exp: return std::exp(a);
    case Op::exp2: return std::exp2(a);
    case Op::expm1: return std::expm1(a);
    case Op::log: return std::log(a);
    case Op::log2: return std::log2(a);
    case Op::log10: return std::log10(a);
    case Op::log1p: return std::log1p(a);
    case Op::sin: return std::sin(a);
    case Op::cos: return std::cos(a);
    case Op::tan: return std::tan(a);
    case Op::asin: return std::asin(a);
    case Op::acos: return std::acos(a);
    case Op::atan: return std::atan(a);
    case Op::atan2: return std::atan2(a, b);
    case Op::sinh: return std::sinh(a);
    case Op::cosh: return std::cosh(a);
    case Op::tanh: return std::tanh(a);
    case Op::erf: return std::erf(a);
    case Op::erfc: return std::erfc(a);
    case Op::power:
    case Op::pow: return std::pow(a, b);
    case Op::hypot: return std::hypot(a, b);
    default: return {};
  }
}

std::optional<WeakValue> fold_numbers(Op op, double a, double b) {
  switch (op) {
    case Op::floor_divide: return float_floor_divide(a, b);
    case Op::modulo: return float_modulo(a, b);
    case Op::floor: return std::floor(a);
    case Op::ceil: return std::ceil(a);
    case Op::round: return std::nearbyint(a);
    case Op::trunc: return std::trunc(a);
    case Op::sign: return unless_nan(a, a, a > 0 ? 1.0 : a < 0 ? -1.0 : 0.0);
    case Op::add: return a + b;
    case Op::subtract: return a - b;
    case Op::multiply: return a * b;
    case Op::divide: return a / b;
    case Op::negate: return -a;
    case Op::absolute: return std::fabs(a);
    case Op::square_root: return std::sqrt(a);
    case Op::relu: return unless_nan(a, a, std::fmax(a, 0.0));
    case Op::maximum: return unless_nan(a, b, std::fmax(a, b));
    case Op::minimum: return unless_nan(a, b, std::fmin(a, b));
    default: break;
  }
  const auto value = fold_elementary(op, a, b);
  return value ? std::optional<WeakValue>(*value) : std::nullopt;
}

/// Those that are polynomials only of numbers.
std::optional<WeakValue> fold_constants(Op op, std::int64_t a, std::int64_t b) {
  switch (op) {
    case Op::absolute: return a < 0 ? Extent(0) - Extent(a) : Extent(a);
    case Op::relu: return Extent(std::max<std::int64_t>(a, 0));
    case Op::minimum: return Extent(std::min(a, b));
    case Op::maximum: return Extent(std::max(a, b));
    case Op::divide: return static_cast<double>(a) / static_cast<double>(b);
    case Op::square_root: return std::sqrt(static_cast<double>(a));
    case Op::floor:
    case Op::ceil:
    case Op::round:
    case Op::trunc: return Extent(a);
    case Op::sign: return Extent(a > 0 ? 1 : a < 0 ? -1 : 0);
    case Op::bit_or: return Extent(a | b);
    case Op::bit_xor: return Extent(a ^ b);
    case Op::bit_and: return Extent(a & b);
    case Op::bit_not: return Extent(~a);
    case Op::shift_left:
      return Extent(static_cast<std::int64_t>(static_cast<std::uint64_t>(a) << (b & 63)));
    case Op::shift_right: return Extent(a >> (b & 63));
    default: break;
  }
  const auto value = fold_elementary(op, static_cast<double>(a), static_cast<double>(b));
  return value ? std::optional<WeakValue>(*value) : std::nullopt;
}

/// A polynomial to a constant power; what overflows says so.
std::optional<WeakValue> fold_power(const Extent& base, const Extent& exponent) {
  const auto count = exponent.constant();
  if (!count || *count < 0) return {};
  const auto constant = base.constant();
  if (constant && (*constant == 0 || *constant == 1 || *constant == -1)) {
    return Extent(*count == 0 || (*constant == -1 && *count % 2 == 0) ? 1 : *constant);
  }
  Extent product(1);
  for (std::int64_t i = 0; i < std::min<std::int64_t>(*count, 64) && !product.overflowed(); ++i) {
    product = product * base;
  }
  return product;
}

std::optional<WeakValue> fold_integers(Op op, const Extent& a, const Extent& b) {
  switch (op) {
    case Op::add: return a + b;
    case Op::subtract: return a - b;
    case Op::multiply: return a * b;
    case Op::power: return fold_power(a, b);
    case Op::negate:  // the literal 2^63 stands as its negation, which is all it is good for
      if (a.constant() == std::numeric_limits<std::int64_t>::min()) return a;
      return Extent(0) - a;
    case Op::floor_divide:
    case Op::modulo:
      if (b.constant() == std::numeric_limits<std::int64_t>::min()) return {};
      return op == Op::floor_divide ? Extent::quotient(a, b) : Extent::remainder(a, b);
    default: break;
  }
  const auto left = a.constant();
  const auto right = b.constant();
  return left && right ? fold_constants(op, *left, *right) : std::nullopt;
}

/// Evaluates the nodes below a root one after the other, operands first.
class SizeEvaluator {
 public:
  SizeEvaluator(const syntax::Program& program, SizeNames& names, Diagnostics& diagnostics)
      : program_(program), names_(names), diagnostics_(diagnostics) {}

  std::optional<Extent> evaluate(syntax::NodeId root) {
    first_ = program_.nodes[root].first;
    values_.resize(root - first_ + 1);
    shapes_.resize(values_.size());
    for (syntax::NodeId id = first_; id <= root && !failed_; ++id) {
      const syntax::Node& node = program_.nodes[id];
      std::visit([&](const auto& value) { evaluate(id, node, value); }, node.value);
    }
    auto& result = values_[root - first_];
    if (!failed_ && !result) refuse(program_.nodes[root].span);
    if (failed_) return {};
    if (!result->overflowed()) return result;
    diagnostics_.error(DiagnosticKind::limit, program_.nodes[root].span,
                       "the size overflows 64 bits");
    return {};
  }

 private:
  void refuse(Span span) {
    diagnostics_
        .error(DiagnosticKind::bad_argument, span, "a size is an integer expression of sizes")
        .suggest("use literals, size names, and + - * // %");
    failed_ = true;
  }

  template <typename Value> void evaluate(syntax::NodeId, const syntax::Node& node, const Value&) {
    refuse(node.span);
  }

  void evaluate(syntax::NodeId id, const syntax::Node& node, const syntax::IntegerLiteral& value) {
    if (value.value > std::numeric_limits<std::int64_t>::max()) {
      diagnostics_.error(DiagnosticKind::limit, node.span, "the size overflows 64 bits");
      failed_ = true;
      return;
    }
    values_[id - first_] = Extent(static_cast<std::int64_t>(value.value));
  }

  /// A name that is the base of `.shape` is a tensor's.
  void evaluate(syntax::NodeId id, const syntax::Node& node, const syntax::Name& value) {
    const bool is_base = id + 1 < first_ + values_.size() &&
                         std::holds_alternative<syntax::Attribute>(program_.nodes[id + 1].value);
    if (is_base) return;
    values_[id - first_] = names_.size(value, node.span);
    failed_ = !values_[id - first_];
  }

  void evaluate(syntax::NodeId id, const syntax::Node& node, const syntax::Operation& value) {
    std::vector<WeakValue> operands;
    for (const syntax::NodeId operand : value.operands) {
      if (!values_[operand - first_]) return refuse(node.span);
      operands.emplace_back(*values_[operand - first_]);
    }
    const auto result = fold(value.op, operands);
    const Extent* extent = result ? std::get_if<Extent>(&*result) : nullptr;
    if (extent) {
      values_[id - first_] = *extent;
      return;
    }
    refuse(node.span);
  }

  void evaluate(syntax::NodeId id, const syntax::Node& node, const syntax::Attribute& value) {
    const auto* name = std::get_if<syntax::Name>(&program_.nodes[value.base].value);
    if (value.name != "shape" || !name) return refuse(node.span);
    shapes_[id - first_] = names_.shape(*name, program_.nodes[value.base].span);
    failed_ = !shapes_[id - first_];
  }

  void evaluate(syntax::NodeId id, const syntax::Node& node, const syntax::Subscript& value) {
    const Shape* shape = shapes_[value.base - first_];
    if (!shape || value.indices.size() != 1) return refuse(node.span);
    const auto& index = values_[value.indices[0] - first_];
    const auto axis = index ? index->constant() : std::nullopt;
    if (!axis) return refuse(node.span);
    const auto rank = static_cast<std::int64_t>(shape->size());
    const std::int64_t position = *axis < 0 ? *axis + rank : *axis;
    if (position >= 0 && position < rank) {
      values_[id - first_] = (*shape)[static_cast<std::size_t>(position)];
      return;
    }
    diagnostics_.error(DiagnosticKind::rank_mismatch, node.span,
                       fmt::format("there is no axis {}: the rank is {}", *axis, rank));
    failed_ = true;
  }

  const syntax::Program& program_;
  SizeNames& names_;
  Diagnostics& diagnostics_;
  syntax::NodeId first_ = 0;
  std::vector<std::optional<Extent>> values_;
  std::vector<const Shape*> shapes_;  ///< of `x.shape`
  bool failed_ = false;
};

}  // namespace

std::optional<WeakValue> fold(Op op, std::span<const WeakValue> operands) {
  if (op == Op::clamp && operands.size() == 3) {
    const auto raised = fold(Op::maximum, operands.first(2));
    return raised ? fold(Op::minimum, std::array{*raised, operands[2]}) : std::nullopt;
  }
  if (op == Op::fma && operands.size() == 3) {
    const auto a = as_number(operands[0]), b = as_number(operands[1]), c = as_number(operands[2]);
    if (a && b && c) return std::fma(*a, *b, *c);
    return {};
  }
  if (operands.empty() || operands.size() > 2) return {};
  const WeakValue& a = operands[0];
  const WeakValue& b = operands.back();
  const Extent* left = std::get_if<Extent>(&a);
  const Extent* right = std::get_if<Extent>(&b);
  if (left && right) return fold_integers(op, *left, *right);
  const auto x = as_number(a);
  const auto y = as_number(b);
  return x && y ? fold_numbers(op, *x, *y) : std::nullopt;
}

std::optional<Extent> evaluate_size(const syntax::Program& program, syntax::NodeId root,
                                    SizeNames& names, Diagnostics& diagnostics) {
  return SizeEvaluator(program, names, diagnostics).evaluate(root);
}

std::optional<WeakValue> evaluate_constant(const syntax::Program& program, syntax::NodeId root,
                                           const Constants& constants) {
  const syntax::NodeId first = program.nodes[root].first;
  std::vector<std::optional<WeakValue>> values(root - first + 1);
  for (syntax::NodeId id = first; id <= root; ++id) {
    const syntax::Node& node = program.nodes[id];
    if (const auto* integer = std::get_if<syntax::IntegerLiteral>(&node.value)) {
      values[id - first] = Extent(static_cast<std::int64_t>(integer->value));
    } else if (const auto* number = std::get_if<syntax::FloatLiteral>(&node.value)) {
      values[id - first] = number->value;
    } else if (const auto* name = std::get_if<syntax::Name>(&node.value)) {
      const auto found = constants.find(name->name);
      if (found == constants.end()) return {};
      values[id - first] = found->second;
    } else if (const auto* operation = std::get_if<syntax::Operation>(&node.value)) {
      std::vector<WeakValue> operands;
      for (const syntax::NodeId operand : operation->operands)
        operands.push_back(*values[operand - first]);
      values[id - first] = fold(operation->op, operands);
    }
    if (!values[id - first]) return {};
  }
  return values.back();
}

}  // namespace tcc
