// The operators of dsl/operators.h on LLVM values, lane by lane.
#pragma once

#include <span>

#include "codegen/llvm/narrow_floats.h"
#include "dsl/operators.h"

namespace tcc::codegen {

/// Emits without branches; what an operator means is said at the top of ir/expr.h.
class Arithmetic {
 public:
  Arithmetic(Builder& builder, const LlvmOptions& options)
      : builder_(builder), narrow_(builder, options) {}

  /// An operator on operands of one dtype, all scalars or all vectors of as many lanes.
  llvm::Value* apply(Op op, DType dtype, std::span<llvm::Value* const> operands);
  llvm::Value* cast(llvm::Value* value, DType from, DType to);

 private:
  llvm::Value* apply_to_integers(Op op, DType dtype, std::span<llvm::Value* const> operands);
  llvm::Value* apply_to_floats(Op op, std::span<llvm::Value* const> operands);
  llvm::Value* apply_to_narrow_floats(Op op, DType dtype, std::span<llvm::Value* const> operands);
  llvm::Value* apply_to_bools(Op op, std::span<llvm::Value* const> operands);

  llvm::Value* bitwise(Op op, std::span<llvm::Value* const> operands, std::string_view of);
  llvm::Value* shift(Op op, bool is_signed, llvm::Value* a, llvm::Value* amount);
  llvm::Value* two_over_pi_word(llvm::Value* index);

  llvm::Value* floor_divide(llvm::Value* a, llvm::Value* b);
  llvm::Value* modulo(llvm::Value* a, llvm::Value* b);
  llvm::Value* unsigned_division(llvm::Instruction::BinaryOps op, llvm::Value* a, llvm::Value* b);
  llvm::Value* call(llvm::Intrinsic::ID intrinsic, std::span<llvm::Value* const> operands);

  llvm::Value* float_to_integer(llvm::Value* value, DType to);
  llvm::Value* integer_to_float(llvm::Value* value, DType from, DType to);
  llvm::Value* integer_to_narrow(llvm::Value* value, DType from, DType to);

  Builder& builder_;
  NarrowFloats narrow_;
};

}  // namespace tcc::codegen
