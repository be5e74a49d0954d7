// How compile time grows with the number of definitions (language section 10.3).
//
//     cmake --build --preset release --target compile_time
//     build/release/bench/compile_time [LARGEST]        10000 where none is given
//
// Prints a table in Markdown: for chains of 10, 100, 1000, .. definitions, processor seconds from
// text to the nests that code is made of (front) and for LLVM (code), and what that is for each
// definition. The shortest of three runs, of one where that takes over 2 s; without code where that
// would take over 2 minutes.
#include <cstdlib>
#include <ctime>
#include <string>

#include <fmt/format.h>

#include "api/executable.h"

namespace {

/// y1 = STEP of y0, y2 = STEP of y1, .. with # for the name of the one before.
struct Chain {
  const char* what;
  const char* head;
  const char* step;
};

constexpr double most_code_seconds = 120;

constexpr Chain chains[] = {
    {"elementwise", "input x: f32[N]\n", "# * 0.5 + x"},
    {"products", "input x: f32[N, N]\n", "# @ x"},
    {"function calls",
     "def f(a, b) {\n  m = maximum(a, b)\n  return m - 0.5 * a\n}\ninput x: f32[N]\n", "f(#, x)"},
    {"reductions", "input x: f32[M, N]\n", "# - max(#, axis = 1, keep = true)"},
    {"index notation", "input x: f32[N]\n", "where(i > 0, #[i - 1], 0.0) + x[i]"},
};

std::string text_of(const Chain& chain, int count) {
  const bool by_index = std::string_view(chain.step).find("[i") != std::string_view::npos;
  std::string text = std::string(chain.head) + "y0 = x\n";
  for (int n = 1; n <= count; ++n) {
    text += fmt::format("y{}{} = ", n, by_index ? "[i in 0:N]" : "");
    for (const char* c = chain.step; *c != '\0'; ++c)
      text += *c == '#' ? fmt::format("y{}", n - 1) : std::string(1, *c);
    text += '\n';
  }
  return text + fmt::format("output y{}\n", count);
}

struct Seconds {
  double front = 0, code = 0;
};

/// Of this process: others on the machine do not count.
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

Seconds compile(const std::string& text) {
  const double begin = processor_seconds();
  double code_begins = begin;
  tcc::PipelineOptions options;
  options.on_stage = [&](std::string_view stage) {
    if (stage == "code") code_begins = processor_seconds();
  };
  tcc::Diagnostics diagnostics;
  auto parsed = std::make_shared<tcc::ParsedText>(tcc::parse_text(text, options, diagnostics));
  const auto code =
      tcc::Executable::compile(std::move(parsed), {}, tcc::ir::host_target(), options);
  return {code_begins - begin, processor_seconds() - code_begins};
}

/// Without machine code.
Seconds lower(const std::string& text) {
  const double begin = processor_seconds();
  tcc::Diagnostics diagnostics;
  const tcc::ParsedText parsed = tcc::parse_text(text, {}, diagnostics);
  const auto lowered = tcc::lower(parsed, {}, tcc::ir::host_target(), {}, diagnostics);
  return {processor_seconds() - begin, 0};
}

template <typename Step> Seconds shortest(const std::string& text, Step step) {
  Seconds best = step(text);
  for (int more = 0; more < 2 && best.front + best.code < 2; ++more) {
    const Seconds again = step(text);
    if (again.front + again.code < best.front + best.code) best = again;
  }
  return best;
}

void print_rows(const Chain& chain, int largest) {
  double last_code = 0;
  for (int count = 10; count <= largest; count *= 10) {
    const std::string text = text_of(chain, count);
    const bool has_code = 10 * last_code < most_code_seconds;
    const Seconds seconds = has_code ? shortest(text, compile) : shortest(text, lower);
    const std::string code =
        has_code ? fmt::format("{:.3f} | {:.2f}", seconds.code, 1000 * seconds.code / count)
                 : "- | -";
    fmt::print("| {} | {} | {:.4f} | {:.3f} | {} |\n", chain.what, count, seconds.front,
               1000 * seconds.front / count, code);
    std::fflush(stdout);
    last_code = has_code ? seconds.code : most_code_seconds;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int largest = argc > 1 ? std::atoi(argv[1]) : 10'000;
  fmt::print("| chain of | definitions | front, s | each, ms | code, s | each, ms |\n");
  fmt::print("| --- | --- | --- | --- | --- | --- |\n");
  for (const Chain& chain : chains)
    print_rows(chain, largest);
}
