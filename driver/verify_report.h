// What `--verify` found, in words and as an exit code.
#pragma once

#include <vector>

#include "api/verify.h"
#include "driver/console.h"

namespace tcc::driver {

/// done, or verify_failed where a result is outside its bound.
ExitCode exit_code_of(const std::vector<VerifyResult>& results);

/// A line for each output: to `out` where it is right, to `err` where it is not:
///   verified: C max error 3.1e-06, allowed 4.6e-05
///   tcc: error: not verified: C[1, 2] is 3.5, but 3.25 is expected, allowed error 4.6e-05
void print_verified(const std::vector<VerifyResult>& results, Console& console);

}  // namespace tcc::driver
