// A program on its way.
#include "tests/property/growing_program.h"

#include <algorithm>

#include <fmt/format.h>

namespace tcc::property {

namespace {

std::size_t uses_of(const std::string& name, const Expression& expression) {
  if (expression.operands.empty()) return expression.pieces[0] == name ? 1 : 0;
  std::size_t uses = 0;
  for (const Expression& operand : expression.operands)
    uses += uses_of(name, operand);
  return uses;
}

void replace(const std::string& name, const Expression& value, Expression& expression) {
  if (expression.operands.empty() && expression.pieces[0] == name) {
    expression = {{"(", ")"}, {value}, value.type};
    return;
  }
  for (Expression& operand : expression.operands)
    replace(name, value, operand);
}

/// x[1:] or what has it as an operand: in index notation a subscript is complete (6.1).
bool has_subscript(const Expression& expression) {
  for (std::size_t o = 0; o < expression.operands.size(); ++o) {
    if (expression.pieces[o + 1].starts_with('[') || has_subscript(expression.operands[o]))
      return true;
  }
  return false;
}

}  // namespace

Expression GrowingProgram::add_input(Type type) {
  const std::string name(1, static_cast<char>('A' + program.inputs.size()));
  program.inputs.push_back({name, std::move(type)});
  values.push_back({{name}, {}, program.inputs.back().type});
  return values.back();
}

void GrowingProgram::define(const OperatorClass& operation, std::span<const Expression> operands) {
  const std::string name = fmt::format("T{}", program.definitions.size());
  std::vector<std::string> names = {name};
  if (operation.results == 2) names.insert(names.begin(), name + "_0");
  program.definitions.push_back(defined(operation, std::move(names), operands));
  values.push_back({{name}, {}, {}});
}

bool GrowingProgram::apply(const OperatorClass& operation,
                           const std::vector<std::optional<Expression>>& fixed) {
  const auto is_given = [](const std::optional<Expression>& operand) {
    return operand.has_value();
  };
  const auto given =
      static_cast<std::size_t>(std::find_if(fixed.begin(), fixed.end(), is_given) - fixed.begin());
  if (!accepts(operation.operands[given], fixed[given]->type)) return false;
  std::vector<Expression> operands;
  for (std::size_t o = 0; o < fixed.size(); ++o) {
    if (fixed[o]) {
      operands.push_back(*fixed[o]);
    } else {
      operands.push_back({{""}, {}, companion_of(operation, given, fixed[given]->type, o)});
    }
  }
  if (!go_together(operation, operands)) return false;
  for (std::size_t o = 0; o < fixed.size(); ++o) {
    if (fixed[o]) continue;
    const Type wanted = operands[o].type;
    const std::size_t choice = below(2 * values.size());
    if (choice < values.size()) operands[o] = values[choice];
    if (choice < values.size() && go_together(operation, operands)) continue;
    operands[o] = add_input(wanted);
  }
  define(operation, operands);
  return true;
}

bool write_in_place(Program& program, std::size_t d) {
  const Definition definition = program.definitions[d];
  if (definition.names.size() > 1 || !definition.axes.empty()) return false;
  const std::string& name = definition.names[0];
  if (std::find(program.outputs.begin(), program.outputs.end(), name) != program.outputs.end())
    return false;
  std::size_t uses = 0;
  Definition* user = nullptr;
  for (Definition& other : program.definitions) {
    const std::size_t here = uses_of(name, other.value);
    uses += here;
    if (here > 0) user = &other;
  }
  if (uses != 1 || (!user->axes.empty() && has_subscript(definition.value))) return false;
  replace(name, definition.value, user->value);
  program.definitions.erase(program.definitions.begin() + static_cast<std::ptrdiff_t>(d));
  return true;
}

void write_as_one(Program& program) {
  for (std::size_t d = 0; d + 1 < program.definitions.size();) {
    if (!write_in_place(program, d)) ++d;
  }
}

}  // namespace tcc::property
