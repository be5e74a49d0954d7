// What a run says that met data for which the program has no meaning.
#pragma once

#include <cstdint>
#include <string>

#include "api/pipeline.h"

namespace tcc {

/// A check of the data that did not hold: the kernel it is in, its message, and the value.
struct RunFault {
  std::string kernel;
  std::string message;  ///< `{}` stands for the value
  std::int64_t value;
};

/// Reports an `index-out-of-range` where the program's text has the index. Checks of one kernel
/// with one message cannot be told apart: notes name the others.
void report_fault(const RunFault& fault, const Lowered& lowered, const syntax::Program& program,
                  Diagnostics& diagnostics);

}  // namespace tcc
