// No bit of a result depends on the number of threads: each gives what the interpreter does, which
// runs parallel loops in order.
#include <cstdlib>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "api/agreement.h"
#include "tests/property/programs.h"

namespace tcc::property {
namespace {

constexpr std::uint64_t first_seed = 20260601;
constexpr int thread_counts[] = {1, 2, 3, 8};

std::uint64_t program_count() { return std::getenv("TCC_NIGHTLY") ? 500 : 12; }

/// Runs in which all agree.
int agreeing_runs(const std::string& text, std::span<const SizeValues> sizes, std::uint64_t seed) {
  int runs = 0;
  for (const int threads : thread_counts) {
    Subject subject{text, {}};
    subject.compile.threads = threads;
    subject.compile.optimization = 1;
    for (const Agreement& one : check_agreement(subject, sizes, seed)) {
      EXPECT_NE(one.outcome, Outcome::disagree)
          << threads << " threads, seed " << seed << ": " << one.explanation << "\n"
          << text;
      if (one.outcome == Outcome::agree) ++runs;
    }
  }
  return runs;
}

TEST(Threads, RandomProgramsGiveTheSameBits) {
  int runs = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + program_count(); ++seed) {
    const Program program = seed % 2 == 0 ? random_long_program(seed) : random_program(seed);
    std::vector<SizeValues> sizes(2);
    for (const std::string& name : size_names(program)) {
      sizes[0][name] = name == "M" ? 83 : 67;
      sizes[1][name] = name == "M" ? 2 : 131;
    }
    runs += agreeing_runs(text_of(program), sizes, seed);
    if (HasFailure()) return;
  }
  EXPECT_GT(runs, static_cast<int>(program_count()) * 2);
}

/// A program of each kind that the scheduler knows, with odd sizes.
TEST(Threads, KindsOfComputationGiveTheSameBits) {
  const char* const programs[] = {
      "input x: f32[M, N]; y = tanh(x) * 2.0 + exp(-x)",
      "input x: f32[M, N]; output y = transpose(x) + 1.0",
      "input A: f32[M, N], B: f32[N, M]; C = A @ B",
      "input A: f32[M, N], B: f32[N, M], b: f32[M]; C = relu(A @ B + b)",
      "input x: f32[M, N]; y = softmax(x)",
      "input x: f32[M, N], w: f32[N], b: f32[N]; y = layer_norm(x, w, b)",
      "input x: f32[M, N]; s = sum(x); m = max(x); r = sum(x, axis = 1); c = sum(x, axis = 0)",
      "input x: f32[M, N]; i = argmax(x, axis = 1); s = sort(x, axis = 0); c = cumsum(x, axis = 1)",
      "input q: f32[M, 16], k: f32[N, 16], v: f32[N, 16]; y = attention(q, k, v)",
      "input x: f16[M, N], y: f64[N]; a = x * 3.0; b = y / 7.0",
  };
  const std::vector<SizeValues> sizes = {{{"M", 129}, {"N", 253}}, {{"M", 1}, {"N", 1031}}};
  for (const char* text : programs)
    EXPECT_EQ(agreeing_runs(text, sizes, 1), static_cast<int>(std::size(thread_counts)) * 2)
        << text;
}

}  // namespace
}  // namespace tcc::property
