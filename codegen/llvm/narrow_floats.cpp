// Conversions of 16-bit floats.
#include "codegen/llvm/narrow_floats.h"

namespace tcc::codegen {

using llvm::Value;

Value* NarrowFloats::bits_of(Value* value) {
  const unsigned bits = value->getType()->getScalarSizeInBits();
  return builder_.CreateBitCast(value, like(value, builder_.getIntNTy(bits)));
}

Value* NarrowFloats::as_float(Value* bits) {
  const bool wide = bits->getType()->getScalarSizeInBits() == 64;
  return builder_.CreateBitCast(bits,
                                like(bits, wide ? builder_.getDoubleTy() : builder_.getFloatTy()));
}

Value* NarrowFloats::widen(Value* bits, DType dtype) {
  if (dtype == DType::f16) return widen_f16(bits);
  Value* wide = builder_.CreateZExt(bits, like(bits, builder_.getInt32Ty()));
  return as_float(builder_.CreateShl(wide, number(wide, 16)));
}

/// Without hardware: the exponent is rebased; subnormals are normalised by a subtraction.
Value* NarrowFloats::widen_f16(Value* bits) {
  if (options_.has_f16_conversions) {
    Value* half = builder_.CreateBitCast(bits, like(bits, builder_.getHalfTy()));
    return builder_.CreateFPExt(half, like(bits, builder_.getFloatTy()));
  }
  constexpr std::uint64_t rebase = 112U << 23;
  Value* wide = builder_.CreateZExt(bits, like(bits, builder_.getInt32Ty()));
  Value* magnitude = builder_.CreateShl(builder_.CreateAnd(wide, number(wide, 0x7fff)), 13);
  Value* exponent = builder_.CreateAnd(magnitude, number(wide, 0x7c00U << 13));
  Value* normal = builder_.CreateAdd(magnitude, number(wide, rebase));
  Value* infinite = builder_.CreateAdd(normal, number(wide, rebase));
  Value* smallest = as_float(number(wide, 113U << 23));
  Value* shifted = as_float(builder_.CreateAdd(normal, number(wide, 1U << 23)));
  Value* subnormal = bits_of(builder_.CreateFSub(shifted, smallest));
  Value* is_infinite = builder_.CreateICmpEQ(exponent, number(wide, 0x7c00U << 13));
  Value* is_subnormal = builder_.CreateICmpEQ(exponent, number(wide, 0));
  Value* result = builder_.CreateSelect(is_subnormal, subnormal,
                                        builder_.CreateSelect(is_infinite, infinite, normal));
  Value* sign = builder_.CreateShl(builder_.CreateAnd(wide, number(wide, 0x8000)), 16);
  return as_float(builder_.CreateOr(result, sign));
}

Value* NarrowFloats::narrow(Value* value, DType dtype) {
  if (value->getType()->getScalarType()->isDoubleTy()) value = to_f32_odd(value);
  return dtype == DType::f16 ? narrow_to_f16(value) : narrow_to_bf16(value);
}

/// Without hardware: half a unit is added to the bits, less one where the result would be odd;
/// subnormals are rounded by the addition of a number whose last place is theirs.
Value* NarrowFloats::narrow_to_f16(Value* value) {
  llvm::Type* short_type = like(value, builder_.getInt16Ty());
  if (options_.has_f16_conversions) {
    Value* half = builder_.CreateFPTrunc(value, like(value, builder_.getHalfTy()));
    return builder_.CreateBitCast(half, short_type);
  }
  Value* bits = bits_of(value);
  Value* magnitude = builder_.CreateAnd(bits, number(bits, 0x7fffffff));
  Value* odd = builder_.CreateAnd(builder_.CreateLShr(magnitude, 13), number(bits, 1));
  Value* rebased = builder_.CreateSub(magnitude, number(bits, (112U << 23) - 0xfff));
  Value* normal = builder_.CreateLShr(builder_.CreateAdd(rebased, odd), 13);
  Value* half = number(bits, 126U << 23);
  Value* summed = builder_.CreateFAdd(as_float(magnitude), as_float(half));
  Value* subnormal = builder_.CreateSub(bits_of(summed), half);
  Value* is_nan = builder_.CreateICmpUGT(magnitude, number(bits, 0x7f800000));
  Value* special = builder_.CreateSelect(is_nan, number(bits, 0x7e00), number(bits, 0x7c00));
  Value* is_special = builder_.CreateICmpUGE(magnitude, number(bits, 143U << 23));
  Value* is_subnormal = builder_.CreateICmpULT(magnitude, number(bits, 113U << 23));
  Value* result = builder_.CreateSelect(is_special, special,
                                        builder_.CreateSelect(is_subnormal, subnormal, normal));
  Value* sign = builder_.CreateAnd(builder_.CreateLShr(bits, 16), number(bits, 0x8000));
  return builder_.CreateTrunc(builder_.CreateOr(result, sign), short_type);
}

/// In integers on every machine: AVX512_BF16's instruction flushes subnormals.
Value* NarrowFloats::narrow_to_bf16(Value* value) {
  Value* bits = bits_of(value);
  Value* high = builder_.CreateLShr(bits, 16);
  Value* odd = builder_.CreateAnd(high, number(bits, 1));
  Value* rounded = builder_.CreateLShr(
      builder_.CreateAdd(builder_.CreateAdd(bits, number(bits, 0x7fff)), odd), 16);
  Value* quiet = builder_.CreateOr(high, number(bits, 0x40));
  Value* is_nan = builder_.CreateFCmpUNO(value, value);
  return builder_.CreateTrunc(builder_.CreateSelect(is_nan, quiet, rounded),
                              like(value, builder_.getInt16Ty()));
}

Value* NarrowFloats::make_odd(Value* bits, Value* inexact, Value* outwards) {
  Value* even = builder_.CreateICmpEQ(builder_.CreateAnd(bits, number(bits, 1)), number(bits, 0));
  Value* step = builder_.CreateSelect(outwards, number(bits, 1),
                                      llvm::Constant::getAllOnesValue(bits->getType()));
  Value* moved = builder_.CreateAdd(bits, step);
  return builder_.CreateSelect(builder_.CreateAnd(inexact, even), moved, bits);
}

Value* NarrowFloats::to_f32_odd(Value* value) {
  Value* nearest = builder_.CreateFPTrunc(value, like(value, builder_.getFloatTy()));
  Value* back = builder_.CreateFPExt(nearest, value->getType());
  Value* inexact = builder_.CreateFCmpONE(back, value);
  Value* outwards =
      builder_.CreateFCmpOLT(builder_.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, back),
                             builder_.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, value));
  return as_float(make_odd(bits_of(nearest), inexact, outwards));
}

/// The product is exact in f64; what the sum loses is known exactly (Knuth's two-sum).
Value* NarrowFloats::fma(Value* a, Value* b, Value* c, DType dtype) {
  llvm::Type* wide = like(a, builder_.getDoubleTy());
  Value* product =
      builder_.CreateFMul(builder_.CreateFPExt(a, wide), builder_.CreateFPExt(b, wide));
  Value* addend = builder_.CreateFPExt(c, wide);
  Value* sum = builder_.CreateFAdd(product, addend);
  Value* part = builder_.CreateFSub(sum, product);
  Value* lost = builder_.CreateFAdd(builder_.CreateFSub(product, builder_.CreateFSub(sum, part)),
                                    builder_.CreateFSub(addend, part));
  llvm::Constant* zero = llvm::Constant::getNullValue(wide);
  Value* outwards =
      builder_.CreateICmpEQ(builder_.CreateFCmpOGT(lost, zero), builder_.CreateFCmpOGT(sum, zero));
  Value* inexact = builder_.CreateFCmpONE(lost, zero);
  return narrow(as_float(make_odd(bits_of(sum), inexact, outwards)), dtype);
}

}  // namespace tcc::codegen
