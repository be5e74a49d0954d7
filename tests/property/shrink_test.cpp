// The shrinker, on symptoms that are planted: what it must find is known.
#include "tests/property/shrink.h"

#include <random>

#include <gtest/gtest.h>

#include "tests/property/program_types.h"
#include "tests/property/small_programs.h"

namespace tcc::property {
namespace {

bool is_right(const Program& program) { return types_in(program).errors.empty(); }

/// Fails where the text has all of `words` and the program is right.
Symptom needs(std::vector<std::string> words) {
  return [words = std::move(words)](const Case& one) -> std::string {
    const std::string text = text_of(one.program);
    for (const std::string& word : words) {
      if (text.find(word) == std::string::npos) return "";
    }
    return is_right(one.program) ? "planted" : "";
  };
}

Expression name(std::string text) { return {{std::move(text)}, {}, {DType::f32, {"M", "N"}}}; }

Expression applied(std::string before, std::vector<Expression> operands, std::string after) {
  Expression result = {{std::move(before)}, std::move(operands), {DType::f32, {"M", "N"}}};
  while (result.pieces.size() < result.operands.size())
    result.pieces.emplace_back(", ");
  result.pieces.push_back(std::move(after));
  return result;
}

/// A function, a chain of definitions, a schedule.
Case large_case() {
  Program program;
  program.inputs = {{"A", {DType::f32, {"M", "N"}}}, {"B", {DType::f32, {"M", "N"}}}};
  program.functions = {{"f0",
                        {"p", "q"},
                        {{{"t"}, {}, applied("maximum(", {name("p"), name("q")}, ")")},
                         {{"u"}, {}, applied("exp(", {applied("sin(", {name("t")}, ")")}, ")")}},
                        {"u"}}};
  program.definitions = {
      {{"T0"}, {}, applied("relu(", {name("A")}, ")")},
      {{"T1"}, {}, applied("f0(", {name("T0"), name("B")}, ")")},
      {{"T2"}, {}, applied("minimum(", {name("T1"), applied("abs(", {name("T0")}, ")")}, ")")},
      {{"T3"}, {}, applied("floor(", {name("B")}, ")")},
  };
  program.schedule = "schedule T2 {\n  o, i = split(i1, 8)\n  unroll(i)\n}\n";
  return {program, {{"M", 31}, {"N", 33}}};
}

TEST(Shrink, FindsOneOperator) {
  const Case small = shrink(large_case(), needs({"sin("}));
  EXPECT_EQ(text_of(small.program), "T1_u = sin(1)\n");
  EXPECT_TRUE(small.sizes.empty());
}

TEST(Shrink, KeepsWhatBelongsTogether) {
  const Case small = shrink(large_case(), needs({"abs(", "maximum("}));
  EXPECT_LE(text_of(small.program).size(), 40u) << text_of(small.program);
  EXPECT_NE(text_of(small.program).find("abs("), std::string::npos);
  EXPECT_NE(text_of(small.program).find("maximum("), std::string::npos);
}

TEST(Shrink, KeepsTheCommandAtFault) {
  const Case small = shrink(large_case(), needs({"split(", "T2 ="}));
  EXPECT_EQ(small.program.schedule, "schedule T2 {\n  o, i = split(i1, 8)\n}\n");
  EXPECT_EQ(small.program.definitions.size(), 1u);
}

/// The smallest sizes at which it still fails, not the smallest of all.
TEST(Shrink, FindsTheSmallestSizes) {
  const Symptom symptom = [](const Case& one) -> std::string {
    const auto m = one.sizes.find("M"), n = one.sizes.find("N");
    if (m == one.sizes.end() || n == one.sizes.end()) return "";
    return is_right(one.program) && m->second >= 2 && n->second > m->second ? "planted" : "";
  };
  const Case small = shrink(large_case(), symptom);
  EXPECT_EQ(small.sizes.size(), 0u) << "no input has a size: they are dropped at the end";
  const Symptom with_inputs = [symptom](const Case& one) {
    return one.program.inputs.empty() ? std::string() : symptom(one);
  };
  EXPECT_EQ(shrink(large_case(), with_inputs).sizes, (SizeValues{{"M", 2}, {"N", 3}}));
}

/// What fails in another way is another fault.
TEST(Shrink, StaysWithOneSymptom) {
  const Symptom symptom = [](const Case& one) -> std::string {
    if (!is_right(one.program)) return "";
    const std::string text = text_of(one.program);
    if (text.find("exp(") != std::string::npos) return "of exp";
    return text.find("abs(") != std::string::npos ? "of abs" : "";
  };
  EXPECT_EQ(text_of(shrink(large_case(), symptom).program), "T1_u = exp(1)\n");
}

TEST(Shrink, TriesNoMoreThanItMay) {
  int tried = 0;
  const Symptom symptom = [&tried](const Case& one) -> std::string {
    ++tried;
    return is_right(one.program) ? "planted" : "";
  };
  shrink(large_case(), symptom, 10);
  EXPECT_LE(tried, 11) << "ten, and the first";
}

/// Each step is down, so that shrinking ends.
TEST(Shrink, SmallerProgramsAreSmaller) {
  SmallPrograms small_programs;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    std::vector<Program> programs = {random_program(seed), random_long_program(seed)};
    if (auto small = small_programs.program(1009 * seed)) programs.push_back(*std::move(small));
    for (const Program& program : programs) {
      const std::size_t weight = weight_of(program);
      for (const Program& smaller : smaller_programs(program))
        EXPECT_LT(weight_of(smaller), weight) << text_of(program);
    }
  }
}

TEST(Shrink, ReportsAFile) {
  Case one = large_case();
  one.program.functions.clear();
  one.program.definitions.resize(1);
  one.program.schedule.clear();
  EXPECT_EQ(report_of(one, "machine code: T0[0, 1] is 1, expected 2 +- 0\nsecond line", 7),
            "# machine code: T0[0, 1] is 1, expected 2 +- 0\n# second line\n# M = 31\n# N = 33\n"
            "# inputs from seed 7\ninput A: f32[M, N]\nparam B: f32[M, N]\nT0 = relu(A)\n");
}

}  // namespace
}  // namespace tcc::property
