// The range of a loop is cut in place of a test in each iteration.
#include "ir/passes/cut_loops.h"

#include <algorithm>
#include <set>

#include "ir/affine/bounds.h"
#include "ir/affine/polynomial.h"
#include "ir/affine/simplify.h"
#include "ir/passes/code_growth.h"
#include "ir/passes/conditions.h"
#include "ir/passes/unguarded_copy.h"

namespace tcc::ir {

namespace {

Expr apply(Op op, const Expr& a, const Expr& b) { return make_binary(op, a, b, a->origin); }

/// The iterations in which a condition holds: those from `from` on, or those before `to`.
struct Half {
  Expr from, to;  ///< one of the two
};

/// Nothing for a condition that is not linear in the variable, or does not use it.
std::optional<Half> half_of(const Inequality& holds, VarId var, OriginId origin) {
  const auto smaller = Polynomial::from(holds.smaller);
  const auto larger = Polynomial::from(holds.larger);
  const auto slack = smaller && larger ? Polynomial::add(*larger, *smaller, -1) : std::nullopt;
  const auto factor = slack ? slack->coefficient(var) : std::nullopt;  // 0 <= factor * var + rest
  if (!factor || *factor == 0) return {};
  if (reads_memory(holds.smaller) || reads_memory(holds.larger)) return {};
  if (std::abs(*factor) > (std::int64_t{1} << 32)) return {};
  const Expr rest = slack->linear_in({var.value, ""})->rest.to_expr(origin);
  const Expr divisor = make_int(std::abs(*factor), origin);
  const Expr quotient = simplify(apply(Op::floor_divide, rest, divisor));
  if (*factor > 0) return Half{simplify(apply(Op::subtract, make_int(0, origin), quotient)), {}};
  return Half{{}, simplify(apply(Op::add, quotient, make_int(1, origin)))};
}

/// Where all of the conditions that were taken hold.
struct Range {
  std::vector<Expr> from, to;

  void meet(const Half& half) {
    std::vector<Expr>& side = half.from ? from : to;
    const Expr& bound = half.from ? half.from : half.to;
    const bool known = std::any_of(side.begin(), side.end(),
                                   [&](const Expr& other) { return same_value(other, bound); });
    if (!known) side.push_back(bound);
  }
  bool is_whole() const { return from.empty() && to.empty(); }
};

/// What stands inside one loop, as far as it matters for a cut.
class Inside {
 public:
  Inside(const For& loop, OriginId origin) : var_(as<Var>(loop.var)->id), origin_(origin) {
    visit(loop.body, 0);
    const bool is_worth_it =
        std::any_of(conditions_.begin(), conditions_.end(),
                    [](const Condition& one) { return one.worth == Worth::alone; });
    if (!may_be_copied() || !is_worth_it) return;
    for (const Condition& one : conditions_)
      take(one);
  }

  /// Small enough for copies, and nothing in it that they would repeat at a cost.
  bool may_be_copied() const { return plain_ && nodes_ <= CodeGrowth::most_of_a_loop; }
  std::size_t nodes() const { return nodes_; }
  bool is_told(const Expr& node) const { return told_.contains(node.get()); }
  /// Empty of conditions where a mask does as well.
  Range range() const { return saves_ ? range_ : Range(); }

 private:
  void visit(const Stmt& stmt, int vectors) {
    if (!may_be_copied()) return;
    if (as<Allocate>(stmt) || as<Assert>(stmt)) plain_ = false;
    if (const Let* let = as<Let>(stmt)) inner_.insert(as<Var>(let->var)->id);
    const For* loop = as<For>(stmt);
    if (loop) {
      const VarId var = as<Var>(loop->var)->id;
      inner_.insert(var);
      const auto extent = constant_of(loop->extent);
      plain_ &= extent && *extent >= 1 && loop->kind != ForKind::parallel;
      ranges_[var] = {loop->begin, loop->extent};
      vectors += loop->kind == ForKind::vector ? 1 : 0;
    }
    if (const If* guard = as<If>(stmt)) {
      if (is_second_copy(*guard)) plain_ = false;
      // The guard of a vector loop is a mask of lanes.
      collect(guard->condition, vectors > 0 ? Worth::with_others : Worth::alone);
    }
    map_expressions(stmt, [&](const Expr& expr) {
      take_inside(expr);
      return expr;
    });
    map_statements(stmt, [&](const Stmt& inner) {
      visit(inner, vectors);
      return inner;
    });
  }

  /// What another pass has made two copies of is not copied again.
  static bool is_second_copy(const If& guard) {
    const Unary* unary = as<Unary>(guard.condition);
    return unary && unary->op == Op::logical_not;
  }

  enum class Worth : std::uint8_t { alone, with_others };

  void take_inside(const Expr& root) {
    if (is_leaf(root)) return;
    for (const Expr& node : post_order(root)) {
      ++nodes_;
      if (const Select* select = as<Select>(node)) collect(select->condition, Worth::alone);
      const Load* load = as<Load>(node);
      if (load && load->predicate) collect(load->predicate, Worth::alone);
    }
  }

  struct Condition {
    Expr conjunct;
    Worth worth;
  };

  void collect(const Expr& condition, Worth worth) {
    for (const Expr& conjunct : conjuncts(condition))
      conditions_.push_back({conjunct, worth});
  }

  void take(const Condition& one) {
    if (!told_.contains(one.conjunct.get())) {
      const auto half = strictest(one.conjunct);
      if (!half) return;
      told_.insert(one.conjunct.get());
      range_.meet(*half);
    }
    saves_ |= one.worth == Worth::alone;
  }

  std::optional<Half> strictest(const Expr& conjunct) const {
    auto holds = as_inequality(conjunct);
    if (!holds || reads_memory(conjunct)) return {};
    const auto smaller = interval_of(holds->smaller, ranges_, origin_);
    const auto larger = interval_of(holds->larger, ranges_, origin_);
    if (!smaller || !larger) return {};
    holds = Inequality{smaller->highest, larger->lowest};
    const bool outside = std::none_of(inner_.begin(), inner_.end(), [&](VarId var) {
      return uses_var(holds->smaller, var) || uses_var(holds->larger, var);
    });
    return outside ? half_of(*holds, var_, origin_) : std::nullopt;
  }

  VarId var_;
  OriginId origin_;
  VarRanges ranges_;       ///< of the loops inside
  std::set<VarId> inner_;  ///< what is declared inside
  std::vector<Condition> conditions_;
  std::set<const ExprNode*> told_;
  Range range_;
  std::size_t nodes_ = 0;
  bool plain_ = true;
  bool saves_ = false;
};

class LoopCutter {
 public:
  explicit LoopCutter(LoopProgram& program) : program_(program) {}

  Stmt visit(const Stmt& stmt) {
    const For* before = as<For>(stmt);
    const bool has_lanes = before && before->kind == ForKind::vector;
    if (has_lanes) lanes_.push_back(as<Var>(before->var)->id);
    const Stmt own = map_statements(stmt, [this](const Stmt& inner) { return visit(inner); });
    if (has_lanes) lanes_.pop_back();
    const For* loop = as<For>(own);
    if (!loop) return own;
    const bool is_serial = loop->kind == ForKind::serial;
    if (!is_serial && loop->kind != ForKind::parallel) return own;
    const Stmt narrowed = narrow(own, *loop);
    return is_serial ? cut(narrowed, *as<For>(narrowed)) : narrowed;
  }

 private:
  /// A guard that is the whole body ends the loop, or begins it later.
  Stmt narrow(const Stmt& stmt, const For& loop) {
    const If* guard = as<If>(loop.body);
    if (!guard || reads_memory(guard->condition)) return stmt;
    const OriginId origin = program_.origins.from_rewrite("cut_loops", {stmt->origin});
    Range range;
    std::vector<Expr> left;
    for (const Expr& conjunct : conjuncts(guard->condition)) {
      const auto holds = as_inequality(conjunct);
      const auto half = holds ? half_of(*holds, as<Var>(loop.var)->id, origin) : std::nullopt;
      if (half && !differs_between_lanes(conjunct))
        range.meet(*half);
      else
        left.push_back(conjunct);
    }
    if (range.is_whole()) return stmt;
    const Expr end = simplify(apply(Op::add, loop.begin, loop.extent));
    const Expr from = latest(loop.begin, range.from);
    const Expr to = earliest(end, range.to);
    Stmt body =
        left.empty() ? guard->body : make_if(conjunction(left), guard->body, loop.body->origin);
    return make_for(loop.var, from, simplify(apply(Op::subtract, to, from)), loop.kind, loop.stage,
                    std::move(body), origin);
  }

  Stmt cut(const Stmt& stmt, const For& loop) {
    if (growth_.is_used_up()) return stmt;
    const OriginId origin = stmt->origin;
    const Inside inside(loop, origin);
    if (!inside.may_be_copied()) return stmt;
    const Range range = inside.range();
    const auto of_a_lane = [this](const Expr& bound) { return differs_between_lanes(bound); };
    const bool differs = std::any_of(range.from.begin(), range.from.end(), of_a_lane) ||
                         std::any_of(range.to.begin(), range.to.end(), of_a_lane);
    if (range.is_whole() || differs) return stmt;
    const std::size_t copies = range.from.empty() || range.to.empty() ? 1 : 2;
    if (!growth_.take(inside.nodes(), copies)) return stmt;
    std::vector<Stmt> statements;
    const Expr end = simplify(apply(Op::add, loop.begin, loop.extent));
    const auto named = [&](std::string_view suffix, const Expr& value) {
      if (is_leaf(value)) return value;
      const Expr var =
          make_var(program_.fresh_var(), as<Var>(loop.var)->name + std::string(suffix), origin);
      statements.push_back(make_let(var, value, origin));
      return var;
    };
    const Expr from = range.from.empty()
                          ? loop.begin
                          : named(".from", earliest(latest(loop.begin, range.from), {end}));
    const Expr to = range.to.empty() ? end : named(".to", latest(earliest(end, range.to), {from}));
    UnguardedCopy whole(program_, [&](const Expr& node) { return inside.is_told(node); });
    UnguardedCopy again(program_, [](const Expr&) { return false; });
    const Stmt between = whole.copy(stmt);
    const Stmt rest = range.from.empty() ? stmt : again.copy(stmt);
    if (!range.from.empty()) {
      const bool once = is_one_more(latest(loop.begin, range.from), loop.begin);
      statements.push_back(once ? one_iteration(stmt, loop.begin, loop.begin, from)
                                : part(stmt, loop.begin, from));
    }
    statements.push_back(part(between, from, to));
    if (!range.to.empty()) {
      const bool once = is_one_more(end, earliest(end, range.to));
      const Expr last = simplify(apply(Op::subtract, end, make_int(1, origin)));
      statements.push_back(once ? one_iteration(rest, last, to, end) : part(rest, to, end));
    }
    return make_block(std::move(statements), origin);
  }

  static bool is_one_more(const Expr& larger, const Expr& smaller) {
    return constant_of(simplify(apply(Op::subtract, larger, smaller))) == 1;
  }

  /// The loop where it has one iteration at most: LLVM would unroll it.
  Stmt one_iteration(const Stmt& stmt, const Expr& value, const Expr& from, const Expr& to) {
    const For& loop = *as<For>(stmt);
    const OriginId origin = program_.origins.from_rewrite("cut_loops", {stmt->origin});
    return make_if(make_binary(Op::less, from, to, origin),
                   substitute(loop.body, {{as<Var>(loop.var)->id, value}}), origin);
  }

  /// Lanes of a vector loop around run the same iterations.
  bool differs_between_lanes(const Expr& expr) const {
    return std::any_of(lanes_.begin(), lanes_.end(),
                       [&](VarId lane) { return uses_var(expr, lane); });
  }

  Stmt part(const Stmt& stmt, const Expr& from, const Expr& to) {
    const For& loop = *as<For>(stmt);
    const OriginId origin = program_.origins.from_rewrite("cut_loops", {stmt->origin});
    return make_for(loop.var, from, simplify(apply(Op::subtract, to, from)), loop.kind, loop.stage,
                    loop.body, origin);
  }

  static Expr latest(Expr first, const std::vector<Expr>& others) {
    for (const Expr& other : others)
      first = simplify(apply(Op::maximum, first, other));
    return first;
  }
  static Expr earliest(Expr first, const std::vector<Expr>& others) {
    for (const Expr& other : others)
      first = simplify(apply(Op::minimum, first, other));
    return first;
  }

  LoopProgram& program_;
  CodeGrowth growth_;
  std::vector<VarId> lanes_;  ///< variables of the vector loops around
};

}  // namespace

LoopProgram cut_loops(LoopProgram program, const PassOptions&) {
  LoopCutter cutter(program);
  for (std::size_t k = 0; k < program.kernels.size(); ++k)
    program.kernels[k].body = cutter.visit(program.kernels[k].body);
  return program;
}

}  // namespace tcc::ir
