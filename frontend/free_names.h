// Names that a program without declarations takes as inputs (language section 3.8).
#pragma once

#include <string>
#include <vector>

#include "dsl/extent.h"
#include "dsl/syntax.h"

namespace tcc {

/// A free name and where it appears first.
struct FreeName {
  std::string name;
  Span span;
};

/// As free_names() of frontend/checker.h. A name that stands in indices only is a mistyped index
/// variable rather than an input.
std::vector<FreeName> find_free_names(const syntax::Program& program, const SizeValues& sizes);

}  // namespace tcc
