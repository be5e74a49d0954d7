// Pairs of a dying and a new buffer in each kernel, and the proof for each.
#include "ir/passes/take_over_memory.h"

#include <algorithm>
#include <set>

#include "ir/memory_sharing.h"
#include "ir/rewrites/loops.h"
#include "ir/rewrites/separation.h"
#include "ir/touched_buffers.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

/// Proofs that one pair of buffers may cost: a pair of accesses takes one for each loop around.
constexpr std::size_t most_proofs = 512;
/// Buffers that are tried in the place of one.
constexpr std::size_t most_tried = 16;

/// An access with the place that it has in its kernel.
struct PlacedAccess {
  LoopAccess::Kind kind;
  std::vector<Expr> indices;
  std::vector<const For*> loops;                     ///< around it, outermost first
  std::vector<std::pair<std::size_t, Expr>> guards;  ///< each with how many loops are around it
  std::size_t order;  ///< in the text; the loads of a statement come before what it stores
};

/// The accesses of two buffers of a kernel.
class AccessFinder {
 public:
  AccessFinder(const Stmt& body, BufferId taken, BufferId taker) : taken_(taken), taker_(taker) {
    visit(body);
  }

  std::vector<PlacedAccess> of_taken;
  std::vector<PlacedAccess> stores_of_taker;

 private:
  void visit(const Stmt& stmt) {
    ++order_;
    map_expressions(stmt, [&](const Expr& expr) {
      add_loads(expr);
      return expr;
    });
    ++order_;
    if (const For* loop = as<For>(stmt)) {
      loops_.push_back(loop);
      visit(loop->body);
      loops_.pop_back();
    } else if (const If* guard = as<If>(stmt)) {
      const std::size_t outside = guards_.size();
      for (const Expr& conjunct : conjuncts(guard->condition))
        guards_.emplace_back(loops_.size(), conjunct);
      visit(guard->body);
      guards_.resize(outside);
    } else if (const Block* block = as<Block>(stmt)) {
      for (const Stmt& inner : block->statements)
        visit(inner);
    } else if (const Store* store = as<Store>(stmt)) {
      if (store->buffer == taken_)
        of_taken.push_back(placed(LoopAccess::Kind::store, store->indices));
      if (store->buffer == taker_) {
        stores_of_taker.push_back(placed(LoopAccess::Kind::store, store->indices));
      }
    }
  }

  void add_loads(const Expr& expr) {
    if (is_leaf(expr)) return;
    for (const Expr& node : post_order(expr)) {
      const Load* load = as<Load>(node);
      if (!load || load->buffer != taken_) continue;
      of_taken.push_back(placed(LoopAccess::Kind::load, load->indices));
    }
  }

  PlacedAccess placed(LoopAccess::Kind kind, const std::vector<Expr>& indices) const {
    return {kind, indices, loops_, guards_, order_};
  }

  BufferId taken_, taker_;
  std::vector<const For*> loops_;
  std::vector<std::pair<std::size_t, Expr>> guards_;
  std::size_t order_ = 0;
};

/// Whether one kernel lets one buffer take over the memory of another.
class TakeOverProof {
 public:
  TakeOverProof(const LoopProgram& program, const Stmt& body, BufferId taken, BufferId taker)
      : program_(program), body_(body), accesses_(body, taken, taker) {}

  bool holds() {
    for (const PlacedAccess& access : accesses_.of_taken) {
      for (const PlacedAccess& store : accesses_.stores_of_taker) {
        if (!comes_first(access, store)) return false;
      }
    }
    return true;
  }

 private:
  /// Each access of an element comes before each store of it.
  bool comes_first(const PlacedAccess& access, const PlacedAccess& store) {
    for (std::size_t depth = 0; depth < access.loops.size() && depth < store.loops.size();
         ++depth) {
      if (access.loops[depth] != store.loops[depth]) break;
      if (++proofs_ > most_proofs || !are_apart(access, store, depth)) return false;
    }
    return access.order < store.order;
  }

  /// In different iterations of the loop at `depth`, of the same ones of the loops around it.
  bool are_apart(const PlacedAccess& access, const PlacedAccess& store, std::size_t depth) {
    const For& loop = *store.loops[depth];
    const auto extent = constant_of(loop.extent);
    if (extent && *extent <= 1) return true;
    const std::set<VarId> declared = declared_in(loop.body);
    const LoopIterations iterations{loop.var, declared, ranges_around(body_, var_of(loop)),
                                    program_};
    return touch_different_elements(iterations, inside(store, depth), inside(access, depth));
  }

  /// The access as seen from the body of the loop at `depth`.
  static LoopAccess inside(const PlacedAccess& access, std::size_t depth) {
    LoopAccess seen{access.kind, {}, access.indices, {}, {}};
    for (std::size_t inner = depth + 1; inner < access.loops.size(); ++inner) {
      const For& loop = *access.loops[inner];
      seen.inner[var_of(loop)] = {loop.begin, loop.extent};
    }
    for (const auto& [around, guard] : access.guards) {
      if (around > depth) seen.guards.push_back(guard);
    }
    return seen;
  }

  static std::set<VarId> declared_in(const Stmt& body) {
    std::set<VarId> declared;
    for_each_statement(body, [&](const Stmt& stmt) {
      if (const For* loop = as<For>(stmt)) declared.insert(var_of(*loop));
      if (const Let* let = as<Let>(stmt)) declared.insert(as<Var>(let->var)->id);
    });
    return declared;
  }

  const LoopProgram& program_;
  const Stmt& body_;
  AccessFinder accesses_;
  std::size_t proofs_ = 0;
};

/// What begins and what ends in one kernel.
struct Turnover {
  std::vector<BufferId> ending, beginning;
};

}  // namespace

LoopProgram take_over_memory(LoopProgram program, const PassOptions& options) {
  const auto ranges = kernels_touching(program);
  const std::set<BufferId> kept(options.kept.begin(), options.kept.end());
  std::vector<Turnover> turnovers(program.kernels.size());
  for (std::uint32_t b = 0; b < program.buffers.size(); ++b) {
    const BufferUse use = program.buffers[b].use;
    if (!ranges[b] || kept.contains(BufferId{b})) continue;
    if (use == BufferUse::temporary) turnovers[ranges[b]->last].ending.push_back(BufferId{b});
    if (use == BufferUse::temporary || use == BufferUse::output) {
      turnovers[ranges[b]->first].beginning.push_back(BufferId{b});
    }
  }
  for (std::size_t k = 0; k < turnovers.size(); ++k) {
    auto& ending = turnovers[k].ending;
    for (const BufferId taker : turnovers[k].beginning) {
      std::size_t tried = 0;
      const auto may_take = [&](BufferId taken) {
        const bool two_steps = program[taken].in_place_of && ranges[taken.value]->first == k;
        return taken != taker && !two_steps && have_same_layout(program[taker], program[taken]) &&
               tried++ < most_tried &&
               TakeOverProof(program, program.kernels[k].body, taken, taker).holds();
      };
      const auto taken = std::find_if(ending.begin(), ending.end(), may_take);
      if (taken == ending.end()) continue;
      program.buffers[taker.value].in_place_of = *taken;
      ending.erase(taken);
    }
  }
  return program;
}

}  // namespace tcc::ir
