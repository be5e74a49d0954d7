// Index arithmetic: tables of expressions before and after, and what is proven from facts.
#include "ir/affine/simplify.h"

#include <chrono>

#include <gtest/gtest.h>

#include "ir/printer.h"
#include "ir/visit.h"
#include "tests/support/index_text.h"

namespace tcc::ir {
namespace {

/// Parses `text` as an index over sizes M and N, a loop variable i, and x: i64.
struct Index {
  LoopProgram program;
  Expr expr;
  explicit Index(const std::string& text) {
    program = parsed("size M, N\ninput x: i64[N]\noutput y: i64[N]\n\nkernel y {\n" +
                     std::string("  for i in 0:N {\n    y[i] = ") + text + "\n  }\n}\n");
    const For& loop = *as<For>(program.kernels.at(0).body);
    expr = as<Store>(loop.body)->value;
  }
};

TEST(Simplify, DividesWhatIsDivisibleButForAConstant) {
  const std::pair<std::string, std::string> table[] = {
      {"(N * 4 + 3) // 4", "N"},
      {"(N * 4 + 4) // 4", "N + 1"},
      {"(N * 4 - 1) // 4", "N - 1"},
      {"(N * 4 - 1) % 4", "3"},
      {"(i * 8 + 19) // 8", "i + 2"},
      {"(i * 8 + 19) % 8", "3"},
      {"(M * N * 6 + i * 3 + 2) // 3", "M * N * 2 + i"},
      {"(N + 3) // 4", "(N + 3) // 4"},
      {"(N * 4 + 3) // 0", "0"},
      {"(N * 4 + 3) // -4", "(N * 4 + 3) // -4"},
  };
  for (const auto& [before, after] : table) {
    const Index index(before);
    EXPECT_EQ(print(index.program, simplify(index.expr)), after) << before;
  }
}

/// Sums with what a program reads may wrap: 8*x // 8 is not x, and x + 1 may be less than x.
TEST(Simplify, DoesNotDivideWhatMayWrap) {
  for (const std::string text :
       {"x[i] * 8 // 8", "(x[i] * 8 + 3) % 8", "minimum(x[i], x[i] + 1)",
        "select(x[i] < x[i] + 1, i, N)", "select(x[i] + 7 >= i + 8, i, N)",
        "select(i < x[i] // 8, i, N)", "i * 4611686018427387904 // 4611686018427387904"}) {
    const Index index(text);
    EXPECT_EQ(print(index.program, simplify(index.expr)), text);
  }
}

TEST(Simplify, DividesAsTheNumbersDo) {
  for (std::int64_t rest = -9; rest <= 9; ++rest) {
    const std::string dividend = "(i * 8 + " + std::to_string(rest) + ")";
    for (const std::string op : {" // 4", " % 4"}) {
      const Index index(dividend + op);
      const Expr simple = simplify(index.expr);
      const VarId var = as<Var>(as<For>(index.program.kernels[0].body)->var)->id;
      for (std::int64_t i = -2; i <= 2; ++i) {
        const Substitution values = {{var, make_int(i, {})}};
        EXPECT_EQ(constant_of(simplify(substitute(simple, values))),
                  constant_of(simplify(substitute(index.expr, values))))
            << dividend << op << " at " << i;
      }
    }
  }
}

/// v0 + v1 + .. in loops that run once, as `sum[v0 in 0:1, ..]` makes them.
std::string sum_in_loops(int count) {
  std::string loops, sum, ends;
  for (int v = 0; v < count; ++v) {
    loops += "for v" + std::to_string(v) + " in 0:1 {\n";
    sum += (v ? " + v" : "v") + std::to_string(v);
    ends += "}\n";
  }
  return "input x: f32[1]\noutput y: f32\n\nkernel y {\n" + loops + "y[] = x[" + sum + "]\n" +
         ends + "}\n";
}

TEST(Simplify, SumsOfManyVariablesTakeNoTime) {
  const LoopProgram program = parsed(sum_in_loops(200));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(print(program, simplify(program.kernels[0].body)), "y[] = x[0]\n");
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
  EXPECT_LT(passed.count(), 1) << "it was 11 s";
}

TEST(Simplify, KeepsSharedSumsShared) {
  Expr sum = make_var(VarId{1}, "n", {});
  for (int level = 0; level < 60; ++level)
    sum = make_binary(Op::add, sum, sum, {});
  EXPECT_EQ(print(simplify(sum)), "n * 1152921504606846976");
}

/// What rewrites make of indices: splits of splits, fused loops, packed layouts.
TEST(Simplify, PutsDigitsTogetherAgain) {
  const std::pair<std::string, std::string> table[] = {
      {"i // 16 * 16 + i % 16", "i"},
      {"i // 16 * 48 + i % 16 * 3 + 5", "i * 3 + 5"},
      {"(i // 16 * 16 + i % 16) * N + 1", "N * i + 1"},
      {"i // 8 % 4 * 8 + i % 8", "i % 32"},
      {"i // 32 * 4 + i // 8 % 4", "i // 8"},
      {"i // 32 * 32 + i // 8 % 4 * 8 + i % 8", "i"},
      {"i // 4 // 8", "i // 32"},
      {"(i * 8 + 3) // 16", "i // 2"},
      {"(i * 8 + 3) % 16", "i % 2 * 8 + 3"},
      {"(i * 8 + 11) // 16", "(i + 1) // 2"},
      {"i // M * M + i % M", "i % M + i // M * M"},  // M may be 0: see below
      {"(i * M + N) // M", "(M * i + N) // M"},
      {"(i * M + N) % M", "N % M"},
      {"minimum(i, i + 3)", "i"},
      {"maximum(minimum(i, N), i)", "i"},
      {"minimum(minimum(i, 9), 4)", "minimum(i, 4)"},
      {"select(i < N, i, N)", "minimum(i, N)"},
      {"select(not (i < N and not (N > i)), i, i)", "i"},
      {"select(i // 16 < 4, 1, 0)", "select(i < 64, 1, 0)"},
      {"select(4 > i // 16, 1, 0)", "select(64 > i, 1, 0)"},
      {"select(i % 4 < 4, 1, 0)", "1"},
      {"select(i // 8 < (N + 15) // 16, 1, 0)", "select(i < (N + 15) // 16 * 8, 1, 0)"},
      {"select(i < (N + 7) // 8, 1, 0)", "select(i * 8 < N, 1, 0)"},
      {"select(i + 7 >= N + 8, 1, 0)", "select(i > N, 1, 0)"},
      {"select(i + 1 <= N, 1, 0)", "select(i < N, 1, 0)"},
      {"select(i + 9 < N + 2, 1, 0)", "select(i + 7 < N, 1, 0)"},
      {"select(i + 2 == N + 2, 1, 0)", "select(i == N, 1, 0)"},
      {"(i // 8 + 3) // 4", "(i + 24) // 32"},
      {"(i // 8 * 4 + 3) // 4", "i // 8"},
  };
  for (const auto& [before, after] : table) {
    const Index index(before);
    EXPECT_EQ(print(index.program, simplify(index.expr)), after) << before;
  }
}

/// `i // M * M + i % M` is i unless M is 0: in a loop over 0:N * M it is not.
TEST(Simplify, UsesTheLoopsAround) {
  const std::tuple<std::string, std::string, std::string> table[] = {
      {"for f in 0:N * M", "f // M * M + f % M", "f"},
      {"for f in 0:M", "f // M", "0"},
      {"for f in 0:M", "f % M", "f"},
      {"for o in 0:N for i in 0:4", "(o * 4 + i) // 8", "o // 2"},
      {"for o in 0:N for i in 0:4", "(o * 4 + i) % 8", "o % 2 * 4 + i"},
      {"for o in 0:N for i in 0:4", "(o * 4 + i) // 4", "o"},
      {"for o in 0:N for i in 0:M", "(o * M + i) // M", "o"},
      {"for o in 0:N for i in 0:M", "(o * M + i) % M", "i"},
      {"for o in 0:N for i in 0:5", "(o * 4 + i) % 8", "(o * 4 + i) % 8"},
      {"for i in 0:N", "minimum(i, N - 1)", "i"},
      {"for i in 0:8", "maximum(i - 8, 0)", "0"},
      {"for i in 0:8", "(i - 8) // 8", "-1"},
      {"for i in 0:8", "(i + 16) // 8", "2"},
  };
  for (const auto& [loops, before, after] : table) {
    const ConditionText text(loops + " : " + before + " == K");
    const Knowledge knowledge{text.ranges, text.program.facts, {}};
    const Expr& expr = as<Binary>(text.condition)->lhs;
    EXPECT_EQ(print(text.program, simplify(expr, knowledge)), after) << loops << ": " << before;
  }
}

/// Statements know the loops around them.
TEST(Simplify, StatementsInLoops) {
  const std::string head = "size M, N\ninput x: f32[M, N]\noutput y: f32[M, N]\n\n";
  const std::pair<std::string, std::string> table[] = {
      {"for f in 0:M * N {\ny[f // N, f % N] = x[0, f // N * N + f % N]\n}",
       "for f in 0:M * N {\n  y[f // N, f % N] = x[0, f]\n}\n"},
      {"for o in 0:M // 4 {\nfor i in 0:4 {\nif o * 4 + i < M {\ny[(o * 4 + i) // 4, i] = "
       "0.0\n}\n}\n}",
       "for o in 0:M // 4 {\n  for i in 0:4 {\n    y[o, i] = 0.0\n  }\n}\n"},
      {"for i in 0:M {\nif M < 1 {\ny[i, 0] = 0.0\n}\ny[i, 0] = 1.0\n}",
       "for i in 0:M {\n  if M < 1 {\n    y[i, 0] = 0.0\n  }\n  y[i, 0] = 1.0\n}\n"},
      {"for i in 0:M {\nif M > 0 {\ny[i, 0] = 0.0\n}\n}", "for i in 0:M {\n  y[i, 0] = 0.0\n}\n"},
      // After its loop nothing is known of M.
      {"for i in 0:M {\ny[i, 0] = 0.0\n}\nif M > 0 {\ny[0, 0] = 1.0\n}",
       "{\n  for i in 0:M of y {\n    y[i, 0] = 0.0\n  }\n  if M > 0 {\n    y[0, 0] = 1.0\n  "
       "}\n}\n"},
  };
  for (const auto& [before, after] : table) {
    const LoopProgram program = parsed(head + "kernel y {\n" + before + "\n}\n");
    EXPECT_EQ(print(program, simplify(program.kernels[0].body, program.facts)), after) << before;
  }
}

}  // namespace
}  // namespace tcc::ir
