// Random loop IR, for passes.
#include "tests/property/random_loops.h"

#include <random>
#include <vector>

#include <fmt/format.h>

namespace tcc::property {

namespace {

/// All buffers have 8 elements, all variables are in 0:8.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  std::string generate() {
    text_ =
        "size N, M\ninput x: f32[8]\ninput s: f32[8]\noutput y: f32[8]\noutput z: f32[8]\n\n"
        "kernel y {\n"
        "  for n in 0:8 {\n    y[n] = x[n]\n    z[n] = s[n]\n  }\n";
    for (int statements = 1 + below(3); statements > 0; --statements)
      loop(0);
    return text_ + "}\n";
  }

 private:
  int below(std::size_t end) { return static_cast<int>(random_() % end); }
  bool chance(int percent) { return below(100) < percent; }
  template <typename List> const auto& any_of(const List& list) {
    return list[static_cast<std::size_t>(below(std::size(list)))];
  }

  void line(const std::string& text) {
    text_.append((indices_.size() + guards_ + 1) * 2, ' ').append(text).append("\n");
  }

  /// A place in 0:8.
  std::string place() {
    if (indices_.empty()) return std::to_string(below(8));
    const std::string& i = any_of(indices_);
    const std::string& j = any_of(indices_);
    switch (below(9)) {
      case 0: return fmt::format("7 - {}", i);
      case 4: return fmt::format("{} // 3", i);
      case 5: return fmt::format("{} % 3", i);
      case 1: return fmt::format("({} + {}) % 8", i, j);
      case 2: return fmt::format("({} + {}) // 3 % 8", i, j);
      case 3: return fmt::format("({} + {}) % 5", i, below(3));
      default: return i;
    }
  }

  std::string load() {
    constexpr const char* buffers[] = {"x", "s", "y", "z", "x", "y"};
    const std::string element = fmt::format("{}[{}]", any_of(buffers), place());
    if (indices_.empty() || !chance(20)) return element;
    const std::string condition = this->condition();
    return fmt::format("select({0}, ({1} if {0}), 0.5)", condition, element);
  }

  std::string condition() {
    const std::string& i = any_of(indices_);
    switch (below(7)) {
      case 0: return fmt::format("{} > {}", i, below(4));
      case 5: return fmt::format("y[{}] > {}.25", place(), below(2));
      case 1: return fmt::format("{} < N - {}", i, below(3));
      case 2: return fmt::format("{} * 2 + {} >= M", i, any_of(indices_));
      case 3: return fmt::format("{} <= {}", i, any_of(indices_));
      case 4: return fmt::format("N > {}", below(4));
      default: return fmt::format("{} + 1 < M", i);
    }
  }

  std::string value(int depth) {
    if (!values_.empty() && chance(25)) return any_of(values_);
    if (depth == 0) return !lets_.empty() && chance(40) ? any_of(lets_) : load();
    std::string made;
    switch (below(6)) {
      case 0: made = fmt::format("exp({})", value(depth - 1)); break;
      case 1: made = fmt::format("relu({})", value(depth - 1)); break;
      case 2: made = fmt::format("({} / {})", value(depth - 1), value(depth - 1)); break;
      case 3: made = fmt::format("({} * 0.25)", value(depth - 1)); break;
      default: made = fmt::format("({} + {})", value(depth - 1), value(depth - 1)); break;
    }
    values_.push_back(made);
    return made;
  }

  /// What is known inside is forgotten behind: names of variables, values over them.
  template <typename Body> void scope(Body body) {
    const auto lets = lets_;
    const auto values = values_;
    body();
    lets_ = lets;
    values_ = values;
  }

  void loop(int depth) {
    const std::string var = fmt::format("i{}", variables_++);
    const bool is_short = chance(25);
    const bool is_unrolled = is_short && chance(50);
    constexpr const char* ends[] = {"N",     "M",          "8",         "minimum(N, M)",
                                    "M - 1", "N // 3 * 3", "M // 3 * 3"};
    line(fmt::format("{}for {} in 0:{} {{", is_unrolled ? "unrolled " : "", var,
                     is_short ? "3" : any_of(ends)));
    scope([&] {
      indices_.push_back(var);
      const bool whole = chance(30);
      if (whole)
        guarded([&] { body(depth); });
      else
        body(depth);
      indices_.pop_back();
    });
    line("}");
  }

  template <typename Body> void guarded(Body body) {
    line(fmt::format("if {}{} {{", condition(), chance(40) ? " and " + condition() : ""));
    ++guards_;
    scope(body);
    --guards_;
    line("}");
  }

  void body(int depth) {
    for (int statements = 1 + below(3); statements > 0; --statements)
      statement(depth);
  }

  void statement(int depth) {
    if (depth < 2 && chance(30)) return loop(depth + 1);
    if (depth < 2 && chance(8)) return local(depth);
    if (chance(10)) return guarded([&] { body(2); });
    if (chance(6)) return line(R"(assert N < 9, "a size")");
    if (chance(20)) {
      const std::string name = fmt::format("v{}", variables_++);
      line(fmt::format("let {} = {}", name, value(2)));
      lets_.push_back(name);
      return;
    }
    line(fmt::format("{}[{}] = {}", chance(50) ? "y" : "z", place(), value(1 + below(2))));
  }

  /// Memory of the loop's own, in each iteration.
  void local(int depth) {
    const std::string name = fmt::format("T{}", variables_++);
    line(fmt::format("allocate {}: f32[8] in {}", name, chance(70) ? "heap" : "stack"));
    line(fmt::format("for {0}.n in 0:8 of {0} {{", name));
    line(fmt::format("  {0}[{0}.n] = x[{0}.n]", name));
    line("}");
    values_.push_back(fmt::format("{}[{}]", name, place()));
    body(depth + 1);
  }

  std::mt19937_64 random_;
  std::string text_;
  std::vector<std::string> indices_;  ///< loops around
  std::vector<std::string> lets_;
  std::vector<std::string> values_;  ///< written before, to be written again
  std::size_t guards_ = 0;
  int variables_ = 0;
};

}  // namespace

std::string random_loops(std::uint64_t seed) { return Generator(seed).generate(); }

}  // namespace tcc::property
