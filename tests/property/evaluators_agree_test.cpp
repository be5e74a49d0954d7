// Four evaluators, one meaning: reference, plain loops, scheduled loops and machine code agree on
// random programs at awkward sizes. A program on which they do not is made as small as it gets and
// printed as a file.
#include <cstdlib>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "api/agreement.h"
#include "api/random_schedule.h"
#include "tests/property/programs.h"
#include "tests/property/shrink.h"

namespace tcc::property {
namespace {

constexpr std::uint64_t first_seed = 20260101;
constexpr int size_draws = 3;  // for each program

std::uint64_t long_program_count() { return std::getenv("TCC_NIGHTLY") ? 5000 : 40; }
std::uint64_t program_count() { return std::getenv("TCC_NIGHTLY") ? 5000 : 150; }

SizeValues random_sizes(const Program& program, std::mt19937_64& random) {
  const std::int64_t choices[] = {0, 1, 2, 3, 31, 32, 33};
  SizeValues sizes;
  for (const std::string& name : size_names(program)) {
    sizes[name] = choices[random() % std::size(choices)];
  }
  return sizes;
}

Agreement check(const Case& one, std::uint64_t seed) {
  return check_agreement(text_of(one.program), {&one.sizes, 1}, seed).front();
}

std::string report(Case failing, std::uint64_t seed) {
  failing =
      shrink(std::move(failing), [seed](const Case& one) { return check(one, seed).symptom; });
  return report_of(failing, check(failing, seed).explanation, seed);
}

/// The number of runs in which all agree.
std::uint64_t agreeing_runs(const Program& program, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<SizeValues> sizes;
  for (int draw = 0; draw < size_draws; ++draw)
    sizes.push_back(random_sizes(program, random));
  const auto agreements = check_agreement(text_of(program), sizes, seed);
  std::uint64_t runs = 0;
  for (std::size_t draw = 0; draw < sizes.size(); ++draw) {
    const auto& [outcome, explanation, symptom] = agreements[draw];
    if (outcome == Outcome::agree) ++runs;
    if (outcome == Outcome::disagree) {
      ADD_FAILURE() << "seed " << seed << "\n" << report({program, sizes[draw]}, seed);
      return runs;
    }
    if (outcome == Outcome::rejected) {
      EXPECT_TRUE(is_condition_on_sizes(explanation)) << explanation << text_of(program);
    }
  }
  return runs;
}

TEST(Property, EvaluatorsAgreeOnRandomPrograms) {
  fmt::print("{} programs from seed {}\n", program_count(), first_seed);
  if (!has_machine_code()) fmt::print("without machine code: this build has no LLVM\n");
  std::uint64_t runs = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + program_count(); ++seed) {
    runs += agreeing_runs(random_program(seed), seed);
    if (HasFailure()) return;
  }
  EXPECT_GT(runs, program_count() * size_draws / 2);
}

/// Programs of up to 12 definitions, each as the compiler schedules it and with a random schedule.
TEST(Property, EvaluatorsAgreeOnLongPrograms) {
  const std::uint64_t count = long_program_count();
  std::uint64_t runs = 0, scheduled = 0, definitions = 0, functions = 0;
  int failures = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + count && failures < 10; ++seed) {
    Program program = random_long_program(seed);
    definitions += program.definitions.size();
    functions += program.functions.size();
    runs += agreeing_runs(program, seed);
    program.schedule = random_schedule(text_of(program), seed);
    if (!program.schedule.empty()) ++scheduled, runs += agreeing_runs(program, seed);
    if (HasFailure()) ++failures;
  }
  fmt::print(
      "{} programs from seed {}, {} definitions, {} functions, {} with a schedule, {} runs\n",
      count, first_seed, definitions, functions, scheduled, runs);
  EXPECT_GT(runs, count * size_draws);
  EXPECT_GT(scheduled, count / 2);
  EXPECT_GT(functions, count / 4);
}

/// The generator itself: the same seed gives the same text, and texts differ.
TEST(Property, ProgramsFollowFromTheirSeeds) {
  EXPECT_EQ(text_of(random_program(7)), text_of(random_program(7)));
  EXPECT_NE(text_of(random_program(7)), text_of(random_program(8)));
  const Program program = random_long_program(7);
  EXPECT_EQ(text_of(program), text_of(random_long_program(7)));
  EXPECT_NE(text_of(program), text_of(random_long_program(8)));
  EXPECT_EQ(random_schedule(text_of(program), 7), random_schedule(text_of(program), 7));
}

}  // namespace
}  // namespace tcc::property
