// From the kind of a computation to its scheduler.
#include "ir/schedulers/arrangement.h"

#include "dsl/diagnostic.h"

namespace tcc::ir {

ScheduleCommand make_command(std::string rewrite, std::vector<ScheduleValue> arguments,
                             std::vector<std::string> results) {
  ScheduleCommand command;
  command.rewrite = std::move(rewrite);
  command.results = std::move(results);
  for (auto& argument : arguments)
    command.arguments.push_back({"", std::move(argument), {}});
  return command;
}

ScheduleCommand with_keyword(ScheduleCommand command, std::string keyword,
                             const std::string& loop) {
  command.arguments.push_back({std::move(keyword), loop, {}});
  return command;
}

Arrangement arrange(Kind kind, const LoopsOfDefinition& loops, const Target& target) {
  switch (kind) {
    case Kind::elementwise: return arrange_elementwise(loops, target);
    case Kind::transpose: return arrange_transpose(loops, target);
    case Kind::gather: return arrange_gather(loops, target);
    case Kind::full_reduction: return arrange_full_reduction(loops, target);
    case Kind::row_reduction: return arrange_row_reduction(loops, target);
    case Kind::column_reduction: return arrange_column_reduction(loops, target);
    case Kind::contraction: return arrange_contraction(loops, target);
    case Kind::in_order:
    case Kind::fallback: return arrange_nothing();
  }
  bug("a kind without a scheduler");
}

}  // namespace tcc::ir
