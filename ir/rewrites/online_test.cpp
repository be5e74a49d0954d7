// online: the pass after it, that it keeps results, those of masked rows included, and what it
// refuses.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "ir/passes/passes.h"
#include "tests/support/schedule_text.h"

namespace tcc::ir {
namespace {

/// Attention of one head, half of the scores masked: rows of few keys have none left.
/// {0}: what is subtracted from a score.
constexpr std::string_view attention = R"(size M, K
input x: f32[M, K]
input v: f32[K, 3]
temporary m: f32[M]
temporary s: f32[M]
output o: f32[M, 3]

kernel m {{
  for i in 0:M {{
    m[i] = -inf
    for k in 0:K {{
      m[i] = maximum(m[i], select(x[i, k] > 0.0, x[i, k], -inf))
    }}
  }}
}}

kernel s {{
  for i in 0:M {{
    s[i] = 0.0
    for k in 0:K {{
      s[i] = s[i] + exp(select(x[i, k] > 0.0, x[i, k], -inf) - {0})
    }}
  }}
}}

kernel o {{
  for i in 0:M {{
    for j in 0:3 {{
      o[i, j] = 0.0
      for k in 0:K {{
        o[i, j] = o[i, j] + v[k, j] * (exp(select(x[i, k] > 0.0, x[i, k], -inf) - {0}) / s[i])
      }}
    }}
  }}
}}
)";

std::string program_with(std::string_view shift) { return fmt::format(attention, shift); }

constexpr std::string_view plain = "m[i]";
constexpr std::string_view guarded = "select(m[i] == -inf, 0.0, m[i])";

/// {}: after the sums are together.
std::string schedule_with(std::string_view online) {
  return fmt::format("schedule o {{ compute_at(s, i); compute_at(m, i); {} }}", online);
}

TEST(Online, KeepsResults) {
  for (const std::string_view shift : {plain, guarded}) {
    const std::string text = program_with(shift);
    const LoopProgram before = program_from(text);
    for (const std::string_view how :
         {"online(m, s)", "online(m, s, o)", "online(m, s, block = 4)",
          "online(m, s, block = 3); reorder(k.i, j)", "online(m, s, block = 8); unroll(j)"}) {
      LoopProgram after = scheduled(text, schedule_with(how));
      expect_near_results(before, after, {0, 1, 2, 3, 7, 8, 9, 31, 33}, 2e-6);
      after = run_passes(std::move(after), {.strict = true});
      expect_near_results(before, after, {0, 1, 2, 3, 7, 8, 9, 31, 33}, 2e-6);
    }
  }
}

TEST(Online, LeavesOneLoopThatReadsTheValues) {
  const std::string text = scheduled_text(program_with(guarded), schedule_with("online(m, s)"));
  EXPECT_EQ(text.find("for k in 0:K"), text.rfind("for k in 0:K")) << text;
}

struct Refused {
  std::string_view what;  ///< of the program is changed
  std::string_view into;
  std::string_view schedule;
  std::string_view message;
};

class OnlineRefuses : public testing::TestWithParam<Refused> {};

TEST_P(OnlineRefuses, WithTheReason) {
  std::string text = program_with(plain);
  const std::size_t at = text.rfind(GetParam().what);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, GetParam().what.size(), GetParam().into);
  EXPECT_EQ(refusal_of(text, GetParam().schedule), GetParam().message);
}

constexpr std::string_view together =
    "schedule o { compute_at(s, i); compute_at(m, i); online(m, s) }";

INSTANTIATE_TEST_SUITE_P(
    Rewrites, OnlineRefuses,
    testing::Values(
        Refused{"", "", "schedule o { online(m, s) }",
                "online(m, s): 'm' is not computed in the kernel of 's'"},
        Refused{"", "", "schedule o { online(o) }",
                "online(o): the last reduction is not 'o', whose schedule this is"},
        Refused{"", "", "schedule o { online(o, m) }",
                "online(o, m): the last reduction is not 'o', whose schedule this is"},
        Refused{"", "", "schedule o { online(m, m) }", "online(m, m): 'm' is named twice"},
        Refused{"", "", "schedule o { online(x, s) }", "online(x, s): 'x' is no reduction"},
        Refused{"x[i, k] > 0.0", "x[i, k] > 0.5", together,
                "online(m, s): 'o' takes 'm' of other values than those it adds"},
        Refused{"- m[i]", "+ m[i]", together,
                "online(m, s): 'o' reads 'm' elsewhere than in exp(x - m)"},
        Refused{"v[k, j] * ", "m[i] * ", together,
                "online(m, s): 'o' reads 'm' elsewhere than in exp(x - m)"},
        Refused{"v[k, j] * ", "s[i] * ", together,
                "online(m, s): 'o' reads 's' other than as a divisor"},
        Refused{"- m[i]) / s[i]", "- 1.0) / s[i]", "schedule o { compute_at(s, i); online(s) }",
                "online(s): 's' is no maximum"},
        Refused{"o[i, j] + v", "o[i, j] * v", together, "online(m, s): 'o' is no reduction"},
        Refused{"k in 0:K", "k in 0:K // 2", together,
                "online(m, s): 'o' takes 'm' of other values than those it adds"}));

TEST(Online, IsRefusedUnderStrict) {
  EXPECT_EQ(refusal_of(program_with(plain), together), "");
  EXPECT_EQ(refusal_of(program_with(plain), together, Reassociation::forbidden),
            "online(m, s): this rescales sums, which --strict forbids");
}

}  // namespace
}  // namespace tcc::ir
