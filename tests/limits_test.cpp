// No text crashes the compiler or makes it run away (language section 10.3): what is long or deep
// compiles or is a `limit` error, in seconds, under sanitizers too.
#include <chrono>
#include <functional>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "api/agreement.h"
#include "api/executable.h"
#include "tests/support/sanitized.h"

namespace tcc {
namespace {

// Far more than any takes on a quiet machine (10 s, ten times that under sanitizers), far less than
// what runs away.
constexpr double most_seconds = is_sanitized ? 400 : 120;

std::string repeated(std::string_view text, int count) {
  std::string all;
  all.reserve(text.size() * static_cast<std::size_t>(count));
  for (int c = 0; c < count; ++c)
    all += text;
  return all;
}

/// `head`, a line for each of 1 .. count with {0} for its number and {1} for the one before,
/// `tail`.
std::string lines(std::string_view head, const char* line, int count, std::string_view tail) {
  std::string all(head);
  for (int n = 1; n <= count; ++n)
    all += fmt::format(fmt::runtime(line), n, n - 1);
  return all += tail;
}

/// Where a text may end. Machine code for programs of 10^4 products takes LLVM minutes.
enum class Until : std::uint8_t { passes, machine_code };

struct Limit {
  const char* name;
  std::function<std::string()> text;
  const char* expected;  ///< the kind of the first error; "" where it compiles
  Until until = Until::machine_code;
};

void PrintTo(const Limit& limit, std::ostream* out) { *out << limit.name; }

constexpr int terms = 100'000;
constexpr int definitions = 10'000;
constexpr int brackets = 1'000'000;
const std::string vector_input = "input x: f32[N]\n";

std::string sum_of(std::string_view term) {
  return repeated(fmt::format("{} + ", term), terms - 1) + std::string(term) + "\n";
}

const Limit long_texts[] = {
    {"SumOfTerms", [] { return vector_input + "y = " + sum_of("x"); }, ""},
    {"SumOfTermsByIndex", [] { return vector_input + "y[i] = " + sum_of("x[i]"); }, ""},
    {"MixOfTerms",
     [] { return "input a: f32\ny = " + repeated("a + a - a * ", terms / 3) + "a\n"; }, ""},
    {"SumOfLiterals", [] { return lines("input a: f32\ny = a", " + a * {0}.5", terms / 2, "\n"); },
     ""},
    {"SumOfReductions",
     [] { return "input A: f32[M, N]\ny = " + repeated("sum(A, 0) + A[0] + ", 1'000) + "1\n"; }, "",
     Until::passes},
    {"SignsInARow", [] { return vector_input + "y = " + repeated("-", terms) + "x\n"; }, ""},
    {"TransposesInARow", [] { return "input x: f32[M, N]\ny = x" + repeated(".T", terms) + "\n"; },
     ""},
    {"SlicesInARow", [] { return vector_input + "y = x" + repeated("[0:]", 10'000) + "\n"; }, ""},
    {"PowersInARow", [] { return vector_input + "y = " + repeated("x ** ", 2'000) + "2\n"; }, "",
     Until::passes},
    {"LongList", [] { return vector_input + "y = concat([" + repeated("x, ", 2'000) + "x], 0)\n"; },
     "", Until::passes},
    {"LongListOfNames",
     [] {
       return lines("", "input a{0}: f32[2]\n", definitions, "") +
              lines("y = concat([", "a{0}, ", definitions, "a1], 0)\n");
     },
     ""},
    {"ChainOfDefinitions",
     [] {
       return lines(vector_input + "y0 = x\n", "y{0} = y{1} * 0.5 + x\n", definitions,
                    "output y10000\n");
     },
     ""},
    {"DefinitionsSideBySide",
     [] { return lines(vector_input, "y{0} = x * {0}.0\n", definitions, ""); }, "", Until::passes},
    {"ChainOfProducts",
     [] {
       return lines("input x: f32[N, N]\ny0 = x\n", "y{0} = y{1} @ x\n", definitions / 4,
                    "output y2500\n");
     },
     "", Until::passes},
    {"ChainOfCalls",
     [] {
       return lines("def f(a, b) {\n m = maximum(a, b)\n return m - 0.5 * a\n}\n" + vector_input +
                        "y0 = x\n",
                    "y{0} = f(y{1}, x)\n", definitions, "output y10000\n");
     },
     "", Until::passes},
    {"ChainOfConstants",
     [] {
       return lines("const c0 = 1\n" + vector_input, "const c{0} = c{1} + 1\n", definitions,
                    "y = x + c10000\n");
     },
     ""},
    {"ChainOfConstantsBackwards",
     [] {
       return lines(vector_input, "const c{1} = c{0} + 1\n", 5 * definitions,
                    "const c50000 = 1\ny = x + c0\n");
     },
     ""},
    {"Doubling",
     [] { return lines(vector_input + "a0 = x\n", "a{0} = a{1} + a{1}\n", 64, "output a64\n"); },
     ""},
    {"LongName",
     [] {
       const std::string name = repeated("a", brackets);
       return "input " + name + ": f32[N]\n" + name + "b = " + name + " + 1\n";
     },
     ""},
    {"Separators", [] { return repeated("; ", brackets) + vector_input + "y = x\n"; }, ""},
    {"Assertions",
     [] { return vector_input + repeated("assert N >= 2\n", definitions) + "y = x\n"; }, ""},
    {"CommandsInARow",
     [] {
       return "input x: f32[8, 8]\ny = x + 1\nschedule y {\n" +
              repeated("reorder(i1, i0)\nreorder(i0, i1)\n", 1'000) + "}\n";
     },
     ""},
};

const Limit refused_texts[] = {
    {"RoundBrackets", [] { return "y = " + repeated("(", brackets); }, "limit"},
    {"SquareBrackets", [] { return "y = x" + repeated("[", brackets); }, "limit"},
    {"Braces", [] { return repeated("{", brackets); }, "limit"},
    {"Calls", [] { return "y = " + repeated("f(", brackets); }, "limit"},
    {"Reductions", [] { return "y = " + repeated("sum[k](", brackets); }, "limit"},
    {"ClosingBrackets", [] { return "y = x" + repeated(")", brackets); }, "syntax"},
    {"NestedFunctions",
     [] {
       return lines("def f0(x) = x\n", "def f{0}(x) = f{1}(x)\n", 300,
                    vector_input + "y = f300(x)\n");
     },
     "limit"},
    {"FunctionsThatDouble",
     [] {
       return lines("def f0(x) = x\n", "def f{0}(x) = f{1}(x) + f{1}(x)\n", 60,
                    vector_input + "y = f60(x)\n");
     },
     "limit"},
    {"LongFile", [] { return "# " + repeated("a", (16 << 20) + 1) + "\ny = 1\n"; }, "limit"},
    {"Axes", [] { return "input x: f32[" + repeated("1, ", terms) + "1]\ny = x\n"; }, "limit"},
    {"AxesOfAValue", [] { return vector_input + "y = sum(x[" + repeated("None, ", 300) + ":])\n"; },
     "limit"},
    {"IndexVariables",
     [] { return vector_input + lines("y = sum[k0 in 0:1", ", k{0} in 0:1", 1'000, "](x[0])\n"); },
     "limit"},
    {"NestedIndexVariables",
     [] {
       return vector_input + lines("y = ", "sum[a{0} in 0:2, b{0} in 0:2](", 200,
                                   "x[0]" + repeated(")", 200) + "\n");
     },
     "limit"},
    {"Bytes", [] { return std::string("input x: f32[4611686018427387904]\ny = x\n"); }, "limit"},
    {"BytesOfAProduct", [] { return std::string("input x: f32[4294967296, 4294967296]\ny = x\n"); },
     "limit"},
    {"BytesOfAValue",
     [] { return std::string("y = sum(full([4294967296, 4294967296, 4294967296], 1.0))\n"); },
     "limit"},
    {"ExtentOfAHighDegree",
     [] { return "input z: f32[M], x: f32[" + repeated("M*", 100) + "M]\ny = x\n"; }, "limit"},
    {"UnknownLongName",
     [] {
       const std::string name = repeated("a", brackets);
       return "input " + name + ": f32[N]\ny = " + name + "b + 1\n";
     },
     "undefined-name"},
    {"ManyErrors", [] { return lines(vector_input, "y{0} = z{0} + q\n", definitions, ""); },
     "undefined-name"},
};

class Limits : public testing::TestWithParam<Limit> {};

/// The kind of the first error; "" where it compiles.
std::string outcome_of(const Limit& limit) {
  Diagnostics diagnostics;
  auto parsed = std::make_shared<ParsedText>(parse_text(limit.text(), {}, diagnostics));
  if (!diagnostics.has_errors() && limit.until == Until::passes) {
    lower(*parsed, {}, ir::host_target(), {}, diagnostics);
  }
  if (!diagnostics.has_errors() && limit.until == Until::machine_code) {
    try {
      PipelineOptions options;
      options.compile.optimization = 1;
      Executable::compile(parsed, {}, ir::host_target(), options);
    } catch (const Error& error) {
      if (!error.diagnostics().empty()) return error.diagnostics().front().kind;
      if (error.category() == ErrorCategory::bug || tcc::has_machine_code()) throw;
      return "";
    }
  }
  if (!diagnostics.has_errors()) return "";
  EXPECT_LT(render(diagnostics, parsed->sources).size(), 100'000u)
      << "an error as long as the text";
  return to_public(diagnostics, parsed->sources).front().kind;
}

TEST_P(Limits, AreKeptInSeconds) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(outcome_of(GetParam()), GetParam().expected);
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
  EXPECT_LT(passed.count(), most_seconds);
}

std::string name_of_limit(const testing::TestParamInfo<Limit>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(LongText, Limits, testing::ValuesIn(long_texts), name_of_limit);
INSTANTIATE_TEST_SUITE_P(RefusedText, Limits, testing::ValuesIn(refused_texts), name_of_limit);

}  // namespace
}  // namespace tcc
