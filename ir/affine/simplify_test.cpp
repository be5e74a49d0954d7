// Index arithmetic: tables of expressions before and after, and what is proven from facts.
#include "ir/affine/simplify.h"

#include <chrono>

#include <gtest/gtest.h>

#include "ir/affine/prove.h"
#include "ir/printer.h"
#include "ir/visit.h"
#include "tests/support/parsed_program.h"

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
      {"(N * 4 + 3) // 0", "(N * 4 + 3) // 0"},
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
       {"x[i] * 8 // 8", "(x[i] * 8 + 3) % 8", "minimum(x[i], x[i] + 1)"}) {
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

TEST(Prove, UsesWhatIsKnownOfSizes) {
  struct Case {
    SizeFact fact;  // of N
    std::string condition;
    Verdict verdict;
  };
  const VarId none;
  const Case cases[] = {
      {{none, 0, {}, 1}, "(N + 3) // 4 * 4 <= N", Verdict::unknown},
      {{none, 0, {}, 4}, "(N + 3) // 4 * 4 <= N", Verdict::proven},
      {{none, 0, {}, 8}, "(N + 3) // 4 * 4 <= N", Verdict::proven},
      {{none, 0, {}, 2}, "(N + 3) // 4 * 4 <= N", Verdict::unknown},
      {{none, 5, {}, 4}, "8 <= N", Verdict::proven},
      {{none, 12, 12, 1}, "(N + 3) // 4 * 4 == 12", Verdict::proven},
      {{none, 12, 12, 1}, "(N + 7) // 8 * 8 <= N", Verdict::refuted},
  };
  for (Case each : cases) {
    Index index("select(" + each.condition + ", 1, 0)");
    each.fact.var = as<Var>(index.program.sizes[1])->id;
    index.program.facts.sizes = {each.fact};
    EXPECT_EQ(prove(as<Select>(index.expr)->condition, {}, index.program.facts), each.verdict)
        << each.condition << " where N is at least " << each.fact.minimum << " and a multiple of "
        << each.fact.divisor;
  }
}

}  // namespace
}  // namespace tcc::ir
