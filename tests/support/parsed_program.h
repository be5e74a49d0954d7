// For tests: loop IR from its text.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "ir/parser.h"
#include "ir/printer.h"
#include "ir/verifier.h"

namespace tcc::ir {

/// The program of a text; the test fails where the text is wrong.
inline LoopProgram parsed(const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  LoopProgram program = parse_loop_program(sources, sources.add("test.ir", text), diagnostics);
  EXPECT_EQ(render(diagnostics, sources), "") << text;
  return program;
}

/// The same, and well-formed.
inline LoopProgram parsed_valid(const std::string& text) {
  LoopProgram program = parsed(text);
  for (const std::string& breach : verify(program))
    ADD_FAILURE() << breach << "\n" << text;
  return program;
}

}  // namespace tcc::ir
