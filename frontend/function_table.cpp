// The functions that programs may call.
#include "frontend/function_table.h"

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
