// Values of expressions of only literals and sizes, folded when compiling (language section 2.4).
#pragma once

#include <optional>
#include <span>
#include <variant>

#include "dsl/diagnostic.h"
#include "dsl/extent.h"
#include "dsl/syntax.h"

namespace tcc {

/// An integer is a polynomial over size names, a float is a number.
using WeakValue = std::variant<Extent, double>;

/// Nothing where the value is known only with the sizes of a run, and is no polynomial of them,
/// and for operators that have no such values (comparisons, logic).
std::optional<WeakValue> fold(Op op, std::span<const WeakValue> operands);

/// dividend // divisor for a divisor > 0; nothing unless it divides all terms but the constant.
std::optional<Extent> floor_divide(const Extent& dividend, std::int64_t divisor);

/// What a name stands for in an expression of sizes; nothing where it stands for no size.
class SizeNames {
 public:
  virtual ~SizeNames() = default;
  /// Reports where `name` is no size.
  virtual std::optional<Extent> size(const syntax::Name& name, Span span) = 0;
  /// The extents of a tensor, for `x.shape[0]`; null after a report where it is none.
  virtual const Shape* shape(const syntax::Name& name, Span span) = 0;
};

/// The value of an extent or of an end of a range. Reports what is no integer expression of sizes.
std::optional<Extent> evaluate_size(const syntax::Program& program, syntax::NodeId root,
                                    SizeNames& names, Diagnostics& diagnostics);

}  // namespace tcc
