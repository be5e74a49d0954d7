// A program on its way: inputs and results so far, and one more operation on them.
#pragma once

#include <optional>
#include <random>
#include <span>
#include <vector>

#include "tests/property/operator_classes.h"
#include "tests/property/programs.h"

namespace tcc::property {

struct GrowingProgram {
  Program program;
  std::vector<Expression> values;  ///< inputs and results so far, the last result last
  std::mt19937_64 random;

  const Expression& last() const { return values.back(); }

  // std::uniform_int_distribution differs between libraries.
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(random() % end); }
  template <typename List> const auto& any_of(const List& list) {
    return list[below(std::size(list))];
  }

  Expression add_input(Type type);

  /// The operation on those operands as a definition of its own. Its type is still to be set.
  void define(const OperatorClass& operation, std::span<const Expression> operands);

  /// The operation with the operands that `fixed` has, at least one; the others are new inputs or,
  /// half of the time, values so far. False, and nothing changed, where they do not go together.
  bool apply(const OperatorClass& operation, const std::vector<std::optional<Expression>>& fixed);
};

/// Puts definition `d`, where it is used once, in place of its name. False, and nothing changed,
/// where it is in index notation, gives several results, is used otherwise or may not stand there.
bool write_in_place(Program& program, std::size_t d);

/// The same for all definitions but the last.
void write_as_one(Program& program);

}  // namespace tcc::property
