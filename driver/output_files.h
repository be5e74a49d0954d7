// What becomes of a program's outputs: `-o NAME=FILE`, or text.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include <tcc/program.h>

#include "api/verify.h"

namespace tcc::driver {

/// Why `NAME=FILE` is none; empty where it is one.
std::string fault_of_output(const std::string& text);

struct NamedTensor {
  std::string name;
  Tensor tensor;
};

/// Throws Error (program) unless every `NAME=FILE` names another one of `names`, and Error
/// (environment) for files that this version does not write: before anything is computed.
void check_outputs(const std::vector<std::string>& texts, const std::vector<std::string>& names);

/// Writes the outputs that are named. Throws Error.
void save_outputs(const std::vector<std::string>& texts, const std::vector<NamedTensor>& outputs);

/// Each output as a line `C: f32[2, 3]`, and its elements as NumPy prints them.
void print_outputs(const std::vector<NamedTensor>& outputs, std::ostream& stream);

/// One object, on one line:
///   {"outputs": [{"name": "C", "dtype": "f32", "shape": [2, 3], "file": "c.npy"}],
///    "verified": [{"output": "C", "within_bounds": true, "max_error": .., "allowed": ..}]}
/// With "values", nested lists, where there is no file. What JSON has no number for is a string:
/// "nan", "inf", "-inf".
void print_json(const std::vector<std::string>& texts, const std::vector<NamedTensor>& outputs,
                const std::vector<VerifyResult>& verified, std::ostream& stream);

}  // namespace tcc::driver
