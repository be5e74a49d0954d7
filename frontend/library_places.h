// Places of the library, which no user has a text of, as places of the program that calls it.
#pragma once

#include <span>

#include "dsl/syntax.h"

namespace tcc {

inline bool is_in_library(const syntax::Program& program, Span span) {
  return program.library == span.source;
}

/// A place outside the library as it is; one inside is shown at the innermost of the calls that
/// stands outside, or at the outermost where none does. `call_sites`: innermost first.
inline Span outside_library(const syntax::Program& program, Span span,
                            std::span<const Span> call_sites) {
  for (const Span& call : call_sites) {
    if (is_in_library(program, span)) span = call;
  }
  return span;
}

}  // namespace tcc
