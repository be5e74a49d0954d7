// What split does with the iterations that fill no whole tile.
#include "ir/rewrites/split_tails.h"

#include <fmt/format.h>

#include "ir/affine/prove.h"
#include "ir/affine/simplify.h"
#include "ir/printer.h"
#include "ir/rewrites/guard.h"
#include "ir/rewrites/loops.h"
#include "ir/rewrites/repeatable.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

VarId id_of(const Expr& var) { return as<Var>(var)->id; }

/// Arithmetic whose nodes have one origin.
struct Arithmetic {
  OriginId origin;

  Expr number(std::int64_t value) const { return make_int(value, origin); }
  Expr apply(Op op, const Expr& a, const Expr& b) const { return make_binary(op, a, b, origin); }
  Expr add(const Expr& a, const Expr& b) const { return apply(Op::add, a, b); }
  Expr subtract(const Expr& a, const Expr& b) const { return apply(Op::subtract, a, b); }
  Expr multiply(const Expr& a, const Expr& b) const { return apply(Op::multiply, a, b); }
  Expr divide(const Expr& a, const Expr& b) const { return apply(Op::floor_divide, a, b); }
};

/// How many tiles begin before the end: the last may not be full.
Expr tiles_begun(const LoopSplit& split) {
  const Arithmetic at{split.origin};
  const Expr& extent = as<For>(split.stmt)->extent;
  return simplify(at.divide(at.add(extent, at.number(split.factor - 1)), at.number(split.factor)));
}

/// The tiles of a loop: how many there are, where each begins, and which iterations are in it.
struct Tiles {
  Expr count;
  Expr begin;  ///< over the outer variable
  Expr end;    ///< null where each has all its iterations
};

Stmt loops_over(IndexedProgram& program, const LoopSplit& split, const Tiles& tiles) {
  const Arithmetic at{split.origin};
  const For& loop = *as<For>(split.stmt);
  const Expr zero = at.number(0);
  const Expr factor = at.number(split.factor);
  const Expr offset = at.add(tiles.begin, split.inner);
  const Expr value = simplify(at.add(loop.begin, offset));
  Stmt body = simplify_expressions(substitute(loop.body, {{var_of(split.stmt), value}}));
  if (tiles.end) {
    const Expr inside = at.apply(Op::less, offset, tiles.end);
    VarRanges ranges = split.around;
    ranges[id_of(split.outer)] = {zero, tiles.count};
    ranges[id_of(split.inner)] = {zero, factor};
    body = guarded(program, std::move(body), {inside, ranges, "split", split.stmt->origin});
  }
  body = make_for(split.inner, zero, factor, ForKind::serial, loop.stage, std::move(body),
                  split.origin);
  return make_for(split.outer, zero, tiles.count, ForKind::serial, loop.stage, std::move(body),
                  split.origin);
}

Stmt guard(IndexedProgram& program, const LoopSplit& split) {
  const Arithmetic at{split.origin};
  const Expr begin = at.multiply(split.outer, at.number(split.factor));
  return loops_over(program, split, {tiles_begun(split), begin, as<For>(split.stmt)->extent});
}

std::optional<Refusal> refuse_peel(const IndexedProgram&, const LoopSplit& split) {
  const For& loop = *as<For>(split.stmt);
  if (!has_allocation(loop.body)) return {};
  return Refusal{fmt::format("loop '{}' holds an allocation, which a copy of its body would make "
                             "a second time",
                             name_of(loop)),
                 var_of(split.stmt), "split before what is computed inside the loop"};
}

Stmt peel(IndexedProgram& program, const LoopSplit& split) {
  const Arithmetic at{split.origin};
  const For& loop = *as<For>(split.stmt);
  const Expr factor = at.number(split.factor);
  const Expr runs = iteration_count(loop.extent, split.around, program->facts, split.origin);
  const Expr whole_tiles = simplify(at.divide(runs, factor));
  Stmt tiles = loops_over(program, split, {whole_tiles, at.multiply(split.outer, factor), {}});
  const Expr start = simplify(at.add(loop.begin, at.multiply(whole_tiles, factor)));
  const Expr end = simplify(at.add(loop.begin, loop.extent));
  const Expr none_left = at.apply(Op::less_equal, end, start);
  if (prove(none_left, split.around, program->facts) == Verdict::proven) return tiles;
  const Stmt rest = make_for(loop.var, start, simplify(at.subtract(end, start)), loop.kind,
                             loop.stage, loop.body, split.origin);
  return make_block({std::move(tiles), with_fresh_vars(program, rest)}, split.origin);
}

std::optional<Refusal> refuse_shift(const IndexedProgram& program, const LoopSplit& split) {
  const For& loop = *as<For>(split.stmt);
  const OriginId origin = loop.extent->origin;
  const Expr enough =
      make_binary(Op::greater_equal, loop.extent, make_int(split.factor, origin), origin);
  if (prove(enough, split.around, program->facts) != Verdict::proven) {
    const std::string condition = print(*program, enough);
    return Refusal{
        fmt::format("a tile of {} may be longer than loop '{}': '{}' is not proven", split.factor,
                    name_of(loop), condition),
        var_of(split.stmt),
        fmt::format("give the size as a number, or write it inside 'when {} {{ }}'", condition)};
  }
  const auto load = reads_another_run(loop.body);
  if (!load) return {};
  return Refusal{fmt::format("iterations that two tiles share would be run twice, and '{}' may see "
                             "what the first run has stored",
                             print(*program, *load)),
                 var_of(split.stmt), "write tail = guard, or tail = peel"};
}

Stmt shift(IndexedProgram& program, const LoopSplit& split) {
  const Arithmetic at{split.origin};
  const Expr& extent = as<For>(split.stmt)->extent;
  const Expr last = simplify(at.subtract(extent, at.number(split.factor)));
  const Expr begin = at.multiply(split.outer, at.number(split.factor));
  const Expr tiles = tiles_begun(split);
  const Expr all = simplify(at.multiply(tiles, at.number(split.factor)));
  if (same_value(all, extent)) return loops_over(program, split, {tiles, begin, {}});
  return loops_over(program, split, {tiles, at.apply(Op::minimum, begin, last), {}});
}

Stmt balance(IndexedProgram& program, const LoopSplit& split) {
  const Arithmetic at{split.origin};
  const Expr& extent = as<For>(split.stmt)->extent;
  const Expr tiles = tiles_begun(split);
  const Expr least = simplify(at.divide(extent, tiles));
  const Expr longer = simplify(at.apply(Op::modulo, extent, tiles));
  const auto begin_of = [&](const Expr& tile) {
    const Expr all = at.multiply(tile, least);
    return constant_of(longer) == 0 ? all : at.add(all, at.apply(Op::minimum, tile, longer));
  };
  const Expr next = at.add(split.outer, at.number(1));
  return loops_over(program, split, {tiles, begin_of(split.outer), simplify(begin_of(next))});
}

}  // namespace

std::span<const SplitTail> all_split_tails() {
  static constexpr SplitTail tails[] = {
      {"guard", nullptr, guard},
      {"peel", refuse_peel, peel},
      {"shift", refuse_shift, shift},
      {"balance", nullptr, balance},
  };
  return tails;
}

}  // namespace tcc::ir
