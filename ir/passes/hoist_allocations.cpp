// Memory of the heap is asked for once, not in each iteration.
#include "ir/passes/hoist_allocations.h"

#include "ir/visit.h"

namespace tcc::ir {

namespace {

class AllocationHoister {
 public:
  explicit AllocationHoister(const LoopProgram& program) : program_(program) {}

  /// The statement with what moves out of its loops before it.
  Stmt hoist(const Stmt& stmt) {
    std::vector<Stmt> moved;
    const Stmt rest = visit(stmt, moved, Place::outside);
    if (moved.empty()) return rest;
    if (rest) moved.push_back(rest);
    return make_block(std::move(moved), stmt->origin);
  }

 private:
  enum class Place : std::uint8_t { outside, in_a_loop };

  /// `moved` takes what is to be allocated before the statement; null where nothing else is left.
  Stmt visit(const Stmt& stmt, std::vector<Stmt>& moved, Place place) {
    const Allocate* allocate = as<Allocate>(stmt);
    if (allocate && place == Place::in_a_loop &&
        program_[allocate->buffer].memory == Memory::heap) {
      moved.push_back(stmt);
      return nullptr;
    }
    const For* loop = as<For>(stmt);
    if (!loop)
      return map_statements(stmt, [&](const Stmt& inner) { return visit(inner, moved, place); });
    const bool in_order = loop->kind == ForKind::serial || loop->kind == ForKind::unrolled;
    return map_statements(stmt, [&](const Stmt& body) {
      return in_order ? visit(body, moved, Place::in_a_loop) : hoist(body);
    });
  }

  const LoopProgram& program_;
};

bool allocates_on_heap(const LoopProgram& program, const Stmt& body) {
  bool found = false;
  for_each_statement(body, [&](const Stmt& stmt) {
    const Allocate* allocate = as<Allocate>(stmt);
    found |= allocate && program[allocate->buffer].memory == Memory::heap;
  });
  return found;
}

}  // namespace

LoopProgram hoist_allocations(LoopProgram program, const PassOptions&) {
  for (Kernel& kernel : program.kernels) {
    if (!allocates_on_heap(program, kernel.body)) continue;
    const Stmt body = AllocationHoister(program).hoist(kernel.body);
    kernel.body = body ? body : make_block({}, kernel.origin);
  }
  return program;
}

}  // namespace tcc::ir
