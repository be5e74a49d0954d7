// Runs one program by every evaluator and says where they do not agree.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tcc/program.h>

#include "dsl/extent.h"
#include "frontend/checker.h"

namespace tcc {

enum class Outcome : std::uint8_t {
  agree,
  rejected,  ///< by the compiler or, for these sizes, by the run's conditions
  disagree,  ///< or one of them failed
};

struct Agreement {
  Outcome outcome;
  std::string explanation;  ///< empty where they agree
  /// In which way they disagree: the evaluator, or what it throws without names and numbers.
  std::string symptom{};
};

/// Whether a run of a right program may be refused for this: a condition on its sizes, an index
/// that is outside an axis without elements.
bool is_condition_on_sizes(std::string_view explanation);

/// A program and how it is compiled.
struct Subject {
  std::string_view text;
  CompileOptions compile;  ///< its target is this machine
  std::map<std::string, BoundType> free_names{};
};

/// One Agreement for each of `sizes`, with random inputs from `seed`. The plain nest and the
/// scheduled one, both interpreted, must lie within the reference's bound, and machine code must
/// give the scheduled one's bits. Where a computed index is outside its axis all must stop, and the
/// run counts as rejected. Without LLVM in the build machine code is left out. `optimization` is
/// LLVM's, which may not change a bit: most of the time goes there.
std::vector<Agreement> check_agreement(const Subject& subject, std::span<const SizeValues> sizes,
                                       std::uint64_t seed);
/// The same on one to three threads, as the seed has it.
std::vector<Agreement> check_agreement(std::string_view text, std::span<const SizeValues> sizes,
                                       std::uint64_t seed, int optimization = 3);

/// Whether machine code takes part.
bool has_machine_code();

}  // namespace tcc
