// Schedules as text.
#include "ir/schedule.h"

#include <fmt/format.h>

#include "dsl/overloaded.h"

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

std::string print(const ScheduleLevel& level) {
  std::string numbers;
  for (const std::int64_t number : level.numbers) {
    numbers += fmt::format("{}{}", numbers.empty() ? "" : ", ", number);
  }
  return fmt::format("{}({})", level.name, numbers);
}

std::string print(const LayoutIndex& index) {
  switch (index.part) {
    case LayoutIndex::Part::whole: return index.axis;
    case LayoutIndex::Part::quotient: return fmt::format("{} // {}", index.axis, index.divisor);
    case LayoutIndex::Part::remainder: return fmt::format("{} % {}", index.axis, index.divisor);
  }
  return "";
}

std::string print(const Layout& layout) {
  std::string text;
  for (const LayoutIndex& index : layout) {
    text += (text.empty() ? "" : ", ") + print(index);
  }
  return "[" + text + "]";
}

std::string print(const ScheduleArgument& argument) {
  const std::string keyword = argument.keyword.empty() ? "" : argument.keyword + " = ";
  return keyword + std::visit(Overloaded{[](const std::string& name) { return name; },
                                         [](std::int64_t number) { return std::to_string(number); },
                                         [](const auto& other) { return print(other); }},
                              argument.value);
}

std::string print(const std::vector<ScheduleCommand>& commands, std::string_view indent) {
  std::string text;
  for (const ScheduleCommand& command : commands)
    text += fmt::format("{}{}\n", indent, print(command));
  return text;
}

}  // namespace

void for_each_command(const ScheduleBlock& block,
                      const std::function<void(const ScheduleCommand&)>& f) {
  for (const ScheduleCommand& command : block.commands)
    f(command);
  for (const ScheduleVariant& variant : block.variants) {
    for (const ScheduleCommand& command : variant.commands)
      f(command);
  }
  for (const ScheduleCommand& command : block.general)
    f(command);
}

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
    text += " {\n" + print(block.commands, "  ");
    for (const ScheduleVariant& variant : block.variants) {
      text +=
          fmt::format("  when {} {{\n{}  }}\n", variant.condition, print(variant.commands, "    "));
    }
    text += print(block.general, "  ") + "}\n";
  }
  return text;
}

}  // namespace tcc::ir
