// Memory of the heap is asked for once, not in each iteration.
#include "ir/passes/hoist_allocations.h"

#include <algorithm>
#include <set>

#include "ir/visit.h"

namespace tcc::ir {

namespace {

class AllocationHoister {
 public:
  explicit AllocationHoister(const LoopProgram& program) : program_(program) {}

  /// The statement with what moves out of its loops before it.
  Stmt hoist(const Stmt& stmt) {
    std::vector<Stmt> moved;
    const Stmt rest = visit(stmt, moved);
    if (moved.empty()) return rest ? rest : make_block({}, stmt->origin);
    if (rest) moved.push_back(rest);
    return make_block(std::move(moved), stmt->origin);
  }

 private:
  /// `moved` takes what is to be allocated before the statement; null where nothing else is left.
  Stmt visit(const Stmt& stmt, std::vector<Stmt>& moved) {
    if (const Let* let = as<Let>(stmt)) declared_.insert(as<Var>(let->var)->id);
    const Allocate* allocate = as<Allocate>(stmt);
    if (allocate && loops_ > 0 && is_heap(allocate->buffer)) {
      moved.push_back(stmt);
      return nullptr;
    }
    if (const For* loop = as<For>(stmt)) return visit_loop(stmt, *loop, moved);
    return map_statements(stmt, [&](const Stmt& inner) { return visit(inner, moved); });
  }

  Stmt visit_loop(const Stmt& stmt, const For& loop, std::vector<Stmt>& moved) {
    const bool in_order = loop.kind == ForKind::serial || loop.kind == ForKind::unrolled;
    const std::set<VarId> declared_outside = declared_;
    const int loops_outside = loops_;
    declared_ = {as<Var>(loop.var)->id};
    loops_ = in_order ? loops_ + 1 : 0;
    std::vector<Stmt> from_body;
    const Stmt body = visit(loop.body, from_body);
    std::vector<Stmt> stay;
    for (Stmt& allocate : from_body)
      (!in_order || is_of_loop(allocate) ? stay : moved).push_back(std::move(allocate));
    loops_ = loops_outside;
    declared_.insert(declared_outside.begin(), declared_outside.end());
    if (body == loop.body) return stmt;
    if (!body) return nullptr;
    stay.push_back(body);
    return make_for(loop.var, loop.begin, loop.extent, loop.kind, loop.stage,
                    make_block(std::move(stay), body->origin), stmt->origin);
  }

  bool is_heap(BufferId buffer) const { return program_[buffer].memory == Memory::heap; }

  /// Whether the shape uses what the loop that is visited declares.
  bool is_of_loop(const Stmt& allocate) const {
    const std::vector<Expr>& shape = program_[as<Allocate>(allocate)->buffer].shape;
    return std::any_of(shape.begin(), shape.end(), [&](const Expr& extent) {
      return std::any_of(declared_.begin(), declared_.end(),
                         [&](VarId var) { return uses_var(extent, var); });
    });
  }

  const LoopProgram& program_;
  std::set<VarId> declared_;  ///< in the loop that is visited
  int loops_ = 0;             ///< around, up to a parallel one
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
    kernel.body = AllocationHoister(program).hoist(kernel.body);
  }
  return program;
}

}  // namespace tcc::ir
