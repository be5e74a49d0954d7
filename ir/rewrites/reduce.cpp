// reduce: the levels of a tree reduction, as splits and rfactors.
#include "ir/rewrites/reduce.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "ir/rewrites/loops.h"
#include "ir/rewrites/reduction_nest.h"

namespace tcc::ir {

namespace {

constexpr std::array<std::string_view, 6> gpu_levels = {"grid",      "cluster", "block",
                                                        "warpgroup", "warp",    "thread"};

ScheduleArgument word(std::string keyword, std::string name) {
  return {std::move(keyword), std::move(name), {}};
}

enum class Partials : std::uint8_t { in_order, lanes };

class Levels {
 public:
  Levels(std::string loop, std::optional<std::int64_t> extent, VarId var)
      : loop_(std::move(loop)), extent_(extent), var_(var) {}

  std::optional<Refusal> add(const ScheduleLevel& level) {
    const bool is_gpu =
        std::find(gpu_levels.begin(), gpu_levels.end(), level.name) != gpu_levels.end();
    if (is_gpu) {
      return refuse(
          fmt::format("level '{}' is a GPU's, which this version has no code for", level.name));
    }
    if (level.name == "tree" && level.numbers.empty()) return add_tree();
    const bool is_known = level.name.empty() || level.name == "vector";
    if (!is_known || level.numbers.size() != 1) {
      return refuse(fmt::format("'{}' is no level of a reduction", level.name));
    }
    const std::int64_t count = level.numbers.front();
    if (count < 1) return refuse(fmt::format("{} partial results are too few", count));
    add_partials(count, level.name.empty() ? Partials::in_order : Partials::lanes);
    return {};
  }

  std::vector<ScheduleCommand> take() && { return std::move(commands_); }

 private:
  std::optional<Refusal> add_tree() {
    if (!extent_) {
      return Refusal{
          fmt::format("how often 'tree' halves loop '{}' is not known: its extent is not "
                      "a constant",
                      loop_),
          var_, "write a number before it: reduce(loop, 8, tree)"};
    }
    while (*extent_ > 2)
      add_partials((*extent_ + 1) / 2, Partials::in_order);
    return {};
  }

  void add_partials(std::int64_t count, Partials partials) {
    const std::string inner = loop_ + ".i";
    commands_.push_back({{loop_ + ".o", inner}, "split", {word("", loop_), {"", count, {}}}, {}});
    commands_.push_back({{}, "rfactor", {word("", inner)}, {}});
    if (partials == Partials::lanes) commands_.back().arguments.push_back(word("as", "lanes"));
    loop_ = inner;
    extent_ = count;
  }

  Refusal refuse(std::string reason) const {
    return {std::move(reason), var_, "the levels are a number, vector(n) and tree"};
  }

  std::string loop_;                    ///< that the next level is for
  std::optional<std::int64_t> extent_;  ///< of that loop, where it is constant
  VarId var_;                           ///< of the first one
  std::vector<ScheduleCommand> commands_;
};

}  // namespace

Rewrite::Expansion reduce(const IndexedProgram& program, const RewriteCall& call) {
  const VarId var = call.loops("loop").front();
  const auto nest = find_reduction(program, call.stage, var);
  if (!nest) return tl::unexpected(nest.error());
  const Stmt stmt = find_loop(program.body(nest->kernel), var);
  const For& loop = *as<For>(stmt);
  Levels levels(name_of(loop), constant_of(loop.extent), var);
  for (const ScheduleLevel& level : call["levels"].levels) {
    if (auto refusal = levels.add(level)) return tl::unexpected(*refusal);
  }
  return std::move(levels).take();
}

}  // namespace tcc::ir
