// Random legal schedules of one program, run at awkward sizes (`tcc fuzz`).
//
// Each try draws a schedule (api/random_schedule.h) and runs it at sizes where tails are wrong if
// anything is: 0, 1, primes, and one more and one less than the factors that the schedule has. The
// plain nest and the scheduled one must lie within the reference's bound, machine code must give
// the scheduled nest's bits (api/agreement.h). A failure is made smaller: commands and sizes that
// it does not need are left out.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "api/agreement.h"

namespace tcc {

struct FuzzOptions {
  std::int64_t tries = 200;                  ///< schedules
  std::uint64_t seed = 1;                    ///< of the first; the next one has the next
  std::int64_t most_iterations = 2'000'000;  ///< of a run's plain nests: larger sizes are not drawn
  std::function<void(std::int64_t tries)> on_try{};
};

struct FuzzFailure {
  std::string schedule;
  SizeValues sizes;
  bool sizes_are_constants;  ///< given when compiling, as `--set` does
  std::uint64_t seed;        ///< of the inputs
  std::string explanation;
};

/// The failure with as few commands and as small sizes as still fail. `fails` judges a candidate,
/// and may write its explanation.
FuzzFailure shrink_failure(FuzzFailure failure, const std::function<bool(FuzzFailure&)>& fails);

struct FuzzReport {
  std::int64_t schedules = 0;                    ///< that were run
  std::int64_t runs = 0;                         ///< in which all agree
  std::int64_t rejected = 0;                     ///< runs whose sizes the program does not allow
  std::map<std::string, std::int64_t> rewrites;  ///< commands run, by name
  std::optional<FuzzFailure> failure;            ///< the first one ends the search
};

/// Throws Error where the program is wrong, or its plain nests take more than `most_iterations` at
/// the smallest sizes.
FuzzReport fuzz_schedules(const Subject& subject, const FuzzOptions& options);

}  // namespace tcc
