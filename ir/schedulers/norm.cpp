// Kernels that go through rows.
#include "ir/schedulers/norm.h"

#include "ir/schedulers/tiles.h"

namespace tcc::ir {

RowLoops block_rows(std::vector<ScheduleCommand>& commands, LoopsOfDefinition& root,
                    const std::vector<Axis>& loops, std::size_t depth, const Target& target) {
  RowLoops rows;
  if (depth == 0) return rows;
  for (std::size_t d = 0; d < depth; ++d)
    rows.loops.push_back(as<Var>(loops[d].var)->name);
  const std::string name = rows.loops.back();
  const Loop row{name, constant_of(loops[depth - 1].extent)};
  rows.block = balanced_rows(row.extent, register_tile(target, root.dtype).rows);
  const TiledAxis tiled = tile_axis(commands, row, rows.block, Splitting::always);
  rows.loops.back() = tiled.outer;
  for (auto* list : {&root.axes, &root.reductions}) {
    for (Loop& loop : *list) {
      if (loop.name == name) loop = {tiled.inner, rows.block};
    }
  }
  for (std::size_t a = 0; a < root.axes.size(); ++a) {
    if (root.axes[a].name == tiled.inner) root.whole = a + 1;
  }
  return rows;
}

LoopsOfDefinition loops_in_row(LoopsOfDefinition member, std::size_t depth, const RowLoops& rows) {
  for (std::size_t a = 0; a < depth; ++a)
    member.axes[a].extent = 1;
  if (depth == rows.loops.size()) member.axes[depth - 1].extent = rows.block;
  member.whole = depth;
  return member;
}

}  // namespace tcc::ir
