// Operators and casts.
#include "codegen/llvm/arithmetic.h"

#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/Module.h>

#include <fmt/format.h>

#include "dsl/diagnostic.h"
#include "dsl/dtypes.h"
#include "ir/math/coefficients.h"

namespace tcc::codegen {
namespace {

using llvm::CmpInst;
using llvm::Value;

bool is_narrow_float(DType dtype) { return dtype == DType::f16 || dtype == DType::bf16; }

llvm::Constant* zero(Value* like) { return llvm::Constant::getNullValue(like->getType()); }
llvm::Constant* one(Value* like) { return llvm::ConstantInt::get(like->getType(), 1); }
llvm::Constant* minus_one(Value* like) { return llvm::Constant::getAllOnesValue(like->getType()); }

/// The number that every lane is, where all are one constant.
const llvm::APInt* constant_lanes(Value* value) {
  const auto* constant = llvm::dyn_cast<llvm::Constant>(value);
  if (constant && constant->getType()->isVectorTy()) constant = constant->getSplatValue();
  const auto* integer = llvm::dyn_cast_or_null<llvm::ConstantInt>(constant);
  return integer ? &integer->getValue() : nullptr;
}

CmpInst::Predicate comparison(Op op, CmpInst::Predicate equal, CmpInst::Predicate not_equal,
                              CmpInst::Predicate less, CmpInst::Predicate less_equal) {
  switch (op) {
    case Op::equal: return equal;
    case Op::not_equal: return not_equal;
    case Op::less: return less;
    case Op::less_equal: return less_equal;
    case Op::greater: return CmpInst::getSwappedPredicate(less);
    case Op::greater_equal: return CmpInst::getSwappedPredicate(less_equal);
    default: return CmpInst::BAD_ICMP_PREDICATE;
  }
}

CmpInst::Predicate float_comparison(Op op) {
  return comparison(op, CmpInst::FCMP_OEQ, CmpInst::FCMP_UNE, CmpInst::FCMP_OLT, CmpInst::FCMP_OLE);
}

CmpInst::Predicate integer_comparison(Op op, DType dtype) {
  const bool is_signed = is_signed_integer(dtype);
  return comparison(op, CmpInst::ICMP_EQ, CmpInst::ICMP_NE,
                    is_signed ? CmpInst::ICMP_SLT : CmpInst::ICMP_ULT,
                    is_signed ? CmpInst::ICMP_SLE : CmpInst::ICMP_ULE);
}

bool is_comparison(Op op) { return info_of(op).typing == OpTyping::comparison; }

[[noreturn]] void no_such_operator(Op op, std::string_view operands) {
  bug(fmt::format("LLVM code was asked for '{}' of {}", info_of(op).name, operands));
}

}  // namespace

Value* Arithmetic::apply(Op op, DType dtype, std::span<Value* const> operands) {
  if (is_comparison(op) && !is_float(dtype)) {
    return builder_.CreateICmp(integer_comparison(op, dtype), operands[0], operands[1]);
  }
  if (dtype == DType::boolean) return apply_to_bools(op, operands);
  if (is_narrow_float(dtype)) return apply_to_narrow_floats(op, dtype, operands);
  if (is_float(dtype)) return apply_to_floats(op, operands);
  return apply_to_integers(op, dtype, operands);
}

Value* Arithmetic::call(llvm::Intrinsic::ID intrinsic, std::span<Value* const> operands) {
  const llvm::ArrayRef<Value*> list(operands.data(), operands.size());
  return builder_.CreateIntrinsic(operands.front()->getType(), intrinsic, list);
}

Value* Arithmetic::apply_to_bools(Op op, std::span<Value* const> operands) {
  switch (op) {
    case Op::logical_or: return builder_.CreateOr(operands[0], operands[1]);
    case Op::logical_and: return builder_.CreateAnd(operands[0], operands[1]);
    case Op::logical_not: return builder_.CreateNot(operands[0]);
    default: return bitwise(op, operands, "bool");
  }
}

Value* Arithmetic::bitwise(Op op, std::span<Value* const> operands, std::string_view of) {
  switch (op) {
    case Op::bit_or: return builder_.CreateOr(operands[0], operands[1]);
    case Op::bit_xor: return builder_.CreateXor(operands[0], operands[1]);
    case Op::bit_and: return builder_.CreateAnd(operands[0], operands[1]);
    case Op::bit_not: return builder_.CreateNot(operands[0]);
    default: no_such_operator(op, of);
  }
}

/// The amount is taken modulo the width, which is a power of two.
Value* Arithmetic::shift(Op op, bool is_signed, Value* a, Value* amount) {
  const unsigned width = a->getType()->getScalarSizeInBits();
  amount = builder_.CreateAnd(amount, llvm::ConstantInt::get(a->getType(), width - 1));
  if (op == Op::shift_left) return builder_.CreateShl(a, amount);
  return is_signed ? builder_.CreateAShr(a, amount) : builder_.CreateLShr(a, amount);
}

/// A word of the table, 0 outside of it, lane by lane: it stands where lanes are rare.
Value* Arithmetic::two_over_pi_word(Value* index) {
  constexpr std::size_t count = ir::math::two_over_pi_words.size();
  llvm::Module& module = *builder_.GetInsertBlock()->getModule();
  llvm::Constant* words = llvm::ConstantDataArray::get(
      builder_.getContext(),
      llvm::ArrayRef<std::uint64_t>(ir::math::two_over_pi_words.data(), count));
  llvm::GlobalVariable* table = module.getNamedGlobal("two_over_pi");
  if (!table) {
    table = new llvm::GlobalVariable(module, words->getType(), /*isConstant=*/true,
                                     llvm::GlobalValue::PrivateLinkage, words, "two_over_pi");
  }
  const auto word = [&](Value* at) -> Value* {
    Value* inside = builder_.CreateICmpULT(at, builder_.getInt64(count));
    Value* safe = builder_.CreateSelect(inside, at, builder_.getInt64(0));  // word 0 is 0
    Value* address = builder_.CreateInBoundsGEP(builder_.getInt64Ty(), table, safe);
    return builder_.CreateLoad(builder_.getInt64Ty(), address);
  };
  if (!index->getType()->isVectorTy()) return word(index);
  Value* result = llvm::PoisonValue::get(index->getType());
  for (unsigned lane = 0; lane < lanes_of(index); ++lane) {
    result = builder_.CreateInsertElement(result, word(builder_.CreateExtractElement(index, lane)),
                                          lane);
  }
  return result;
}

Value* Arithmetic::apply_to_integers(Op op, DType dtype, std::span<Value* const> operands) {
  const bool is_signed = is_signed_integer(dtype);
  Value* a = operands[0];
  Value* b = operands.size() > 1 ? operands[1] : nullptr;
  const auto pick = [&](llvm::Intrinsic::ID with_sign, llvm::Intrinsic::ID without, Value* other) {
    Value* const pair[] = {a, other};
    return call(is_signed ? with_sign : without, pair);
  };
  switch (op) {
    case Op::add: return builder_.CreateAdd(a, b);
    case Op::subtract: return builder_.CreateSub(a, b);
    case Op::multiply: return builder_.CreateMul(a, b);
    case Op::floor_divide:
      return is_signed ? floor_divide(a, b) : unsigned_division(llvm::Instruction::UDiv, a, b);
    case Op::modulo:
      return is_signed ? modulo(a, b) : unsigned_division(llvm::Instruction::URem, a, b);
    case Op::negate: return builder_.CreateNeg(a);
    case Op::absolute:
      if (!is_signed) return a;
      return builder_.CreateBinaryIntrinsic(llvm::Intrinsic::abs, a, builder_.getFalse());
    case Op::relu: return pick(llvm::Intrinsic::smax, llvm::Intrinsic::umax, zero(a));
    case Op::minimum: return pick(llvm::Intrinsic::smin, llvm::Intrinsic::umin, b);
    case Op::maximum: return pick(llvm::Intrinsic::smax, llvm::Intrinsic::umax, b);
    case Op::shift_left:
    case Op::shift_right: return shift(op, is_signed, a, b);
    case Op::float_from_bits: {
      const bool is_wide = a->getType()->getScalarSizeInBits() == 64;
      return builder_.CreateBitCast(
          a, like(a, is_wide ? builder_.getDoubleTy() : builder_.getFloatTy()));
    }
    case Op::two_over_pi_word: return two_over_pi_word(a);
    default: return bitwise(op, operands, "integers");
  }
}

Value* Arithmetic::apply_to_floats(Op op, std::span<Value* const> operands) {
  if (is_comparison(op)) {
    return builder_.CreateFCmp(float_comparison(op), operands[0], operands[1]);
  }
  switch (op) {
    case Op::add: return builder_.CreateFAdd(operands[0], operands[1]);
    case Op::subtract: return builder_.CreateFSub(operands[0], operands[1]);
    case Op::multiply: return builder_.CreateFMul(operands[0], operands[1]);
    case Op::divide: return builder_.CreateFDiv(operands[0], operands[1]);
    case Op::negate: return builder_.CreateFNeg(operands[0]);
    case Op::absolute: return call(llvm::Intrinsic::fabs, operands);
    case Op::square_root: return call(llvm::Intrinsic::sqrt, operands);
    case Op::minimum: return call(llvm::Intrinsic::minimum, operands);
    case Op::maximum: return call(llvm::Intrinsic::maximum, operands);
    case Op::fma: return call(llvm::Intrinsic::fma, operands);
    case Op::floor: return call(llvm::Intrinsic::floor, operands);
    case Op::ceil: return call(llvm::Intrinsic::ceil, operands);
    case Op::round: return call(llvm::Intrinsic::roundeven, operands);
    case Op::trunc: return call(llvm::Intrinsic::trunc, operands);
    case Op::float_bits: {
      const unsigned width = operands[0]->getType()->getScalarSizeInBits();
      return builder_.CreateBitCast(operands[0], like(operands[0], builder_.getIntNTy(width)));
    }
    case Op::relu: {
      Value* const pair[] = {operands[0], zero(operands[0])};
      return call(llvm::Intrinsic::maximum, pair);
    }
    default: no_such_operator(op, "floats");
  }
}

Value* Arithmetic::apply_to_narrow_floats(Op op, DType dtype, std::span<Value* const> operands) {
  std::vector<Value*> wide;
  for (Value* operand : operands)
    wide.push_back(narrow_.widen(operand, dtype));
  if (op == Op::fma) return narrow_.fma(wide[0], wide[1], wide[2], dtype);
  Value* result = apply_to_floats(op, wide);
  return is_comparison(op) ? result : narrow_.narrow(result, dtype);
}

/// Truncating division of a by b, less one where it rounded up. The divisors for which a machine
/// traps are replaced by 1 and their results chosen afterwards.
Value* Arithmetic::floor_divide(Value* a, Value* b) {
  if (const llvm::APInt* divisor = constant_lanes(b);
      divisor && divisor->isPowerOf2() && !divisor->isNegative()) {
    return builder_.CreateAShr(a, divisor->logBase2());
  }
  Value* is_zero = builder_.CreateICmpEQ(b, zero(b));
  Value* is_minus_one = builder_.CreateICmpEQ(b, minus_one(b));
  Value* divisor = builder_.CreateSelect(builder_.CreateOr(is_zero, is_minus_one), one(b), b);
  Value* quotient = builder_.CreateSDiv(a, divisor);
  Value* rest = builder_.CreateSub(a, builder_.CreateMul(quotient, divisor));
  Value* rounded_up =
      builder_.CreateAnd(builder_.CreateICmpNE(rest, zero(a)),
                         builder_.CreateICmpSLT(builder_.CreateXor(rest, divisor), zero(a)));
  Value* floor = builder_.CreateAdd(quotient, builder_.CreateSExt(rounded_up, a->getType()));
  Value* nonzero = builder_.CreateSelect(is_minus_one, builder_.CreateNeg(a), floor);
  return builder_.CreateSelect(is_zero, zero(a), nonzero);
}

Value* Arithmetic::modulo(Value* a, Value* b) {
  if (const llvm::APInt* divisor = constant_lanes(b);
      divisor && divisor->isPowerOf2() && !divisor->isNegative()) {
    return builder_.CreateAnd(a, llvm::ConstantInt::get(a->getType(), *divisor - 1));
  }
  // What is left by 1 is 0, as it should be for 0 and -1.
  Value* trivial =
      builder_.CreateOr(builder_.CreateICmpEQ(b, zero(b)), builder_.CreateICmpEQ(b, minus_one(b)));
  Value* divisor = builder_.CreateSelect(trivial, one(b), b);
  Value* rest = builder_.CreateSRem(a, divisor);
  Value* differs =
      builder_.CreateAnd(builder_.CreateICmpNE(rest, zero(a)),
                         builder_.CreateICmpSLT(builder_.CreateXor(rest, divisor), zero(a)));
  return builder_.CreateAdd(rest, builder_.CreateSelect(differs, divisor, zero(a)));
}

Value* Arithmetic::unsigned_division(llvm::Instruction::BinaryOps op, Value* a, Value* b) {
  Value* is_zero = builder_.CreateICmpEQ(b, zero(b));
  Value* divisor = builder_.CreateSelect(is_zero, one(b), b);
  return builder_.CreateSelect(is_zero, zero(a), builder_.CreateBinOp(op, a, divisor));
}

Value* Arithmetic::cast(Value* value, DType from, DType to) {
  if (from == to) return value;
  if (is_narrow_float(from)) return cast(narrow_.widen(value, from), DType::f32, to);
  if (to == DType::boolean) {
    return is_float(from) ? builder_.CreateFCmpUNE(value, zero(value))
                          : builder_.CreateIsNotNull(value);
  }
  if (!is_float(from)) {
    if (is_float(to)) return integer_to_float(value, from, to);
    llvm::Type* type = like(value, register_type(builder_.getContext(), {to, 1}));
    return builder_.CreateIntCast(value, type, is_signed_integer(from));
  }
  if (!is_float(to)) return float_to_integer(value, to);
  if (is_narrow_float(to)) return narrow_.narrow(value, to);
  return builder_.CreateFPCast(value, like(value, register_type(builder_.getContext(), {to, 1})));
}

Value* Arithmetic::float_to_integer(Value* value, DType to) {
  llvm::Type* type = like(value, register_type(builder_.getContext(), {to, 1}));
  const auto intrinsic =
      is_signed_integer(to) ? llvm::Intrinsic::fptosi_sat : llvm::Intrinsic::fptoui_sat;
  return builder_.CreateIntrinsic(intrinsic, {type, value->getType()}, {value});
}

Value* Arithmetic::integer_to_float(Value* value, DType from, DType to) {
  if (is_narrow_float(to)) return integer_to_narrow(value, from, to);
  llvm::Type* type = like(value, register_type(builder_.getContext(), {to, 1}));
  return is_signed_integer(from) ? builder_.CreateSIToFP(value, type)
                                 : builder_.CreateUIToFP(value, type);
}

/// Through f64, which must be exact. Of 64-bit integers beyond it, the low bits are jammed into the
/// last one that f64 keeps: rounding to odd.
Value* Arithmetic::integer_to_narrow(Value* value, DType from, DType to) {
  if (size_in_bytes(from) == 8) {
    constexpr std::uint64_t low = (1U << 11) - 1;
    const auto mask = [&](std::uint64_t bits) {
      return llvm::ConstantInt::get(value->getType(), bits);
    };
    Value* sticky = builder_.CreateSelect(
        builder_.CreateIsNotNull(builder_.CreateAnd(value, mask(low))), mask(low + 1), mask(0));
    Value* jammed = builder_.CreateOr(builder_.CreateAnd(value, mask(~low)), sticky);
    // |value| <= 2^53, where f64 is exact, as one unsigned comparison.
    constexpr std::uint64_t limit = std::uint64_t{1} << 53;
    const bool is_signed = is_signed_integer(from);
    Value* distance = is_signed ? builder_.CreateAdd(value, mask(limit)) : value;
    Value* exact = builder_.CreateICmpULE(distance, mask(is_signed ? 2 * limit : limit));
    value = builder_.CreateSelect(exact, value, jammed);
  }
  return narrow_.narrow(integer_to_float(value, from, DType::f64), to);
}

}  // namespace tcc::codegen
