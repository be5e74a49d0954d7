// Kernels that go through rows.
#include "ir/schedulers/norm.h"

#include <algorithm>

#include "ir/schedulers/tiles.h"

namespace tcc::ir {

namespace {

/// Where a loop is in a list; the list's length where it is not.
std::size_t place_of(const std::vector<Loop>& loops, const std::string& name) {
  std::size_t place = 0;
  while (place < loops.size() && loops[place].name != name)
    ++place;
  return place;
}

/// Takes the loops up to and with `name` from the list; all, where it is not there.
void take_outer(std::vector<Loop>& loops, const std::string& name) {
  const std::size_t place = std::min(place_of(loops, name) + 1, loops.size());
  loops.erase(loops.begin(), loops.begin() + static_cast<std::ptrdiff_t>(place));
}

}  // namespace

RowLoops block_rows(std::vector<ScheduleCommand>& commands, LoopsOfDefinition& root,
                    const std::vector<Axis>& loops, std::size_t depth, RowBlocks blocks,
                    const Target& target) {
  RowLoops rows;
  rows.blocks = blocks;
  if (depth == 0) return rows;
  for (std::size_t d = 0; d < depth; ++d)
    rows.loops.push_back(as<Var>(loops[d].var)->name);
  const std::string name = rows.loops.back();
  if (blocks == RowBlocks::single) {
    const bool is_reduction = place_of(root.axes, name) == root.axes.size();
    take_outer(root.axes, name);
    if (is_reduction) take_outer(root.reductions, name);
    return rows;
  }
  const Loop row{name, constant_of(loops[depth - 1].extent)};
  rows.block = balanced_rows(row.extent, register_tile(target, root.dtype).rows);
  const TiledAxis tiled = tile_axis(commands, row, rows.block, Splitting::always);
  rows.loops.back() = tiled.outer;
  for (auto* list : {&root.axes, &root.reductions}) {
    const std::size_t place = place_of(*list, name);
    if (place < list->size()) (*list)[place] = {tiled.inner, rows.block};
  }
  const std::size_t axis = place_of(root.axes, tiled.inner);
  if (axis < root.axes.size()) root.whole = axis + 1;
  return rows;
}

LoopsOfDefinition loops_in_row(LoopsOfDefinition member, std::size_t depth, const RowLoops& rows) {
  member.is_whole = false;
  if (rows.blocks == RowBlocks::single) {
    member.axes.erase(member.axes.begin(),
                      member.axes.begin() + static_cast<std::ptrdiff_t>(depth));
    return member;
  }
  for (std::size_t a = 0; a < depth; ++a)
    member.axes[a].extent = 1;
  if (depth == rows.loops.size()) member.axes[depth - 1].extent = rows.block;
  member.whole = depth;
  return member;
}

}  // namespace tcc::ir
