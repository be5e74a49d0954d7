// Sizes of axes: polynomials over size names, in a canonical form (language section 2.2).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tcc {

/// Values of size names for one run.
using SizeValues = std::map<std::string, std::int64_t>;

/// An integer polynomial over size names, e.g. `2*N + 1`. Equal polynomials compare equal.
/// Arithmetic that overflows 64 bits makes an Extent for which `overflowed()` holds, and so does
/// a polynomial of more than 256 terms or of a degree over 64, which no program needs.
class Extent {
 public:
  Extent(std::int64_t constant = 0);  // NOLINT: a number is an extent
  static Extent size_name(std::string name);

  /// dividend // divisor, rounded down. What the divisor does not divide stays as an operation,
  /// which is treated as a name from there on: `N + ((M + 1) // 2)`.
  static Extent quotient(const Extent& dividend, const Extent& divisor);
  /// dividend % divisor, with the sign of the divisor. By zero both are 0 (2.6).
  static Extent remainder(const Extent& dividend, const Extent& divisor);

  /// The smaller one. Where the sizes decide, it is treated as a name: `min(N, M)`.
  static Extent minimum(const Extent& a, const Extent& b);

  /// dividend / divisor where it is a polynomial with integer coefficients and the divisor is a
  /// single product; nothing otherwise.
  static std::optional<Extent> exact_quotient(const Extent& dividend, const Extent& divisor);

  friend Extent operator+(const Extent& a, const Extent& b);
  friend Extent operator-(const Extent& a, const Extent& b);
  friend Extent operator*(const Extent& a, const Extent& b);
  bool operator==(const Extent& other) const {
    return terms_ == other.terms_ && overflowed_ == other.overflowed_;
  }

  bool overflowed() const { return overflowed_; }
  std::optional<std::int64_t> constant() const;

  /// The value for given sizes; nothing when a name is missing or the value overflows.
  std::optional<std::int64_t> evaluate(const SizeValues& sizes) const;

  /// At least zero whatever the (nonnegative) sizes are; false means "not known".
  bool is_surely_nonnegative() const;
  bool is_surely_negative() const;

  /// Size names that occur, also in operations, sorted, each once.
  std::vector<std::string> names() const;

  /// As a program writes it: "2*M*N + K - 1".
  std::string to_string() const;

  /// A product of names (sorted, repeated for powers); the empty one stands for 1.
  using Monomial = std::vector<std::string>;
  const std::map<Monomial, std::int64_t>& terms() const { return terms_; }

  /// What is no polynomial: left // right, left % right, min(left, right).
  struct Operation {
    enum class Kind : std::uint8_t { quotient, remainder, minimum } kind;
    std::shared_ptr<const Extent> left;
    std::shared_ptr<const Extent> right;
  };
  /// The operations among the names of terms(), by their text.
  const std::map<std::string, Operation>& operations() const { return operations_; }

 private:
  static Extent operation(Operation::Kind kind, const Extent& left, const Extent& right);
  bool has_only_nonnegative_names() const;
  bool is_surely_at_most(const Extent& other) const;

  std::map<Monomial, std::int64_t> terms_;  // no zero coefficients
  std::map<std::string, Operation> operations_;
  bool overflowed_ = false;
};

using Shape = std::vector<Extent>;

/// "[M, 2*N]"; nothing for rank 0, so that it can follow an element type: "f32[M, 2*N]", "f32".
std::string to_string(const Shape& shape);

/// The product of all extents; 1 for rank 0.
Extent element_count(const Shape& shape);

}  // namespace tcc
