// What split does with the iterations that fill no whole tile.
//
//   for i in 0:N { body(i) }      split by 8, with the tail
//
//   guard      for i.o in 0:(N + 7) // 8 { for i.i in 0:8 { if i.o*8 + i.i < N { body } } }
//
//   peel       for i.o in 0:N // 8 { for i.i in 0:8 { body(i.o*8 + i.i) } }
//              for i in N // 8*8:N { body(i) }
//              The rest keeps the loop's name; loops in the body are in both nests.
//              Refuses a body that holds an allocation: its memory is that of one place.
//
//   shift      for i.o in 0:(N + 7) // 8 { for i.i in 0:8 { body(minimum(i.o*8, N - 8) + i.i) } }
//              The last tile moves back until it ends at the end. Iterations that are in two tiles
//              are run twice.
//              Requires N >= 8, proven: a number, or what a variant's condition says.
//              Refuses a body that a second run would change (ir/rewrites/repeatable.h).
//
//   balance    for i.o in 0:p { for i.i in 0:8 { if begin(i.o) + i.i < begin(i.o + 1) { body } } }
//              p = (N + 7) // 8 tiles whose sizes differ by at most one: 100 are 13 tiles of 7 or
//              8. begin(o) = o*(N // p) + minimum(o, N % p): the first N % p tiles have one more.
//              (o*N // p would do as well, but o*N may not fit into 64 bits.)
#pragma once

#include <span>

#include "ir/affine/bounds.h"
#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// A loop to be split, and what it becomes.
struct LoopSplit {
  Stmt stmt;            ///< the For
  std::int64_t factor;  ///< iterations of a tile
  Expr outer, inner;    ///< Vars; null until it is known that the split is possible
  OriginId origin;
  VarRanges around;  ///< of the loops around it
};

/// One way to treat the rest: whether it is possible, and the statement in the loop's place.
struct SplitTail {
  std::string_view name;
  std::optional<Refusal> (*refuse)(const IndexedProgram& program, const LoopSplit& split);
  Stmt (*apply)(IndexedProgram& program, const LoopSplit& split);
};

std::span<const SplitTail> all_split_tails();

}  // namespace tcc::ir
