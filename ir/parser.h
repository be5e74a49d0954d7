// The text of ir/printer.h back into loop IR, for tests and tools.
#pragma once

#include "dsl/diagnostic.h"
#include "ir/loop_program.h"

namespace tcc::ir {

/// Every node gets the span of its text as origin. Errors: `syntax`, `undefined-name`,
/// `dtype-mismatch`; what is returned then is not to be used.
LoopProgram parse_loop_program(const SourceMap& sources, SourceId source, Diagnostics& diagnostics);

}  // namespace tcc::ir
