// tile: two loops in blocks of rows and columns.
#pragma once

#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// i.o, j.o, i.i, j.i = tile(i, j, 32, 64, tail = guard)      stands for
///   i.o, i.i = split(i, 32, tail = guard)
///   j.o, j.i = split(j, 64, tail = guard)
///   reorder(i.o, j.o, i.i, j.i)
/// Before:   for i in 0:64 { for j in 0:128 { body(i, j) } }
/// After:    for i.o in 0:2 { for j.o in 0:2 { for i.i in 0:32 { for j.i in 0:64 { body } } } }
/// Requires, refuses: as split and reorder do.
Rewrite::Expansion tile(const IndexedProgram& program, const RewriteCall& call);

}  // namespace tcc::ir
