// `tcc fuzz` and schedules with variants, as a user meets them.
#include <gtest/gtest.h>

#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/support/run_tcc.h"

namespace tcc::tests {
namespace {

using Json = nlohmann::json;

constexpr const char* product = "input A: i32[M, K], B: i32[K, N]; C = A @ B";

TEST(Fuzz, SaysHowMuchAgrees) {
  const ProcessResult result = run_tcc({"fuzz", "-e", product, "--tries", "8"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  EXPECT_TRUE(result.out.starts_with("8 schedules, ")) << result.out;
  EXPECT_NE(result.out.find("rewrites: "), std::string::npos) << result.out;
}

TEST(Fuzz, Json) {
  const ProcessResult result = run_tcc({"fuzz", "-e", product, "--tries", "5", "--json"});
  EXPECT_EQ(result.code, 0);
  const Json report = Json::parse(result.out);
  EXPECT_EQ(report["schedules"], 5);
  EXPECT_GT(report["runs"], 5);
  EXPECT_TRUE(report["failure"].is_null());
}

TEST(Fuzz, SizesThatAreGivenStay) {
  const ProcessResult result =
      run_tcc({"fuzz", "-e", product, "--tries", "3", "--set", "M=3", "--set", "K=1", "--json"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_GT(Json::parse(result.out)["runs"], 0);
}

TEST(Fuzz, FreeNamesWantTheirTypes) {
  EXPECT_EQ(run_tcc({"fuzz", "-e", "y = x * 2.0"}).code, 1);
  EXPECT_EQ(run_tcc({"fuzz", "-e", "y = x * 2.0", "-i", "x=1.5", "--tries", "2"}).code, 0);
}

TEST(Fuzz, RefusesWhatItCannotDo) {
  const ProcessResult large = run_tcc({"fuzz", "-e", "input A: f32[900, 900]; B = A @ A"});
  EXPECT_EQ(large.code, 1);
  EXPECT_NE(large.err.find("[limit]"), std::string::npos) << large.err;
  EXPECT_EQ(run_tcc({"fuzz", "-e", "y = "}).code, 1);
  EXPECT_EQ(run_tcc({"fuzz", "-e", product, "--tries", "0"}).code, 2);
  EXPECT_EQ(run_tcc({"fuzz"}).code, 2);
}

/// Each pass of a sort merges what the one before has sorted.
TEST(Schedules, KeepTheOrderOfASort) {
  const ProcessResult result =
      run_tcc({"check", "-e",
               "input x: i32[40]\np = argsort(x)\n"
               "schedule p.keys { a, b = split(pass, 2); reorder(b, a) }"});
  EXPECT_EQ(result.code, 1);
  EXPECT_NE(result.err.find("this changes the order of steps, each of which needs the one before"),
            std::string::npos)
      << result.err;
}

struct ScheduledRun {
  std::string text;
  std::vector<std::string> sizes;
  int code;
  std::string message;  ///< of a refusal
};

/// Schedules that once changed a result, read outside a tensor, or ended the compiler.
TEST(Schedules, ThatWentWrongOnce) {
  const std::string doubled =
      "input A: f32[M, K], B: f32[K, N]\nT[i, k] = A[i, k] * 2.0\n"
      "C[i, j] = sum[k](T[i, k] * B[k, j])\noutput C\n";
  const std::vector<ScheduledRun> runs = {
      {doubled + "schedule C { compute_at(T, i); pack(T, [i1, i0], at = j, on_first_use = i) }",
       {"M=17", "K=9", "N=13"},
       1,
       "loop 'i' makes 'T' anew in each iteration"},
      {doubled + "schedule C { prefetch(T, at = k); inline(T) }",
       {"M=17", "K=9", "N=13"},
       1,
       "'T' is prefetched"},
      {doubled + "schedule C { compute_at(T, i) }\nschedule T { vectorize(q) }",
       {"M=2", "K=2", "N=2"},
       1,
       "of T {"},
      {doubled +
           "schedule C { pack(A, [i1, i0 // 9223372036854775807, i0 % 9223372036854775807]) }",
       {"M=17", "K=9", "N=13"},
       1,
       "is not in 1 to 2^31 - 1"},
      {"input x: f32[K, L]\nT[j, l] = x[j, l] * 2.0\n"
       "y[i in 0:4] = sum[k in 0:K, l](x[k, l] * T[K - 1, l])\noutput y\n"
       "schedule y { compute_at(T, i) }",
       {"K=0", "L=40000000"},
       0,
       ""},
      {"input x: f32[N]\ny = cumsum(x, axis = 0)\n"
       "schedule y { a, b = split(i0, 4, tail = peel); cache_write(global, at = i0) }",
       {"N=3"},
       1,
       "stores to parts of its region"},
      {"input x: f32[M, N]\ny[i, j] = x[i, j] * 2.0\n"
       "schedule y { a, b = split(j, 8); prefetch(x, at = b); vectorize(b) }",
       {"M=3", "N=9"},
       1,
       "loop 'b' holds a prefetch"},
      {"input x: f32[M, N]\ny[i, j] = x[i, j] * 2.0\n"
       "schedule y { cache_write(global, j); prefetch(y.cache, j) }",
       {"M=3", "N=9"},
       1,
       "has a 'y.cache' of its own"},
      {doubled + "schedule C { compute_at(T, i) }\nschedule T { unroll(T.i); reorder(T.i, k) }",
       {"M=2", "K=2", "N=2"},
       1,
       "loop 'i' is unrolled"},
      {"input x: f32[M, 5]\nc = x * 2.0\nschedule c {\n"
       "  i1.a, i1.b = split(i1, 2, tail = shift); i1.a.a, i1.a.b = split(i1.a, 2)\n"
       "  pack(x, [i0, i1 // 2, i1 % 2], at = i1.a.a)\n}",
       {"M=1"},
       1,
       "differs from iteration to iteration"},
      {"input x: i64[M, K]\ny[i] = sum[k](x[i, k] - 3 + x[i, 0])\nschedule y { reduce(k, 4) }",
       {"M=3", "K=9"},
       0,
       ""},
      {"input A: f32[M]\nC[i] = A[i] * 2.0\n"
       "schedule C { when M * 4611686018427387904 * 3 < 0 { o, u = split(i, 8) } }",
       {},
       0,
       ""},
  };
  for (const ScheduledRun& run : runs) {
    std::vector<std::string> arguments = {"run", "-e", run.text, "--random", "1", "--verify"};
    for (const std::string& size : run.sizes)
      arguments.insert(arguments.end(), {"--set", size});
    if (run.sizes.empty()) arguments = {"check", "-e", run.text};
    const ProcessResult result = run_tcc(arguments);
    EXPECT_EQ(result.code, run.code) << run.text << "\n" << result.err;
    EXPECT_NE(result.err.find(run.message), std::string::npos) << run.text << "\n" << result.err;
  }
}

/// Each variant is run where its condition holds, and gives the same.
TEST(Variants, AreTakenBySize) {
  const TemporaryFolder folder;
  const std::string file = folder / "c.schedule";
  std::ofstream(file) << R"(schedule C {
  when M >= 4 and N % 4 == 0 {
    i1.o, i1.i = split(i1, 4)
    vectorize(i1.i)
  }
  when M == 1 { reorder(i0, k0, i1) }
  reorder(k0, i0, i1)
}
)";
  for (const char* rows : {"M=0", "M=1", "M=3", "M=5"}) {
    const ProcessResult result =
        run_tcc({"run", "-e", product, "--schedule", file, "--set", rows, "--set", "K=3", "--set",
                 "N=8", "--random", "7", "--verify"});
    EXPECT_EQ(result.code, 0) << rows << result.err;
    EXPECT_NE(result.out.find("verified"), std::string::npos) << result.out;
  }
  const std::string nests = run_tcc({"emit", "-e", product, "--schedule", file}).out;
  EXPECT_NE(nests.find("# when M >= 4 and N % 4 == 0\n"), std::string::npos) << nests;
  EXPECT_NE(nests.find("# when M == 1\n"), std::string::npos) << nests;
  EXPECT_NE(nests.find("# otherwise\n"), std::string::npos) << nests;
  const std::string known =
      run_tcc({"emit", "-e", product, "--schedule", file, "--set", "M=1"}).out;
  EXPECT_EQ(known.find("# "), std::string::npos) << "one variant is left:\n" << known;
  EXPECT_NE(known.find("for k0 in 0:K {\n      for i1"), std::string::npos) << known;
}

/// Two blocks: each takes its own variant, whatever the other does.
TEST(Variants, OfTwoBlocksAreCombined) {
  const std::string text =
      "input x: i32[M], y: i32[N]\na = x * 2\nb = y * 3\n"
      "schedule a { when M >= 8 { o, i = split(i0, 8) } }\n"
      "schedule b { when N >= 8 or N == 1 { p, q = split(i0, 4) } }\n";
  const std::string nests = run_tcc({"emit", "-e", text}).out;
  std::string headings;
  for (std::size_t at = 0; (at = nests.find("# when", at)) != std::string::npos; ++at)
    headings += nests.substr(at, nests.find('\n', at) - at + 1);
  EXPECT_EQ(headings,
            "# when M >= 8 and (N >= 8 or N == 1)\n# when M >= 8\n# when N >= 8 or N == 1\n");
  for (const char* m : {"M=1", "M=9"}) {
    for (const char* n : {"N=1", "N=3", "N=9"}) {
      const ProcessResult result =
          run_tcc({"run", "-e", text, "--set", m, "--set", n, "--random", "7", "--verify"});
      EXPECT_EQ(result.code, 0) << m << n << result.err;
    }
  }
}

}  // namespace
}  // namespace tcc::tests
