// Work of kernels: tables of nests with the numbers that arithmetic by hand gives.
#include "ir/kernel_work.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/plain_nests.h"
#include "tests/support/schedule_text.h"

namespace tcc::ir {
namespace {

struct Expected {
  double flops, calls, iterations, bytes_read, bytes_written;
  bool is_bound = false;
};

void expect_work(const KernelWork& work, const Expected& expected) {
  EXPECT_EQ(work.flops, expected.flops);
  EXPECT_EQ(work.calls, expected.calls);
  EXPECT_EQ(work.iterations, expected.iterations);
  EXPECT_EQ(work.bytes_read, expected.bytes_read);
  EXPECT_EQ(work.bytes_written, expected.bytes_written);
  EXPECT_EQ(work.is_bound, expected.is_bound);
}

/// Of a program of one kernel, `nest` being its body.
std::string one_kernel(std::string_view declarations, std::string_view nest) {
  return fmt::format("{}\n\nkernel C {{\n{}}}\n", declarations, nest);
}

KernelWork work_of(std::string_view text, const std::vector<std::int64_t>& sizes) {
  const auto works = work_of_kernels(program_from(text), sizes);
  EXPECT_EQ(works.size(), 1u) << text;
  return works.empty() ? KernelWork{} : works.front();
}

TEST(KernelWork, OfSizesThatTheRunGives) {
  expect_work(work_of(scale, {1000}), {1000, 0, 1000, 4000, 4000});
  expect_work(work_of(scale, {1}), {1, 0, 1, 4, 4});
  expect_work(work_of(scale, {0}), {0, 0, 0, 0, 0});
  const double m = 7, k = 11, n = 13;
  expect_work(work_of(matmul, {7, 11, 13}),
              {2 * m * k * n, 0, m * n * (1 + k), 4 * (m * k + k * n + m * n), 4 * m * n});
  expect_work(work_of(matmul, {7, 0, 13}), {0, 0, m * n, 0, 4 * m * n});
}

TEST(KernelWork, OfEachOperator) {
  struct Row {
    const char* value;
    double flops, calls;
  };
  const Row rows[] = {
      {"A[i] + A[i]", 1, 0},
      {"fma(A[i], A[i], 1.0)", 2, 0},
      {"A[i] / 3.0 - A[i]", 2, 0},
      {"relu(minimum(A[i], 0.5))", 2, 0},
      {"sqrt(A[i])", 1, 0},
      {"-A[i]", 0, 0},
      {"select(A[i] < 0.0, A[i], 1.0)", 0, 0},
      {"exp(A[i]) * tanh(A[i])", 1, 2},
      {"A[(i * 7 + 3) % 10]", 0, 0},
      {"f32(i + 1)", 0, 0},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.value);
    const KernelWork work =
        work_of(one_kernel("input A: f32[10]\noutput C: f32[10]",
                           fmt::format("  for i in 0:10 {{\n    C[i] = {}\n  }}\n", row.value)),
                {});
    EXPECT_EQ(work.flops, row.flops * 10);
    EXPECT_EQ(work.calls, row.calls * 10);
    EXPECT_EQ(work.flops_f64, 0);
    EXPECT_FALSE(work.is_bound);
  }
}

TEST(KernelWork, TellsDoublesApart) {
  const KernelWork work = work_of(one_kernel("input A: f64[10]\noutput C: f64[10]",
                                             "  for i in 0:10 {\n    C[i] = A[i] * 2.0f64\n  }\n"),
                                  {});
  EXPECT_EQ(work.flops, 0);
  EXPECT_EQ(work.flops_f64, 10);
  EXPECT_EQ(work.bytes(), 160);
}

TEST(KernelWork, CountsLanesOfVectors) {
  expect_work(work_of(one_kernel("input A: f32[64]\noutput C: f32[64]",
                                 "  for i in 0:4 {\n    C[ramp(i * 16, 1, 16)] = "
                                 "A[ramp(i * 16, 1, 16)] + broadcast(A[0], 16)\n  }\n"),
                      {}),
              {64, 0, 64, 256, 256});
}

/// What is between the places that a kernel touches does not count where it is a slice, or where
/// fewer accesses are made than there are places.
TEST(KernelWork, CountsWhatIsTouched) {
  struct Row {
    const char* what;
    const char* nest;
    double elements_read;
  };
  const Row rows[] = {
      {"a slice", "for i in 0:8 {\n C[i] = A[i + 5, 3]\n}\n", 8},
      {"a row twice", "for i in 0:8 {\n C[i] = A[3, i] + A[3, i] * 2.0\n}\n", 8},
      {"neighbours", "for i in 1:7 {\n C[i] = A[0, i - 1] + A[0, i + 1]\n}\n", 8},
      {"a diagonal", "for i in 0:20 {\n C[i] = A[i, i]\n}\n", 20},
      {"every second", "for i in 0:10 {\n C[i] = A[0, i * 2]\n}\n", 10},
      {"windows", "for i in 0:8 {\n for r in 0:3 {\n C[i] = A[0, i + r]\n}\n}\n", 10},
      {"a tile whose guard is not seen",
       "for o in 0:4 {\n for i in 0:6 {\n if o * 6 + i < 20 {\n C[o * 6 + i] = A[0, o * 6 + "
       "i]\n}\n}\n}\n",
       20},
      {"places that data decide", "for i in 0:9 {\n C[i] = A[0, clamped[i]]\n}\n", 9},
      {"one element", "for i in 0:9 {\n C[i] = A[0, 0]\n}\n", 1},
      {"nothing", "for i in 0:0 {\n C[i] = A[0, 0]\n}\n", 0},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    const bool gathers = std::string_view(row.nest).find("clamped") != std::string_view::npos;
    const KernelWork work = work_of(
        one_kernel("input A: f32[20, 20]\ninput clamped: i64[9]\noutput C: f32[20]", row.nest), {});
    EXPECT_EQ(work.bytes_read, row.elements_read * 4 + (gathers ? 9 * 8 : 0));
  }
}

TEST(KernelWork, SaysWhereItIsABound) {
  expect_work(work_of(one_kernel("size N\ninput A: f32[N, N]\noutput C: f32[N]",
                                 "  for i in 0:N {\n    for j in 0:i + 1 {\n      C[i] = A[i, j] "
                                 "* 2.0\n    }\n  }\n"),
                      {10}),
              {100, 0, 100, 400, 40, true});
  expect_work(work_of(one_kernel("size N\ninput A: f32[N]\noutput C: f32[N]",
                                 "  for i in 0:N {\n    if A[i] < 0.0 {\n      C[i] = A[i] * "
                                 "2.0\n    }\n  }\n"),
                      {10}),
              {10, 0, 10, 40, 40, true});
}

TEST(KernelWork, LeavesOutMemoryOfItsOwn) {
  expect_work(work_of(one_kernel("input A: f32[8]\noutput C: f32[8]",
                                 "  allocate T: f32[8] in stack\n  for i in 0:8 {\n    T[i] = A[i] "
                                 "+ 1.0\n  }\n  for i in 0:8 {\n    C[i] = T[i] * 2.0\n  }\n"),
                      {}),
              {16, 0, 16, 32, 32});
}

/// Tiles that stand over the edge, packing and partial sums do not change what is meant.
TEST(KernelWork, OfASchedule) {
  const LoopProgram plain = program_from(matmul);
  const LoopProgram tiled = scheduled(matmul, R"(schedule C {
  i.o, i.i = split(i, 6); j.o, j.i = split(j, 16)
  reorder(i.o, j.o, k, i.i, j.i)
})");
  const std::vector<std::int64_t> sizes = {7, 11, 13};
  const auto works = work_of_kernels(tiled, plain, sizes);
  ASSERT_EQ(works.size(), 1u);
  EXPECT_EQ(works[0].flops, 2.0 * 7 * 11 * 13);
  EXPECT_FALSE(works[0].is_bound);
  EXPECT_EQ(works[0].bytes_read, 4.0 * (7 * 11 + 11 * 13 + 7 * 13));
  EXPECT_EQ(works[0].bytes_written, 4.0 * 7 * 13);
  EXPECT_GT(work_of_kernels(tiled, sizes)[0].flops, works[0].flops);
}

constexpr std::string_view chain = R"(size N
input x: f32[N]
temporary a: f32[N]
temporary b: f32[N]
output y: f32[N]

kernel a {
  for i in 0:N {
    a[i] = exp(x[i])
  }
}

kernel b {
  for i in 0:N {
    b[i] = a[i] + 1.0
  }
}

kernel y {
  for i in 0:N {
    y[i] = b[i] * x[i]
  }
}
)";

TEST(KernelWork, OfWhatWasInlined) {
  const LoopProgram plain = program_from(chain);
  const auto works = work_of_kernels(
      scheduled(chain, "schedule b { inline(a) } schedule y { inline(b) }"), plain, {{100}});
  ASSERT_EQ(works.size(), 1u);
  expect_work(works[0], {200, 100, 300, 400, 400});
  const auto two = work_of_kernels(scheduled(chain, "schedule b { inline(a) }"), plain, {{100}});
  ASSERT_EQ(two.size(), 2u);
  expect_work(two[0], {100, 100, 200, 400, 400});
  expect_work(two[1], {100, 0, 100, 800, 400});
}

TEST(KernelWork, IsNearLinear) {
  std::string text = "input t0: f32[8]\n";
  constexpr int count = 20'000;
  for (int d = 1; d <= count; ++d)
    text += fmt::format("{} t{}: f32[8]\n", d == count ? "output" : "temporary", d);
  for (int d = 1; d <= count; ++d) {
    text += fmt::format(
        "\nkernel t{0} {{\n  for i in 0:8 {{\n    t{0}[i] = t{1}[i] + 1.0\n  }}\n}}\n", d, d - 1);
  }
  const LoopProgram program = program_from(text);
  const auto works = work_of_kernels(program, program, {});  // quadratic, it would take minutes
  ASSERT_EQ(works.size(), std::size_t{count});
  expect_work(works.back(), {8, 0, 8, 32, 32});
}

}  // namespace
}  // namespace tcc::ir
