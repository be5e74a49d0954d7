// What each operator does to lanes held in 64-bit registers.
//
// A register holds one lane: integers sign- or zero-extended, bool 0 or 1, floats their bits.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

#include "ir/expr.h"

namespace tcc::ir {

/// registers[result + l] = operation of registers[a + l], .. for l < lanes. A Load has no handler.
struct Instruction {
  void (*run)(const Instruction&, std::uint64_t* registers);
  std::uint32_t result = 0;
  std::uint32_t a = 0, b = 0, c = 0;
  std::uint32_t access = 0;  ///< of a Load
  std::uint16_t lanes = 1;
};
using Handler = void (*)(const Instruction&, std::uint64_t*);

/// An operator on operands of one type. bug() for those that it does not take.
Handler elementwise_handler(Op op, DType operand);
Handler cast_handler(DType from, DType to);
Handler select_handler();
Handler ramp_handler(DType dtype);
Handler broadcast_handler();
/// One lane from a to result.
Handler copy_handler();

/// Elements in memory, and a literal as a register.
using ReadElement = std::uint64_t (*)(const std::byte*);
using WriteElement = void (*)(std::byte*, std::uint64_t);
ReadElement read_element(DType dtype);
WriteElement write_element(DType dtype);
std::uint64_t literal_bits(const ExprNode& node);

}  // namespace tcc::ir
