// Schedules as text.
#include "ir/schedule.h"

#include <fmt/format.h>

namespace tcc::ir {

namespace {

std::string_view name_of_target(TargetKind kind) {
  switch (kind) {
    case TargetKind::cpu: return "cpu";
    case TargetKind::cuda: return "cuda";
    case TargetKind::emulator: return "emulator";
  }
  return "";
}

std::string print(const ScheduleArgument& argument) {
  std::string text = argument.keyword.empty() ? "" : argument.keyword + " = ";
  if (const auto* number = std::get_if<std::int64_t>(&argument.value)) {
    return text + std::to_string(*number);
  }
  return text + std::get<std::string>(argument.value);
}

}  // namespace

std::string print(const ScheduleCommand& command) {
  std::string text;
  for (const std::string& result : command.results) {
    text += (text.empty() ? "" : ", ") + result;
  }
  if (!text.empty()) text += " = ";
  text += command.rewrite + "(";
  for (std::size_t a = 0; a < command.arguments.size(); ++a) {
    text += (a == 0 ? "" : ", ") + print(command.arguments[a]);
  }
  return text + ")";
}

std::string print(const Schedule& schedule) {
  std::string text;
  for (const ScheduleBlock& block : schedule.blocks) {
    text += fmt::format("schedule {}", block.definition);
    if (block.target) text += fmt::format(" on {}", name_of_target(*block.target));
    text += " {\n";
    for (const ScheduleCommand& command : block.commands) {
      text += "  " + print(command) + "\n";
    }
    text += "}\n";
  }
  return text;
}

}  // namespace tcc::ir
