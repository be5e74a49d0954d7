// Merges the loops of dependent reductions.
#include "ir/rewrites/online_loop.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "ir/affine/prove.h"
#include "ir/affine/simplify.h"
#include "ir/rewrites/loops.h"
#include "ir/rewrites/producer.h"
#include "ir/rewrites/region.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

/// The statements of a block, with those of a block at its end: their scopes end alike.
std::vector<Stmt> in_sequence(const Block& block) {
  std::vector<Stmt> statements = block.statements;
  while (const Block* last = as<Block>(statements.back())) {
    const std::vector<Stmt> inner = last->statements;
    statements.pop_back();
    statements.insert(statements.end(), inner.begin(), inner.end());
  }
  return statements;
}

bool accesses(const Stmt& stmt, BufferId buffer) {
  bool found = reads(stmt, buffer);
  for_each_statement(stmt, [&](const Stmt& inner) {
    const Store* store = as<Store>(inner);
    found = found || (store && store->buffer == buffer);
  });
  return found;
}

class OneLoop {
 public:
  OneLoop(IndexedProgram& program, const ReductionNest& maximum, const std::vector<ScaledSum>& sums)
      : program_(program), maximum_(maximum), sums_(sums), m_(maximum.store().buffer) {
    std::vector<OriginId> parents;
    loops_.push_back(maximum.loops.front());
    for (const ScaledSum& sum : sums)
      loops_.push_back(sum.nest.loops.front());
    for (const Stmt& loop : loops_)
      parents.push_back(loop->origin);
    origin_ = program.origins().from_rewrite("online", std::move(parents));
    around_ = ranges_around(program.body(maximum.kernel), var_of(loops_.back()));
    around_.erase(var_of(loops_.back()));  // whether it runs at all is not known
  }

  std::optional<Refusal> refuse() {
    auto region = region_accessed(maximum_.outermost(), m_, program_->facts, origin_);
    if (!region) return region.error();
    region_ = *std::move(region);
    if (auto refusal = refuse_nest(maximum_)) return refusal;
    for (const ScaledSum& sum : sums_) {
      if (auto refusal = refuse_nest(sum.nest)) return refusal;
      if (!reads_region(sum)) {
        return refuse_at(loops_.front(),
                         fmt::format("'{}' needs other elements of '{}' than its loop computes",
                                     name(sum.buffer), name(m_)));
      }
    }
    find_block(program_.body(maximum_.kernel));
    if (sequence_.empty()) {
      return refuse_at(loops_.back(), "the loops of the reductions are not side by side");
    }
    return refuse_between();
  }

  void apply() {
    rescale_ = program_.add_buffer({program_.free_name(name(m_) + ".rescale"), program_[m_].dtype,
                                    region_.extent, memory_for(region_.extent, program_[m_].dtype),
                                    BufferUse::local, origin_});
    const auto first = std::find(sequence_.begin(), sequence_.end(), loops_.front());
    std::vector<Stmt> statements(sequence_.begin(), first);
    for (auto at = first; at != sequence_.end(); ++at) {
      const bool merged = std::find(loops_.begin(), loops_.end(), *at) != loops_.end();
      if (!merged) statements.push_back(*at);
      if (*at != loops_.back()) continue;
      statements.push_back(make_allocate(rescale_, origin_));
      statements.push_back(loop());
      if (Stmt last = finish()) statements.push_back(std::move(last));
    }
    const Stmt body = program_.body(maximum_.kernel);
    program_.set_body(maximum_.kernel,
                      replace_statement(body, block_, make_block(statements, block_->origin)));
  }

 private:
  using Indices = std::vector<Expr>;

  const std::string& name(BufferId buffer) const { return program_[buffer].name; }

  std::optional<Refusal> refuse_at(const Stmt& loop, std::string reason,
                                   std::string help = {}) const {
    return Refusal{std::move(reason), var_of(loop), std::move(help)};
  }

  bool is_result(BufferId buffer) const {
    return buffer == m_ || std::any_of(sums_.begin(), sums_.end(),
                                       [&](const ScaledSum& sum) { return sum.buffer == buffer; });
  }

  bool reads_results(const Stmt& stmt) const {
    return reads(stmt, m_) || std::any_of(sums_.begin(), sums_.end(), [&](const ScaledSum& sum) {
             return reads(stmt, sum.buffer);
           });
  }

  std::optional<Refusal> refuse_nest(const ReductionNest& nest) const {
    const Stmt& stmt = nest.loops.front();
    const For& loop = *as<For>(stmt);
    const For& first = *as<For>(loops_.front());
    if (loop.kind != ForKind::serial) {
      return refuse_at(stmt,
                       fmt::format("loop '{}' is {} already", name_of(loop), name_of(loop.kind)),
                       "online before it");
    }
    if (is_in_loop_of(ForKind::vector, program_.body(nest.kernel), var_of(stmt))) {
      return refuse_at(stmt, fmt::format("loop '{}' is done lane by lane", name_of(loop)));
    }
    if (!same_value(loop.begin, first.begin) || !same_value(loop.extent, first.extent)) {
      return refuse_at(stmt, fmt::format("loop '{}' does not run as loop '{}' of '{}' does",
                                         name_of(loop), name_of(first), name(m_)));
    }
    if (auto refusal = refuse_dependent(nest, axes_inside(nest))) return refusal;
    std::optional<Refusal> refusal;
    const Stmt rest = replace_statement(stmt, nest.update, make_block({}, origin_));
    for_each_statement(rest, [&](const Stmt& inner) {
      const Store* store = as<Store>(inner);
      if (store && program_[store->buffer].use != BufferUse::local) {
        refusal = refuse_at(
            stmt, fmt::format("loop '{}' stores to '{}' too", name_of(loop), name(store->buffer)));
      }
    });
    if (reads_results(rest)) {
      refusal = refuse_at(stmt, fmt::format("loop '{}' reads the results elsewhere than in its sum",
                                            name_of(loop)));
    }
    return refusal;
  }

  bool reads_region(const ScaledSum& sum) const {
    const auto read = region_accessed(sum.nest.outermost(), m_, program_->facts, origin_);
    if (!read) return false;
    for (std::size_t axis = 0; axis < region_.offset.size(); ++axis) {
      if (!same_value(read->offset[axis], region_.offset[axis]) ||
          !same_value(read->extent[axis], region_.extent[axis])) {
        return false;
      }
    }
    return true;
  }

  void find_block(const Stmt& stmt) {
    if (const Block* block = as<Block>(stmt)) {
      const std::vector<Stmt> statements = in_sequence(*block);
      auto at = statements.begin();
      for (const Stmt& loop : loops_)
        at = std::find(at, statements.end(), loop);
      if (at != statements.end()) {
        block_ = stmt;
        sequence_ = statements;
        return;
      }
    }
    map_statements(stmt, [&](const Stmt& inner) {
      if (sequence_.empty()) find_block(inner);
      return inner;
    });
  }

  /// What stands between the loops is done before all of them.
  std::optional<Refusal> refuse_between() const {
    auto at = std::find(sequence_.begin(), sequence_.end(), loops_.front());
    std::vector<Stmt> before;
    for (; *at != loops_.back(); ++at) {
      if (std::find(loops_.begin(), loops_.end(), *at) != loops_.end()) {
        before.push_back(*at);
        continue;
      }
      bool interferes = reads_results(*at);
      for_each_statement(*at, [&](const Stmt& inner) {
        const Store* store = as<Store>(inner);
        if (!store) return;
        interferes |= std::any_of(before.begin(), before.end(),
                                  [&](const Stmt& loop) { return accesses(loop, store->buffer); });
      });
      if (!interferes) continue;
      return refuse_at(before.back(),
                       "what stands between the loops of the reductions needs their results",
                       "inline it, or compute it after them");
    }
    return {};
  }

  Expr m_at(const Indices& indices) const {
    return make_load(program_[m_].dtype, m_, indices, origin_);
  }
  Expr rescale_at(const Indices& indices) const {
    return make_load(program_[m_].dtype, rescale_, indices, origin_);
  }
  Expr number(double value, DType dtype) const { return make_float(value, dtype, origin_); }

  /// For each element of the maximum: what is stored to `rescale`.
  Stmt for_each_maximum(const std::function<Expr(const Indices&, const Indices&)>& value) {
    return over_region(program_, region_, program_[m_].shape, rescale_, around_, origin_,
                       [&](const Indices& local, const Indices& place) {
                         return make_store(rescale_, local, value(local, place), origin_);
                       });
  }

  /// For each element of a sum: `value` of it and of its maximum.
  Stmt for_each_element(const ScaledSum& sum,
                        const std::function<Expr(Expr, const Substitution&)>& value) {
    return nest_over(
        program_, sum.nest, axes_inside(sum.nest), sum.buffer, origin_,
        [&](const Substitution& fresh) {
          Indices indices;
          for (const Expr& index : sum.nest.store().indices)
            indices.push_back(substitute(index, fresh));
          Expr element = make_load(program_[sum.buffer].dtype, sum.buffer, indices, origin_);
          return make_store(sum.buffer, indices, value(std::move(element), fresh), origin_);
        });
  }

  Stmt rescaled(const ScaledSum& sum) {
    return for_each_element(sum, [&](Expr element, const Substitution& fresh) {
      Indices indices = as<Load>(sum.maximum)->indices;
      for (std::size_t axis = 0; axis < indices.size(); ++axis) {
        indices[axis] = simplify(make_binary(Op::subtract, substitute(indices[axis], fresh),
                                             region_.offset[axis], origin_));
      }
      return make_binary(Op::multiply, std::move(element), rescale_at(indices), origin_);
    });
  }

  /// The body of one of the loops, for the iteration of the loop that they share.
  Stmt step(const ReductionNest& nest, const Expr& value) const {
    const Store& store = nest.store();
    const Expr so_far = make_load(value->type.dtype, store.buffer, store.indices, origin_);
    const Stmt update = make_store(store.buffer, store.indices,
                                   combined(nest.reducer, so_far, value, origin_), origin_);
    const Stmt body = replace_statement(nest.outermost().body, nest.update, update);
    return simplify_expressions(
        substitute(body, {{var_of(nest.loops.front()), as<For>(loops_.back())->var}}));
  }

  Stmt loop() {
    std::vector<Stmt> body;
    body.push_back(for_each_maximum([&](const Indices&, const Indices& at) { return m_at(at); }));
    body.push_back(step(maximum_, maximum_.body));
    body.push_back(for_each_maximum([&](const Indices& local, const Indices& at) {
      const Expr before = rescale_at(local);
      const Expr rise = make_binary(Op::subtract, before, m_at(at), origin_);
      return make_select(make_binary(Op::equal, before, m_at(at), origin_),
                         number(1, rise->type.dtype), make_unary(Op::exp, rise, origin_), origin_);
    }));
    for (const ScaledSum& sum : sums_) {
      body.push_back(rescaled(sum));
      body.push_back(step(sum.nest, sum.body));
    }
    const For& last = *as<For>(loops_.back());
    return make_for(last.var, last.begin, last.extent, ForKind::serial, last.stage,
                    make_block(std::move(body), origin_), origin_);
  }

  /// What is left once the maximum and all sums are known, where there was a value at all; null
  /// where there is nothing to do.
  Stmt finish() {
    std::vector<Stmt> statements;
    for (const ScaledSum& sum : sums_) {
      if (sum.shift == Shift::guarded && sum.divisors.empty()) continue;
      statements.push_back(for_each_element(sum, [&](Expr element, const Substitution& fresh) {
        for (const Expr& divisor : sum.divisors)
          element = make_binary(Op::divide, element, substitute(divisor, fresh), origin_);
        if (sum.shift == Shift::guarded) return element;
        const DType dtype = element->type.dtype;
        const double infinity = std::numeric_limits<double>::infinity();
        const Expr unseen = make_binary(Op::equal, substitute(sum.maximum, fresh),
                                        number(-infinity, dtype), origin_);
        return make_select(unseen, number(std::numeric_limits<double>::quiet_NaN(), dtype), element,
                           origin_);
      }));
    }
    if (statements.empty()) return {};
    Stmt all = make_block(std::move(statements), origin_);
    VarRanges outside = around_;  // the loop itself may have no iteration
    outside.erase(var_of(loops_.back()));
    for (const Stmt& loop : sums_.back().nest.loops) {
      if (!sums_.back().nest.reduces_over(loop)) continue;
      const Expr any = make_binary(Op::less, make_int(0, origin_), as<For>(loop)->extent, origin_);
      if (prove(any, outside, program_->facts) != Verdict::proven) {
        all = make_if(any, std::move(all), origin_);
      }
    }
    return all;
  }

  IndexedProgram& program_;
  const ReductionNest& maximum_;
  const std::vector<ScaledSum>& sums_;
  BufferId m_, rescale_;
  OriginId origin_;
  VarRanges around_;
  Region region_;               ///< of the maximum, that one iteration of the loop accesses
  std::vector<Stmt> loops_;     ///< the maximum's, then the sums'
  Stmt block_;                  ///< that they stand in
  std::vector<Stmt> sequence_;  ///< its statements
};

}  // namespace

Rewritten merge_into_one_loop(IndexedProgram& program, const ReductionNest& maximum,
                              const std::vector<ScaledSum>& sums) {
  OneLoop one_loop(program, maximum, sums);
  if (auto refusal = one_loop.refuse()) return tl::unexpected(*refusal);
  one_loop.apply();
  return {};
}

}  // namespace tcc::ir
