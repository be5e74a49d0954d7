// Random legal schedules: what a rewrite refuses is left out. The commands are made from the table
// of rewrites, so that a new rewrite is tried without a word here.
#include "api/random_schedule.h"

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <vector>

#include "api/pipeline.h"
#include "ir/rewrites/rewrite.h"
#include "ir/schedule_variants.h"
#include "ir/visit.h"

namespace tcc {

namespace {

using Loops = std::map<std::string, std::vector<std::string>>;  ///< of each definition, by name

/// The loops as they stand, outermost first.
Loops loops_of(const ir::LoopProgram& program) {
  Loops loops;
  for (const ir::Kernel& kernel : program.kernels) {
    ir::for_each_statement(kernel.body, [&](const ir::Stmt& statement) {
      if (const auto* loop = ir::as<ir::For>(statement)) {
        std::vector<std::string>& own = loops[program[loop->stage].name];
        const std::string& name = ir::as<ir::Var>(loop->var)->name;
        if (std::find(own.begin(), own.end(), name) == own.end()) own.push_back(name);
      }
    });
  }
  return loops;
}

class Generator {
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(random_() % end); }
  template <typename List> const auto& any_of(const List& list) {
    return list[below(std::size(list))];
  }

 public:
  Generator(const ir::LoopProgram& nests, std::uint64_t seed, const ir::ScheduleOptions& options)
      : nests_(nests), options_(options), random_(seed) {}

  std::string generate() {
    Loops loops = loops_of(nests_);
    ir::Schedule schedule;
    for (std::size_t blocks = 1 + below(3); blocks > 0; --blocks) {
      std::vector<std::string> stages;
      for (const auto& [stage, names] : loops) {
        if (!has_block(schedule, stage)) stages.push_back(stage);
      }
      if (stages.empty()) break;
      schedule.blocks.push_back({any_of(stages), {}, {}, {}, {}, {}});
      for (std::size_t tries = 2 + below(8); tries > 0; --tries) {
        if (!try_command(schedule, loops) && !broken_.empty()) return broken_;
      }
      if (schedule.blocks.back().commands.empty()) schedule.blocks.pop_back();
    }
    if (below(6) == 0) make_variant(schedule);
    return ir::print(schedule);
  }

 private:
  static bool has_block(const ir::Schedule& schedule, const std::string& stage) {
    return std::any_of(schedule.blocks.begin(), schedule.blocks.end(),
                       [&](const auto& block) { return block.definition == stage; });
  }

  /// A command more in the last block, where one is legal.
  bool try_command(ir::Schedule& schedule, Loops& loops) {
    ir::ScheduleBlock& block = schedule.blocks.back();
    const auto own = loops.find(block.definition);
    if (own == loops.end() || own->second.empty()) return false;
    stages_.clear();
    for (const auto& [stage, names] : loops)
      stages_.push_back(stage);
    block.commands.push_back(command(own->second));
    if (auto applied = loops_after(schedule)) {
      loops = *std::move(applied);
      return true;
    }
    block.commands.pop_back();
    return false;
  }

  ir::ScheduleCommand command(const std::vector<std::string>& loops) {
    const auto rewrites = ir::all_rewrites();
    // Tiles of every shape come first: most other rewrites want loops to work on.
    const ir::Rewrite& rewrite = below(4) == 0 ? rewrites.front() : any_of(rewrites);
    ir::ScheduleCommand command;
    command.rewrite = rewrite.name;
    std::string first_loop = "r";
    next_loop_ = below(loops.size());
    for (const ir::Parameter& parameter : rewrite.parameters) {
      if (parameter.need == ir::Need::optional && below(2) == 0) continue;
      const bool by_keyword = parameter.need == ir::Need::optional;
      for (ir::ScheduleValue& value : values_for(parameter, loops)) {
        const auto* name = std::get_if<std::string>(&value);
        if (name && first_loop == "r") first_loop = *name;
        command.arguments.push_back(
            {by_keyword ? std::string(parameter.name) : "", std::move(value), {}});
      }
    }
    for (std::size_t r = 0; r < rewrite.least_results; ++r)
      command.results.push_back(first_loop + "." + static_cast<char>('a' + r));
    return command;
  }

  std::vector<ir::ScheduleValue> values_for(const ir::Parameter& parameter,
                                            const std::vector<std::string>& loops) {
    constexpr std::int64_t numbers[] = {1, 2, 3, 4, 5, 7, 8, 16, 32};
    switch (parameter.kind) {
      case ir::ParameterKind::loop:
      case ir::ParameterKind::place: return {loops[next_loop_++ % loops.size()]};
      case ir::ParameterKind::loops: return some_of(loops);
      case ir::ParameterKind::number: return {any_of(numbers)};
      case ir::ParameterKind::tensor:
        // Copies and partial results are no buffers of the nests, but have loops.
        return {below(3) == 0 ? any_of(stages_) : any_of(nests_.buffers).name};
      case ir::ParameterKind::tensors: return some_tensors();
      case ir::ParameterKind::word: return {std::string(any_of(parameter.words))};
      case ir::ParameterKind::levels: return some_levels(parameter);
      case ir::ParameterKind::layout: return {some_layout()};
    }
    return {};
  }

  /// All of them in any order, or a few that stand next to each other.
  std::vector<ir::ScheduleValue> some_of(std::vector<std::string> loops) {
    if (below(2) == 0) {
      const std::size_t first = below(loops.size());
      const std::size_t count = std::min(loops.size() - first, 1 + below(3));
      return {loops.begin() + static_cast<std::ptrdiff_t>(first),
              loops.begin() + static_cast<std::ptrdiff_t>(first + count)};
    }
    for (std::size_t l = loops.size(); l > 1; --l)
      std::swap(loops[l - 1], loops[below(l)]);
    return {loops.begin(), loops.end()};
  }

  /// Tensors that follow each other, as those of one formula do.
  std::vector<ir::ScheduleValue> some_tensors() {
    const std::size_t first = below(nests_.buffers.size());
    const std::size_t end = std::min(first + 1 + below(3), nests_.buffers.size());
    std::vector<ir::ScheduleValue> names;
    for (std::size_t b = first; b < end; ++b)
      names.emplace_back(nests_.buffers[b].name);
    return names;
  }

  std::vector<ir::ScheduleValue> some_levels(const ir::Parameter& parameter) {
    std::vector<ir::ScheduleValue> levels;
    for (std::size_t count = 1 + below(3); count > 0; --count) {
      const auto number = static_cast<std::int64_t>(1 + below(8));
      if (parameter.words.empty() || below(2) == 0)
        levels.emplace_back(number);
      else if (const std::string word(any_of(parameter.words)); below(2) == 0)
        levels.emplace_back(word);
      else
        levels.emplace_back(ir::ScheduleLevel{word, {number}});
    }
    return levels;
  }

  /// Of a tensor of one to three axes.
  ir::Layout some_layout() {
    ir::Layout layout;
    const std::size_t rank = 1 + below(3);
    for (std::size_t axis = 0; axis < rank; ++axis) {
      const std::string name = "i" + std::to_string(axis);
      using Part = ir::LayoutIndex::Part;
      if (below(2) == 0) {
        layout.push_back({name, Part::whole, 1});
        continue;
      }
      const auto divisor = static_cast<std::int64_t>(1 + below(8));
      layout.push_back({name, Part::quotient, divisor});
      layout.push_back({name, Part::remainder, divisor});
    }
    for (std::size_t l = layout.size(); l > 1; --l)
      std::swap(layout[l - 1], layout[below(l)]);
    return layout;
  }

  /// The commands of one block for some sizes only.
  void make_variant(ir::Schedule& schedule) {
    if (schedule.blocks.empty() || nests_.sizes.empty()) return;
    ir::ScheduleBlock& block = schedule.blocks[below(schedule.blocks.size())];
    const std::string size = ir::as<ir::Var>(any_of(nests_.sizes))->name;
    const std::string number = std::to_string(1 + below(4));
    const std::string condition =
        below(2) == 0 ? size + " >= " + number : size + " % " + number + " == 0";
    block.variants.push_back({condition, std::move(block.commands), {}});
    block.commands.clear();
    // Blocks that need what this one does are refused where it is left out.
    if (!legal_in_all_variants(schedule)) {
      block.commands = std::move(block.variants.front().commands);
      block.variants.clear();
    }
  }

  bool legal_in_all_variants(const ir::Schedule& schedule) {
    ir::Schedule general = schedule;
    for (ir::ScheduleBlock& block : general.blocks)
      block.variants.clear();
    return loops_after(general).has_value();
  }

  /// Nothing where a command is refused.
  std::optional<Loops> loops_after(const ir::Schedule& schedule) {
    Diagnostics diagnostics;
    try {
      const ir::LoopProgram program = ir::apply_schedule(schedule, nests_, options_, diagnostics);
      if (diagnostics.has_errors()) return {};
      return loops_of(program);
    } catch (const Error&) {  // a bug of ours
      broken_ = ir::print(schedule);
      return {};
    }
  }

  const ir::LoopProgram& nests_;
  ir::ScheduleOptions options_;
  std::vector<std::string> stages_;  ///< that have loops now
  std::size_t next_loop_ = 0;        ///< two loops of a command stand next to each other
  std::string broken_;               ///< a schedule that the rewrites fail at
  std::mt19937_64 random_;
};

}  // namespace

std::string random_schedule(const ir::LoopProgram& nests, std::uint64_t seed,
                            const ir::ScheduleOptions& options) {
  return Generator(nests, seed, options).generate();
}

ir::LoopProgram nests_to_schedule(const ParsedText& text, const Lowered& lowered,
                                  const SizeValues& sizes, const ir::ScheduleOptions& options,
                                  Diagnostics& diagnostics) {
  const auto variants =
      ir::choose_variants(text.schedule, lowered.loops, sizes, ir::TargetKind::cpu, diagnostics);
  if (diagnostics.has_errors()) return {};
  return ir::apply_schedule(variants.back().schedule, lowered.loops, options, diagnostics);
}

std::string random_schedule(const std::string& program_text, std::uint64_t seed) {
  Diagnostics diagnostics;
  const ParsedText parsed = parse_text(program_text, {}, diagnostics);
  if (diagnostics.has_errors()) return "";
  PipelineOptions options;
  options.compile.scheduling = Scheduling::none;
  const Lowered lowered = lower(parsed, {}, ir::host_target(), options, diagnostics);
  if (diagnostics.has_errors()) return "";
  const ir::LoopProgram nests = nests_to_schedule(parsed, lowered, {}, {}, diagnostics);
  return diagnostics.has_errors() ? "" : random_schedule(nests, seed);
}

}  // namespace tcc
