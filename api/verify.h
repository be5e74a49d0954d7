// Results compared with the reference evaluator (`--verify`).
#pragma once

#include <span>
#include <string>
#include <vector>

#include <tcc/program.h>

#include "api/run_results.h"
#include "frontend/reference.h"

namespace tcc {

struct VerifyResult {
  std::string output;  ///< name; "W.next" for an update of W
  Comparison comparison;
};

/// Evaluates the program on `inputs` by the reference evaluator, and compares each output and
/// update of `results`, which run_all gave for the same inputs. Throws Error as Program::run.
std::vector<VerifyResult> verify(const Program& program, std::span<const Tensor> inputs,
                                 const RunResults& results);

}  // namespace tcc
