// rfactor: a reduction in two steps.
#include "ir/rewrites/rfactor.h"

#include <algorithm>

#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "ir/affine/simplify.h"
#include "ir/rewrites/local_copy.h"
#include "ir/rewrites/loops.h"
#include "ir/rewrites/reduction_nest.h"
#include "ir/rewrites/region.h"
#include "ir/rewrites/vectorize.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

class Factoring {
 public:
  /// `kind`: of P's loops over `var`, where it is to change.
  Factoring(IndexedProgram& program, BufferId stage, const ReductionNest& nest, VarId var,
            std::optional<ForKind> kind)
      : program_(program), stage_(stage), nest_(nest), var_(var), kind_(kind) {
    for (const Stmt& loop : nest.loops) {
      if (var_of(loop) == var || !nest.reduces_over(loop)) axes_.push_back(loop);
    }
    std::vector<OriginId> parents;
    for (const Stmt& loop : nest.loops)
      parents.push_back(loop->origin);
    origin_ = program.origins().from_rewrite("rfactor", std::move(parents));
  }

  const std::vector<Stmt>& axes() const { return axes_; }

  void apply(const std::string& name) {
    partial_ = add_partial(name);
    const Stmt& outermost = nest_.loops.front();
    const auto statements = [&](const Stmt& initialization) {
      std::vector<Stmt> result = {make_allocate(partial_, origin_), beginning(), accumulation()};
      if (initialization) result.push_back(initialization);
      result.push_back(combination());
      return result;
    };
    const Stmt body = program_.body(nest_.kernel);
    program_.set_body(nest_.kernel,
                      replace_with_initialization(body, outermost, stage_, statements, origin_));
  }

 private:
  BufferId add_partial(const std::string& name) {
    const DType dtype = program_[stage_].dtype;
    std::vector<Expr> shape;
    for (const Stmt& axis : axes_)
      shape.push_back(as<For>(axis)->extent);
    const Memory memory = memory_for(shape, dtype);
    return program_.add_buffer({name, dtype, std::move(shape), memory, BufferUse::local, origin_});
  }

  /// The element of P that stands for one iteration of its axes.
  std::vector<Expr> element(const Substitution& renamed) const {
    std::vector<Expr> indices;
    for (const Stmt& axis : axes_) {
      const For& loop = *as<For>(axis);
      const auto found = renamed.find(var_of(axis));
      const Expr& var = found == renamed.end() ? loop.var : found->second;
      indices.push_back(simplify(make_binary(Op::subtract, var, loop.begin, origin_)));
    }
    return indices;
  }

  Expr partial_at(const std::vector<Expr>& indices) const {
    return make_load(program_[partial_].dtype, partial_, indices, origin_);
  }

  Substitution fresh_variables() {
    Substitution fresh;
    for (const Stmt& axis : axes_) {
      fresh[var_of(axis)] = make_var(program_.fresh_var(), name_of(*as<For>(axis)), origin_);
    }
    return fresh;
  }

  ForKind kind_of(const For& loop, BufferId stage) const {
    const bool changes = stage == partial_ && as<Var>(loop.var)->id == var_;
    return changes ? kind_.value_or(loop.kind) : loop.kind;
  }

  Stmt over_axes(Stmt body, const Substitution& fresh, BufferId stage) const {
    for (std::size_t a = axes_.size(); a-- > 0;) {
      const For& loop = *as<For>(axes_[a]);
      body = make_for(fresh.at(var_of(axes_[a])), loop.begin, loop.extent, kind_of(loop, stage),
                      stage, std::move(body), origin_);
    }
    return body;
  }

  /// The one other reduction loop, where its first iteration can store what it would add to the
  /// identity: it is there, and nothing but loops is around the update. Null elsewhere.
  Stmt first_to_store() const {
    Stmt other;
    for (std::size_t l = 0; l < nest_.loops.size(); ++l) {
      const Stmt& loop = nest_.loops[l];
      const bool innermost = l + 1 == nest_.loops.size();
      if (as<For>(loop)->body != (innermost ? nest_.update : nest_.loops[l + 1])) return {};
      if (!nest_.reduces_over(loop) || var_of(loop) == var_) continue;
      if (other) return {};
      other = loop;
    }
    const bool runs = other && as<For>(other)->kind == ForKind::serial &&
                      constant_of(as<For>(other)->begin) &&
                      constant_of(as<For>(other)->extent).value_or(0) > 0;
    return runs ? other : Stmt{};
  }

  /// What P begins with: the first values, or the identity.
  Stmt beginning() {
    const Stmt first = first_to_store();
    if (!first) return identities();
    const Substitution fresh = fresh_variables();
    Substitution values = fresh;
    values[var_of(first)] = as<For>(first)->begin;
    const Expr value = simplify(substitute(nest_.body, values));
    return over_axes(make_store(partial_, element(fresh), value, origin_), fresh, partial_);
  }

  Stmt identities() {
    const Substitution fresh = fresh_variables();
    const Expr identity = identity_of(nest_.reducer, program_[partial_].dtype, origin_);
    return over_axes(make_store(partial_, element(fresh), identity, origin_), fresh, partial_);
  }

  Expr moved(const Expr& bound, std::int64_t by) const {
    return simplify(make_binary(Op::add, bound, make_int(by, origin_), origin_));
  }

  /// The nest as it was, adding to P.
  Stmt accumulation() const {
    const std::vector<Expr> indices = element({});
    const Expr value = combined(nest_.reducer, partial_at(indices), nest_.body, origin_);
    const Stmt update = make_store(partial_, indices, value, origin_);
    const Stmt first = first_to_store();
    return rewrite(nest_.loops.front(), {}, [&](const Stmt& stmt) -> Stmt {
      const Store* store = as<Store>(stmt);
      if (store && store->buffer == stage_) return update;
      const For* loop = as<For>(stmt);
      if (!loop || loop->stage != stage_) return stmt;
      const std::int64_t done = first && var_of(first) == var_of(stmt) ? 1 : 0;
      return make_for(loop->var, moved(loop->begin, done), moved(loop->extent, -done),
                      kind_of(*loop, partial_), partial_, loop->body, stmt->origin);
    });
  }

  /// What is left to do for C. A guard over the reduction's loops has left the identity in P; those
  /// over axes keep C's elements inside C.
  Stmt combination() {
    return nest_over(program_, nest_, axes_, stage_, origin_, [&](const Substitution& fresh) {
      std::vector<Expr> indices;
      for (const Expr& index : nest_.store().indices)
        indices.push_back(substitute(index, fresh));
      const Expr so_far = make_load(program_[stage_].dtype, stage_, indices, origin_);
      const Expr value = combined(nest_.reducer, so_far, partial_at(element(fresh)), origin_);
      return make_store(stage_, indices, value, origin_);
    });
  }

  IndexedProgram& program_;
  BufferId stage_, partial_;
  const ReductionNest& nest_;
  VarId var_;
  std::optional<ForKind> kind_;
  std::vector<Stmt> axes_;  ///< of P: loops of the nest, outermost first
  OriginId origin_;
};

std::optional<Refusal> refuse_lanes(const ReductionNest& nest, const For& loop) {
  const VarId var = as<Var>(loop.var)->id;
  const std::int64_t extent = constant_of(loop.extent).value_or(0);
  if (extent < 1 || extent > max_lanes) {
    return Refusal{fmt::format("the extent of loop '{}' is not a constant of 1 to {}",
                               name_of(loop), max_lanes),
                   var, fmt::format("split it first: o, i = split({}, 16)", name_of(loop))};
  }
  for (const Stmt& around : nest.loops) {
    if (as<For>(around)->kind != ForKind::vector) continue;
    return Refusal{fmt::format("loop '{}' is a vector loop already", name_of(*as<For>(around))),
                   var, ""};
  }
  if (auto obstacle = obstacle_to_lanes(loop)) {
    return Refusal{fmt::format("loop '{}' {}", name_of(loop), *obstacle), var, ""};
  }
  return {};
}

std::optional<Refusal> refuse_rfactor(const IndexedProgram& program, const RewriteCall& call,
                                      const ReductionNest& nest, VarId var) {
  const Stmt& body = program.body(nest.kernel);
  const For& loop = *as<For>(find_loop(body, var));
  if (call.reassociation == Reassociation::forbidden && is_float(program[call.stage].dtype)) {
    return Refusal{"this changes the order in which a reduction adds, which --strict forbids", var,
                   ""};
  }
  if (loop.kind != ForKind::serial && loop.kind != ForKind::unrolled) {
    return Refusal{fmt::format("loop '{}' is {} already", name_of(loop), name_of(loop.kind)), var,
                   "rfactor before it"};
  }
  if (is_in_loop_of(ForKind::vector, body, var_of(nest.loops.front()))) {
    return Refusal{fmt::format("loop '{}' is done lane by lane", name_of(nest.outermost())),
                   var_of(nest.loops.front()), "rfactor before it"};
  }
  if (call.has("as")) {
    if (auto refusal = refuse_lanes(nest, loop)) return refusal;
  }
  return {};
}

}  // namespace

Rewritten rfactor(IndexedProgram& program, const RewriteCall& call) {
  tl::expected<ReductionNest, Refusal> nest = tl::unexpected(Refusal{});
  VarId var;
  for (const VarId each : call.loops("loop")) {  // a peeled remainder stays as it is
    nest = find_reduction(program, call.stage, var = each);
    if (nest) break;
  }
  if (!nest) return tl::unexpected(nest.error());
  if (auto refusal = refuse_rfactor(program, call, *nest, var)) return tl::unexpected(*refusal);
  const auto kind = call.has("as") ? std::optional(ForKind::vector) : std::nullopt;
  Factoring factoring(program, call.stage, *nest, var, kind);
  if (auto refusal = refuse_dependent(*nest, factoring.axes())) return tl::unexpected(*refusal);
  const std::string& name = program[call.stage].name;
  const auto partial = name_of_result(program, call, name + ".rf");
  if (!partial) return tl::unexpected(partial.error());
  factoring.apply(*partial);
  return {};
}

}  // namespace tcc::ir
