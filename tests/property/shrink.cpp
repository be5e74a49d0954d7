// A failing program, made as small as it gets (delta debugging on the tree: Regehr et al.,
// Test-case reduction for C compiler bugs, 2012).
#include "tests/property/shrink.h"

#include <algorithm>
#include <cctype>
#include <set>

#include <fmt/format.h>

namespace tcc::property {

namespace {

using Names = std::set<std::string>;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// The words of a text, of which some are names.
void add_words(const std::string& text, Names& words) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_word(text[end]))
      ++end;
    if (end > at) words.insert(text.substr(at, end - at));
    at = end + 1;
  }
}

void add_words(const Expression& expression, Names& words) {
  for (const std::string& piece : expression.pieces)
    add_words(piece, words);
  for (const Expression& operand : expression.operands)
    add_words(operand, words);
}

bool is_leaf(const Expression& expression) { return expression.operands.empty(); }

bool is_literal(const Expression& expression) {
  return is_leaf(expression) && (expression.pieces[0] == "1" || expression.pieces[0] == "true");
}

bool is_input(const Expression& expression, const Program& program) {
  return is_leaf(expression) &&
         std::any_of(program.inputs.begin(), program.inputs.end(),
                     [&](const Input& input) { return input.name == expression.pieces[0]; });
}

std::size_t weight_of(const Expression& expression, const Program& program) {
  if (is_literal(expression)) return 1;
  if (is_leaf(expression)) return is_input(expression, program) ? 2 : 3;
  std::size_t weight = 3;
  for (const Expression& operand : expression.operands)
    weight += weight_of(operand, program);
  return weight;
}

/// Every right side, those in functions included.
template <typename SomeProgram> auto right_sides(SomeProgram& program) {
  std::vector<decltype(&program.definitions[0].value)> all;
  for (auto& definition : program.definitions)
    all.push_back(&definition.value);
  for (auto& function : program.functions) {
    for (auto& local : function.locals)
      all.push_back(&local.value);
  }
  return all;
}

using Visitor = std::function<void(const Expression& replacement)>;

/// Calls `visit` with every expression that arises from `whole` when one node in it gives way to
/// something lighter, from the root down.
void for_each_smaller(const Expression& whole, const Program& program, const Visitor& visit) {
  for (const Expression& operand : whole.operands)
    visit(operand);
  if (!is_literal(whole)) {
    for (const char* literal : {"1", "true"})
      visit({{literal}, {}, whole.type});
    if (!is_input(whole, program)) {
      for (const Input& input : program.inputs)
        visit({{input.name}, {}, input.type});
    }
  }
  for (std::size_t o = 0; o < whole.operands.size(); ++o) {
    for_each_smaller(whole.operands[o], program, [&](const Expression& replacement) {
      Expression copy = whole;
      copy.operands[o] = replacement;
      visit(copy);
    });
  }
}

template <typename List, typename Condition> void keep_if(List& list, Condition condition) {
  std::erase_if(list, [&](const auto& item) { return !condition(item); });
}

/// The program with what definition `last` needs.
Program needed_for(const Program& program, std::size_t last) {
  Program smaller = program;
  smaller.definitions.resize(last + 1);
  smaller.outputs.clear();
  Names needed(smaller.definitions[last].names.begin(), smaller.definitions[last].names.end());
  for (std::size_t d = last + 1; d-- > 0;) {
    const Definition& definition = program.definitions[d];
    if (std::any_of(definition.names.begin(), definition.names.end(),
                    [&](const std::string& name) { return needed.contains(name); })) {
      add_words(definition.value, needed);
    }
  }
  keep_if(smaller.definitions, [&](const Definition& definition) {
    return std::any_of(definition.names.begin(), definition.names.end(),
                       [&](const std::string& name) { return needed.contains(name); });
  });
  return smaller;
}

void drop_uncalled_functions(Program& program) {
  Names called;
  for (const Expression* value : right_sides(program))
    add_words(*value, called);
  keep_if(program.functions, [&](const Function& f) { return called.contains(f.name); });
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    lines.push_back(text.substr(at, end - at));
    at = end;
  }
  return lines;
}

void add_smaller_schedules(const Program& program, std::vector<Program>& smaller) {
  if (program.schedule.empty()) return;
  smaller.push_back(program);
  smaller.back().schedule.clear();
  const auto lines = lines_of(program.schedule);
  for (std::size_t gone = 0; gone < lines.size(); ++gone) {
    if (lines[gone].find('(') == std::string::npos) continue;  // no command
    smaller.push_back(program);
    smaller.back().schedule.clear();
    for (std::size_t l = 0; l < lines.size(); ++l) {
      if (l != gone) smaller.back().schedule += lines[l];
    }
  }
}

void rename(Expression& expression, const std::map<std::string, Expression>& names) {
  if (is_leaf(expression)) {
    const auto found = names.find(expression.pieces[0]);
    if (found != names.end()) expression = found->second;
    return;
  }
  for (Expression& operand : expression.operands)
    rename(operand, names);
}

/// The program with the call that definition `d` is written out; the same where it is none.
Program with_call_written_out(const Program& program, std::size_t d) {
  const Definition call = program.definitions[d];
  for (const Function& function : program.functions) {
    if (call.value.pieces[0] != function.name + "(") continue;
    std::map<std::string, Expression> names;
    for (std::size_t p = 0; p < function.parameters.size(); ++p)
      names[function.parameters[p]] = call.value.operands[p];
    std::vector<Definition> written;
    for (Definition local : function.locals) {
      rename(local.value, names);
      for (std::string& name : local.names) {
        const std::string given = fmt::format("{}_{}", call.names[0], name);
        names[name] = {{given}, {}};
        name = given;
      }
      written.push_back(std::move(local));
    }
    for (std::size_t r = 0; r < call.names.size(); ++r)
      written.push_back({{call.names[r]}, {}, names.at(function.results[r])});
    Program result = program;
    const auto at = result.definitions.begin() + static_cast<std::ptrdiff_t>(d);
    result.definitions.insert(result.definitions.erase(at), written.begin(), written.end());
    return result;
  }
  return program;
}

template <typename List>
void add_without_each(const Program& program, List Program::* list, std::vector<Program>& smaller) {
  for (std::size_t item = (program.*list).size(); item-- > 0;) {
    smaller.push_back(program);
    List& items = smaller.back().*list;
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(item));
  }
}

bool shrink_program(Case& failing, const Symptom& symptom, const std::string& wanted, int& tries) {
  for (Program& smaller : smaller_programs(failing.program)) {
    if (--tries < 0) return false;
    Case candidate{std::move(smaller), failing.sizes};
    if (symptom(candidate) != wanted) continue;
    failing = std::move(candidate);
    return true;
  }
  return false;
}

bool shrink_sizes(Case& failing, const Symptom& symptom, const std::string& wanted, int& tries) {
  for (const auto& [name, size] : failing.sizes) {
    for (std::int64_t smaller = 0; smaller < size; ++smaller) {
      if (--tries < 0) return false;
      Case candidate = failing;
      candidate.sizes[name] = smaller;
      if (symptom(candidate) != wanted) continue;
      failing = std::move(candidate);
      return true;
    }
  }
  return false;
}

}  // namespace

std::size_t weight_of(const Program& program) {
  std::size_t weight =
      program.schedule.size() + 2 * (program.inputs.size() + program.outputs.size());
  for (const Function& function : program.functions)
    weight += 1000 * (1 + function.locals.size());  // a call may grow when it is written out
  for (const Definition& definition : program.definitions)
    weight += 1 + definition.names.size();
  for (const Expression* value : right_sides(program))
    weight += weight_of(*value, program);
  return weight;
}

std::vector<Program> smaller_programs(const Program& program) {
  std::vector<Program> smaller;
  for (std::size_t d = 0; d < program.definitions.size(); ++d)
    smaller.push_back(needed_for(program, d));
  for (std::size_t d = 0; d < program.definitions.size(); ++d)
    smaller.push_back(with_call_written_out(program, d));
  add_smaller_schedules(program, smaller);
  add_without_each(program, &Program::definitions, smaller);
  const std::size_t values = right_sides(program).size();
  for (std::size_t v = 0; v < values; ++v) {
    for_each_smaller(*right_sides(program)[v], program, [&](const Expression& replacement) {
      smaller.push_back(program);
      *right_sides(smaller.back())[v] = replacement;
    });
  }
  add_without_each(program, &Program::outputs, smaller);
  add_without_each(program, &Program::functions, smaller);
  add_without_each(program, &Program::inputs, smaller);
  for (Program& candidate : smaller)
    drop_uncalled_functions(candidate);
  const std::size_t weight = weight_of(program);
  keep_if(smaller, [&](const Program& candidate) {
    return !candidate.definitions.empty() && weight_of(candidate) < weight;
  });
  return smaller;
}

Case shrink(Case failing, const Symptom& symptom, int most_tries) {
  const std::string wanted = symptom(failing);
  while (shrink_program(failing, symptom, wanted, most_tries) ||
         shrink_sizes(failing, symptom, wanted, most_tries)) {
  }
  const auto names = size_names(failing.program);
  std::erase_if(failing.sizes, [&](const auto& size) {
    return std::find(names.begin(), names.end(), size.first) == names.end();
  });
  return failing;
}

std::string report_of(const Case& failing, const std::string& explanation, std::uint64_t seed) {
  std::string text;
  for (const std::string& line : lines_of(explanation)) {
    text += "# " + line;
  }
  if (!text.ends_with('\n')) text += '\n';
  for (const auto& [name, size] : failing.sizes)
    text += fmt::format("# {} = {}\n", name, size);
  return text + fmt::format("# inputs from seed {}\n{}", seed, text_of(failing.program));
}

}  // namespace tcc::property
