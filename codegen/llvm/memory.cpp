// Addresses and accesses.
#include "codegen/llvm/memory.h"

#include <algorithm>

namespace tcc::codegen {
namespace {

using llvm::Value;

bool is_constant(Value* value, std::int64_t wanted) {
  const auto* constant = llvm::dyn_cast<llvm::ConstantInt>(value);
  return constant && constant->getSExtValue() == wanted;
}

llvm::Align element_alignment(const BufferMemory& buffer) {
  return llvm::Align(size_in_bytes(buffer.dtype));
}

/// Block for the one access that a scalar predicate guards; code goes on behind it.
struct Guarded {
  llvm::BasicBlock* before;
  llvm::BasicBlock* access;
  llvm::BasicBlock* after;
};

Guarded begin_guarded(Builder& builder, Value* predicate) {
  llvm::BasicBlock* before = builder.GetInsertBlock();
  llvm::Function* function = before->getParent();
  llvm::LLVMContext& context = builder.getContext();
  llvm::BasicBlock* access = llvm::BasicBlock::Create(context, "guarded", function);
  llvm::BasicBlock* after = llvm::BasicBlock::Create(context, "", function);
  builder.CreateCondBr(predicate, access, after);
  builder.SetInsertPoint(access);
  return {before, access, after};
}

void end_guarded(Builder& builder, const Guarded& guarded) {
  builder.CreateBr(guarded.after);
  builder.SetInsertPoint(guarded.after);
}

}  // namespace

bool MemoryAccess::Offset::steps_by(std::int64_t wanted) const {
  return !lanes && is_constant(step, wanted);
}

bool MemoryAccess::Offset::is_inside_local(const BufferMemory& buffer, unsigned count) const {
  const auto* place = llvm::dyn_cast<llvm::ConstantInt>(base);
  if (!place || (count > 1 && !steps_by(1)) || place->isNegative()) return false;
  return place->getZExtValue() <= buffer.own_elements &&
         count <= buffer.own_elements - place->getZExtValue();
}

Value* MemoryAccess::add(Value* a, Value* b, Bounds bounds) {
  if (is_constant(a, 0)) return b;
  if (is_constant(b, 0)) return a;
  return builder_.CreateAdd(a, b, "", /*HasNUW=*/false, /*HasNSW=*/bounds == Bounds::inside);
}

Value* MemoryAccess::multiply(Value* a, Value* b, Bounds bounds) {
  if (is_constant(a, 0) || is_constant(b, 1)) return a;
  if (is_constant(b, 0) || is_constant(a, 1)) return b;
  return builder_.CreateMul(a, b, "", /*HasNUW=*/false, /*HasNSW=*/bounds == Bounds::inside);
}

MemoryAccess::Offset MemoryAccess::offset_of(const BufferMemory& buffer,
                                             std::span<const AccessIndex> indices, unsigned lanes,
                                             Bounds bounds) {
  Offset offset{builder_.getInt64(0), builder_.getInt64(0), nullptr};
  for (std::size_t axis = 0; axis < indices.size(); ++axis) {
    const AccessIndex& index = indices[axis];
    Value* stride = buffer.strides[axis];
    if (index.base) {
      offset.base = add(offset.base, multiply(index.base, stride, bounds), bounds);
      Value* step = builder_.getInt64(static_cast<std::uint64_t>(index.step));
      offset.step = add(offset.step, multiply(step, stride, Bounds::unknown), Bounds::unknown);
      continue;
    }
    Value* strides = builder_.CreateVectorSplat(lanes, stride);
    Value* part = is_constant(stride, 1) ? index.lanes : builder_.CreateMul(index.lanes, strides);
    offset.lanes = offset.lanes ? builder_.CreateAdd(offset.lanes, part) : part;
  }
  return offset;
}

Value* MemoryAccess::address(const BufferMemory& buffer, Value* offset, Bounds bounds) {
  if (is_constant(offset, 0)) return buffer.data;
  llvm::Type* element = memory_type(builder_.getContext(), {buffer.dtype, 1});
  return bounds == Bounds::inside ? builder_.CreateInBoundsGEP(element, buffer.data, offset)
                                  : builder_.CreateGEP(element, buffer.data, offset);
}

Value* MemoryAccess::addresses(const BufferMemory& buffer, const Offset& offset, unsigned lanes,
                               Bounds bounds) {
  Value* offsets = builder_.CreateVectorSplat(lanes, offset.base);
  if (!is_constant(offset.step, 0)) {
    Value* ramp = builder_.CreateMul(builder_.CreateVectorSplat(lanes, offset.step),
                                     multiples(builder_.getInt64Ty(), 1, lanes));
    offsets = builder_.CreateAdd(offsets, ramp);
  }
  if (offset.lanes) offsets = builder_.CreateAdd(offsets, offset.lanes);
  return address(buffer, offsets, bounds);
}

Value* MemoryAccess::lowest(const BufferMemory& buffer, const Offset& offset, unsigned lanes,
                            Bounds bounds) {
  if (offset.steps_by(1)) return address(buffer, offset.base, bounds);
  Value* last = builder_.getInt64(std::uint64_t{0} - (lanes - 1));
  return address(buffer, add(offset.base, last, bounds), bounds);
}

llvm::Instruction* MemoryAccess::annotate(const BufferMemory& buffer, llvm::Instruction* access) {
  if (buffer.own_scope) access->setMetadata(llvm::LLVMContext::MD_alias_scope, buffer.own_scope);
  if (buffer.other_scopes) {
    access->setMetadata(llvm::LLVMContext::MD_noalias, buffer.other_scopes);
  }
  return access;
}

Value* MemoryAccess::load_element(const BufferMemory& buffer, Value* pointer) {
  llvm::Type* type = memory_type(builder_.getContext(), {buffer.dtype, 1});
  Value* raw =
      annotate(buffer, builder_.CreateAlignedLoad(type, pointer, element_alignment(buffer)));
  return from_memory(builder_, raw, buffer.dtype);
}

Value* MemoryAccess::load_guarded(const BufferMemory& buffer, Value* pointer, Value* predicate) {
  const Guarded guarded = begin_guarded(builder_, predicate);
  Value* read = load_element(buffer, pointer);
  end_guarded(builder_, guarded);
  llvm::PHINode* result = builder_.CreatePHI(read->getType(), 2);
  result->addIncoming(read, guarded.access);
  result->addIncoming(llvm::Constant::getNullValue(read->getType()), guarded.before);
  return result;
}

Value* MemoryAccess::load_vector(const BufferMemory& buffer, const Offset& offset, unsigned lanes,
                                 Value* predicate) {
  const Bounds bounds = predicate ? Bounds::unknown : Bounds::inside;
  const bool backwards = offset.steps_by(-1);
  const llvm::Align alignment = element_alignment(buffer);
  auto* type = llvm::cast<llvm::VectorType>(
      memory_type(builder_.getContext(), {buffer.dtype, static_cast<std::uint16_t>(lanes)}));
  llvm::Constant* nothing = llvm::Constant::getNullValue(type);
  if (!backwards && !offset.steps_by(1)) {
    Value* pointers = addresses(buffer, offset, lanes, bounds);
    Value* mask = predicate ? predicate
                            : llvm::Constant::getAllOnesValue(
                                  llvm::FixedVectorType::get(builder_.getInt1Ty(), lanes));
    return annotate(buffer, builder_.CreateMaskedGather(type, pointers, alignment, mask, nothing));
  }
  Value* pointer = lowest(buffer, offset, lanes, bounds);
  if (predicate && backwards) predicate = builder_.CreateVectorReverse(predicate);
  Value* read =
      annotate(buffer, predicate ? static_cast<llvm::Instruction*>(builder_.CreateMaskedLoad(
                                       type, pointer, alignment, predicate, nothing))
                                 : builder_.CreateAlignedLoad(type, pointer, alignment));
  return backwards ? builder_.CreateVectorReverse(read) : read;
}

Value* MemoryAccess::load_uniform(const BufferMemory& buffer,
                                  std::span<const AccessIndex> indices) {
  const bool uniform = std::all_of(indices.begin(), indices.end(), [](const AccessIndex& index) {
    return index.base && index.step == 0;
  });
  if (!uniform) return nullptr;
  const Offset offset = offset_of(buffer, indices, 1, Bounds::inside);
  return load_element(buffer, address(buffer, offset.base, Bounds::inside));
}

Value* MemoryAccess::address_of(const BufferMemory& buffer, std::span<const AccessIndex> indices) {
  return address(buffer, offset_of(buffer, indices, 1, Bounds::unknown).base, Bounds::unknown);
}

Value* MemoryAccess::load(const BufferMemory& buffer, std::span<const AccessIndex> indices,
                          unsigned lanes, Value* predicate) {
  const Bounds bounds = predicate ? Bounds::unknown : Bounds::inside;
  const Offset offset = offset_of(buffer, indices, lanes, bounds);
  if (predicate && offset.is_inside_local(buffer, lanes)) {
    Value* all = load(buffer, indices, lanes, nullptr);
    return builder_.CreateSelect(predicate, all, llvm::Constant::getNullValue(all->getType()));
  }
  if (lanes > 1) {
    return from_memory(builder_, load_vector(buffer, offset, lanes, predicate), buffer.dtype);
  }
  Value* pointer = address(buffer, offset.base, bounds);
  return predicate ? load_guarded(buffer, pointer, predicate) : load_element(buffer, pointer);
}

void MemoryAccess::store_guarded(const BufferMemory& buffer, Value* pointer, Value* value,
                                 Value* predicate) {
  const Guarded guarded = begin_guarded(builder_, predicate);
  annotate(buffer, builder_.CreateAlignedStore(value, pointer, element_alignment(buffer)));
  end_guarded(builder_, guarded);
}

/// Such a store must be aligned as its vector is, which where rows follow each other is known when
/// the program runs: elsewhere it is a plain one.
void MemoryAccess::store_past_caches(const BufferMemory& buffer, Value* pointer, Value* value) {
  constexpr std::uint64_t widest = 64;
  const std::uint64_t bytes = lanes_of(value) * size_in_bytes(buffer.dtype);
  const std::uint64_t alignment = std::min(bytes, widest);
  Value* address = builder_.CreatePtrToInt(pointer, builder_.getInt64Ty());
  Value* aligned =
      builder_.CreateICmpEQ(builder_.CreateAnd(address, alignment - 1), builder_.getInt64(0));
  llvm::Function* function = builder_.GetInsertBlock()->getParent();
  llvm::LLVMContext& context = builder_.getContext();
  auto* streamed = llvm::BasicBlock::Create(context, "streamed", function);
  auto* stored = llvm::BasicBlock::Create(context, "stored", function);
  auto* after = llvm::BasicBlock::Create(context, "", function);
  builder_.CreateCondBr(aligned, streamed, stored);
  builder_.SetInsertPoint(streamed);
  llvm::Instruction* store =
      annotate(buffer, builder_.CreateAlignedStore(value, pointer, llvm::Align(alignment)));
  store->setMetadata(
      llvm::LLVMContext::MD_nontemporal,
      llvm::MDNode::get(context, llvm::ConstantAsMetadata::get(builder_.getInt32(1))));
  builder_.CreateBr(after);
  builder_.SetInsertPoint(stored);
  annotate(buffer, builder_.CreateAlignedStore(value, pointer, element_alignment(buffer)));
  builder_.CreateBr(after);
  builder_.SetInsertPoint(after);
}

void MemoryAccess::store_vector(const BufferMemory& buffer, const Offset& offset, Value* value,
                                Value* predicate) {
  const unsigned lanes = lanes_of(value);
  const Bounds bounds = predicate ? Bounds::unknown : Bounds::inside;
  const bool backwards = offset.steps_by(-1);
  const llvm::Align alignment = element_alignment(buffer);
  if (!backwards && !offset.steps_by(1)) {
    Value* pointers = addresses(buffer, offset, lanes, bounds);
    Value* mask = predicate ? predicate
                            : llvm::Constant::getAllOnesValue(
                                  llvm::FixedVectorType::get(builder_.getInt1Ty(), lanes));
    annotate(buffer, builder_.CreateMaskedScatter(value, pointers, alignment, mask));
    return;
  }
  Value* pointer = lowest(buffer, offset, lanes, bounds);
  if (backwards) value = builder_.CreateVectorReverse(value);
  const std::uint64_t bytes = lanes * size_in_bytes(buffer.dtype);
  constexpr std::uint64_t narrowest = 16;
  if (!predicate && buffer.streams && bytes >= narrowest && (bytes & (bytes - 1)) == 0) {
    return store_past_caches(buffer, pointer, value);
  }
  if (!predicate) {
    annotate(buffer, builder_.CreateAlignedStore(value, pointer, alignment));
    return;
  }
  if (backwards) predicate = builder_.CreateVectorReverse(predicate);
  annotate(buffer, builder_.CreateMaskedStore(value, pointer, alignment, predicate));
}

void MemoryAccess::store(const BufferMemory& buffer, std::span<const AccessIndex> indices,
                         Value* value, Value* predicate) {
  const Bounds bounds = predicate ? Bounds::unknown : Bounds::inside;
  const unsigned lanes = lanes_of(value);
  const Offset offset = offset_of(buffer, indices, lanes, bounds);
  if (predicate && offset.is_inside_local(buffer, lanes)) {
    Value* before = load(buffer, indices, lanes, nullptr);
    return store(buffer, indices, builder_.CreateSelect(predicate, value, before), nullptr);
  }
  value = to_memory(builder_, value, buffer.dtype);
  if (lanes > 1) return store_vector(buffer, offset, value, predicate);
  Value* pointer = address(buffer, offset.base, bounds);
  if (predicate) return store_guarded(buffer, pointer, value, predicate);
  annotate(buffer, builder_.CreateAlignedStore(value, pointer, element_alignment(buffer)));
}

}  // namespace tcc::codegen
