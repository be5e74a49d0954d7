// Four evaluators, one meaning: reference, plain loops, scheduled loops and machine code agree on
// random programs at awkward sizes. A program on which they do not is made as small as it gets and
// printed as a file.
#include <cstdlib>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/property/agreement.h"
#include "tests/property/programs.h"
#include "tests/property/shrink.h"

namespace tcc::property {
namespace {

constexpr std::uint64_t first_seed = 20260101;
constexpr int size_draws = 3;  // for each program

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
  failing = shrink(std::move(failing),
                   [seed](const Case& one) { return check(one, seed).symptom; });
  return report_of(failing, check(failing, seed).explanation, seed);
}

TEST(Property, EvaluatorsAgreeOnRandomPrograms) {
  fmt::print("{} programs from seed {}\n", program_count(), first_seed);
  if (!has_machine_code()) fmt::print("without machine code: this build has no LLVM\n");
  std::uint64_t runs = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + program_count(); ++seed) {
    const Program program = random_program(seed);
    std::mt19937_64 random(seed);
    std::vector<SizeValues> sizes;
    for (int draw = 0; draw < size_draws; ++draw)
      sizes.push_back(random_sizes(program, random));
    const auto agreements = check_agreement(text_of(program), sizes, seed);
    for (std::size_t draw = 0; draw < sizes.size(); ++draw) {
      const auto& [outcome, explanation, symptom] = agreements[draw];
      if (outcome == Outcome::agree) ++runs;
      if (outcome == Outcome::disagree) FAIL() << report({program, sizes[draw]}, seed);
      if (outcome == Outcome::rejected) {
        // Only a reduction over nothing may be refused, and only at these sizes.
        EXPECT_NE(explanation.find("[empty-reduction]"), std::string::npos)
            << explanation << text_of(program);
      }
    }
  }
  EXPECT_GT(runs, program_count() * size_draws / 2);
}

/// The generator itself: the same seed gives the same text, and texts differ.
TEST(Property, ProgramsFollowFromTheirSeeds) {
  EXPECT_EQ(text_of(random_program(7)), text_of(random_program(7)));
  EXPECT_NE(text_of(random_program(7)), text_of(random_program(8)));
}

}  // namespace
}  // namespace tcc::property
