// The statements of a kernel.
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/Module.h>

#include <fmt/format.h>

#include "codegen/llvm/kernel_emitter.h"
#include "dsl/diagnostic.h"

namespace tcc::codegen {

using llvm::Value;

namespace {

constexpr std::uint64_t local_alignment = 64;

/// tcc_runtime_table of tcc/runtime_table.h.
llvm::StructType* runtime_table_type(Builder& builder) {
  llvm::Type* pointer = builder.getPtrTy();
  return llvm::StructType::get(builder.getInt32Ty(), pointer, pointer, pointer, pointer, pointer);
}

}  // namespace

void KernelEmitter::emit_scope(const ir::Stmt& stmt) {
  const std::size_t outside = frame_.locals.size();
  emit_statement(stmt);
  release_locals(outside);
  frame_.locals.resize(outside);
}

void KernelEmitter::emit_statement(const ir::Stmt& stmt) {
  expressions_.begin_statement();
  ir::match(
      stmt, [&](const ir::For& loop) { emit_for(loop); },
      [&](const ir::If& branch) { emit_if(branch); }, [&](const ir::Let& let) { emit_let(let); },
      [&](const ir::Allocate& allocate) { emit_allocate(allocate.buffer); },
      [&](const ir::Block& block) {
        for (const ir::Stmt& child : block.statements) {
          if (ir::as<ir::Block>(child))
            emit_scope(child);
          else
            emit_statement(child);
        }
      },
      [&](const ir::Store& store) { emit_store(store); },
      [&](const ir::Prefetch& prefetch) { emit_prefetch(prefetch); },
      [&](const ir::Assert& check) { emit_assert(check); });
}

void KernelEmitter::emit_for(const ir::For& loop) {
  switch (loop.kind) {
    case ir::ForKind::unrolled: return emit_unrolled(loop);
    case ir::ForKind::parallel: return frame_.is_piece ? emit_loop(loop) : emit_parallel(loop);
    case ir::ForKind::serial:
    case ir::ForKind::vector: return emit_loop(loop);
    default:
      bug(fmt::format("a loop of kind '{}' in a kernel for the CPU", ir::name_of(loop.kind)));
  }
}

void KernelEmitter::emit_unrolled(const ir::For& loop) {
  const auto extent = ir::constant_of(loop.extent);
  if (!extent) bug("an unrolled loop without a constant extent");
  Value* begin = expressions_.emit(loop.begin);
  for (std::int64_t i = 0; i < *extent; ++i) {
    Value* offset = builder_.getInt64(static_cast<std::uint64_t>(i));
    expressions_.declare(ir::as<ir::Var>(loop.var)->id,
                         i == 0 ? begin : builder_.CreateAdd(begin, offset, "", false, true));
    emit_scope(loop.body);
  }
}

/// Tested at its end, behind a test that there is a first iteration.
void KernelEmitter::emit_loop(const ir::For& loop) {
  const auto known = ir::constant_of(loop.extent);
  if (known && *known <= 0) return;
  Value* begin = expressions_.emit(loop.begin);
  Value* extent = expressions_.emit(loop.extent);
  Value* end = builder_.CreateAdd(begin, extent, "", /*HasNUW=*/false, /*HasNSW=*/true);
  llvm::BasicBlock* after = new_block("");
  if (!known) {
    llvm::BasicBlock* some = new_block("");
    builder_.CreateCondBr(builder_.CreateICmpSGT(extent, builder_.getInt64(0)), some, after);
    builder_.SetInsertPoint(some);
  }
  emit_iterations(loop, begin, end, after);
}

/// Iterations `begin` to `end` - 1, at least one; code goes on in `after`.
void KernelEmitter::emit_iterations(const ir::For& loop, Value* begin, Value* end,
                                    llvm::BasicBlock* after) {
  const ir::Var& var = *ir::as<ir::Var>(loop.var);
  llvm::BasicBlock* body = new_block(var.name + ".loop");
  llvm::BasicBlock* before = builder_.GetInsertBlock();
  builder_.CreateBr(body);
  builder_.SetInsertPoint(body);
  llvm::PHINode* counter = builder_.CreatePHI(builder_.getInt64Ty(), 2, var.name);
  counter->addIncoming(begin, before);
  expressions_.declare(var.id, counter);
  const std::size_t loops_before = ++loops_emitted_;
  emit_scope(loop.body);
  Value* next = builder_.CreateAdd(counter, builder_.getInt64(1), "", /*HasNUW=*/false,
                                   /*HasNSW=*/true);
  counter->addIncoming(next, builder_.GetInsertBlock());
  llvm::BranchInst* latch = builder_.CreateCondBr(builder_.CreateICmpSLT(next, end), body, after);
  if (loops_emitted_ == loops_before) limit_vectorizer(body, latch);
  after->moveAfter(builder_.GetInsertBlock());
  builder_.SetInsertPoint(after);
}

/// The time that LLVM's loop vectorizer takes grows with the square of an innermost body.
void KernelEmitter::limit_vectorizer(llvm::BasicBlock* body, llvm::BranchInst* latch) {
  constexpr std::size_t longest = 600;
  std::size_t instructions = 0;
  for (auto block = body->getIterator(); block != frame_.function->end(); ++block) {
    instructions += block->size();
  }
  if (instructions <= longest) return;
  llvm::LLVMContext& context = builder_.getContext();
  llvm::Metadata* off[] = {llvm::MDString::get(context, "llvm.loop.vectorize.enable"),
                           llvm::ConstantAsMetadata::get(builder_.getFalse())};
  llvm::MDNode* loop =
      llvm::MDNode::getDistinct(context, {nullptr, llvm::MDNode::get(context, off)});
  loop->replaceOperandWith(0, loop);
  latch->setMetadata(llvm::LLVMContext::MD_loop, loop);
}

void KernelEmitter::emit_if(const ir::If& branch) {
  Value* condition = expressions_.emit(branch.condition);
  llvm::BasicBlock* body = new_block("if");
  llvm::BasicBlock* after = new_block("");
  builder_.CreateCondBr(condition, body, after);
  builder_.SetInsertPoint(body);
  emit_scope(branch.body);
  builder_.CreateBr(after);
  after->moveAfter(builder_.GetInsertBlock());
  builder_.SetInsertPoint(after);
}

void KernelEmitter::emit_let(const ir::Let& let) {
  expressions_.declare(ir::as<ir::Var>(let.var)->id, expressions_.emit_lazily(let.value));
}

void KernelEmitter::emit_store(const ir::Store& store) {
  Value* value = expressions_.emit(store.value);
  const std::vector<AccessIndex> indices = expressions_.emit_indices(store.indices);
  Value* predicate = store.predicate ? expressions_.emit(store.predicate) : nullptr;
  MemoryAccess(builder_).store(buffers_[store.buffer.value], indices, value, predicate);
}

void KernelEmitter::emit_prefetch(const ir::Prefetch& prefetch) {
  const std::vector<AccessIndex> indices = expressions_.emit_indices(prefetch.indices);
  Value* address = MemoryAccess(builder_).address_of(buffers_[prefetch.buffer.value], indices);
  constexpr std::uint32_t to_read = 0;
  constexpr std::uint32_t data = 1;
  const auto locality = 3U - static_cast<std::uint32_t>(prefetch.level);
  builder_.CreateIntrinsic(
      llvm::Intrinsic::prefetch, {builder_.getPtrTy()},
      {address, builder_.getInt32(to_read), builder_.getInt32(locality), builder_.getInt32(data)});
}

void KernelEmitter::emit_assert(const ir::Assert& check) {
  Value* condition = expressions_.emit(check.condition);
  require(condition, Fault::data, check.message,
          check.value ? expressions_.emit(check.value) : nullptr);
}

void KernelEmitter::emit_allocate(ir::BufferId id) {
  const ir::Buffer& buffer = program_[id];
  switch (buffer.memory) {
    case ir::Memory::heap:
      buffers_[id.value].data = allocate_on_heap(buffer);
      frame_.locals.push_back({Local::Place::heap, buffers_[id.value].data});
      return;
    case ir::Memory::stack:
    case ir::Memory::registers:
      allocate_on_stack(buffer, buffers_[id.value]);
      frame_.locals.push_back({Local::Place::stack, buffers_[id.value].data});
      return;
    default: bug(fmt::format("'{}' is in {} of a CPU", buffer.name, ir::name_of(buffer.memory)));
  }
}

/// In the entry block, where it is a part of the frame and can become registers.
void KernelEmitter::allocate_on_stack(const ir::Buffer& buffer, BufferMemory& place) {
  std::uint64_t count = 1;
  for (const ir::Expr& extent : buffer.shape) {
    const auto constant = ir::constant_of(extent);
    if (!constant || *constant < 0) bug(fmt::format("'{}' has no constant size", buffer.name));
    count *= static_cast<std::uint64_t>(*constant);
  }
  llvm::Type* element = memory_type(builder_.getContext(), {buffer.dtype, 1});
  llvm::BasicBlock& entry = frame_.function->getEntryBlock();
  Builder at_start(&entry, entry.begin());
  llvm::AllocaInst* memory =
      at_start.CreateAlloca(llvm::ArrayType::get(element, count), nullptr, buffer.name);
  memory->setAlignment(llvm::Align(local_alignment));
  builder_.CreateLifetimeStart(memory);
  place.data = memory;
  place.own_elements = count;
}

Value* KernelEmitter::allocate_on_heap(const ir::Buffer& buffer) {
  llvm::CallInst* memory =
      call_runtime(TableEntry::allocate, builder_.getPtrTy(), {heap_bytes(buffer)});
  memory->addRetAttr(llvm::Attribute::NoAlias);
  memory->setName(buffer.name);
  require(builder_.CreateIsNotNull(memory), Fault::environment,
          fmt::format("there is not enough memory for '{}'", buffer.name));
  return memory;
}

/// At least 1, so that null is a failure; where the product overflows, more than there can be.
Value* KernelEmitter::heap_bytes(const ir::Buffer& buffer) {
  Value* bytes = builder_.getInt64(size_in_bytes(buffer.dtype));
  Value* overflow = builder_.getFalse();
  for (const ir::Expr& extent : buffer.shape) {
    Value* product = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::umul_with_overflow, bytes,
                                                    expressions_.emit(extent));
    bytes = builder_.CreateExtractValue(product, 0);
    overflow = builder_.CreateOr(overflow, builder_.CreateExtractValue(product, 1));
  }
  constexpr std::uint64_t too_much = std::uint64_t{1} << 62;
  bytes = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::umax, bytes, builder_.getInt64(1));
  return builder_.CreateSelect(overflow, builder_.getInt64(too_much), bytes);
}

void KernelEmitter::release_locals(std::size_t kept) {
  for (std::size_t local = frame_.locals.size(); local-- > kept;) {
    Value* memory = frame_.locals[local].memory;
    if (frame_.locals[local].place == Local::Place::stack)
      builder_.CreateLifetimeEnd(memory);
    else
      call_runtime(TableEntry::release, builder_.getVoidTy(), {memory});
  }
}

void KernelEmitter::require(Value* condition, Fault fault, const std::string& message,
                            Value* value) {
  llvm::BasicBlock* good = new_block("");
  llvm::BasicBlock* failed = new_block("failed");
  llvm::MDBuilder metadata(builder_.getContext());
  builder_.CreateCondBr(condition, good, failed, metadata.createLikelyBranchWeights());
  builder_.SetInsertPoint(failed);
  call_runtime(TableEntry::fail, builder_.getVoidTy(),
               {builder_.CreateGlobalString(message), value ? value : builder_.getInt64(0)});
  return_fault(builder_.getInt32(static_cast<std::uint32_t>(fault)));
  builder_.SetInsertPoint(good);
}

void KernelEmitter::return_fault(Value* fault) {
  release_locals(0);
  builder_.CreateRet(fault);
}

llvm::CallInst* KernelEmitter::call_runtime(TableEntry entry, llvm::Type* result,
                                            llvm::ArrayRef<Value*> arguments) {
  llvm::StructType* table = runtime_table_type(builder_);
  const auto field = [&](unsigned position) {
    Value* place = builder_.CreateStructGEP(table, frame_.runtime, position);
    return builder_.CreateAlignedLoad(builder_.getPtrTy(), place, llvm::Align(sizeof(void*)));
  };
  constexpr unsigned context = 1;
  std::vector<Value*> all = {field(context)};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<llvm::Type*> types;
  for (const Value* argument : all)
    types.push_back(argument->getType());
  auto* type = llvm::FunctionType::get(result, types, /*isVarArg=*/false);
  llvm::CallInst* call = builder_.CreateCall(type, field(static_cast<unsigned>(entry)), all);
  call->addFnAttr(llvm::Attribute::NoUnwind);
  return call;
}

}  // namespace tcc::codegen
