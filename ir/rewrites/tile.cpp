// tile: two loops in blocks of rows and columns.
#include "ir/rewrites/tile.h"

namespace tcc::ir {

namespace {

ScheduleArgument positional(ScheduleValue value) { return {"", std::move(value), {}}; }

ScheduleCommand split_command(const RewriteCall& call, std::string_view loop,
                              std::string_view factor, std::vector<std::string> results) {
  ScheduleCommand split;
  split.results = std::move(results);
  split.rewrite = "split";
  split.arguments = {positional(call[loop].names.front()), positional(call.number(factor))};
  if (call.has("tail")) split.arguments.push_back({"tail", std::string(call.word("tail")), {}});
  return split;
}

}  // namespace

Rewrite::Expansion tile(const IndexedProgram&, const RewriteCall& call) {
  const auto& names = call.results;
  ScheduleCommand reorder;
  reorder.rewrite = "reorder";
  for (const std::string& name : names)
    reorder.arguments.push_back(positional(name));
  return std::vector<ScheduleCommand>{split_command(call, "outer", "rows", {names[0], names[2]}),
                                      split_command(call, "inner", "columns", {names[1], names[3]}),
                                      std::move(reorder)};
}

}  // namespace tcc::ir
