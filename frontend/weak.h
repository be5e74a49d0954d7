// Values of expressions of only literals and sizes, folded when compiling (language section 2.4).
#pragma once

#include <map>
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

/// The constants of a program.
using Constants = std::map<std::string, WeakValue>;

/// The value of an expression of literals and constants; nothing where it is none, or where it
/// names a constant that is not known yet. Reports nothing.
std::optional<WeakValue> evaluate_constant(const syntax::Program& program, syntax::NodeId root,
                                           const Constants& constants);

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
