// reduce: the levels of a tree reduction, as splits and rfactors.
#pragma once

#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// reduce(loop, LEVEL, ..)    stands for a split and an rfactor a level
/// Before:   for i { C[i] = 0; for k in 0:K { C[i] = C[i] + f(i, k) } }
/// After:    reduce(k, 8):     k.o, k.i = split(k, 8); rfactor(k.i)
/// Levels:   n           n partial results, of every n-th value each
///           vector(n)   n partial results as the lanes of a vector
///           tree        half as many results, again and again, until there is one
///           Each level is for the loop that combines what the level before it left: in
///           `reduce(k, vector(16), tree)` 16 lanes become 8, 4, 2 and 1.
/// Requires: what rfactor does; for `tree`, a constant extent.
/// Refuses:  levels of a GPU (grid, block, warp), and those that it does not know.
/// Accuracy: the error of a float sum grows with the sum of the levels' lengths.
Rewrite::Expansion reduce(const IndexedProgram& program, const RewriteCall& call);

}  // namespace tcc::ir
