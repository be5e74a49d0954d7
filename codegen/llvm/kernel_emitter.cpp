// What stands at the start of a kernel: sizes, buffers, strides, and what may be assumed of them.
#include "codegen/llvm/kernel_emitter.h"

#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/Module.h>

#include <algorithm>
#include <limits>
#include <map>

#include "ir/touched_buffers.h"

namespace tcc::codegen {

using llvm::Value;

namespace {

constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();

ir::SizeFact fact_of(const ir::LoopProgram& program, ir::VarId size) {
  for (const ir::SizeFact& fact : program.facts.sizes) {
    if (fact.var == size) return fact;
  }
  return {size, std::numeric_limits<std::int64_t>::min(), {}, 1};
}

std::int64_t alignment_of(const ir::LoopProgram& program, ir::BufferId buffer) {
  for (const ir::BufferFact& fact : program.facts.buffers) {
    if (fact.buffer == buffer) return fact.alignment;
  }
  return 1;
}

}  // namespace

KernelEmitter::KernelEmitter(const ir::LoopProgram& program, llvm::Module& module,
                             const LlvmOptions& options)
    : program_(program),
      module_(module),
      builder_(module.getContext()),
      buffers_(program.buffers.size()),
      expressions_(builder_, options, buffers_) {}

void KernelEmitter::emit(const ir::Kernel& kernel, const std::string& name) {
  begin_function(name);
  load_sizes();
  bind_buffers(kernel);
  emit_scope(kernel.body);
  // Stores past the caches are ordered by nothing else.
  if (std::any_of(buffers_.begin(), buffers_.end(),
                  [](const BufferMemory& buffer) { return buffer.streams; })) {
    builder_.CreateFence(llvm::AtomicOrdering::SequentiallyConsistent);
  }
  builder_.CreateRet(builder_.getInt32(0));
}

/// A size that is known to be a multiple of a power of two, said so that LLVM sees it: the low bits
/// are none.
Value* KernelEmitter::with_divisor(Value* size, std::int64_t divisor) {
  const bool is_power = divisor > 1 && (divisor & (divisor - 1)) == 0;
  if (!is_power) return size;
  return builder_.CreateAnd(size, builder_.getInt64(static_cast<std::uint64_t>(-divisor)));
}

/// i32 (const tcc_runtime_table* runtime, void* const* buffers, const int64_t* sizes)
void KernelEmitter::begin_function(const std::string& name) {
  llvm::Type* pointer = builder_.getPtrTy();
  auto* type = llvm::FunctionType::get(builder_.getInt32Ty(), {pointer, pointer, pointer},
                                       /*isVarArg=*/false);
  function_ = llvm::Function::Create(type, llvm::Function::ExternalLinkage, name, module_);
  function_->addFnAttr(llvm::Attribute::NoUnwind);
  const char* names[] = {"runtime", "buffers", "sizes"};
  for (unsigned i = 0; i < 3; ++i) {
    function_->getArg(i)->setName(names[i]);
    function_->addParamAttr(i, llvm::Attribute::NoAlias);
    function_->addParamAttr(i, llvm::Attribute::ReadOnly);
  }
  builder_.SetInsertPoint(new_block("entry"));
}

void KernelEmitter::load_sizes() {
  llvm::MDBuilder metadata(builder_.getContext());
  for (std::size_t s = 0; s < program_.sizes.size(); ++s) {
    const auto& var = *ir::as<ir::Var>(program_.sizes[s]);
    const ir::SizeFact fact = fact_of(program_, var.id);
    Value* place =
        builder_.CreateConstInBoundsGEP1_64(builder_.getInt64Ty(), function_->getArg(2), s);
    llvm::LoadInst* size = builder_.CreateAlignedLoad(builder_.getInt64Ty(), place,
                                                      llvm::Align(sizeof(std::int64_t)), var.name);
    const std::int64_t last = fact.maximum.value_or(no_limit);
    if (fact.minimum > std::numeric_limits<std::int64_t>::min() && last >= fact.minimum) {
      const std::uint64_t end = static_cast<std::uint64_t>(last) + 1;
      size->setMetadata(
          llvm::LLVMContext::MD_range,
          metadata.createRange(llvm::APInt(64, static_cast<std::uint64_t>(fact.minimum)),
                               llvm::APInt(64, end)));
    }
    expressions_.declare(var.id, with_divisor(size, fact.divisor));
  }
}

void KernelEmitter::bind_buffers(const ir::Kernel& kernel) {
  const std::vector<ir::BufferId> touched = ir::touched_buffers(kernel.body);
  for (const ir::BufferId id : touched) {
    const ir::Buffer& buffer = program_[id];
    BufferMemory& memory = buffers_[id.value] = {};
    memory.dtype = buffer.dtype;
    memory.streams = buffer.stores == ir::StoreHint::nontemporal;
    compute_strides(id);
    if (buffer.use == ir::BufferUse::local) continue;  // until it is allocated
    memory.data = load_pointer(function_->getArg(1), id.value, buffer.name);
    if (const std::int64_t alignment = alignment_of(program_, id); alignment > 1) {
      auto* bytes =
          llvm::ConstantAsMetadata::get(builder_.getInt64(static_cast<std::uint64_t>(alignment)));
      llvm::cast<llvm::LoadInst>(memory.data)
          ->setMetadata(llvm::LLVMContext::MD_align,
                        llvm::MDNode::get(builder_.getContext(), bytes));
    }
  }
  make_alias_scopes(touched);
}

/// Row-major, from the last axis: what depends on sizes is computed here, once.
void KernelEmitter::compute_strides(ir::BufferId id) {
  const ir::Buffer& buffer = program_[id];
  std::vector<Value*>& strides = buffers_[id.value].strides;
  strides.resize(buffer.shape.size());
  Value* stride = builder_.getInt64(1);
  expressions_.begin_statement();
  for (std::size_t axis = buffer.shape.size(); axis-- > 0;) {
    strides[axis] = stride;
    if (axis == 0) break;
    Value* extent = expressions_.emit(buffer.shape[axis]);
    const bool is_first = axis + 1 == buffer.shape.size();
    stride = is_first ? extent
                      : builder_.CreateMul(stride, extent, "", /*HasNUW=*/false,
                                           /*HasNSW=*/true);
  }
}

/// Each buffer is memory of its own, but for one in place of another, which has its scope. (Those
/// that may share it, by `Aliasing::reads`, are only read, and nothing follows from the order of
/// two reads.) Each access lists all others, which takes the square of their number: a kernel of
/// very many buffers does without.
void KernelEmitter::make_alias_scopes(const std::vector<ir::BufferId>& buffers) {
  constexpr std::size_t most_buffers = 256;
  if (buffers.size() > most_buffers) return;
  llvm::MDBuilder metadata(builder_.getContext());
  llvm::MDNode* domain = metadata.createAnonymousAliasScopeDomain(function_->getName());
  std::map<ir::BufferId, llvm::Metadata*> scopes;  // by the first buffer of each memory
  const auto memory_of = [&](ir::BufferId id) {
    const auto& from = program_[id].in_place_of;
    const bool both = from && std::binary_search(buffers.begin(), buffers.end(), *from);
    return both ? *from : id;
  };
  for (const ir::BufferId id : buffers) {
    if (program_[id].memory == ir::Memory::registers) continue;  // values by then, no accesses
    llvm::Metadata*& scope = scopes[memory_of(id)];
    if (!scope) scope = metadata.createAnonymousAliasScope(domain, program_[id].name);
  }
  for (const ir::BufferId id : buffers) {
    const auto own = scopes.find(memory_of(id));
    if (own == scopes.end()) continue;
    std::vector<llvm::Metadata*> others;
    for (const auto& [other, scope] : scopes) {
      if (other != own->first) others.push_back(scope);
    }
    BufferMemory& memory = buffers_[id.value];
    memory.own_scope = llvm::MDNode::get(builder_.getContext(), own->second);
    if (!others.empty()) memory.other_scopes = llvm::MDNode::get(builder_.getContext(), others);
  }
}

Value* KernelEmitter::load_pointer(Value* table, std::uint32_t position, const std::string& name) {
  Value* place = builder_.CreateConstInBoundsGEP1_64(builder_.getPtrTy(), table, position);
  return builder_.CreateAlignedLoad(builder_.getPtrTy(), place, llvm::Align(sizeof(void*)), name);
}

llvm::BasicBlock* KernelEmitter::new_block(const std::string& name) {
  return llvm::BasicBlock::Create(builder_.getContext(), name, function_);
}

}  // namespace tcc::codegen
