// For tests: the syntax tree of a text, and what is wrong with it.
#pragma once

#include <string>

#include "frontend/parser.h"

namespace tcc {

struct ParsedSyntax {
  SourceMap sources;
  Diagnostics diagnostics;
  syntax::Program program;

  explicit ParsedSyntax(std::string text) {
    const SourceId id = sources.add("p.tc", std::move(text));
    program = parse(sources, id, diagnostics);
  }

  std::string tree() const { return syntax::print(program); }
  std::string errors() const { return render(diagnostics, sources); }
};

}  // namespace tcc
