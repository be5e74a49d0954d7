// How compile time grows with the number of definitions (language section 10.3).
//
//     cmake --build --preset release --target compile_time
//     build/release/bench/compile_time [LARGEST]        10000 where none is given
//
// Prints a table in Markdown: for chains of 10, 100, 1000, .. definitions, seconds from text to the
// nests that code is made of (front) and for LLVM (code), and the whole for one definition. Each is
// the shortest of three runs, of one where that takes over 5 s.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
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
  double all() const { return front + code; }
};

Seconds compile(const std::string& text) {
  using Clock = std::chrono::steady_clock;
  const auto since = [](Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
  };
  const auto begin = Clock::now();
  Clock::time_point code_begins = begin;
  tcc::PipelineOptions options;
  options.on_stage = [&](std::string_view stage) {
    if (stage == "code") code_begins = Clock::now();
  };
  tcc::Diagnostics diagnostics;
  auto parsed = std::make_shared<tcc::ParsedText>(tcc::parse_text(text, options, diagnostics));
  const auto code =
      tcc::Executable::compile(std::move(parsed), {}, tcc::ir::host_target(), options);
  const double all = since(begin);
  const double code_seconds = since(code_begins);
  return {all - code_seconds, code_seconds};
}

Seconds shortest(const std::string& text) {
  Seconds best = compile(text);
  for (int more = 0; more < 2 && best.all() < 5; ++more) {
    const Seconds again = compile(text);
    if (again.all() < best.all()) best = again;
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  const int largest = argc > 1 ? std::atoi(argv[1]) : 10'000;
  fmt::print("| chain of | definitions | front, s | code, s | one definition, ms |\n");
  fmt::print("| --- | --- | --- | --- | --- |\n");
  for (const Chain& chain : chains) {
    for (int count = 10; count <= largest; count *= 10) {
      const Seconds seconds = shortest(text_of(chain, count));
      fmt::print("| {} | {} | {:.4f} | {:.3f} | {:.3f} |\n", chain.what, count, seconds.front,
                 seconds.code, 1000 * seconds.all() / count);
      std::fflush(stdout);
    }
  }
}
