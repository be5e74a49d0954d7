// Names, types, shapes and ranges of a parsed program (language sections 2 to 6).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "dsl/syntax.h"
#include "frontend/checked.h"

namespace tcc {

/// The type of an input that the program leaves open (3.8).
struct BoundType {
  DType dtype;
  Shape shape;
};

struct CheckOptions {
  SizeValues sizes;                             ///< `--set M=1024`
  std::map<std::string, BoundType> free_names;  ///< what is bound to names without a declaration
  std::map<std::string, double> numbers{};      ///< `--set H=0.25`, of constants
};

/// The names that a program without `input` and `param` takes as inputs, in order of appearance;
/// empty where inputs are declared. Names in `sizes` are numbers, and not free.
std::vector<std::string> free_names(const syntax::Program& program, const SizeValues& sizes);

/// The outputs (3.5): what is marked, otherwise the definitions that no other definition reads.
std::vector<std::string> output_names(const syntax::Program& program);

/// Checks the whole program and reports as many errors as there are, none that only follows from
/// another. The result may be used only if `diagnostics` has no errors.
checked::Program check(const syntax::Program& program, const CheckOptions& options,
                       Diagnostics& diagnostics);

}  // namespace tcc
