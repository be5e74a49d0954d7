// Every program of up to three operators, one of each class of operators, at every combination of
// the sizes 0, 1, 2, 3, 31, 32 and 33, on all evaluators. All of them with TCC_NIGHTLY=1, in parts
// that run side by side; a sample otherwise.
#include <chrono>
#include <cstdlib>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "api/agreement.h"
#include "tests/property/shrink.h"
#include "tests/property/small_programs.h"

namespace tcc::property {
namespace {

constexpr std::int64_t awkward_sizes[] = {0, 1, 2, 3, 31, 32, 33};
constexpr int part_count = 8;
constexpr int optimization = 0;  // random programs have all of it
constexpr std::uint64_t inputs_seed = 20260101;
constexpr std::size_t most_failures = 20;  // shown by one test
constexpr std::size_t sample_size = 24;    // programs of each part in a test that is not nightly

bool is_nightly() { return std::getenv("TCC_NIGHTLY") != nullptr; }

/// All combinations for the program's size names.
std::vector<SizeValues> all_sizes(const Program& program) {
  std::vector<SizeValues> all = {{}};
  for (const std::string& name : size_names(program)) {
    std::vector<SizeValues> longer;
    for (const SizeValues& sizes : all) {
      for (const std::int64_t size : awkward_sizes) {
        longer.push_back(sizes);
        longer.back()[name] = size;
      }
    }
    all = std::move(longer);
  }
  return all;
}

Agreement check(const Case& failing) {
  return check_agreement(text_of(failing.program), {&failing.sizes, 1}, inputs_seed, optimization)
      .front();
}

/// What a part of the programs came to.
struct Tally {
  std::size_t numbers = 0, programs = 0, runs = 0, refused_runs = 0, failures = 0;
};

void run_program(const Program& program, std::size_t number, Tally& tally) {
  ++tally.programs;
  const std::vector<SizeValues> sizes = all_sizes(program);
  const auto agreements = check_agreement(text_of(program), sizes, inputs_seed, optimization);
  for (std::size_t s = 0; s < sizes.size(); ++s) {
    const Agreement& agreement = agreements[s];
    ++(agreement.outcome == Outcome::agree ? tally.runs : tally.refused_runs);
    if (agreement.outcome == Outcome::rejected && !is_condition_on_sizes(agreement.explanation)) {
      ADD_FAILURE() << "program " << number << "\n" << agreement.explanation << text_of(program);
      ++tally.failures;
      return;
    }
    if (agreement.outcome != Outcome::disagree) continue;
    const Case small =
        shrink({program, sizes[s]}, [](const Case& one) { return check(one).symptom; }, 500);
    ADD_FAILURE() << "program " << number << "\n"
                  << report_of(small, check(small).explanation, inputs_seed);
    ++tally.failures;
    return;
  }
}

class EverySmallProgram : public testing::TestWithParam<int> {};

TEST_P(EverySmallProgram, AgreesOnAllEvaluators) {
  SmallPrograms programs;
  const auto part = static_cast<std::size_t>(GetParam());
  std::mt19937_64 random(part);
  const auto begin = std::chrono::steady_clock::now();
  Tally tally;
  for (std::size_t number = part; tally.failures < most_failures; number += part_count) {
    if (is_nightly() ? number >= programs.count() : tally.programs == sample_size) break;
    if (!is_nightly()) number = random() % programs.count();
    ++tally.numbers;
    if (const auto program = programs.program(number)) run_program(*program, number, tally);
  }
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
  fmt::print(
      "{} of {} numbers, {} programs, {} runs, {} refused for their sizes, {} rejected by the "
      "checker, {:.0f} s\n",
      tally.numbers, programs.count(), tally.programs, tally.runs, tally.refused_runs,
      programs.rejections().size(), passed.count());
  EXPECT_GT(tally.runs, 4 * tally.refused_runs);
  // The rules of operator_class() are short; what they let through must nearly always be right.
  EXPECT_LE(programs.rejections().size(), 2 + tally.programs / 50);
  for (const auto& [text, errors] : programs.rejections())
    fmt::print("rejected:\n{}{}", text, errors);
}

INSTANTIATE_TEST_SUITE_P(Part, EverySmallProgram, testing::Range(0, part_count));

/// The same number gives the same program, whatever was asked for before.
TEST(SmallPrograms, FollowFromTheirNumbers) {
  SmallPrograms some, others;
  std::size_t made = 0;
  for (std::size_t number = 0; number < some.count(); number += 997) {
    const auto program = some.program(number);
    if (!program) continue;
    ++made;
    const auto again = others.program(number);
    ASSERT_TRUE(again) << number;
    EXPECT_EQ(text_of(*program), text_of(*again));
  }
  EXPECT_GT(made, 20u);
}

/// Every class is in some program of one operator: a row whose rules fit no input tests nothing.
TEST(SmallPrograms, HaveEveryClass) {
  SmallPrograms programs;
  const std::size_t inputs = 12;
  const auto classes = operator_classes();
  for (std::size_t row = 0; row < classes.size(); ++row) {
    std::size_t made = 0;
    for (std::size_t input = 0; input < inputs; ++input)
      made += programs.program(row * inputs + input).has_value() ? 1 : 0;
    EXPECT_GT(made, 0u) << classes[row].name;
  }
  for (const auto& [text, errors] : programs.rejections())
    ADD_FAILURE() << text << errors;
}

}  // namespace
}  // namespace tcc::property
