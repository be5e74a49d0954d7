// Random small programs: their text, and how they become smaller.
#include "tests/property/programs.h"

#include <algorithm>
#include <functional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tcc::property {

namespace {

std::string text_of(const Expression& expression) {
  std::string text = expression.pieces[0];
  for (std::size_t o = 0; o < expression.operands.size(); ++o) {
    text += text_of(expression.operands[o]) + expression.pieces[o + 1];
  }
  return text;
}

std::string text_of(const Type& type) {
  if (type.shape.empty()) return std::string(name_of(type.dtype));
  return fmt::format("{}[{}]", name_of(type.dtype), fmt::join(type.shape, ", "));
}

std::string text_of(const Definition& definition) {
  const std::string axes =
      definition.axes.empty() ? "" : fmt::format("[{}]", fmt::join(definition.axes, ", "));
  return fmt::format("{}{} = {}\n", definition.name, axes, text_of(definition.value));
}

using Visitor = std::function<void(const Expression& replacement)>;

/// Calls `visit` with every expression that arises from `whole` when one node in it gives way to
/// one of its operands of the same type, from the root down.
void for_each_smaller(const Expression& whole, const Visitor& visit) {
  for (const Expression& operand : whole.operands) {
    if (operand.type == whole.type) visit(operand);
  }
  for (std::size_t o = 0; o < whole.operands.size(); ++o) {
    for_each_smaller(whole.operands[o], [&](const Expression& replacement) {
      Expression copy = whole;
      copy.operands[o] = replacement;
      visit(copy);
    });
  }
}

}  // namespace

std::string text_of(const Program& program) {
  std::string text;
  for (const Input& input : program.inputs) {
    text += fmt::format("input {}: {}\n", input.name, text_of(input.type));
  }
  for (const Definition& definition : program.definitions)
    text += text_of(definition);
  return text;
}

std::vector<std::string> size_names(const Program& program) {
  std::set<std::string> names;
  for (const Input& input : program.inputs) {
    names.insert(input.type.shape.begin(), input.type.shape.end());
  }
  names.erase("1");
  return {names.begin(), names.end()};
}

std::vector<Program> smaller_programs(const Program& program) {
  std::vector<Program> smaller;
  for (std::size_t d = program.definitions.size(); d-- > 0 && program.definitions.size() > 1;) {
    smaller.push_back(program);
    smaller.back().definitions.erase(smaller.back().definitions.begin() +
                                     static_cast<std::ptrdiff_t>(d));
  }
  for (std::size_t d = 0; d < program.definitions.size(); ++d) {
    for_each_smaller(program.definitions[d].value, [&](const Expression& replacement) {
      smaller.push_back(program);
      smaller.back().definitions[d].value = replacement;
    });
  }
  for (std::size_t i = 0; i < program.inputs.size(); ++i) {
    smaller.push_back(program);
    smaller.back().inputs.erase(smaller.back().inputs.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return smaller;
}

}  // namespace tcc::property
