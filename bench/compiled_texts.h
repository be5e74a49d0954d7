// The programs whose compile time has goals.
#pragma once

#include <string>
#include <vector>

#include <tcc/tcc.h>

namespace bench {

struct CompiledText {
  const char* name;
  const char* program;  ///< with #, which stands for digits that make it another program
  std::vector<std::vector<std::int64_t>> shapes;  ///< of f32 inputs to run it on
};

extern const CompiledText elementwise_text, matmul_text, matmul_512_text;

/// With 0 for #.
std::string program_of(const CompiledText& text);

/// Compiles a program that this process has not compiled, and no cache on disk is asked for.
tcc::Program compile_new(const CompiledText& text);

/// Inputs of its shapes, all zero.
std::vector<tcc::Tensor> inputs_of(const CompiledText& text);

}  // namespace bench
