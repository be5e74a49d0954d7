// What a kernel packs before its nests becomes a kernel of its own.
#include "ir/passes/separate_packing.h"

#include <algorithm>

#include "ir/rewrites/local_copy.h"
#include "ir/touched_buffers.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

/// A kernel's statements, blocks in blocks laid open, as far as the first that is none.
std::vector<Stmt> statements_of(const Stmt& body) {
  const auto* block = as<Block>(body);
  if (!block) return {body};
  std::vector<Stmt> statements = block->statements;
  while (!statements.empty() && as<Block>(statements.back())) {
    const Stmt last = statements.back();
    statements.pop_back();
    const auto& inner = as<Block>(last)->statements;
    statements.insert(statements.end(), inner.begin(), inner.end());
  }
  return statements;
}

class Separation {
 public:
  explicit Separation(LoopProgram program) : program_(std::move(program)) {}

  LoopProgram run() {
    std::vector<Kernel> kernels;
    for (Kernel& kernel : program_.kernels) {
      std::vector<Stmt> rest = statements_of(kernel.body);
      bool is_changed = false;
      while (const auto packed = packed_first(rest)) {
        Buffer& buffer = program_.buffers[packed->value];
        buffer.use = BufferUse::temporary;
        buffer.memory = Memory::heap;
        kernels.push_back({buffer.name, rest[1], buffer.origin});
        rest.erase(rest.begin(), rest.begin() + 2);
        is_changed = true;
      }
      if (is_changed) kernel.body = make_block(std::move(rest), kernel.body->origin);
      kernels.push_back(std::move(kernel));
    }
    program_.kernels = std::move(kernels);
    return std::move(program_);
  }

 private:
  /// The buffer that the first two statements allocate and fill, if they do no more.
  std::optional<BufferId> packed_first(const std::vector<Stmt>& statements) const {
    if (statements.size() < 3) return {};
    const auto* allocate = as<Allocate>(statements[0]);
    if (!allocate || !as<For>(statements[1])) return {};
    const BufferId packed = allocate->buffer;
    if (!stores(statements[1], packed) || program_[packed].memory != Memory::heap) return {};
    for (const BufferId id : touched_buffers(statements[1])) {
      if (id != packed && program_[id].use != BufferUse::input) return {};
    }
    const bool is_changed_later =
        std::any_of(statements.begin() + 2, statements.end(),
                    [&](const Stmt& stmt) { return stores(stmt, packed); });
    return is_changed_later ? std::nullopt : std::optional(packed);
  }

  LoopProgram program_;
};

}  // namespace

LoopProgram separate_packing(LoopProgram program, const PassOptions&) {
  return Separation(std::move(program)).run();
}

}  // namespace tcc::ir
