// Each single pass keeps every bit: random programs, random schedules, awkward sizes, run by the
// interpreter before and after it. contract_fma, which rounds once where the program says twice, is
// compared with the reference by the tests of all evaluators.
#include <cstdlib>
#include <cstring>
#include <map>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "api/interpreted_run.h"
#include "api/pipeline.h"
#include "api/random_schedule.h"
#include "ir/passes/passes.h"
#include "ir/printer.h"
#include "ir/verifier.h"
#include "tests/property/programs.h"
#include "tests/property/random_loops.h"
#include "tests/support/pass_text.h"
#include "tests/support/schedule_text.h"

namespace tcc::property {
namespace {

constexpr std::uint64_t first_seed = 20260301;
constexpr std::int64_t awkward[] = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33};

/// What random programs rarely have: a reason for each of the passes.
constexpr std::string_view programs[] = {
    R"(input x: f32[M, N, K]
y = reshape(transpose(x, [0, 2, 1]), [M, K * N]) + 1.0
)",
    R"(input x: f32[M, N]
y[f in 0:M * N] = x[f // N, f % N] * f32(f % N)
)",
    R"(input x: f32[M, N]
y = reshape(x, [N, M]) - reshape(x, [N, M]) * 0.25
)",
    R"(input x: f32[N]
y[i in 0:N] = where(i > 0, x[i - 1], 0.0) + 2.0 * x[i] + where(i < N - 1, x[i + 1], 0.0)
)",
    R"(input x: f32[M, N]
y[i in 0:M, j in 0:N] = where(i > 1 and j < N - 2, x[i - 2, j + 2], x[i, j])
)",
    R"(input x: f32[M, N], w: f32[3]
y[i in 0:M, j in 0:N] = sum[k in 0:3](where(j + k > 0 and j + k <= N, x[i, j + k - 1] * w[k], 0.0))
)",
    R"(input x: f32[M, N], s: f32[M]
y[i, j] = exp(x[i, j] - s[i]) / sqrt(s[i] * s[i] + s[0] * s[0])
)",
    R"(input x: f32[M, N], b: f32[N]
h = exp(x * b) + 1.0
y = h / (exp(x * b) + exp(b))
z = exp(x * b) - sqrt(x * b)
output y, z
)",
    R"(input x: f32[M, N]
e = sum(x[:, :, None] * x[:, None, :], axis=2)
y = exp(e) * 2.0
schedule y { compute_at(e, i0) }
)",
    R"(input A: f32[M, K], B: f32[K, N]
y = A @ B
schedule y { pack(B, [i1 // 8, i0, i1 % 8]) }
)",
    R"(input x: f32[M, N], ids: i64[N]
y[i, j] = where(j % 3 == 0, x[i, 0], x[i, j]) / f32(j // 5 + M // 3 + 1)
)",
    R"(input A: f32[M, K], B: f32[K, N], b: f32[N]
y = relu(A @ B + b)
)",
    R"(input x: f32[M, N]
y = softmax(x)
)",
};

/// Changed programs by pass.
std::map<std::string_view, int> changed;

class Chain {
 public:
  Chain(const checked::Program& program, std::uint64_t seed) : program_(program), random_(seed) {}

  /// Runs the passes one by one and compares; false where a run was not possible.
  bool check(ir::LoopProgram loops, const std::vector<std::string>& sizes) {
    std::vector<std::vector<Tensor>> before;
    runs_.clear();
    for (int draw = 0; draw < 3; ++draw)
      add_run(sizes);
    if (runs_.empty()) return false;
    for (const Run& run : runs_)
      before.push_back(outputs(loops, run));
    for (const ir::Pass& pass : ir::all_passes()) {
      const std::string text = ir::print(loops);
      loops = pass.run(std::move(loops), {});
      const std::string after = ir::print(loops);
      if (text == after) continue;
      ++changed[pass.name];
      const auto breaches = ir::verify(loops);
      EXPECT_TRUE(breaches.empty()) << pass.name << ": " << breaches.front() << "\n" << after;
      for (std::size_t run = 0; run < runs_.size(); ++run) {
        auto now = outputs(loops, runs_[run]);
        if (pass.name != "contract_fma" && !same_bits(before[run], now)) {
          ADD_FAILURE() << pass.name << " changes bits at " << sizes_text(runs_[run])
                        << "\nbefore:\n"
                        << text << "\nafter:\n"
                        << after;
          return true;
        }
        before[run] = std::move(now);
      }
    }
    return true;
  }

 private:
  void add_run(const std::vector<std::string>& sizes) {
    SizeValues values;
    for (const std::string& size : sizes)
      values[size] = awkward[random_() % std::size(awkward)];
    Diagnostics diagnostics;
    Run run = random_run(program_, values, random_(), diagnostics);
    if (diagnostics.has_errors()) return;
    new_results(program_, run.sizes, diagnostics);
    if (!diagnostics.has_errors()) runs_.push_back(std::move(run));
  }

  std::vector<Tensor> outputs(const ir::LoopProgram& loops, const Run& run) const {
    Diagnostics diagnostics;
    std::vector<Tensor> results = new_results(program_, run.sizes, diagnostics);
    try {
      interpret(loops, program_, run, results);
    } catch (const Error& error) {
      if (error.category() != ErrorCategory::program)
        ADD_FAILURE() << error.what() << "\nat " << sizes_text(run) << "\n" << ir::print(loops);
      return {};  // the program's own values stop it, before and after
    }
    return results;
  }

  static bool same_bits(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t t = 0; t < a.size(); ++t) {
      const auto bytes =
          static_cast<std::size_t>(a[t].element_count()) * size_in_bytes(a[t].dtype());
      if (bytes != 0 && std::memcmp(a[t].raw_data(), b[t].raw_data(), bytes) != 0) return false;
    }
    return true;
  }

  static std::string sizes_text(const Run& run) {
    std::string text;
    for (const auto& [name, value] : run.sizes)
      text += fmt::format("{} = {} ", name, value);
    return text;
  }

  const checked::Program& program_;
  std::mt19937_64 random_;
  std::vector<Run> runs_;
};

/// Whether the program could be run.
bool check(const std::string& text, std::uint64_t seed, Scheduling scheduling) {
  Diagnostics diagnostics;
  const ParsedText parsed = parse_text(text, {}, diagnostics);
  PipelineOptions options;
  options.compile.scheduling = scheduling;
  std::optional<Lowered> lowered;
  if (!diagnostics.has_errors())
    lowered = lower(parsed, {}, ir::host_target(), options, diagnostics);
  if (diagnostics.has_errors()) return false;
  std::vector<std::string> sizes;
  for (const ir::Expr& size : lowered->general().scheduled.sizes)
    sizes.push_back(ir::as<ir::Var>(size)->name);
  return Chain(lowered->checked, seed).check(lowered->general().scheduled, sizes);
}

TEST(PassesKeepBits, OfProgramsThatGiveThemWork) {
  changed.clear();
  const std::uint64_t schedules = std::getenv("TCC_NIGHTLY") ? 200 : 4;
  for (const std::string_view program : programs) {
    const std::string text(program);
    EXPECT_TRUE(check(text, first_seed, Scheduling::automatic)) << text;
    EXPECT_TRUE(check(text, first_seed, Scheduling::none)) << text;
    for (std::uint64_t seed = first_seed; seed < first_seed + schedules; ++seed) {
      if (text.find("schedule") != std::string::npos) break;
      EXPECT_TRUE(check(text + random_schedule(text, seed), seed, Scheduling::automatic)) << text;
      if (HasFailure()) return;
    }
  }
  for (const ir::Pass& pass : ir::all_passes()) {
    fmt::print("{} changed {} programs\n", pass.name, changed[pass.name]);
    EXPECT_GT(changed[pass.name], 0) << pass.name << " had nothing to do";
  }
}

/// Loop IR as no program of the language makes it, through each pass alone and all in order.
TEST(PassesKeepBits, OfRandomLoops) {
  const std::uint64_t count = std::getenv("TCC_NIGHTLY") ? 10'000 : 100;
  std::map<std::string_view, int> changes;
  for (std::uint64_t seed = first_seed; seed < first_seed + count && !HasFailure(); ++seed) {
    const std::string text = random_loops(seed);
    const ir::LoopProgram plain = ir::program_from(text);
    const auto expect_same = [&](std::string_view pass, const ir::LoopProgram& program) {
      const std::string now = ir::print(program);
      if (now == ir::print(plain)) return;
      ++changes[pass];
      SCOPED_TRACE(fmt::format("{}, seed {}\nbefore:\n{}\nafter:\n{}", pass, seed, text, now));
      ir::expect_same_results(plain, program, {0, 1, 2, 5, 8});
      EXPECT_EQ(ir::print(ir::program_from(now)), now) << "it does not read back";
    };
    for (const ir::Pass& pass : ir::all_passes()) {
      if (pass.name != "contract_fma") expect_same(pass.name, ir::after_pass(pass.name, plain));
    }
    expect_same("all", ir::run_passes(plain, {.strict = true}));
  }
  for (const auto& [pass, number] : changes)
    fmt::print("{} changed {} of {} loops\n", pass, number, count);
  EXPECT_GE(changes.size(), 9u);
}

TEST(PassesKeepBits, OfRandomPrograms) {
  const std::uint64_t count = std::getenv("TCC_NIGHTLY") ? 5000 : 40;
  std::uint64_t checked = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + count && !HasFailure(); ++seed) {
    Program program = random_long_program(seed);
    program.schedule = random_schedule(text_of(program), seed);
    SCOPED_TRACE(fmt::format("seed {}\n{}", seed, text_of(program)));
    try {
      if (check(text_of(program), seed, Scheduling::automatic)) ++checked;
    } catch (const std::exception& failure) {
      ADD_FAILURE() << failure.what();
    }
  }
  EXPECT_GT(checked, count / 2);
}

}  // namespace
}  // namespace tcc::property
