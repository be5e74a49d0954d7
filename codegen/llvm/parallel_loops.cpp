// Parallel loops: the iterations are a function of their own (tcc_pieces of tcc/runtime_table.h),
// which the host calls for ranges of them. It reads the kernel's arguments, and what is declared
// around the loop, from a closure on the kernel's stack.
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/Module.h>

#include <set>

#include <fmt/format.h>

#include "codegen/llvm/kernel_emitter.h"
#include "ir/touched_buffers.h"
#include "ir/visit.h"

namespace tcc::codegen {

using llvm::Value;

namespace {

constexpr std::uint64_t local_alignment = 64;

/// The variables that a loop's iterations use and do not declare.
std::set<ir::VarId> free_variables(const ir::For& loop) {
  std::set<ir::VarId> used, declared = {ir::as<ir::Var>(loop.var)->id};
  ir::for_each_statement(loop.body, [&](const ir::Stmt& stmt) {
    if (const auto* inner = ir::as<ir::For>(stmt)) declared.insert(ir::as<ir::Var>(inner->var)->id);
    if (const auto* let = ir::as<ir::Let>(stmt)) declared.insert(ir::as<ir::Var>(let->var)->id);
  });
  ir::for_each_expression(loop.body, [&](const ir::Expr& expr) {
    for (const ir::Expr& node : ir::post_order(expr)) {
      if (const auto* var = ir::as<ir::Var>(node)) used.insert(var->id);
    }
  });
  for (const ir::VarId var : declared)
    used.erase(var);
  return used;
}

std::set<ir::BufferId> allocated_in(const ir::Stmt& body) {
  std::set<ir::BufferId> found;
  ir::for_each_statement(body, [&](const ir::Stmt& stmt) {
    if (const auto* allocate = ir::as<ir::Allocate>(stmt)) found.insert(allocate->buffer);
  });
  return found;
}

/// The alignment of a field in any data layout, that of the module not being known yet.
llvm::Align field_alignment(const llvm::Type* type) {
  if (type->isPointerTy()) return llvm::Align(sizeof(void*));
  if (type->isVectorTy()) return llvm::Align(1);
  return llvm::Align(std::max<std::uint64_t>(type->getScalarSizeInBits() / 8, 1));
}

}  // namespace

struct KernelEmitter::Closure {
  struct Variable {
    ir::VarId var;
    Emitted outside;  ///< known by its rule, or by its value
  };
  struct Buffer {
    ir::BufferId id;
    BufferMemory outside;
    bool is_captured;  ///< a local of the kernel; others are bound anew
  };
  std::vector<Variable> variables, sizes;
  std::vector<Buffer> buffers;
  std::vector<Value*> fields;
  llvm::StructType* type = nullptr;
};

/// The kernel's arguments come first, then where the loop begins, variables, locals.
KernelEmitter::Closure KernelEmitter::close_over(const ir::For& loop) {
  Closure closure;
  closure.fields = {frame_.buffers, frame_.sizes, expressions_.emit(loop.begin)};
  std::set<ir::VarId> variables = free_variables(loop);
  for (const ir::Expr& size : program_.sizes) {
    const ir::VarId var = ir::as<ir::Var>(size)->id;
    closure.sizes.push_back({var, expressions_.value_of(var)});
    variables.erase(var);
  }
  for (const ir::VarId var : variables) {
    const Emitted& value = expressions_.value_of(var);
    closure.variables.push_back({var, value});
    closure.fields.push_back(value.base ? value.base : value.value);
  }
  const std::set<ir::BufferId> own = allocated_in(loop.body);
  for (const ir::BufferId id : ir::touched_buffers(loop.body)) {
    const bool is_captured = program_[id].use == ir::BufferUse::local && !own.contains(id);
    closure.buffers.push_back({id, buffers_[id.value], is_captured});
    if (is_captured) closure.fields.push_back(buffers_[id.value].data);
  }
  std::vector<llvm::Type*> types;
  for (const Value* field : closure.fields)
    types.push_back(field->getType());
  closure.type = llvm::StructType::get(builder_.getContext(), types);
  return closure;
}

Value* KernelEmitter::store_closure(const Closure& closure) {
  llvm::BasicBlock& entry = frame_.function->getEntryBlock();
  llvm::AllocaInst* memory =
      Builder(&entry, entry.begin()).CreateAlloca(closure.type, nullptr, "closure");
  memory->setAlignment(llvm::Align(local_alignment));
  builder_.CreateLifetimeStart(memory);
  for (unsigned f = 0; f < closure.fields.size(); ++f) {
    Value* place = builder_.CreateStructGEP(closure.type, memory, f);
    builder_.CreateAlignedStore(closure.fields[f], place,
                                field_alignment(closure.fields[f]->getType()));
  }
  return memory;
}

/// At the start of the pieces' function: declares what stands in the closure. Returns where the
/// loop begins. (Other threads store to a captured local too, between the elements that a mask
/// leaves out: its `own_elements` stay 0, so that what is masked is not written.)
Value* KernelEmitter::load_closure(const Closure& closure, Value* memory, const ir::Stmt& body) {
  unsigned next = 0;
  const auto load = [&]() {
    llvm::Type* type = closure.type->getElementType(next);
    Value* place = builder_.CreateStructGEP(closure.type, memory, next++);
    return builder_.CreateAlignedLoad(type, place, field_alignment(type));
  };
  frame_.buffers = load();
  frame_.sizes = load();
  Value* begin = load();
  load_sizes();
  for (const Closure::Variable& each : closure.variables) {
    Emitted inside = each.outside;
    (inside.base ? inside.base : inside.value) = load();
    if (inside.base) inside.value = nullptr;
    expressions_.declare(each.var, inside);
  }
  bind_buffers(body);
  for (const Closure::Buffer& each : closure.buffers) {
    if (!each.is_captured) continue;
    llvm::LoadInst* data = load();
    auto* bytes = llvm::ConstantAsMetadata::get(builder_.getInt64(local_alignment));
    data->setMetadata(llvm::LLVMContext::MD_align, llvm::MDNode::get(builder_.getContext(), bytes));
    buffers_[each.id.value].data = data;
  }
  return begin;
}

/// i32 (const tcc_runtime_table* runtime, const void* closure, int64_t begin, int64_t end)
llvm::Function* KernelEmitter::emit_pieces(const ir::For& loop, const Closure& closure) {
  llvm::Type* pointer = builder_.getPtrTy();
  llvm::Type* number = builder_.getInt64Ty();
  const std::string name =
      fmt::format("{}.pieces_{}", frame_.function->getName().str(), pieces_emitted_++);
  const llvm::IRBuilderBase::InsertPointGuard guard(builder_);
  Frame outside = std::move(frame_);
  begin_function(name, std::array{pointer, pointer, number, number},
                 std::array{"runtime", "closure", "begin", "end"});
  frame_.is_piece = true;
  llvm::Function* function = frame_.function;
  expressions_.begin_statement();
  Value* first = load_closure(closure, function->getArg(1), loop.body);
  Value* begin = builder_.CreateNSWAdd(first, function->getArg(2));
  Value* end = builder_.CreateNSWAdd(first, function->getArg(3));
  emit_iterations(loop, begin, end, new_block(""));
  order_streamed_stores(loop.body);
  builder_.CreateRet(builder_.getInt32(0));
  frame_ = std::move(outside);
  for (const auto* declared : {&closure.sizes, &closure.variables}) {
    for (const Closure::Variable& each : *declared)
      expressions_.declare(each.var, each.outside);
  }
  for (const Closure::Buffer& each : closure.buffers)
    buffers_[each.id.value] = each.outside;
  expressions_.begin_statement();
  return function;
}

void KernelEmitter::emit_parallel(const ir::For& loop) {
  const auto known = ir::constant_of(loop.extent);
  if (known && *known <= 0) return;
  const Closure closure = close_over(loop);
  Value* count = expressions_.emit(loop.extent);
  Value* memory = store_closure(closure);
  llvm::Function* pieces = emit_pieces(loop, closure);
  Value* fault = call_runtime(TableEntry::parallel, builder_.getInt32Ty(), {count, pieces, memory});
  builder_.CreateLifetimeEnd(memory);
  llvm::BasicBlock* good = new_block("");
  llvm::BasicBlock* failed = new_block("failed");
  llvm::MDBuilder metadata(builder_.getContext());
  builder_.CreateCondBr(builder_.CreateIsNull(fault), good, failed,
                        metadata.createLikelyBranchWeights());
  builder_.SetInsertPoint(failed);
  return_fault(fault);
  builder_.SetInsertPoint(good);
}

}  // namespace tcc::codegen
