// For tests: the checked program of a text, and what it is refused for.
#pragma once

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "frontend/checker.h"
#include "frontend/parser.h"

namespace tcc {

struct CheckedText {
  checked::Program program;
  std::string errors;  ///< "kind: message" a line; "OK" for none
};

inline CheckedText checked_text(const std::string& text, const CheckOptions& options = {}) {
  SourceMap sources;
  Diagnostics diagnostics;
  const syntax::Program program = parse(sources, sources.add("test.tc", text), diagnostics);
  EXPECT_FALSE(diagnostics.has_errors()) << render(diagnostics, sources);
  CheckedText result{check(program, options, diagnostics), ""};
  for (const Report& report : diagnostics.reports()) {
    if (!result.errors.empty()) result.errors += '\n';
    result.errors += fmt::format("{}: {}", name_of(report.kind), report.message);
  }
  if (result.errors.empty()) result.errors = "OK";
  return result;
}

inline std::string errors_of(const std::string& text) { return checked_text(text).errors; }

}  // namespace tcc
