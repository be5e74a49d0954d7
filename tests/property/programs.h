// Small programs as values: they print as a file, and can be taken apart when they fail.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <tcc/dtype.h>

namespace tcc::property {

struct Type {
  DType dtype;
  std::vector<std::string> shape;  ///< extents as the language writes them

  bool operator==(const Type&) const = default;
};

/// pieces[0] operands[0] pieces[1] operands[1] .. : one piece more than operands. One without
/// operands and of one piece is a name or a literal.
/// In index notation an expression is a scalar: its shape is empty.
struct Expression {
  std::vector<std::string> pieces;
  std::vector<Expression> operands;
  Type type{};
};

struct Input {
  std::string name;
  Type type;
};

/// name[axes] = value, or a, b = value.
struct Definition {
  std::vector<std::string> names;
  std::vector<std::string> axes;  ///< index variables; empty in whole-tensor notation
  Expression value;
};

/// def name(parameters) { locals; return results }
struct Function {
  std::string name;
  std::vector<std::string> parameters;
  std::vector<Definition> locals;
  std::vector<std::string> results;
};

struct Program {
  std::vector<Function> functions{};
  std::vector<Input> inputs{};
  std::vector<Definition> definitions{};
  std::vector<std::string> outputs{};  ///< marked ones
  std::string schedule{};              ///< blocks of its own; may be empty
};

std::string text_of(const Expression& expression);
std::string text_of(const Type& type);
std::string text_of(const Program& program);

/// Names of sizes in the types of inputs, sorted, each once.
std::vector<std::string> size_names(const Program& program);

/// Elementwise operators and functions, broadcasting, matmul, reductions and index notation in all
/// element types, f32 most of all, over the sizes M, N and K, in up to three definitions. The same
/// seed gives the same program everywhere.
Program random_program(std::uint64_t seed);

/// Up to 12 definitions of every class of operator (operator_classes.h) over the sizes M and N,
/// with functions, several results, values used more than once and marked outputs. The same seed
/// gives the same program everywhere.
Program random_long_program(std::uint64_t seed);

}  // namespace tcc::property
