// Calls of the program's functions, and of the library's, written out (language section 3.6).
#pragma once

#include "dsl/diagnostic.h"
#include "dsl/syntax.h"

namespace tcc {

/// The program without functions of its own: each call becomes the definitions of the function's
/// body, named by their path.
/// Before:   def softmax(x) { m = max(x, -1, keep = true); return x - m }
///           y = softmax(a @ b) * 2
/// After:    y.softmax.x = a @ b
///           y.softmax.m = max(y.softmax.x, -1, keep = true)
///           y.softmax = y.softmax.x - y.softmax.m
///           y = y.softmax * 2
///           Arguments that are names or literals stand in the place of their parameter. Where an
///           argument depends on index variables, the body's expressions do. Of where(c, a, b)
///           whose c is known by then (known_truth.h) one branch is left. Index variables of a body
///           that would meet other names are called by the call's path (fresh_variables.h).
/// Definitions that cannot be written out are gone, their names in `program.failed`. Does nothing
/// where there are errors already.
/// Functions that neither the program nor the language's core has are looked for in the library,
/// whose text is then added to `sources`.
/// Errors: `bad-argument`, `cycle` for recursion, `undefined-name` for what a body reads beyond
/// its parameters and constants, `redefinition`, `limit`.
void expand_functions(syntax::Program& program, SourceMap& sources, Diagnostics& diagnostics);

}  // namespace tcc
