// The syntax tree as indented text: one line a node, operands below their operator.
//
//   define C
//     index i
//     +
//       A
//       2
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "dsl/overloaded.h"
#include "dsl/syntax.h"

namespace tcc::syntax {

namespace {

constexpr std::size_t max_indentation = 20;  // levels

std::string float_text(double value) {
  std::string text = fmt::format("{}", value);
  const bool is_whole =
      text.find_first_of(".en") == std::string::npos;  // "inf" and "nan" have an n
  return is_whole ? text + ".0" : text;
}

class Printer {
 public:
  explicit Printer(const Program& program) : program_(program) {}

  std::string print() {
    for (const InputDeclaration& input : program_.inputs) {
      const bool stays = input.residence == Residence::resident;
      line(0, fmt::format("{} {}", stays ? "param" : "input", input.name));
      type(input.type, 1);
    }
    for (const Constant& constant : program_.constants) {
      line(0, "const " + constant.name);
      tree(constant.value, 1);
    }
    for (const Assertion& assertion : program_.assertions) {
      line(0, "assert");
      tree(assertion.condition, 1);
    }
    for (const Import& import : program_.imports)
      line(0, fmt::format("import \"{}\"", import.path));
    for (const Function& function : program_.functions)
      print(function);
    for (const OutputMark& output : program_.outputs)
      line(0, "output " + output.name);
    for (const Update& update : program_.updates)
      line(0, "update " + update.param);
    for (const Definition& definition : program_.definitions)
      print(definition, 0);
    for (std::size_t i = 0; i < program_.schedules.size(); ++i)
      line(0, "schedule");
    return std::move(text_);
  }

 private:
  void print(const Function& function) {
    line(0, "def " + function.name);
    for (const Parameter& parameter : function.parameters) {
      line(1, "parameter " + parameter.name);
      if (parameter.value) tree(*parameter.value, 2);
    }
    for (const Definition& definition : function.definitions)
      print(definition, 1);
    for (const NodeId result : function.results) {
      line(1, "return");
      tree(result, 2);
    }
  }

  void print(const Definition& definition, std::size_t level) {
    std::string names = definition.name;
    for (const ResultName& result : definition.further_results)
      names += ", " + result.name;
    line(level, "define " + names);
    for (const IndexBinding& binding : definition.bindings.value_or(std::vector<IndexBinding>())) {
      push(binding, level + 1);
      drain();
    }
    if (definition.type) type(*definition.type, level + 1);
    tree(definition.value, level + 1);
  }

  /// What is still to be printed: a line, or a node with all below it.
  struct Item {
    std::string label;
    std::optional<NodeId> node;
    std::size_t level;
  };

  /// Trees may be as deep as the program is long: deep lines give their level as a number.
  void line(std::size_t level, std::string_view label) {
    text_.append(2 * std::min(level, max_indentation), ' ');
    if (level > max_indentation) text_ += fmt::format("({}) ", level);
    text_ += label;
    text_ += '\n';
  }

  void type(const TypeSyntax& type, std::size_t level) {
    line(level, fmt::format("type {}", name_of(type.dtype)));
    for (const NodeId extent : type.extents)
      tree(extent, level + 1);
  }

  void tree(NodeId root, std::size_t level) {
    pending_.push_back({"", root, level});
    drain();
  }

  void drain() {
    while (!pending_.empty()) {
      const Item item = std::move(pending_.back());
      pending_.pop_back();
      item.node ? expand(program_.nodes[*item.node], item.level) : line(item.level, item.label);
    }
  }

  // What is pushed last is printed first.

  void push(NodeId node, std::size_t level) { pending_.push_back({"", node, level}); }

  void push(const std::vector<NodeId>& nodes, std::size_t level) {
    for (auto node = nodes.rbegin(); node != nodes.rend(); ++node)
      push(*node, level);
  }

  void push(const IndexBinding& binding, std::size_t level) {
    if (binding.end) push(*binding.end, level + 1);
    if (binding.begin) push(*binding.begin, level + 1);
    const char* tail = binding.begin ? " in" : "";
    pending_.push_back({fmt::format("index {}{}", binding.name, tail), {}, level});
  }

  void expand(const Node& node, std::size_t level) {
    const std::size_t below = level + 1;
    std::visit(Overloaded{
                   [&](const IntegerLiteral& n) { line(level, fmt::format("{}", n.value)); },
                   [&](const FloatLiteral& n) { line(level, float_text(n.value)); },
                   [&](const BoolLiteral& n) { line(level, n.value ? "true" : "false"); },
                   [&](const Name& n) { line(level, n.name); },
                   [&](const Operation& n) {
                     line(level, info_of(n.op).name);
                     push(n.operands, below);
                   },
                   [&](const MatMul& n) {
                     line(level, "@");
                     push({n.lhs, n.rhs}, below);
                   },
                   [&](const Call& n) { expand(n, level); },
                   [&](const Reduction& n) {
                     line(level, "reduce " + n.reducer);
                     push(n.body, below);
                     for (auto binding = n.bindings.rbegin(); binding != n.bindings.rend();
                          ++binding) {
                       push(*binding, below);
                     }
                   },
                   [&](const Subscript& n) {
                     line(level, "subscript");
                     push(n.indices, below);
                     push(n.base, below);
                   },
                   [&](const Attribute& n) {
                     line(level, "." + n.name);
                     push(n.base, below);
                   },
                   [&](const List& n) {
                     line(level, "list");
                     push(n.elements, below);
                   },
                   [&](const Slice& n) {
                     line(level, "slice");
                     for (const auto& [part, label] :
                          {std::pair(n.step, "step"), {n.end, "end"}, {n.begin, "begin"}}) {
                       if (!part) continue;
                       push(*part, below + 1);
                       pending_.push_back({label, {}, below});
                     }
                   },
                   [&](const NewAxis&) { line(level, "None"); },
                   [&](const Ellipsis&) { line(level, "..."); },
                   [&](const Text& n) { line(level, fmt::format("\"{}\"", n.value)); },
               },
               node.value);
  }

  void expand(const Call& call, std::size_t level) {
    line(level, "call " + call.callee);
    for (auto keyword = call.keywords.rbegin(); keyword != call.keywords.rend(); ++keyword) {
      push(keyword->value, level + 2);
      pending_.push_back({keyword->name + " =", {}, level + 1});
    }
    push(call.arguments, level + 1);
  }

  const Program& program_;
  std::vector<Item> pending_;
  std::string text_;
};

}  // namespace

std::string next_value_name(const std::string& param) { return param + ".next"; }

std::string print(const Program& program) { return Printer(program).print(); }

}  // namespace tcc::syntax
