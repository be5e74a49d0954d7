// online: dependent reductions in one pass, with a running maximum (Milakov, Gimelshein 2018; Dao
// 2022).
#pragma once

#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// online(m, s, .., block = 32)    in the schedule of the last of the sums, here o
/// Before:   for i { m[i] = -inf; for k { m[i] = maximum(m[i], x[i, k]) }
///                   s[i] = 0;    for k { s[i] = s[i] + exp(x[i, k] - m[i]) }
///                   o[i] = 0;    for k { o[i] = o[i] + exp(x[i, k] - m[i]) / s[i] * v[k] } }
/// After:    for i { m[i] = -inf; s[i] = 0; o[i] = 0
///                   for k { r = m[i]
///                           m[i] = maximum(m[i], x[i, k])
///                           r = select(r == m[i], 1, exp(r - m[i]))
///                           s[i] = s[i] * r; s[i] = s[i] + exp(x[i, k] - m[i])
///                           o[i] = o[i] * r; o[i] = o[i] + exp(x[i, k] - m[i]) * v[k] }
///                   o[i] = o[i] / s[i] }
///           x is then read in one loop only, where compute_at can put what computes it. With
///           `block`, the reductions' loops are split first and a block of values is one step. The
///           maximum is not subtracted where it is -inf; a row of nothing but -inf is not a number,
///           as it was, unless the program says exp(x - where(m == -inf, 0, m)).
/// Requires: the reductions in one kernel (compute_at), over the same k, one after the other with
///           nothing between them that reads their results; each sum's value a product with one
///           factor exp(x - m), x being what m is the maximum of; other sums as divisors only.
/// Refuses:  --strict, and all else, saying what stands in the way.
/// Accuracy: each rise of the maximum rounds the sums once more.
Rewritten online(IndexedProgram& program, const RewriteCall& call);

}  // namespace tcc::ir
