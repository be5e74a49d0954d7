// Small programs as values: their text.
#include "tests/property/programs.h"

#include <cctype>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tcc::property {

namespace {

std::string text_of(const Definition& definition) {
  const std::string axes =
      definition.axes.empty() ? "" : fmt::format("[{}]", fmt::join(definition.axes, ", "));
  return fmt::format("{}{} = {}\n", fmt::join(definition.names, ", "), axes,
                     text_of(definition.value));
}

std::string text_of(const Function& function) {
  std::string text =
      fmt::format("def {}({}) {{\n", function.name, fmt::join(function.parameters, ", "));
  for (const Definition& local : function.locals)
    text += "  " + text_of(local);
  return text + fmt::format("  return {}\n}}\n", fmt::join(function.results, ", "));
}

/// The names in "2*M + (N + 1) // 2".
void add_names(const std::string& extent, std::set<std::string>& names) {
  for (std::size_t at = 0; at < extent.size();) {
    std::size_t end = at;
    while (end < extent.size() && std::isalnum(static_cast<unsigned char>(extent[end])))
      ++end;
    if (end > at && std::isalpha(static_cast<unsigned char>(extent[at])))
      names.insert(extent.substr(at, end - at));
    at = end + 1;
  }
}

}  // namespace

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

std::string text_of(const Program& program) {
  std::string text;
  for (const Function& function : program.functions)
    text += text_of(function);
  for (const Input& input : program.inputs) {
    // The second operand of most, a param: in a session it has another layout. By the name, so that
    // it stays one while others are taken away.
    const bool is_param = input.name.back() % 2 == 0;
    text +=
        fmt::format("{} {}: {}\n", is_param ? "param" : "input", input.name, text_of(input.type));
  }
  for (const Definition& definition : program.definitions)
    text += text_of(definition);
  if (!program.outputs.empty()) {
    text += fmt::format("output {}\n", fmt::join(program.outputs, ", "));
  }
  return text + program.schedule;
}

std::vector<std::string> size_names(const Program& program) {
  std::set<std::string> names;
  for (const Input& input : program.inputs) {
    for (const std::string& extent : input.type.shape)
      add_names(extent, names);
  }
  return {names.begin(), names.end()};
}

}  // namespace tcc::property
