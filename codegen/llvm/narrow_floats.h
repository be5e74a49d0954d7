// f16 and bf16 in terms of f32 and f64, with one rounding.
//
// A value of p bits computed in at least 2p + 2 bits and rounded again is rounded right for
// + - * / and sqrt (Figueroa 1995): f32 serves both types. Where that does not hold (fma, and what
// comes from f64), the first rounding is to odd, which no second one can be misled by (Boldo and
// Melquiond 2008).
#pragma once

#include "codegen/llvm/emit_llvm.h"
#include "codegen/llvm/values.h"

namespace tcc::codegen {

class NarrowFloats {
 public:
  NarrowFloats(Builder& builder, const LlvmOptions& options)
      : builder_(builder), options_(options) {}

  /// Bits of `dtype`, f16 or bf16, to f32: exact.
  llvm::Value* widen(llvm::Value* bits, DType dtype);
  /// f32 or f64 to bits, to nearest even.
  llvm::Value* narrow(llvm::Value* value, DType dtype);
  /// a * b + c of three f32 that hold 16-bit floats, rounded once to bits.
  llvm::Value* fma(llvm::Value* a, llvm::Value* b, llvm::Value* c, DType dtype);

 private:
  llvm::Value* widen_f16(llvm::Value* bits);
  llvm::Value* narrow_to_f16(llvm::Value* value);
  llvm::Value* narrow_to_bf16(llvm::Value* value);
  llvm::Value* to_f32_odd(llvm::Value* value);
  llvm::Value* bits_of(llvm::Value* value);
  llvm::Value* as_float(llvm::Value* bits);
  /// `bits` of an inexact result, made odd by a step away from zero or towards it.
  llvm::Value* make_odd(llvm::Value* bits, llvm::Value* inexact, llvm::Value* outwards);

  llvm::Constant* number(llvm::Value* shape, std::uint64_t value) {
    return llvm::ConstantInt::get(shape->getType(), value);
  }

  Builder& builder_;
  const LlvmOptions& options_;
};

}  // namespace tcc::codegen
