// The operators of the language by classes: one row for each, from which programs are made.
//
// Whoever adds an operation to the language adds a row: the enumeration of small programs, the
// random ones and the fuzzers' seeds take it from there.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/property/programs.h"

namespace tcc::property {

/// Which element types an operand may have.
enum class Takes : std::uint8_t { anything, number, real, integer, whole, boolean };

struct OperandRule {
  Takes takes;
  std::size_t least_rank = 0;
  std::size_t most_rank = 3;
};

/// How the type of an operand that is free to choose follows from the one that is given.
enum class Companion : std::uint8_t {
  elementwise,  ///< the last axis alone, so that it broadcasts; the same element type if taken
  equal,        ///< the same type
  matmul,       ///< the inner extents agree
  indices,      ///< operand 1 is i32[N], operand 0 has an axis to take from
};

/// Rows that stand for the others of their kind are in every program of three operators, the others
/// in those of two and in random ones.
enum class Part : std::uint8_t { stands_for_others, member };

/// In the text $0, $1, .. are the operands, and of operand 0: #axes its index variables, #rest
/// all of them but the first, each after a comma, #pads a list of paddings, #tail its extents, each
/// after a comma, #size its first extent.
struct OperatorClass {
  std::string_view name;
  Part part;
  std::string_view axes;  ///< left of `=`, without brackets; "" in whole-tensor notation
  std::string_view text;
  std::vector<OperandRule> operands;
  Companion companion = Companion::elementwise;
  std::size_t results = 1;
};

std::span<const OperatorClass> operator_classes();

/// The row of that name; the running test fails where there is none.
const OperatorClass& operator_class(std::string_view name);

bool accepts(const OperandRule& rule, const Type& type);

/// The type of an input that can be operand `wanted` where operand `given` is `known`.
Type companion_of(const OperatorClass& operation, std::size_t given, const Type& known,
                  std::size_t wanted);

/// Whether the operands go together, as far as rules that a few lines can say tell.
bool go_together(const OperatorClass& operation, std::span<const Expression> operands);

/// `names` defined as the operation on the operands, whose types must be known.
Definition defined(const OperatorClass& operation, std::vector<std::string> names,
                   std::span<const Expression> operands);

/// NumPy's rule on extents as they are written; false where they do not broadcast.
bool broadcasts(const std::vector<std::string>& a, const std::vector<std::string>& b);

}  // namespace tcc::property
