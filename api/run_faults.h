// What a run says that met data for which the program has no meaning.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dsl/diagnostic.h"
#include "dsl/syntax.h"
#include "ir/graph.h"

namespace tcc {

/// The place in the program of an index that kernels check, by what they say where it is outside.
struct CheckPlace {
  std::string tensor;  ///< whose definition has the index
  std::string message;
  Span place;
};

/// The places of all checks. What stands in the library is at its innermost call in the program.
std::vector<CheckPlace> check_places(const ir::Graph& graph, const syntax::Program& program);

/// A check of the data that did not hold: the kernel it is in, its message, and the value.
struct RunFault {
  std::string kernel;
  std::string message;  ///< `{}` stands for the value
  std::int64_t value;
};

/// Reports an `index-out-of-range` where the program's text has the index. Checks of one kernel
/// with one message cannot be told apart: notes name the others.
void report_fault(const RunFault& fault, const std::vector<CheckPlace>& checks,
                  Diagnostics& diagnostics);

}  // namespace tcc
