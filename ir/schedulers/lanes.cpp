// Reductions whose terms are the lanes of vectors.
#include "ir/schedulers/lanes.h"

#include <algorithm>

#include "ir/schedulers/tiles.h"

namespace tcc::ir {

namespace {

constexpr std::int64_t accumulators = 8;   // two additions a cycle, each four cycles long
constexpr std::int64_t longest_chain = 8;  // what is left to one chain is hidden by the next row

}  // namespace

std::optional<ScheduleCommand> reduce_in_lanes(const LoopsOfDefinition& loops,
                                               const Target& target) {
  if (!loops.may_reassociate || !loops.is_contiguous || loops.reductions.empty()) return {};
  const Loop& loop = loops.reductions.back();
  const std::int64_t lanes = lanes_of(target, loops.dtype);
  std::int64_t partials = std::min(lanes * accumulators, max_lanes);
  // Fewer than a vector's lanes are none: an extent may be 0, and below where a range is empty.
  while (loop.extent && partials >= lanes && partials > *loop.extent)
    partials /= 2;
  if (partials < lanes || lanes == 1) return {};
  std::vector<ScheduleValue> arguments = {loop.name, ScheduleLevel{"vector", {partials}}};
  if (partials > lanes) arguments.emplace_back(ScheduleLevel{"vector", {lanes}});
  if (lanes > longest_chain) arguments.emplace_back(ScheduleLevel{"vector", {lanes / 4}});
  return make_command("reduce", std::move(arguments));
}

}  // namespace tcc::ir
