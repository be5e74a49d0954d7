// Random legal schedules: what a rewrite refuses is left out.
#include "tests/property/random_schedule.h"

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

  std::string command(const std::string& stage, const Loops& loops) {
    const std::vector<std::string>& own = loops.at(stage);
    const std::string& loop = any_of(own);
    switch (below(18)) {
      case 0: return fmt::format("  unroll({})\n", loop);
      case 1:
      case 2: return fmt::format("  vectorize({})\n", loop);
      case 3: return fmt::format("  reorder({})\n", fmt::join(shuffled(own), ", "));
      case 4: {
        const std::string other = any_name(loops);
        if (below(2) == 0) return fmt::format("  inline({})\n", other);
        return fmt::format("  compute_at({}, {})\n", other, loop);
      }
      case 8: return fmt::format("  rfactor({})\n", loop);
      case 9: return fmt::format("  rfactor({}, as = lanes)\n", loop);
      case 10: {
        constexpr std::string_view levels[] = {"4", "3, 2", "vector(8)", "vector(8), tree"};
        return fmt::format("  reduce({}, {})\n", loop, any_of(levels));
      }
      case 11: return fmt::format("  online({})\n", any_name(loops));
      case 12:
      case 13: {
        constexpr std::string_view scopes[] = {"register", "global"};
        if (below(2) == 0) return fmt::format("  cache_write({}, {})\n", any_of(scopes), loop);
        const std::string& tensor = any_of(plain_.buffers).name;
        return fmt::format("  cache_read({}, {}, {})\n", tensor, any_of(scopes), loop);
      }
      case 14: return "  store(nontemporal)\n";
      case 15: {
        const std::string& tensor = any_of(plain_.buffers).name;
        return fmt::format("  prefetch({}, {}, ahead = {})\n", tensor, loop, below(9));
      }
      case 16: return pack(loop, own);
      default: {
        constexpr int factors[] = {1, 2, 3, 4, 8, 16, 32};
        return fmt::format("  {0}.o, {0}.i = split({0}, {1})\n", loop, any_of(factors));
      }
    }
  }

  std::string pack(const std::string& loop, const std::vector<std::string>& own) {
    const ir::Buffer& tensor = any_of(plain_.buffers);
    if (tensor.shape.empty()) return "  pack(" + tensor.name + ", [i0])\n";
    std::vector<std::string> layout;
    const std::size_t parted = below(tensor.shape.size());
    for (std::size_t axis = 0; axis < tensor.shape.size(); ++axis)
      layout.push_back(
          fmt::format(fmt::runtime(axis == parted ? "i{0} // 4, i{0} % 4" : "i{0}"), axis));
    std::string place;
    if (below(3) > 0) place = fmt::format(", at = {}", loop);
    if (!place.empty() && below(2) == 0) place += fmt::format(", on_first_use = {}", any_of(own));
    return fmt::format("  pack({}, [{}]{})\n", tensor.name, fmt::join(shuffled(layout), ", "),
                       place);
  }

  const std::string& any_name(const Loops& loops) {
    return std::next(loops.begin(), static_cast<std::ptrdiff_t>(below(loops.size())))->first;
  }

  std::vector<std::string> shuffled(std::vector<std::string> loops) {
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

std::string random_schedule(const std::string& program_text, std::uint64_t seed) {
  Diagnostics diagnostics;
  const ParsedText parsed = parse_text(program_text, {}, diagnostics);
  if (diagnostics.has_errors()) return "";
  PipelineOptions options;
  options.compile.scheduling = Scheduling::none;
  const Lowered lowered = lower(parsed, {}, ir::host_target(), options, diagnostics);
  if (diagnostics.has_errors()) return "";
  return Generator(lowered.loops, seed).generate();
}

}  // namespace tcc::property
