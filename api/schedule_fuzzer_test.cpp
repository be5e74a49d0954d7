// What a failing schedule shrinks to, and what a search reports.
#include "api/schedule_fuzzer.h"

#include <gtest/gtest.h>

namespace tcc {
namespace {

constexpr std::string_view long_schedule = R"(schedule y {
  i0.o, i0.i = split(i0, 8)
  i1.o, i1.i = split(i1, 4)
  reorder(i0.o, i1.o, i0.i, i1.i)
  vectorize(i1.i)
  unroll(i0.i)
}
schedule z {
  unroll(i0)
}
)";

TEST(ScheduleFuzzer, ShrinksToWhatStillFails) {
  const FuzzFailure failure{std::string(long_schedule), {{"M", 33}, {"N", 17}}, false, 7, ""};
  int judged = 0;
  const FuzzFailure small = shrink_failure(failure, [&](FuzzFailure& candidate) {
    ++judged;
    candidate.explanation = "wrong";
    return candidate.schedule.find("split(i1, 4)") != std::string::npos &&
           candidate.schedule.find("vectorize") != std::string::npos && candidate.sizes["M"] >= 3;
  });
  EXPECT_EQ(small.schedule, "schedule y {\n  i1.o, i1.i = split(i1, 4)\n  vectorize(i1.i)\n}\n");
  EXPECT_EQ(small.sizes, (SizeValues{{"M", 3}, {"N", 0}}));
  EXPECT_EQ(small.explanation, "wrong");
  EXPECT_LT(judged, 200);
}

TEST(ScheduleFuzzer, KeepsWhatNeedsAll) {
  const FuzzFailure failure{std::string(long_schedule), {}, false, 7, ""};
  const FuzzFailure same = shrink_failure(
      failure, [](FuzzFailure& candidate) { return candidate.schedule == long_schedule; });
  EXPECT_EQ(same.schedule, long_schedule);
}

TEST(ScheduleFuzzer, RunsAtSizesAndWithConstants) {
  const FuzzReport report =
      fuzz_schedules({"input x: f32[M, N]\ny = sum(x, axis = 1) * 2.0\n", {}}, {10, 3});
  EXPECT_FALSE(report.failure) << report.failure->explanation;
  EXPECT_EQ(report.schedules, 10);
  EXPECT_GT(report.runs, 10);
  EXPECT_FALSE(report.rewrites.empty());
}

TEST(ScheduleFuzzer, TheSameSeedGivesTheSameReport) {
  const Subject subject{"input x: i32[N]\ny = x * 2\nz = sum(y)\n", {}};
  const FuzzReport a = fuzz_schedules(subject, {5, 11});
  const FuzzReport b = fuzz_schedules(subject, {5, 11});
  EXPECT_EQ(a.rewrites, b.rewrites);
  EXPECT_EQ(a.runs, b.runs);
}

/// Sizes that a program states are tried as they are; those that take too long are refused.
TEST(ScheduleFuzzer, RefusesWhatTakesTooLong) {
  EXPECT_THROW(fuzz_schedules({"input A: f32[500, 500]\nB = A @ A\n", {}}, {1, 1}), Error);
}

TEST(ScheduleFuzzer, RefusesAWrongProgram) {
  EXPECT_THROW(fuzz_schedules({"y = undefined_function(3)\n", {}}, {1, 1}), Error);
  EXPECT_THROW(
      fuzz_schedules({"input x: f32[N]\ny = x\nschedule y { when Q == 1 { unroll(i0) } }\n", {}},
                     {1, 1}),
      Error);
}

}  // namespace
}  // namespace tcc
