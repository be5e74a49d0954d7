// The functions that programs may call.
#include "frontend/function_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "frontend/core_functions.h"
#include "frontend/library.h"
#include "frontend/parser.h"

namespace tcc {

FunctionTable::FunctionTable(syntax::Program& program, SourceMap& sources, Diagnostics& diagnostics)
    : program_(program), sources_(sources) {
  for (syntax::Function& function : program.functions) {
    const auto [found, is_new] = own_.emplace(function.name, function);
    if (is_new) continue;
    diagnostics
        .error(DiagnosticKind::redefinition, function.span,
               fmt::format("function '{}' is defined twice", function.name))
        .note(fmt::format("'{}' is first defined here", function.name), found->second.span);
  }
  for (const syntax::Function& function : program.functions)
    check_variables(function, diagnostics);
}

/// An index variable called like a parameter would make one name stand for two things (1.3).
void FunctionTable::check_variables(const syntax::Function& function,
                                    Diagnostics& diagnostics) const {
  const auto check = [&](const syntax::IndexBinding& binding) {
    for (const syntax::Parameter& parameter : function.parameters) {
      if (parameter.name != binding.name) continue;
      diagnostics
          .error(DiagnosticKind::redefinition, binding.span,
                 fmt::format("index variable '{}' is called like a parameter", binding.name))
          .note("the parameter", parameter.span);
    }
  };
  const auto check_tree = [&](syntax::NodeId root) {
    for (syntax::NodeId id = program_.nodes[root].first; id <= root; ++id) {
      const auto* reduction = std::get_if<syntax::Reduction>(&program_.nodes[id].value);
      if (reduction) std::for_each(reduction->bindings.begin(), reduction->bindings.end(), check);
    }
  };
  for (const syntax::Definition& definition : function.definitions) {
    if (definition.bindings)
      std::for_each(definition.bindings->begin(), definition.bindings->end(), check);
    check_tree(definition.value);
  }
  for (const syntax::NodeId result : function.results)
    check_tree(result);
}

const syntax::Function* FunctionTable::find(std::string name,
                                            SourceId source) {  // by value: nodes move
  const bool is_in_library = library_source_ != 0 && source == library_source_;
  if (!is_in_library) {
    const auto own = own_.find(name);
    if (own != own_.end()) return &own->second;
  }
  if (is_core_function(name)) return nullptr;
  load_library();
  const auto found = library_.find(name);
  return found == library_.end() ? nullptr : &found->second;
}

void FunctionTable::load_library() {
  if (library_source_ != 0) return;
  library_source_ = sources_.add("<library>", std::string(library_text()));
  program_.library = library_source_;
  Diagnostics diagnostics;
  const std::size_t own = program_.functions.size();
  parse_into(program_, sources_, library_source_, diagnostics);
  if (diagnostics.has_errors()) bug(render(diagnostics, sources_));
  for (std::size_t f = own; f < program_.functions.size(); ++f) {
    library_.emplace(program_.functions[f].name, program_.functions[f]);
  }
  program_.functions.resize(own);
}

}  // namespace tcc
