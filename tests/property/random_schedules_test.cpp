// Random legal schedules keep the meaning of a program of each kind, at awkward sizes: 1000 runs in
// CI, 10^5 with TCC_NIGHTLY. A failure is printed as the shortest schedule that shows it.
#include <cstdlib>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "api/random_schedule.h"
#include "api/schedule_fuzzer.h"
#include "ir/rewrites/rewrite.h"

namespace tcc {
namespace {

struct Kind {
  std::string_view name;
  std::string_view text;
};

/// Both reductions in one kernel, as `online` wants them.
const Kind online_sum = {"online_sum",
                         "input x: f32[M, N], v: f32[N]\nm[i] = max[j](x[i, j])\n"
                         "s[i] = sum[j](exp(x[i, j] - m[i]) * v[j])\ny[i] = s[i] * 2.0\noutput y\n"
                         "schedule y {\n  compute_at(s, i)\n  compute_at(m, i)\n}\n"};

const Kind kinds[] = {
    {"elementwise", "input x: f32[M, N], w: f32[N]\na = x * w\nb = tanh(a) + a\nc = b - x\n"},
    {"full_reduction", "input x: i32[N]\ns = sum(x)\nm = max(x * 2)\n"},
    {"row_reduction", "input x: f32[M, N]\ns = sum(x * x, axis = 1)\nt = min(x, axis = 1)\n"},
    {"column_reduction", "input x: i64[M, N]\ns = sum(x, axis = 0)\nt = s * 2\n"},
    {"norm", "input x: f32[M, N], w: f32[N], b: f32[N]\ny = layer_norm(x, w, b)\n"},
    {"softmax", "input x: f32[M, N]\ny = softmax(x)\n"},
    {"product", "input A: f32[M, K], B: f32[K, N], bias: f32[N]\nC = relu(A @ B + bias)\n"},
    {"product_of_integers", "input A: i32[M, K], B: i32[K, N]\nC = A @ B\nD = C.T + 1\n"},
    {"two_products", "input A: f64[M, K], B: f64[K, N], E: f64[N, M]\nC = (A @ B) @ E\n"},
    {"softmax_by_row",
     "input x: f32[M, N]\nm = max(x, axis = 1)\ns[i] = sum[j](exp(x[i, j] - m[i]))\n"
     "y[i, j] = exp(x[i, j] - m[i]) / s[i]\noutput s, y\n"
     "schedule y {\n  kernel(s, m)\n}\n"},
    online_sum,
    {"attention", "input q: f32[M, D], k: f32[N, D], v: f32[N, D]\no = softmax(q @ k.T) @ v\n"},
    {"transpose", "input x: u8[M, N]\ny = x.T\nz = y[1:]\n"},
    {"stencil",
     "input x: f32[N]\ny[i] = where(i > 0 and i < N - 1, x[i - 1] + x[i + 1], x[i])\n"
     "z = y * y\n"},
    {"gather", "input x: f32[N], p: i32[M]\ny[i] = x[p[i] % 3 * 0]\nz = sum(y)\n"},
    {"scan", "input x: i32[M, N]\ny = cumsum(x, axis = 1)\nz = y * 2\n"},
    {"logic", "input x: bool[M, N]\na = any(x, axis = 1)\nb = all(x, axis = 0)\nc = not x\n"},
    {"halves", "input x: f16[M, N], y: bf16[N]\ns = sum(x, axis = 1)\nt = y * y\n"},
};

std::int64_t tries() { return std::getenv("TCC_NIGHTLY") ? 3200 : 32; }

class RandomSchedules : public testing::TestWithParam<Kind> {};

TEST_P(RandomSchedules, KeepTheMeaning) {
  CompileOptions options;
  options.optimization = 1;
  const FuzzReport report = fuzz_schedules({GetParam().text, options}, {tries(), 20260501});
  if (report.failure) {
    FAIL() << report.failure->explanation << "\n"
           << fmt::format("sizes {}, seed {}\n", report.failure->sizes_are_constants ? "set" : "",
                          report.failure->seed)
           << GetParam().text << report.failure->schedule;
  }
  EXPECT_GT(report.runs, tries());
}

INSTANTIATE_TEST_SUITE_P(Kinds, RandomSchedules, testing::ValuesIn(kinds),
                         [](const auto& kind) { return std::string(kind.param.name); });

/// A rewrite that no random schedule has is one that no property test sees.
TEST(RandomSchedule, HasEveryRewrite) {
  std::set<std::string> missing;
  for (const ir::Rewrite& rewrite : ir::all_rewrites())
    missing.emplace(rewrite.name);
  for (std::uint64_t seed = 1; seed < 200 && !missing.empty(); ++seed) {
    for (const Kind& kind : {kinds[0], kinds[1], online_sum}) {
      const std::string text = random_schedule(std::string(kind.text), seed);
      std::erase_if(missing,
                    [&](const std::string& name) { return text.find(name) != std::string::npos; });
    }
  }
  EXPECT_TRUE(missing.empty()) << *missing.begin() << " was never legal";
}

}  // namespace
}  // namespace tcc
