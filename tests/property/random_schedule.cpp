// Random legal schedules: what a rewrite refuses is left out.
#include "tests/property/random_schedule.h"

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/pipeline.h"
#include "ir/visit.h"

namespace tcc::property {

namespace {

using Loops = std::map<std::string, std::vector<std::string>>;  ///< of each definition, by name

/// The loops as they stand, outermost first.
Loops loops_of(const ir::LoopProgram& program) {
  Loops loops;
  for (const ir::Kernel& kernel : program.kernels) {
    ir::for_each_statement(kernel.body, [&](const ir::Stmt& statement) {
      if (const auto* loop = ir::as<ir::For>(statement)) {
        loops[program[loop->stage].name].push_back(ir::as<ir::Var>(loop->var)->name);
      }
    });
  }
  return loops;
}

class Generator {
 public:
  Generator(const ir::LoopProgram& plain, std::uint64_t seed) : plain_(plain), random_(seed) {}

  std::string generate() {
    Loops loops = loops_of(plain_);
    std::vector<std::string> stages;
    for (const auto& [stage, names] : loops)
      stages.push_back(stage);
    std::string text;
    for (std::size_t blocks = 1 + below(2); blocks > 0 && !stages.empty(); --blocks) {
      const auto chosen = stages.begin() + static_cast<std::ptrdiff_t>(below(stages.size()));
      const std::string stage = *chosen;
      stages.erase(chosen);
      std::string commands;
      for (std::size_t tries = 1 + below(6); tries > 0 && !loops[stage].empty(); --tries) {
        const std::string longer = commands + command(stage, loops);
        auto applied = loops_after(text + block(stage, longer));
        if (!applied) continue;
        loops = *std::move(applied);
        commands = longer;
      }
      if (!commands.empty()) text += block(stage, commands);
    }
    return broken_.empty() ? text : broken_;
  }

 private:
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(random_() % end); }
  template <typename List> const auto& any_of(const List& list) {
    return list[below(std::size(list))];
  }

  static std::string block(const std::string& stage, const std::string& commands) {
    return fmt::format("schedule {} {{\n{}}}\n", stage, commands);
  }

  /// What a row of the table of commands knows.
  struct Place {
    const Loops& loops;
    const std::vector<std::string>& own;  ///< loops of the stage
    const std::string& loop;              ///< one of them
  };
  using Row = std::string (Generator::*)(const Place&);

  std::string command(const std::string& stage, const Loops& loops) {
    const std::vector<std::string>& own = loops.at(stage);
    const std::string& loop = any_of(own);
    // As often as they are listed: those that are refused more often are tried more often.
    static constexpr Row rows[] = {
        &Generator::split,      &Generator::split,      &Generator::split,
        &Generator::fuse,       &Generator::fuse,       &Generator::reorder,
        &Generator::tile,       &Generator::unroll,     &Generator::vectorize,
        &Generator::vectorize,  &Generator::parallel,   &Generator::kernel,
        &Generator::inlining,   &Generator::inlining,   &Generator::compute_at,
        &Generator::compute_at, &Generator::compute_at,
    };
    return "  " + (this->*any_of(rows))({loops, own, loop}) + "\n";
  }

  std::string split(const Place& at) {
    constexpr int factors[] = {1, 2, 3, 4, 8, 16, 32};
    const int factor = any_of(factors);
    return fmt::format("{0}.o, {0}.i = split({0}, {1}{2})", at.loop, factor, tail());
  }
  std::string tail() {
    constexpr const char* tails[] = {
        "", "", ", tail = guard", ", tail = peel", ", tail = shift", ", tail = balance"};
    return any_of(tails);
  }
  std::string fuse(const Place& at) {
    return fmt::format("{0}.f = fuse({0}, {1})", at.loop, after(at));
  }
  std::string reorder(const Place& at) {
    std::vector<std::string> names = shuffled(at.own);
    if (below(2) == 0) names.resize(std::min<std::size_t>(names.size(), 2 + below(3)));
    return fmt::format("reorder({})", fmt::join(names, ", "));
  }
  std::string tile(const Place& at) {
    constexpr int sizes[] = {1, 2, 3, 4, 8};
    const int rows = any_of(sizes);
    const int columns = any_of(sizes);
    return fmt::format("{0}.o, {1}.o, {0}.i, {1}.i = tile({0}, {1}, {2}, {3}{4})", at.loop,
                       after(at), rows, columns, tail());
  }
  std::string unroll(const Place& at) { return fmt::format("unroll({})", at.loop); }
  std::string vectorize(const Place& at) { return fmt::format("vectorize({})", at.loop); }
  std::string parallel(const Place& at) { return fmt::format("parallel({})", at.loop); }
  std::string kernel(const Place& at) {
    return below(4) == 0 ? "kernel" : fmt::format("kernel({})", other(at));
  }
  std::string inlining(const Place& at) { return fmt::format("inline({})", other(at)); }
  std::string compute_at(const Place& at) {
    return fmt::format("compute_at({}, {})", other(at), at.loop);
  }

  /// The loop that follows in the text: where it is fit for fuse and tile, if any is.
  static const std::string& after(const Place& at) {
    const auto found = std::find(at.own.begin(), at.own.end(), at.loop);
    return std::next(found) == at.own.end() ? at.own.front() : *std::next(found);
  }
  /// Any definition.
  const std::string& other(const Place& at) {
    return std::next(at.loops.begin(), static_cast<std::ptrdiff_t>(below(at.loops.size())))->first;
  }

  /// Each name once.
  std::vector<std::string> shuffled(std::vector<std::string> loops) {
    std::sort(loops.begin(), loops.end());
    loops.erase(std::unique(loops.begin(), loops.end()), loops.end());
    for (std::size_t l = loops.size(); l > 1; --l)
      std::swap(loops[l - 1], loops[below(l)]);
    return loops;
  }

  /// Nothing where a command is refused.
  std::optional<Loops> loops_after(const std::string& text) {
    SourceMap sources;
    Diagnostics diagnostics;
    const SourceId source = sources.add("schedule", text);
    const ir::Schedule schedule = ir::parse_schedule(
        sources, {source, 0, static_cast<std::uint32_t>(text.size())}, diagnostics);
    if (diagnostics.has_errors()) return {};
    try {
      const ir::LoopProgram program = ir::apply_schedule(schedule, plain_, {}, diagnostics);
      if (diagnostics.has_errors()) return {};
      return loops_of(program);
    } catch (const Error&) {  // a bug of ours
      broken_ = text;
      return {};
    }
  }

  const ir::LoopProgram& plain_;
  std::string broken_;  ///< a schedule that the rewrites fail at
  std::mt19937_64 random_;
};

}  // namespace

std::string random_schedule(const std::string& program_text, std::uint64_t seed,
                            const SizeValues& numbers) {
  Diagnostics diagnostics;
  const ParsedText parsed = parse_text(program_text, {}, diagnostics);
  if (diagnostics.has_errors()) return "";
  PipelineOptions options;
  options.compile.scheduling = Scheduling::none;
  options.compile.sizes = numbers;
  const Lowered lowered = lower(parsed, {}, ir::host_target(), options, diagnostics);
  if (diagnostics.has_errors()) return "";
  return Generator(lowered.loops, seed).generate();
}

}  // namespace tcc::property
