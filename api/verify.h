// Results compared with the reference evaluator (`--verify`).
#pragma once

#include <span>
#include <string>
#include <vector>

#include <tcc/program.h>

#include "frontend/reference.h"

namespace tcc {

struct VerifyResult {
  std::string output;  ///< name
  Comparison comparison;
};

/// Evaluates the program on `inputs` by the reference evaluator, and compares each of `outputs`,
/// which Program::run gave for the same inputs. Throws Error as Program::run.
std::vector<VerifyResult> verify(const Program& program, std::span<const Tensor> inputs,
                                 std::span<const Tensor> outputs);

}  // namespace tcc
