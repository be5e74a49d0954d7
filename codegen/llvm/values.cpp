// Types and literals.
#include "codegen/llvm/values.h"

#include <llvm/IR/DerivedTypes.h>

#include "dsl/diagnostic.h"
#include "dsl/dtypes.h"

namespace tcc::codegen {
namespace {

llvm::Type* element_type(llvm::LLVMContext& context, DType dtype) {
  switch (dtype) {
    case DType::boolean: return llvm::Type::getInt1Ty(context);
    case DType::f32: return llvm::Type::getFloatTy(context);
    case DType::f64: return llvm::Type::getDoubleTy(context);
    default: break;
  }
  return llvm::IntegerType::get(context, static_cast<unsigned>(size_in_bytes(dtype) * 8));
}

llvm::Type* with_lanes(llvm::Type* element, unsigned lanes) {
  return lanes == 1 ? element : llvm::FixedVectorType::get(element, lanes);
}

/// The nearest number of a 16-bit float, as its bits.
llvm::Constant* narrow_literal(llvm::Type* type, double value, const llvm::fltSemantics& form) {
  llvm::APFloat number(value);
  bool loses_info = false;
  number.convert(form, llvm::APFloat::rmNearestTiesToEven, &loses_info);
  return llvm::ConstantInt::get(type, number.bitcastToAPInt());
}

llvm::Constant* float_literal(llvm::Type* type, DType dtype, double value) {
  if (dtype == DType::f16) return narrow_literal(type, value, llvm::APFloat::IEEEhalf());
  if (dtype == DType::bf16) return narrow_literal(type, value, llvm::APFloat::BFloat());
  return llvm::ConstantFP::get(type, value);
}

}  // namespace

llvm::Type* register_type(llvm::LLVMContext& context, ir::ValueType type) {
  return with_lanes(element_type(context, type.dtype), type.lanes);
}

llvm::Type* memory_type(llvm::LLVMContext& context, ir::ValueType type) {
  if (type.dtype == DType::boolean) type.dtype = DType::u8;
  return register_type(context, type);
}

llvm::Value* from_memory(Builder& builder, llvm::Value* value, DType dtype) {
  return dtype == DType::boolean ? builder.CreateIsNotNull(value) : value;
}

llvm::Value* to_memory(Builder& builder, llvm::Value* value, DType dtype) {
  if (dtype != DType::boolean) return value;
  return builder.CreateZExt(value, like(value, builder.getInt8Ty()));
}

unsigned lanes_of(const llvm::Value* value) {
  const auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(value->getType());
  return vector ? vector->getNumElements() : 1;
}

llvm::Type* like(const llvm::Value* value, llvm::Type* element) {
  const auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(value->getType());
  return vector ? llvm::FixedVectorType::get(element, vector->getNumElements()) : element;
}

llvm::Constant* literal(llvm::LLVMContext& context, const ir::ExprNode& node) {
  llvm::Type* type = register_type(context, node.type);
  if (const auto* whole = std::get_if<ir::IntImm>(&node.value)) {
    return llvm::ConstantInt::get(type, static_cast<std::uint64_t>(whole->value),
                                  is_signed_integer(node.type.dtype));
  }
  return float_literal(type, node.type.dtype, std::get<ir::FloatImm>(node.value).value);
}

llvm::Constant* multiples(llvm::Type* element, std::int64_t step, unsigned lanes) {
  std::vector<llvm::Constant*> values;
  for (unsigned lane = 0; lane < lanes; ++lane) {
    const llvm::APInt value(64, lane * static_cast<std::uint64_t>(step));
    values.push_back(llvm::ConstantInt::get(element, value.trunc(element->getIntegerBitWidth())));
  }
  return llvm::ConstantVector::get(values);
}

}  // namespace tcc::codegen
