// The syntax tree, as flat as the text: expression nodes lie in one vector, children before their
// parents, and the nodes below one node are the contiguous range that ends with it. Forward
// iteration visits operands first, backward iteration visits parents first; nothing recurses.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <tcc/dtype.h>

#include "dsl/operators.h"
#include "dsl/source.h"

namespace tcc::syntax {

using NodeId = std::uint32_t;

/// `i`, or `i in 0:N`: a variable that a left side or a reduction introduces.
struct IndexBinding {
  std::string name;
  Span span;
  std::optional<NodeId> begin;  ///< both or neither
  std::optional<NodeId> end;
};

struct IntegerLiteral {
  std::uint64_t value;
};  // a minus before it is an Operation
struct FloatLiteral {
  double value;
};
struct BoolLiteral {
  bool value;
};
struct Name {
  std::string name;
};
/// op operands, where op is an elementwise operator in infix or prefix notation.
struct Operation {
  Op op;
  std::vector<NodeId> operands;
};
/// lhs @ rhs
struct MatMul {
  NodeId lhs, rhs;
};
/// callee(arguments, keyword = value)
struct Call {
  struct Keyword {
    std::string name;
    Span span;
    NodeId value;
  };
  std::string callee;
  Span callee_span;
  std::vector<NodeId> arguments;
  std::vector<Keyword> keywords;
  std::size_t result = 0;   ///< which of several: in `a, b = split(x, 2)` 0 and 1
  std::size_t results = 1;  ///< how many names there are for them
};
/// reducer[bindings](body)
struct Reduction {
  std::string reducer;
  Span reducer_span;
  std::vector<IndexBinding> bindings;
  NodeId body;
};
/// base[indices]
struct Subscript {
  NodeId base;
  std::vector<NodeId> indices;
};
/// base.T, base.shape
struct Attribute {
  NodeId base;
  std::string name;
};
/// [a, b], in arguments only
struct List {
  std::vector<NodeId> elements;
};
/// begin:end:step, in subscripts only
struct Slice {
  std::optional<NodeId> begin, end, step;
};
/// None, in subscripts and arguments only
struct NewAxis {};
/// ..., in subscripts only
struct Ellipsis {};
/// "text", in arguments only; without its quotes
struct Text {
  std::string value;
};

struct Node {
  Span span;
  Span operator_span;  ///< where the caret goes: the operator of an operation
  NodeId first;        ///< the first node of this subtree; [first, own id] is the whole of it
  std::variant<IntegerLiteral, FloatLiteral, BoolLiteral, Name, Operation, MatMul, Call, Reduction,
               Subscript, Attribute, List, Slice, NewAxis, Ellipsis, Text>
      value;
};

/// f32[M, K]
struct TypeSyntax {
  DType dtype;
  std::vector<NodeId> extents;
  Span span;
};

enum class Residence : std::uint8_t { per_run, resident };  // `input`, `param`

/// One name of `input A: f32[M, K], B: f32[K, N]`.
struct InputDeclaration {
  std::string name;
  Span span;
  TypeSyntax type;
  Residence residence;
};

/// `output C, D`, or `output` before a definition.
struct OutputMark {
  std::string name;
  Span span;
};

/// `update W = value`: the definition of the value is called next_value_name("W").
struct Update {
  std::string param;
  Span span;  ///< of the param's name
};

/// A further name of `a, b = f(x)`.
struct ResultName {
  std::string name;
  Span span;
};

/// `C[i, j]: f32[M, N] = value`, `a, b = f(x)`
struct Definition {
  std::string name;
  Span span;                                          ///< of the name
  std::vector<ResultName> further_results;            ///< whole-tensor notation only
  std::optional<std::vector<IndexBinding>> bindings;  ///< none: whole-tensor notation
  std::optional<TypeSyntax> type;
  NodeId value;
  /// Where the calls stand whose expansion made it, innermost first; none for the program's own.
  std::vector<Span> call_sites{};
};

/// `schedule C on cpu { .. }`, kept as text: ir/schedule_parser.h reads it.
struct ScheduleText {
  Span span;
};

/// `const H = 12`
struct Constant {
  std::string name;
  Span span;
  NodeId value;
};

/// `assert N >= K`
struct Assertion {
  NodeId condition;
};

/// `import "layers.tc"`
struct Import {
  std::string path;
  Span span;  ///< of the text
};

/// `axis = -1` among a function's parameters.
struct Parameter {
  std::string name;
  Span span;
  std::optional<NodeId> value;  ///< where an argument is left out
};

/// `def softmax(x, axis = -1) { .. return e / s }` or `def sq(x) = x * x`
struct Function {
  std::string name;
  Span span;
  std::vector<Parameter> parameters;
  std::vector<Definition> definitions;
  std::vector<NodeId> results;  ///< one or more
};

struct Program {
  std::vector<Node> nodes;
  std::vector<Import> imports;
  std::vector<Constant> constants;
  std::vector<Assertion> assertions;
  std::vector<Function> functions;
  std::vector<InputDeclaration> inputs;
  std::vector<OutputMark> outputs;
  std::vector<Update> updates;
  std::vector<Definition> definitions;  ///< those of the updates' values among them
  std::vector<ScheduleText> schedules;
  std::optional<SourceId> library;  ///< the source of the functions that are no program's
  std::vector<ResultName> failed;   ///< names whose definition has a mistake that is reported
};

/// What the value of an update is called: "W.next", which no program can write.
std::string next_value_name(const std::string& param);

/// The tree as indented text (`--stage ast`).
std::string print(const Program& program);

}  // namespace tcc::syntax
