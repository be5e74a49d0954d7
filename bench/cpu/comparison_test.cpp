// What the comparison with other libraries says of numbers that are known.
#include "bench/cpu/comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "api/pipeline.h"
#include "bench/cpu/agreement.h"
#include "bench/cpu/tensors.h"
#include "frontend/checker.h"

namespace bench {

namespace {

Work work_of(std::int64_t count, tcc::DType dtype = tcc::DType::f32) {
  Work work;
  work.result = {"y", dtype, {count}};
  work.flops = 1000;
  work.tolerance = 0.01;
  return work;
}

TEST(BenchComparison, MedianOfRoundsAgainstTheQuickestPeer) {
  Row row{work_of(1), 1, {}};
  row.measured.limit = {4000, 5000, 4500};
  row.measured.contenders = {{"tcc", "tcc", {0.5, 0.4, 1.0}},
                             {"A", "A", {0.6, 0.6, 0.1}},
                             {"B", "B, prepacked", {0.4, 0.4, 2.0}}};
  const Comparison found = compare(row);
  EXPECT_DOUBLE_EQ(found.seconds, 0.5);
  EXPECT_DOUBLE_EQ(found.rate, 2000);
  EXPECT_DOUBLE_EQ(found.share.median, 0.4);  // of the most that the machine could
  ASSERT_TRUE(found.ratio);
  EXPECT_EQ(found.best_peer->name, "B, prepacked");  // by the median, not by A's one lucky round
  EXPECT_DOUBLE_EQ(found.ratio->median, 1.0);
  EXPECT_DOUBLE_EQ(found.ratio->least, 0.8);
  EXPECT_DOUBLE_EQ(found.ratio->most, 2.0);
  EXPECT_FALSE(found.speedup);
}

TEST(BenchComparison, OneThreadOfOursIsNoPeer) {
  Row row{work_of(1), 2, {}};
  row.measured.limit = {1, 1};
  row.measured.contenders = {{"tcc", "tcc", {1, 1}}, {one_thread, one_thread, {1.9, 1.8}}};
  const Comparison found = compare(row);
  EXPECT_EQ(found.best_peer, nullptr);
  EXPECT_FALSE(found.ratio);
  ASSERT_TRUE(found.speedup);
  EXPECT_DOUBLE_EQ(found.speedup->least, 1.8);
}

TEST(BenchComparison, Verdicts) {
  const auto of = [](double ratio) { return Spread{ratio, ratio, ratio}; };
  EXPECT_EQ(verdict(of(1.25), 1.25, 1), "met");
  EXPECT_EQ(verdict(of(1.22), 1.25, 1), "equal");
  EXPECT_EQ(verdict(of(1.20), 1.25, 1), "behind");
  EXPECT_EQ(verdict(of(1.20), 1.25, 2), "equal");  // two threads are not resolved as finely
  EXPECT_EQ(verdict({1.5, 1.0, 2.1}, 1.25, 1), "unsteady");
  EXPECT_EQ(verdict({1.5, 1.0, 1.9}, 1.25, 1), "met");
}

TEST(BenchComparison, LargeProductsHaveAGoalForTwoThreads) {
  Row row{work_of(1), 2, {}};
  row.work.operands = {{"A", tcc::DType::f32, {512, 1024}}, {"B", tcc::DType::f32, {1024, 512}}};
  EXPECT_EQ(speedup_goal(row), 1.9);
  row.work.operands[0].shape[0] = 511;
  EXPECT_EQ(speedup_goal(row), std::nullopt);
  row.work.operands[0].shape[0] = 512;
  row.threads = 3;
  EXPECT_EQ(speedup_goal(row), std::nullopt);
  row.threads = 2;
  row.work.kind = Kind::softmax;
  EXPECT_EQ(speedup_goal(row), std::nullopt);
}

TEST(BenchAgreement, FindsWhatDiffers) {
  const Work work = work_of(4);
  const std::vector<float> ours = {1, -2, 100, 0};
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  const auto differs = [&](std::vector<float> theirs) {
    return disagreement(work, ours.data(), theirs.data());
  };
  EXPECT_EQ(differs(ours), "");
  EXPECT_EQ(differs({1.4F, -2, 100.9F, 0.3F}), "");  // within 1 % of themselves and of 50
  EXPECT_EQ(differs({1, -2, 98, 0}), "element 2 is 98, ours is 100");
  EXPECT_EQ(differs({3, -2, 90, 0}), "element 2 is 90, ours is 100");  // the one that differs most
  EXPECT_EQ(differs({1, nan, 100, 0}), "element 1 is nan, ours is -2");
  EXPECT_EQ(differs({1, nan, 90, 0}), "element 1 is nan, ours is -2");
  EXPECT_EQ(differs({1, -2, infinity, 0}), "element 2 is inf, ours is 100");
}

TEST(BenchAgreement, OursMayBeTheWrongOne) {
  const Work work = work_of(2);
  const std::vector<float> right = {1, 2};
  const std::vector<float> wrong = {1, std::numeric_limits<float>::quiet_NaN()};
  EXPECT_EQ(disagreement(work, wrong.data(), right.data()), "element 1 is 2, ours is nan");
}

TEST(BenchAgreement, SpoiledResultsAreNoResults) {
  for (const auto dtype : {tcc::DType::f16, tcc::DType::bf16, tcc::DType::f32, tcc::DType::f64}) {
    const Work work = work_of(3, dtype);
    std::vector<double> ours(3, 0.0), theirs(3, 0.0);
    EXPECT_EQ(disagreement(work, ours.data(), theirs.data()), "");
    spoil(work.result, theirs.data());
    EXPECT_NE(disagreement(work, ours.data(), theirs.data()), "") << tcc::name_of(dtype);
  }
}

/// What a row says of its tensors is what its program says.
TEST(BenchRows, ProgramsAreRightAndGiveTheirResults) {
  std::set<std::string> names;
  for (const Work& work : all_works()) {
    SCOPED_TRACE(work.name);
    EXPECT_TRUE(names.insert(work.name).second);
    tcc::Diagnostics diagnostics;
    const tcc::ParsedText parsed = tcc::parse_text(work.program, {}, diagnostics);
    const auto program = tcc::check(parsed.program, {}, diagnostics);
    ASSERT_FALSE(diagnostics.has_errors()) << work.program;
    ASSERT_EQ(program.inputs.size(), work.operands.size());
    ASSERT_EQ(program.outputs.size(), 1U);
    const auto& output = program.tensors[program.outputs[0]];
    EXPECT_EQ(output.name, work.result.name);
    EXPECT_EQ(output.dtype, work.result.dtype);
    EXPECT_EQ(output.shape.size(), work.result.shape.size());
  }
}

TEST(BenchRows, OperandsAreRandomAndWithinTheirRange) {
  Work work;
  for (const auto dtype : {tcc::DType::f16, tcc::DType::f32})
    work.operands.push_back({"x", dtype, {1000}, Role::input, -0.5, 0.25});
  work.result = {"y", tcc::DType::f32, {1000}};
  const Tensors tensors(work);
  EXPECT_NE(tensors.ours().result, tensors.theirs().result);
  const auto* x = tensors.ours().operand<float>(1);
  const auto [least, most] = std::minmax_element(x, x + 1000);
  EXPECT_GE(*least, -0.5F);
  EXPECT_LT(*least, -0.49F);
  EXPECT_LE(*most, 0.25F);
  EXPECT_GT(*most, 0.24F);
}

}  // namespace

}  // namespace bench
