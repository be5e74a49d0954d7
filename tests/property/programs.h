// Random small programs as values: made from a seed, printed as text, made smaller step by step.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <tcc/dtype.h>

namespace tcc::property {

struct Type {
  DType dtype;
  std::vector<std::string> shape;  ///< size names, or "1"

  bool operator==(const Type&) const = default;
};

/// pieces[0] operands[0] pieces[1] operands[1] .. : one piece more than operands.
/// In index notation an expression is a scalar: its shape is empty.
struct Expression {
  std::vector<std::string> pieces;
  std::vector<Expression> operands;
  Type type;
};

struct Input {
  std::string name;
  Type type;
};

struct Definition {
  std::string name;
  std::vector<std::string> axes;  ///< index variables; empty in whole-tensor notation
  Expression value;
};

struct Program {
  std::vector<Input> inputs;
  std::vector<Definition> definitions;
};

std::string text_of(const Program& program);

/// Names of sizes, sorted, each once.
std::vector<std::string> size_names(const Program& program);

/// Elementwise operators and functions, broadcasting, matmul, reductions and index notation in all
/// element types, f32 most of all, over the sizes M, N and K. The same seed gives the same program
/// everywhere.
Program random_program(std::uint64_t seed);

/// Programs that are one step smaller: a definition or an input is gone, or an expression is
/// replaced by one of its operands. Not all of them are right; bigger steps come first.
std::vector<Program> smaller_programs(const Program& program);

}  // namespace tcc::property
