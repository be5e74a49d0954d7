// Proofs: what holds is proven, what is not proven is never claimed, and reasons can be read.
#include "ir/affine/prove.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/index_text.h"

namespace tcc::ir {
namespace {

Verdict proven(const std::string& text, const std::vector<SizeFact>& facts = {}) {
  const ConditionText condition(text, facts);
  return prove(condition.condition, condition.ranges, condition.program.facts);
}

TEST(Prove, WhatRewritesNeed) {
  const std::string holds[] = {
      "for i in 0:M : i < M",
      "for i in 0:M for j in i:M - i : j < M",  // the second range is begin and end
      "for o in 0:M // 8 for i in 0:8 : o * 8 + i < M",
      "for o in 0:(M + 7) // 8 for i in 0:8 : o * 8 + i <= (M + 7) // 8 * 8 - 1",
      "for o in 0:(M + 7) // 8 : o * 8 < M",
      "for o in 0:(M + 7) // 8 for i in 0:minimum(8, M - o * 8) : o * 8 + i < M",
      "for i in 0:M for j in 0:N : i * N + j < M * N",
      "for f in 0:M * N : f // N < M",
      "for f in 0:M * N : f % N < N",
      "for f in 0:M * N : f % N >= 0",
      "for f in 0:M * N : f // N * N + f % N < M * N",
      "for f in 0:M : f // 16 < (M + 15) // 16",
      "for f in 0:M : f // 16 * 16 <= f",
      "for p in 0:K : p * N // K <= (p + 1) * N // K",
      "for o in 0:(N + 7) // 8 : minimum(o * 8, N - 1) >= 0",
      "for o in 0:(N + 7) // 8 : maximum(minimum(o * 8, N - 8), 0) <= N",
      "for i in 0:M : M >= 1",
      "for i in 0:M // 4 : M >= 4",
      "for i in 0:M * N : N >= 1 and M >= 1",
      "(N + 7) // 8 >= 0",
      "minimum(M, N) <= maximum(M, N)",
      "select(M < N, M, N) >= 0",
      "not (M < 0)",
      "M != 0 - 1",
  };
  for (const std::string& text : holds)
    EXPECT_EQ(proven(text), Verdict::proven) << text;
}

TEST(Prove, DoesNotClaimWhatDoesNotHold) {
  const std::string open[] = {
      "for i in 0:M : i + 1 < M",
      "for o in 0:(M + 7) // 8 for i in 0:8 : o * 8 + i < M",
      "for i in 0:M for j in 0:N : i * N + j + 1 < M * N",
      "for f in 0:M * N : f // N < M - 1",
      "M >= 1",
      "M // 2 * 2 == M",
      "M % N < N",  // N may be 0
      "for i in 0:N : x[i] < x[i] + 1",
      "M != 1",
      "minimum(M, N) > M - N",
  };
  for (const std::string& text : open)
    EXPECT_NE(proven(text), Verdict::proven) << text;
}

TEST(Prove, UsesWhatIsKnownOfSizes) {
  struct Case {
    SizeFact fact;  // of M
    std::string condition;
    Verdict verdict;
  };
  const VarId none;
  const Case cases[] = {
      {{none, 0, {}, 1}, "(M + 3) // 4 * 4 <= M", Verdict::unknown},
      {{none, 0, {}, 4}, "(M + 3) // 4 * 4 <= M", Verdict::proven},
      {{none, 0, {}, 8}, "(M + 3) // 4 * 4 <= M", Verdict::proven},
      {{none, 0, {}, 2}, "(M + 3) // 4 * 4 <= M", Verdict::unknown},
      {{none, 5, {}, 4}, "8 <= M", Verdict::proven},
      {{none, 12, 12, 1}, "(M + 3) // 4 * 4 == 12", Verdict::proven},
      {{none, 12, 12, 1}, "(M + 7) // 8 * 8 <= M", Verdict::refuted},
  };
  for (Case each : cases) {
    EXPECT_EQ(proven(each.condition, {each.fact}), each.verdict)
        << each.condition << " where M is at least " << each.fact.minimum << " and a multiple of "
        << each.fact.divisor;
  }
}

TEST(Prove, SaysWhy) {
  const ConditionText tile("for o in 0:(M + 7) // 8 : o * 8 < M");
  EXPECT_EQ(print(explain(tile.condition, tile.ranges, tile.program.facts)),
            "proven: o <= (M + 7) // 8 - 1, (M + 7) // 8 * 8 <= M + 7");
  const ConditionText tail("for o in 0:(M + 7) // 8 for i in 0:8 : o * 8 + i < M");
  EXPECT_EQ(print(explain(tail.condition, tail.ranges, tail.program.facts)),
            "false at M = 1, o = 0, i = 1");
  const ConditionText memory("x[0] < 1");
  EXPECT_EQ(print(explain(memory.condition, memory.ranges, memory.program.facts)),
            "neither proven nor refuted");
}

TEST(Prove, UsesAssumptions) {
  const std::tuple<std::string, std::string, Verdict> table[] = {
      {"M >= 512", "M >= 500", Verdict::proven},
      {"M >= 512", "M >= 513", Verdict::unknown},
      {"M >= 512 and N % 16 == 0", "N // 16 * 16 == N", Verdict::proven},
      {"N % 16 == 0", "N % 8 == 0", Verdict::proven},
      {"N % 12 == 0 and N % 8 == 0", "N % 24 == 0", Verdict::proven},
      {"N < 16", "N // 16 == 0", Verdict::proven},
      {"M <= N", "M * 2 <= N * 2 + 1", Verdict::proven},
      {"N < M", "M != N", Verdict::proven},
      {"M + K <= N", "K <= N", Verdict::proven},
  };
  for (const auto& [assumed, goal, verdict] : table) {
    const ConditionText text("(" + assumed + ") and (" + goal + ")");
    const Binary& both = *as<Binary>(text.condition);
    EXPECT_EQ(prove(both.rhs, {}, text.program.facts, {both.lhs}), verdict)
        << goal << " where " << assumed;
  }
}

TEST(Prove, LearnsFactsFromConditions) {
  const std::tuple<std::string, std::int64_t, std::int64_t, std::int64_t> table[] = {
      {"M >= 512", 512, -1, 1},  {"512 <= M", 512, -1, 1},   {"M > 7 and M < 10", 8, 9, 1},
      {"M == 12", 12, 12, 1},    {"M % 16 == 0", 0, -1, 16}, {"M % 16 == 0 and M > 17", 32, -1, 16},
      {"M * 3 >= 10", 4, -1, 1}, {"M * 3 <= 10", 0, 3, 1},   {"M * N >= 1", 1, -1, 1},
      {"M % 16 == 3", 0, -1, 1}, {"M != 3", 0, -1, 1},       {"x[M] > 3", 0, -1, 1},
  };
  for (const auto& [text, minimum, maximum, divisor] : table) {
    const ConditionText condition(text);
    const SizeFact fact = facts_from(condition.condition, condition.program.facts).sizes[0];
    EXPECT_EQ(fact.minimum, minimum) << text;
    EXPECT_EQ(fact.maximum.value_or(-1), maximum) << text;
    EXPECT_EQ(fact.divisor, divisor) << text;
  }
}

/// A proof is a claim about every value: any counterexample to one is a fault. The conditions are
/// all `a R b` of a grammar of terms with their loops.
TEST(Prove, AgreesWithTheSearchOnEveryConditionOfAGrammar) {
  const std::string terms[] = {"i",
                               "j",
                               "i * 4 + j",
                               "M",
                               "N",
                               "i // 4",
                               "i % 4",
                               "(i * 4 + j) // 8",
                               "(M + 3) // 4",
                               "minimum(i, j)",
                               "i * N + j",
                               "M * N - 1",
                               "i // N",
                               "j % N",
                               "maximum(M - i, 0)",
                               "0",
                               "3"};
  const std::string loops[] = {"for i in 0:M for j in 0:4", "for i in 0:(M + 3) // 4 for j in 0:N",
                               "for i in 0:M * N for j in i:M * N"};
  int proofs = 0;
  int refutations = 0;
  for (const std::string& around : loops) {
    for (const std::string& a : terms) {
      for (const std::string& b : terms) {
        for (const std::string relation : {"<", "<=", "==", "!="}) {
          const ConditionText text(fmt::format("{} : {} {} {}", around, a, relation, b));
          const Verdict verdict = prove(text.condition, text.ranges, text.program.facts);
          const auto example = counterexample(text.condition, text.ranges, text.program.facts);
          proofs += verdict == Verdict::proven ? 1 : 0;
          refutations += example ? 1 : 0;
          if (verdict == Verdict::proven && example)
            ADD_FAILURE() << around << ": " << a << relation << b << ": " << print(*example);
        }
      }
    }
  }
  EXPECT_GT(proofs, 350);
  EXPECT_GT(refutations, 1000);
}

}  // namespace
}  // namespace tcc::ir
