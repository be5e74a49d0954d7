// Arithmetic of polynomials over size names.
#include "dsl/extent.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace tcc {

namespace {

constexpr std::size_t max_terms = 256;
constexpr std::size_t max_degree = 64;
constexpr std::size_t max_text = 4096;  // of an operation: how deep they can be nested

using Terms = std::map<Extent::Monomial, std::int64_t>;

/// Adds a term; false when its coefficient overflows.
bool accumulate(Terms& terms, const Extent::Monomial& monomial, std::int64_t coefficient) {
  if (coefficient == 0) return true;
  const auto [term, is_new] = terms.try_emplace(monomial, coefficient);
  if (is_new) return true;
  if (__builtin_add_overflow(term->second, coefficient, &term->second)) return false;
  if (term->second == 0) terms.erase(term);
  return true;
}

Extent::Monomial product(const Extent::Monomial& a, const Extent::Monomial& b) {
  Extent::Monomial names(a.size() + b.size());
  std::merge(a.begin(), a.end(), b.begin(), b.end(), names.begin());
  return names;
}

/// Far from the ends of __int128, so that a sum of terms cannot overflow it.
constexpr __int128 term_limit = static_cast<__int128>(1) << 112;

std::int64_t floor_of(std::int64_t dividend, std::int64_t divisor) {
  return dividend / divisor - (dividend % divisor < 0 ? 1 : 0);
}

/// coefficient * names at given sizes; nothing where a name is missing or the value is huge.
std::optional<__int128> term_value(std::int64_t coefficient, const Extent::Monomial& names,
                                   const SizeValues& sizes) {
  __int128 value = coefficient;
  for (const std::string& name : names) {
    const auto found = sizes.find(name);
    if (found == sizes.end()) return {};
    if (found->second == 0) value = 0;
  }
  for (const std::string& name : names) {
    const bool overflows = __builtin_mul_overflow(value, sizes.at(name), &value);
    if (overflows || value > term_limit || value < -term_limit) return {};
  }
  return value;
}

struct Term {
  const Extent::Monomial* names;
  std::int64_t coefficient;
};

/// As one writes them: higher degrees first, the constant last, and no minus in front if it can be
/// avoided.
std::vector<Term> in_writing_order(const Terms& terms) {
  std::vector<Term> order;
  for (const auto& [names, coefficient] : terms)
    order.push_back({&names, coefficient});
  std::sort(order.begin(), order.end(), [](const Term& a, const Term& b) {
    const bool same_degree = a.names->size() == b.names->size();
    return same_degree ? *a.names < *b.names : a.names->size() > b.names->size();
  });
  const auto positive = std::find_if(order.begin(), order.end(),
                                     [](const Term& term) { return term.coefficient > 0; });
  if (positive != order.end()) std::rotate(order.begin(), positive, positive + 1);
  return order;
}

std::string magnitude_text(const Term& term) {
  const auto bits = static_cast<std::uint64_t>(term.coefficient);
  const std::uint64_t magnitude = term.coefficient < 0 ? 0 - bits : bits;
  std::string text;
  if (magnitude != 1 || term.names->empty()) text = fmt::format("{}", magnitude);
  for (const std::string& name : *term.names) {
    if (!text.empty()) text += '*';
    text += name;
  }
  return text;
}

}  // namespace

Extent::Extent(std::int64_t constant) {
  if (constant != 0) terms_[{}] = constant;
}

Extent Extent::size_name(std::string name) {
  Extent extent;
  extent.terms_[{std::move(name)}] = 1;
  return extent;
}

namespace {

std::string operation_text(Extent::Operation::Kind kind, const Extent& left, const Extent& right) {
  using Kind = Extent::Operation::Kind;
  if (kind == Kind::minimum) return fmt::format("min({}, {})", left.to_string(), right.to_string());
  const auto text_of = [](const Extent& extent) {
    const std::string text = extent.to_string();
    return text.find_first_of(" *-") == std::string::npos ? text : "(" + text + ")";
  };
  return fmt::format("({} {} {})", text_of(left), kind == Kind::quotient ? "//" : "%",
                     text_of(right));
}

}  // namespace

Extent Extent::operation(Operation::Kind kind, const Extent& left, const Extent& right) {
  if (left.overflowed_) return left;
  if (right.overflowed_) return right;
  const std::string text = operation_text(kind, left, right);
  Extent result;
  if (text.size() > max_text) {
    result.overflowed_ = true;
    return result;
  }
  result.terms_[{text}] = 1;
  result.operations_[text] = {kind, std::make_shared<const Extent>(left),
                              std::make_shared<const Extent>(right)};
  return result;
}

Extent Extent::quotient(const Extent& dividend, const Extent& divisor) {
  const auto number = divisor.constant();
  if (number == 0) return 0;
  if (!number) return operation(Operation::Kind::quotient, dividend, divisor);
  if (*number < 0) return quotient(Extent(0) - dividend, Extent(0) - divisor);
  if (dividend.overflowed_) return dividend;
  Extent whole = dividend;  // what is divided, term by term
  Extent rest = dividend;
  whole.terms_.clear();
  rest.terms_.clear();
  for (const auto& [names, coefficient] : dividend.terms_) {
    const std::int64_t times = floor_of(coefficient, *number);
    accumulate(whole.terms_, names, times);
    accumulate(rest.terms_, names, coefficient - times * *number);
  }
  if (rest.constant()) return whole;  // it is less than the divisor
  return whole + operation(Operation::Kind::quotient, rest, divisor);
}

Extent Extent::remainder(const Extent& dividend, const Extent& divisor) {
  const auto number = divisor.constant();
  if (number == 0) return 0;
  if (number) return dividend - quotient(dividend, divisor) * divisor;
  return operation(Operation::Kind::remainder, dividend, divisor);
}

/// Also where both are quotients by one number, which grow with what is divided.
bool Extent::is_surely_at_most(const Extent& other) const {
  const Extent difference = other - *this;
  if (difference.is_surely_nonnegative()) return true;
  if (difference.overflowed_ || difference.terms_.size() != 2) return false;
  const Operation* more = nullptr;
  const Operation* less = nullptr;
  for (const auto& [names, coefficient] : difference.terms_) {
    const auto found =
        names.size() == 1 ? difference.operations_.find(names[0]) : difference.operations_.end();
    if (found == difference.operations_.end()) return false;
    if (coefficient == 1) more = &found->second;
    if (coefficient == -1) less = &found->second;
  }
  return more && less && more->kind == Operation::Kind::quotient && less->kind == more->kind &&
         more->right->constant() && *more->right == *less->right &&
         (*more->left - *less->left).is_surely_nonnegative();
}

Extent Extent::minimum(const Extent& a, const Extent& b) {
  if (a.is_surely_at_most(b)) return a;
  if (b.is_surely_at_most(a)) return b;
  return operation(Operation::Kind::minimum, a, b);
}

std::optional<Extent> Extent::exact_quotient(const Extent& dividend, const Extent& divisor) {
  if (dividend.overflowed_ || divisor.overflowed_ || divisor.terms_.size() != 1) return {};
  const auto& [divisor_names, divisor_coefficient] = *divisor.terms_.begin();
  Extent result = dividend;
  result.terms_.clear();
  for (const auto& [names, coefficient] : dividend.terms_) {
    const bool divides =
        std::includes(names.begin(), names.end(), divisor_names.begin(), divisor_names.end());
    if (!divides || divisor_coefficient == -1 || coefficient % divisor_coefficient != 0) return {};
    Monomial rest;
    std::set_difference(names.begin(), names.end(), divisor_names.begin(), divisor_names.end(),
                        std::back_inserter(rest));
    accumulate(result.terms_, rest, coefficient / divisor_coefficient);
  }
  return result;
}

Extent operator+(const Extent& a, const Extent& b) {
  Extent sum = a;
  sum.operations_.insert(b.operations_.begin(), b.operations_.end());
  sum.overflowed_ = a.overflowed_ || b.overflowed_;
  for (const auto& [names, coefficient] : b.terms_) {
    sum.overflowed_ |= !accumulate(sum.terms_, names, coefficient);
  }
  sum.overflowed_ |= sum.terms_.size() > max_terms;
  if (sum.overflowed_) sum.terms_.clear();
  return sum;
}

Extent operator*(const Extent& a, const Extent& b) {
  Extent result;
  result.operations_ = a.operations_;
  result.operations_.insert(b.operations_.begin(), b.operations_.end());
  result.overflowed_ = a.overflowed_ || b.overflowed_;
  for (const auto& [names_a, coefficient_a] : a.terms_) {
    for (const auto& [names_b, coefficient_b] : b.terms_) {
      if (result.overflowed_) break;
      std::int64_t coefficient = 0;
      result.overflowed_ = names_a.size() + names_b.size() > max_degree ||
                           __builtin_mul_overflow(coefficient_a, coefficient_b, &coefficient) ||
                           !accumulate(result.terms_, product(names_a, names_b), coefficient) ||
                           result.terms_.size() > max_terms;
    }
  }
  if (result.overflowed_) result.terms_.clear();
  return result;
}

Extent operator-(const Extent& a, const Extent& b) { return a + b * Extent(-1); }

std::optional<std::int64_t> Extent::constant() const {
  if (overflowed_) return {};
  if (terms_.empty()) return 0;
  const auto& [names, coefficient] = *terms_.begin();
  if (terms_.size() > 1 || !names.empty()) return {};
  return coefficient;
}

namespace {

std::optional<std::int64_t> value_of(const Extent::Operation& operation, const SizeValues& sizes) {
  using Kind = Extent::Operation::Kind;
  const auto left = operation.left->evaluate(sizes);
  const auto right = operation.right->evaluate(sizes);
  if (!left || !right) return {};
  if (operation.kind == Kind::minimum) return std::min(*left, *right);
  if (*right == 0) return 0;
  if (*right == -1) {  // the one division that overflows
    return operation.kind == Kind::remainder ? 0 : (Extent(0) - Extent(*left)).constant();
  }
  const std::int64_t rest = *left % *right;
  const bool rounds_down = rest != 0 && (rest < 0) != (*right < 0);
  if (operation.kind == Kind::remainder) return rounds_down ? rest + *right : rest;
  return *left / *right - (rounds_down ? 1 : 0);
}

}  // namespace

std::optional<std::int64_t> Extent::evaluate(const SizeValues& sizes) const {
  if (overflowed_) return {};
  SizeValues values = operations_.empty() ? SizeValues() : sizes;
  for (const auto& [text, operation] : operations_) {
    const auto value = value_of(operation, sizes);
    if (!value) return {};
    values[text] = *value;
  }
  __int128 sum = 0;
  for (const auto& [names, coefficient] : terms_) {
    const auto value = term_value(coefficient, names, operations_.empty() ? sizes : values);
    if (!value) return {};
    sum += *value;
  }
  using Limits = std::numeric_limits<std::int64_t>;
  if (sum < Limits::min() || sum > Limits::max()) return {};
  return static_cast<std::int64_t>(sum);
}

bool Extent::has_only_nonnegative_names() const {
  return std::all_of(operations_.begin(), operations_.end(), [](const auto& entry) {
    return entry.second.left->is_surely_nonnegative() &&
           entry.second.right->is_surely_nonnegative();
  });
}

bool Extent::is_surely_nonnegative() const {
  return !overflowed_ && has_only_nonnegative_names() &&
         std::all_of(terms_.begin(), terms_.end(),
                     [](const auto& term) { return term.second > 0; });
}

bool Extent::is_surely_negative() const {
  return !overflowed_ && terms_.count({}) != 0 && has_only_nonnegative_names() &&
         std::all_of(terms_.begin(), terms_.end(),
                     [](const auto& term) { return term.second < 0; });
}

std::vector<std::string> Extent::names() const {
  std::vector<std::string> names;
  for (const auto& [monomial, coefficient] : terms_) {
    for (const std::string& name : monomial) {
      if (!operations_.count(name)) names.push_back(name);
    }
  }
  for (const auto& [text, operation] : operations_) {
    for (const Extent* part : {operation.left.get(), operation.right.get()}) {
      const auto more = part->names();
      names.insert(names.end(), more.begin(), more.end());
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string Extent::to_string() const {
  if (overflowed_) return "(too large)";
  if (terms_.empty()) return "0";
  std::string text;
  for (const Term& term : in_writing_order(terms_)) {
    const bool minus = term.coefficient < 0;
    if (text.empty()) {
      text = minus ? "-" : "";
    } else {
      text += minus ? " - " : " + ";
    }
    text += magnitude_text(term);
  }
  return text;
}

std::string to_string(const Shape& shape) {
  if (shape.empty()) return "";
  std::string text = "[";
  for (const Extent& extent : shape) {
    if (text.size() > 1) text += ", ";
    text += extent.to_string();
  }
  return text + "]";
}

Extent element_count(const Shape& shape) {
  Extent count = 1;
  for (const Extent& extent : shape)
    count = count * extent;
  return count;
}

}  // namespace tcc
