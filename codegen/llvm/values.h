// How values of the loop IR are held in LLVM IR.
//
// In a register bool is i1, integers are iN whatever their sign, f32 and f64 float and double; f16
// and bf16 are their bits, i16, and are computed with as f32 and rounded after each operator. In
// memory bool is a byte, 0 or 1, everything else what it is in a register. No type is padded, so
// that vectors of any number of lanes lie in memory as their elements do.
#pragma once

#include <llvm/IR/IRBuilder.h>

#include "ir/expr.h"

namespace tcc::codegen {

using Builder = llvm::IRBuilder<>;

llvm::Type* register_type(llvm::LLVMContext& context, ir::ValueType type);
llvm::Type* memory_type(llvm::LLVMContext& context, ir::ValueType type);

/// A value that was loaded, as it is held in a register, and back. Others than bool are the same.
llvm::Value* from_memory(Builder& builder, llvm::Value* value, DType dtype);
llvm::Value* to_memory(Builder& builder, llvm::Value* value, DType dtype);

/// The lanes of a value; 1 for a scalar.
unsigned lanes_of(const llvm::Value* value);
/// `element` with as many lanes as `value`.
llvm::Type* like(const llvm::Value* value, llvm::Type* element);

llvm::Constant* literal(llvm::LLVMContext& context, const ir::ExprNode& node);

/// 0, step, 2 * step, .. as integers of the type `element`, wrapping.
llvm::Constant* multiples(llvm::Type* element, std::int64_t step, unsigned lanes);

}  // namespace tcc::codegen
