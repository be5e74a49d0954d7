// What becomes of a program's outputs: `-o NAME=FILE`, `-o out.npz` for all, or text.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include <tcc/program.h>
#include <nlohmann/json_fwd.hpp>

#include "api/verify.h"
#include "runtime/files/npz.h"

namespace tcc::driver {

/// Why a text is neither `NAME=FILE` nor an archive for all; empty where it is one.
std::string fault_of_output(const std::string& text);

/// Throws Error (program) unless every `NAME=FILE` names one of `names`: before anything is
/// computed.
void check_outputs(const std::vector<std::string>& texts, const std::vector<std::string>& names);

/// Writes the outputs that are named: none where one of them cannot be written. Throws Error.
void save_outputs(const std::vector<std::string>& texts, const std::vector<NamedTensor>& outputs);

/// Each output as a line `C: f32[2, 3]`, and its elements as NumPy prints them.
void print_outputs(const std::vector<NamedTensor>& outputs, std::ostream& stream);

/// One object, on one line:
///   {"outputs": [{"name": "C", "type": "f32[2, 3]", "dtype": "f32", "shape": [2, 3],
///                 "file": "c.npy"}],
///    "verified": [{"output": "C", "within_bounds": true, "max_error": .., "allowed": ..}]}
/// "file" as `-i` takes it; with "values", nested lists, where nothing is saved. What JSON has no
/// number for is a string: "nan", "inf", "-inf". The members of `more`, an object, come last.
void print_json(const std::vector<std::string>& texts, const std::vector<NamedTensor>& outputs,
                const std::vector<VerifyResult>& verified, const nlohmann::ordered_json& more,
                std::ostream& stream);

}  // namespace tcc::driver
