// Whether the iterations of a loop are independent of each other.
#include "ir/rewrites/dependences.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "ir/affine/simplify.h"
#include "ir/printer.h"
#include "ir/rewrites/loops.h"
#include "ir/rewrites/separation.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

/// All accesses in the body of a loop, and what it declares.
class AccessCollector {
 public:
  explicit AccessCollector(const Stmt& body) { visit(body); }

  std::vector<LoopAccess> accesses;
  std::set<BufferId> allocated;
  std::set<VarId> declared;  ///< of the loops and lets inside

 private:
  void visit(const Stmt& stmt) {
    map_expressions(stmt, [&](const Expr& expr) {
      add_loads(expr);
      return expr;
    });
    if (const For* loop = as<For>(stmt)) {
      declared.insert(var_of(*loop));
      around_[var_of(*loop)] = {loop->begin, loop->extent};
      visit(loop->body);
      around_.erase(var_of(*loop));
    } else if (const If* guard = as<If>(stmt)) {
      const std::size_t outside = guards_.size();
      for (const Expr& conjunct : conjuncts(guard->condition))
        guards_.push_back(conjunct);
      visit(guard->body);
      guards_.resize(outside);
    } else if (const Block* block = as<Block>(stmt)) {
      for (const Stmt& inner : block->statements)
        visit(inner);
    } else if (const Store* store = as<Store>(stmt)) {
      accesses.push_back(
          {LoopAccess::Kind::store, store->buffer, store->indices, around_, guards_});
    } else if (const Allocate* allocate = as<Allocate>(stmt)) {
      allocated.insert(allocate->buffer);
    } else if (const Let* let = as<Let>(stmt)) {
      declared.insert(as<Var>(let->var)->id);
    }
  }

  void add_loads(const Expr& expr) {
    if (is_leaf(expr)) return;
    for (const Expr& node : post_order(expr)) {
      const Load* load = as<Load>(node);
      if (!load) continue;
      accesses.push_back({LoopAccess::Kind::load, load->buffer, load->indices, around_, guards_});
    }
  }

  VarRanges around_;
  std::vector<Expr> guards_;
};

std::string describe(const LoopProgram& program, const Conflict& conflict) {
  const Buffer& buffer = program[conflict.buffer];
  const auto text = [&](const std::vector<Expr>& indices) {
    return print(program, make_load(buffer.dtype, conflict.buffer, indices, buffer.origin));
  };
  const std::string stored = text(conflict.stored);
  const std::string accessed = text(conflict.accessed);
  if (conflict.kind == Conflict::Kind::one_loads) {
    return fmt::format("one may load '{}', which another stores to '{}'", accessed, stored);
  }
  if (stored == accessed) return fmt::format("two may store to '{}'", stored);
  return fmt::format("one may store to '{}' and another to '{}'", stored, accessed);
}

bool same_element(const Conflict& conflict) {
  return std::equal(conflict.stored.begin(), conflict.stored.end(), conflict.accessed.begin(),
                    conflict.accessed.end(), same_value);
}

/// The first conflict that is wanted. Those with a load are met first: they say more.
std::optional<Conflict> first_conflict(const LoopProgram& program, const Stmt& kernel_body,
                                       const For& loop,
                                       const std::function<bool(const Conflict&)>& is_wanted) {
  AccessCollector collector(loop.body);
  auto& accesses = collector.accesses;
  std::set<BufferId> stored;
  for (const LoopAccess& access : accesses) {
    if (access.kind == LoopAccess::Kind::store) stored.insert(access.buffer);
  }
  std::erase_if(accesses, [&](const LoopAccess& access) {
    return !stored.contains(access.buffer) || collector.allocated.contains(access.buffer);
  });
  const auto extent = constant_of(loop.extent);
  if (accesses.empty() || (extent && *extent <= 1)) return {};
  const LoopIterations iterations{loop.var, collector.declared,
                                  ranges_around(kernel_body, var_of(loop)), program};
  for (const auto kind : {LoopAccess::Kind::load, LoopAccess::Kind::store}) {
    for (const LoopAccess& store : accesses) {
      if (store.kind != LoopAccess::Kind::store) continue;
      for (const LoopAccess& other : accesses) {
        if (other.kind != kind || other.buffer != store.buffer) continue;
        const auto conflict_kind = kind == LoopAccess::Kind::store ? Conflict::Kind::both_store
                                                                   : Conflict::Kind::one_loads;
        Conflict conflict{conflict_kind, store.buffer, store.indices, other.indices};
        // The proof costs more than the question whether it matters.
        if (!is_wanted(conflict) || touch_different_elements(iterations, store, other)) continue;
        return conflict;
      }
    }
  }
  return {};
}

}  // namespace

std::optional<Conflict> find_conflict(const LoopProgram& program, const Stmt& kernel_body,
                                      const For& loop) {
  return first_conflict(program, kernel_body, loop, [](const Conflict&) { return true; });
}

bool needs_its_order(const LoopProgram& program, const Stmt& kernel_body, const For& loop) {
  return first_conflict(program, kernel_body, loop,
                        [](const Conflict& conflict) { return !same_element(conflict); })
      .has_value();
}

std::optional<Refusal> refuse_conflict(const LoopProgram& program, const Stmt& kernel_body,
                                       const For& loop) {
  const auto conflict = find_conflict(program, kernel_body, loop);
  if (!conflict) return {};
  const Var& var = *as<Var>(loop.var);
  return Refusal{fmt::format("iterations of loop '{}' depend on each other: {}", var.name,
                             describe(program, *conflict)),
                 var.id, "choose a loop over another axis of the result"};
}

}  // namespace tcc::ir
