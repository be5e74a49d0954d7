// take_over_memory: which buffers may lie in the memory of others, and which not.
#include "ir/passes/take_over_memory.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ir/memory_sharing.h"
#include "tests/support/parsed_program.h"
#include "tests/support/pass_text.h"
#include "tests/support/schedule_text.h"

namespace tcc::ir {
namespace {

/// "b in place of a, ..".
std::string sharing_of(const LoopProgram& program) {
  std::string text;
  for (const Buffer& buffer : program.buffers) {
    if (!buffer.in_place_of) continue;
    text += fmt::format("{}{} in place of {}", text.empty() ? "" : ", ", buffer.name,
                        program[*buffer.in_place_of].name);
  }
  return text;
}

/// The pass finds this, and the interpreter, which shares the memory, the same bits.
void expect_sharing(const std::string& text, std::string_view wanted) {
  const LoopProgram plain = parsed_valid(text);
  const LoopProgram done = after_pass("take_over_memory", plain);
  EXPECT_EQ(sharing_of(done), wanted) << text;
  EXPECT_EQ(print(program_from(print(done))), print(done)) << "it does not read back";
  expect_same_results(plain, done, {0, 1, 2, 5, 9});
}

/// A program of two kernels: the first fills a[i, j] with x[i, j] + 1.0, `body` is the second's.
std::string over_two_axes(std::string_view body, std::string_view output = "output y: f32[N, M]") {
  return fmt::format(R"(size N, M
input x: f32[N, M]
temporary a: f32[N, M]
{}
kernel a {{
  for i in 0:N {{
    for j in 0:M {{
      a[i, j] = x[i, j] + 1.0
    }}
  }}
}}
kernel y {{
{}}}
)",
                     output, body);
}

TEST(TakeOverMemory, TakesWhatIsReadAtTheSamePlacesOnly) {
  struct Case {
    std::string_view body;
    bool shares;
  };
  const Case cases[] = {
      // Elementwise, in any order of the loops.
      {"for i in 0:N { for j in 0:M { y[i, j] = a[i, j] * a[i, j] } }", true},
      {"for j in 0:M { for i in 0:N { y[i, j] = a[i, j] } }", true},
      {"for f in 0:N * M { y[f // M, f % M] = a[f // M, f % M] }", true},
      // Rows: all of a row is read before it is stored.
      {"for i in 0:N { allocate s: f32[] in stack; s[] = 0.0; for k in 0:M { s[] = s[] + a[i, k] "
       "}; "
       "for j in 0:M { y[i, j] = a[i, j] / s[] } }",
       true},
      // But not where the row is read again behind a store to it.
      {"for i in 0:N { for j in 0:M { y[i, j] = 0.0; for k in 0:M { y[i, j] = y[i, j] + a[i, k] } "
       "} }",
       false},
      {"for i in 0:N { for j in 0:M { y[i, j] = 1.0 }; for j in 0:M { y[i, j] = a[i, j] } }",
       false},
      {"for i in 0:N { for j in 0:M { y[i, j] = a[i, j] }; for j in 0:M { y[i, j] = y[i, j] + a[i, "
       "j] } }",
       false},
      // Its own elements may be read again.
      {"for i in 0:N { for j in 0:M { y[i, j] = a[i, j] }; for j in 0:M { y[i, j] = y[i, j] + 1.0 "
       "} }",
       true},
      // Neighbours, mirrors and other rows are other places.
      {"for i in 0:N { for j in 0:M { y[i, j] = a[i, M - 1 - j] } }", false},
      {"for i in 0:N { for j in 0:M { y[i, j] = a[N - 1 - i, j] } }", false},
      {"for i in 0:N { for j in 0:M { y[i, j] = a[i, j] + (a[i, j - 1] if j > 0) } }", false},
      {"for i in 0:N { for j in 0:M { y[i, j] = a[i, j] + (a[i, j + 1] if j + 1 < M) } }", false},
      {"for i in 0:N { for j in 0:M { y[i, j] = a[i, j] + a[0, 0] } }", false},
      // One nest is done before the other begins.
      {"allocate t: f32[N] in heap; for i in 0:N { t[i] = 0.0; for j in 0:M { t[i] = t[i] + a[i, "
       "j] } }; "
       "for i in 0:N { for j in 0:M { y[i, j] = t[N - 1 - i] } }",
       true},
      {"allocate t: f32[N] in heap; for i in 0:N { for j in 0:M { y[i, j] = 0.0 } }; "
       "for i in 0:N { t[i] = 0.0; for j in 0:M { t[i] = t[i] + a[i, j] } }",
       false},
      // Tiles: guarded ones hold each element once, shifted ones again.
      {"for i in 0:N { for o in 0:(M + 3) // 4 { for j in 0:4 { if o*4 + j < M { y[i, o*4 + j] = "
       "a[i, o*4 + j] } } } }",
       true},
      {"for i in 0:N { for o in 0:(M + 3) // 4 { for j in 0:minimum(4, M) { y[i, "
       "maximum(minimum(o*4, M - 4), 0) + j] "
       "= a[i, maximum(minimum(o*4, M - 4), 0) + j] } } }",
       false},
  };
  for (const Case& each : cases) {
    std::string body(each.body);
    for (std::size_t at = 0; (at = body.find("; ", at)) != std::string::npos;)
      body.replace(at, 2, "\n");
    for (std::size_t at = 0; (at = body.find("{ ", at)) != std::string::npos;)
      body.replace(at, 2, "{\n");
    for (std::size_t at = 0; (at = body.find(" }", at)) != std::string::npos;)
      body.replace(at, 2, "\n}");
    expect_sharing(over_two_axes(body + "\n"), each.shares ? "y in place of a" : "");
  }
}

TEST(TakeOverMemory, NeedsTheSameShapeAndBytesAnElement) {
  const auto text = [](std::string_view output, std::string_view element) {
    return over_two_axes(
        fmt::format("  for i in 0:N {{\n    for j in 0:M {{\n      {}\n    }}\n  }}\n", element),
        output);
  };
  expect_sharing(text("output y: i32[N, M]", "y[i, j] = i32(a[i, j])"), "y in place of a");
  expect_sharing(text("output y: f64[N, M]", "y[i, j] = f64(a[i, j])"), "");
  expect_sharing(text("output y: f32[N, M + 1]", "y[i, j] = a[i, j]"), "");
  expect_sharing(text("output y: f32[N, 1 * M]", "y[i, j] = a[i, j]"), "y in place of a");
}

std::string line_of(std::string_view kernel, std::string_view value) {
  return fmt::format("kernel {0} {{\n  for i in 0:N {{\n    {0}[i] = {1}\n  }}\n}}\n", kernel,
                     value);
}

std::string chain(std::string_view c, std::string_view y) {
  return "size N\ninput x: f32[N]\ntemporary a: f32[N]\ntemporary b: f32[N]\ntemporary c: f32[N]\n"
         "output y: f32[N]\n" +
         line_of("a", "x[i] + 1.0") + line_of("b", "a[i] * 2.0") + line_of("c", c) +
         line_of("y", y);
}

TEST(TakeOverMemory, TakesWhatIsNotNeededAnyMore) {
  expect_sharing(chain("b[i] + x[i]", "c[i]"), "b in place of a, c in place of b, y in place of c");
  expect_sharing(chain("b[i] + a[i]", "c[i]"), "c in place of a, y in place of c");
  expect_sharing(chain("b[i] + x[i]", "c[i] + a[i]"), "c in place of b, y in place of a");
}

TEST(TakeOverMemory, LeavesWhatIsKept) {
  const LoopProgram plain = parsed_valid(chain("b[i] + x[i]", "c[i]"));
  PassOptions options;
  options.kept = {*plain.find_buffer("b")};
  EXPECT_EQ(sharing_of(take_over_memory(plain, options)), "y in place of c");
}

TEST(TakeOverMemory, NeverTakesAnInputOrAnOutput) {
  expect_sharing("size N\ninput x: f32[N]\noutput z: f32[N]\noutput y: f32[N]\n" +
                     line_of("z", "x[i] + 1.0") + line_of("y", "z[i] * x[i]"),
                 "");
}

TEST(TakeOverMemory, IsVerified) {
  const auto breaches = [](const std::string& text) {
    std::string found;
    for (const std::string& breach : verify(parsed(text)))
      found += breach + "\n";
    return found;
  };
  const auto with = [](std::string_view b, std::string_view y) {
    return fmt::format(
               "size N\ninput x: f32[N]\ntemporary a: f32[N]\ntemporary b: f32[{}\noutput y: "
               "f32[{}\n",
               b, y) +
           line_of("a", "x[i]") + line_of("b", "a[i]") + line_of("y", "b[i]");
  };
  EXPECT_EQ(breaches(with("N] in place of a", "N] in place of b")), "");
  EXPECT_EQ(breaches(with("N] in place of y", "N]")),
            "memory: 'b' is in place of what is no temporary\n");
  EXPECT_EQ(breaches(with("N]", "N] in place of x")),
            "memory: 'y' is in place of what is no temporary\n");
  EXPECT_EQ(breaches(with("N + 1] in place of a", "N]")),
            "memory: 'b' is in place of a buffer of another shape or element size\n");
  EXPECT_EQ(breaches(with("N] in place of a", "N] in place of a")),
            "memory: 'y' is in place of a buffer that another is in place of\n");
  EXPECT_EQ(
      breaches("size N\ninput x: f32[N]\ntemporary a: f32[N]\ntemporary b: f32[N] in place of a\n"
               "output y: f32[N]\n" +
               line_of("a", "x[i]") + line_of("b", "a[i]") + line_of("y", "b[i] + a[i]")),
      "memory: 'b' is in place of a buffer that is still needed\n");
}

// The interpreter has to find what a wrong decision would do: the property tests rely on it.
TEST(TakeOverMemory, OverwrittenElementsAreFoundOut) {
  const LoopProgram program = parsed_valid(
      "size N\ninput x: f32[N]\ntemporary a: f32[N]\noutput y: f32[N] in place of a\n" +
      line_of("a", "x[i]") + line_of("y", "a[i] + (a[i - 1] if i > 0)"));
  const LoopProgram right =
      parsed_valid("size N\ninput x: f32[N]\ntemporary a: f32[N]\noutput y: f32[N]\n" +
                   line_of("a", "x[i]") + line_of("y", "a[i] + (a[i - 1] if i > 0)"));
  EXPECT_THROW(expect_same_results(right, program, {5}), Error);
}

}  // namespace
}  // namespace tcc::ir
