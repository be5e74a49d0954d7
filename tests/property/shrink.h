// A failing program, made as small as it gets while it fails in the same way.
#pragma once

#include <functional>
#include <string>

#include "dsl/extent.h"
#include "tests/property/programs.h"

namespace tcc::property {

/// A program and the sizes that it fails at.
struct Case {
  Program program;
  SizeValues sizes;
};

/// In which way a case fails, in words that do not depend on its size; "" where it does not.
using Symptom = std::function<std::string(const Case&)>;

/// Programs that are one step smaller, bigger steps first: all that one definition does not need is
/// gone, or a definition, an input, an output mark, a command of the schedule; a call gives way to
/// what the function does; an expression is replaced by an operand of it, by an input or by a
/// literal. Not all of them are right programs. No chain of such steps is endless.
std::vector<Program> smaller_programs(const Program& program);

/// What the steps above make smaller.
std::size_t weight_of(const Program& program);

/// Takes a step wherever the symptom stays the same, until no step does or `most_tries` cases have
/// been tried. `failing` must fail.
Case shrink(Case failing, const Symptom& symptom, int most_tries = 3000);

/// As a file: what went wrong and at which sizes in comments, then the program.
std::string report_of(const Case& failing, const std::string& explanation, std::uint64_t seed);

}  // namespace tcc::property
