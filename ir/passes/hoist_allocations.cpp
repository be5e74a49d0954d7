// Memory of the heap is asked for once, not in each iteration.
#include "ir/passes/hoist_allocations.h"

#include <map>

#include "ir/visit.h"

namespace tcc::ir {

namespace {

class AllocationHoister {
 public:
  AllocationHoister(const LoopProgram& program, const Stmt& body) {
    for_each_statement(body, [&](const Stmt& stmt) {
      const Allocate* allocate = as<Allocate>(stmt);
      if (allocate && program[allocate->buffer].memory == Memory::heap)
        ++allocations_[allocate->buffer];
    });
  }

  bool has_work() const { return !allocations_.empty(); }

  /// The statement with what moves out of each loop before it, in a block of its own: memory lives
  /// as long as the outermost loop that it was in. Null where nothing is left.
  Stmt hoist(const Stmt& stmt) {
    const For* loop = as<For>(stmt);
    if (!loop || !is_in_order(*loop))
      return map_statements(stmt, [this](const Stmt& inner) { return hoist(inner); });
    std::vector<Stmt> moved;
    const Stmt rest = take(stmt, moved);
    if (moved.empty()) return rest;
    if (rest) moved.push_back(rest);
    return make_block(std::move(moved), stmt->origin);
  }

 private:
  static bool is_in_order(const For& loop) {
    return loop.kind == ForKind::serial || loop.kind == ForKind::unrolled;
  }

  /// The statement of a loop without its allocations, which `moved` takes.
  Stmt take(const Stmt& stmt, std::vector<Stmt>& moved) {
    const Allocate* allocate = as<Allocate>(stmt);
    if (allocate && is_movable(allocate->buffer)) {
      moved.push_back(stmt);
      return nullptr;
    }
    const For* loop = as<For>(stmt);
    if (loop && !is_in_order(*loop)) return hoist(stmt);
    return map_statements(stmt, [&](const Stmt& inner) { return take(inner, moved); });
  }

  /// A buffer of two scopes would have to be allocated around both.
  bool is_movable(BufferId buffer) const {
    const auto found = allocations_.find(buffer);
    return found != allocations_.end() && found->second == 1;
  }

  std::map<BufferId, int> allocations_;  ///< on the heap: how often it is asked for
};

}  // namespace

LoopProgram hoist_allocations(LoopProgram program, const PassOptions&) {
  for (Kernel& kernel : program.kernels) {
    AllocationHoister hoister(program, kernel.body);
    if (!hoister.has_work()) continue;
    const Stmt body = hoister.hoist(kernel.body);
    kernel.body = body ? body : make_block({}, kernel.origin);
  }
  return program;
}

}  // namespace tcc::ir
