// One kernel: its function, the buffers and sizes at its start, its statements. The iterations of a
// parallel loop are a function of their own.
#pragma once

#include <tcc/runtime_table.h>

#include "codegen/llvm/expressions.h"
#include "ir/loop_program.h"

namespace tcc::codegen {

class KernelEmitter {
 public:
  KernelEmitter(const ir::LoopProgram& program, llvm::Module& module, const LlvmOptions& options);

  /// Adds the function of a kernel to the module.
  void emit(const ir::Kernel& kernel, const std::string& name);

 private:
  /// A local buffer whose memory ends with the scope that is open.
  struct Local {
    enum class Place : std::uint8_t { stack, heap };
    Place place;
    llvm::Value* memory;
  };

  /// The function that is being written.
  struct Frame {
    llvm::Function* function = nullptr;
    llvm::Value* runtime = nullptr;  ///< the runtime table
    llvm::Value* buffers = nullptr;  ///< the kernel's arguments
    llvm::Value* sizes = nullptr;
    std::vector<Local> locals;
    bool is_piece = false;  ///< the iterations of a parallel loop
  };

  void begin_function(const std::string& name, std::span<llvm::Type* const> parameters,
                      std::span<const char* const> names);
  void load_sizes();
  llvm::Value* with_divisor(llvm::Value* size, std::int64_t divisor);
  void bind_buffers(const ir::Stmt& body);
  void compute_strides(ir::BufferId id);
  void make_alias_scopes(const std::vector<ir::BufferId>& buffers);
  llvm::Value* load_pointer(llvm::Value* table, std::uint32_t position, const std::string& name);

  /// A statement whose declarations end with it.
  void emit_scope(const ir::Stmt& stmt);
  void emit_statement(const ir::Stmt& stmt);
  void emit_for(const ir::For& loop);
  void emit_unrolled(const ir::For& loop);
  void emit_loop(const ir::For& loop);
  void emit_iterations(const ir::For& loop, llvm::Value* begin, llvm::Value* end,
                       llvm::BasicBlock* after);

  /// What the iterations of a parallel loop use of what is declared around it.
  struct Closure;
  void emit_parallel(const ir::For& loop);
  Closure close_over(const ir::For& loop);
  llvm::Value* store_closure(const Closure& closure);
  llvm::Value* load_closure(const Closure& closure, llvm::Value* memory, const ir::Stmt& body);
  llvm::Function* emit_pieces(const ir::For& loop, const Closure& closure);
  void order_streamed_stores(const ir::Stmt& body);
  void limit_vectorizer(llvm::BasicBlock* body, llvm::BranchInst* latch);
  void emit_if(const ir::If& branch);
  void emit_let(const ir::Let& let);
  void emit_store(const ir::Store& store);
  void emit_prefetch(const ir::Prefetch& prefetch);
  void emit_assert(const ir::Assert& check);

  void emit_allocate(ir::BufferId id);
  void allocate_on_stack(const ir::Buffer& buffer, BufferMemory& place);
  llvm::Value* allocate_on_heap(const ir::Buffer& buffer);
  llvm::Value* heap_bytes(const ir::Buffer& buffer);
  /// Ends the lives of the locals behind the first `kept`, in code only: they stay on the list.
  void release_locals(std::size_t kept);

  /// Leaves the function with a fault, an i32, that was reported.
  void return_fault(llvm::Value* fault);
  /// Code goes on where `condition` holds; elsewhere the kernel fails.
  enum class Fault : std::uint8_t { data = TCC_FAULT_DATA, environment = TCC_FAULT_ENVIRONMENT };
  void require(llvm::Value* condition, Fault fault, const std::string& message,
               llvm::Value* value = nullptr);
  /// A function of the runtime table, and the context that it is called with.
  enum class TableEntry : std::uint8_t { allocate = 2, release = 3, fail = 4, parallel = 5 };
  llvm::CallInst* call_runtime(TableEntry entry, llvm::Type* result,
                               llvm::ArrayRef<llvm::Value*> arguments);

  llvm::BasicBlock* new_block(const std::string& name);

  const ir::LoopProgram& program_;
  llvm::Module& module_;
  Builder builder_;
  std::vector<BufferMemory> buffers_;  // by BufferId
  Expressions expressions_;
  Frame frame_;
  std::size_t loops_emitted_ = 0;
  std::size_t pieces_emitted_ = 0;  // names
};

}  // namespace tcc::codegen
