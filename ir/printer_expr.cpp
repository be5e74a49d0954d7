// Expressions as text. A work list holds what is still to be written, so that depth costs no stack.
#include "ir/printer_expr.h"

#include <cmath>

#include <fmt/format.h>

#include "dsl/dtypes.h"

namespace tcc::ir {
namespace {

constexpr int any_precedence = 0;

class Writer {
 public:
  explicit Writer(const ExprNames& names) : names_(names) {}

  std::string write(const Expr& root) {
    pending_.push_back({{}, &root, any_precedence});
    std::size_t count = 0;
    while (!pending_.empty()) {
      Item item = std::move(pending_.back());
      pending_.pop_back();
      if (item.expr && ++count > max_printed_nodes) return text_ + "...";
      if (item.expr) {
        expand(*item.expr, item.precedence);
      } else {
        text_ += item.text;
      }
    }
    return std::move(text_);
  }

 private:
  /// Text, or an expression in a place that binds with `precedence`.
  struct Item {
    std::string text;
    const Expr* expr = nullptr;
    int precedence = any_precedence;
  };

  static Item piece(std::string text) { return {std::move(text), nullptr, 0}; }
  static Item piece(const Expr& expr, int precedence = any_precedence) {
    return {{}, &expr, precedence};
  }

  /// Puts what replaces an item on the list, its first part on top.
  void push(std::vector<Item> items) {
    for (auto item = items.rbegin(); item != items.rend(); ++item) {
      pending_.push_back(std::move(*item));
    }
  }

  void call(std::string_view name, const std::vector<const Expr*>& arguments,
            std::string_view tail = "") {
    std::vector<Item> items{piece(std::string(name) + "(")};
    for (const Expr* argument : arguments) {
      if (argument != arguments.front()) items.push_back(piece(", "));
      items.push_back(piece(*argument));
    }
    items.push_back(piece(std::string(tail) + ")"));
    push(std::move(items));
  }

  void operation(Op op, const std::vector<const Expr*>& operands, int precedence) {
    const OpInfo& info = info_of(op);
    if (info.notation != Notation::infix && info.notation != Notation::prefix) {
      return call(info.name, operands);
    }
    std::vector<Item> items;
    const int own = info.precedence;
    if (own < precedence) items.push_back(piece("("));
    if (info.notation == Notation::prefix) {
      const bool word = info.name.back() >= 'a' && info.name.back() <= 'z';
      items.push_back(piece(std::string(info.name) + (word ? " " : "")));
      items.push_back(prefix_operand(op, *operands[0], own));
    } else {
      // Operators of one precedence group to the left; comparisons do not chain.
      items.push_back(piece(*operands[0], own == precedence_comparison ? own + 1 : own));
      items.push_back(piece(fmt::format(" {} ", info.name)));
      items.push_back(piece(*operands[1], own + 1));
    }
    if (own < precedence) items.push_back(piece(")"));
    push(std::move(items));
  }

  /// A minus before a literal would be read as part of it.
  static Item prefix_operand(Op op, const Expr& operand, int precedence) {
    const bool literal = as<IntImm>(operand) || as<FloatImm>(operand);
    return piece(operand, op == Op::negate && literal ? parenthesized : precedence);
  }

  void load(const Load& node) {
    std::vector<Item> items{piece((node.predicate ? "(" : "") + names_.buffer(node.buffer) + "[")};
    for (const Expr& index : node.indices) {
      if (&index != &node.indices.front()) items.push_back(piece(", "));
      items.push_back(piece(index));
    }
    items.push_back(piece("]"));
    if (node.predicate) {
      items.push_back(piece(" if "));
      items.push_back(piece(node.predicate));
      items.push_back(piece(")"));
    }
    push(std::move(items));
  }

  void literal(std::string text, int precedence) {
    text_ += precedence == parenthesized ? "(" + text + ")" : text;
  }

  void expand(const Expr& expr, int precedence) {
    const ValueType type = expr->type;
    match(
        expr, [&](const IntImm& n) { literal(print_literal(n.value, type.dtype), precedence); },
        [&](const FloatImm& n) { literal(print_literal(n.value, type.dtype), precedence); },
        [&](const Var& n) { text_ += names_.variable(n); },
        [&](const Cast& n) { call(name_of(type.dtype), {&n.value}); },
        [&](const Unary& n) { operation(n.op, {&n.operand}, precedence); },
        [&](const Binary& n) { operation(n.op, {&n.lhs, &n.rhs}, precedence); },
        [&](const Select& n) { call("select", {&n.condition, &n.if_true, &n.if_false}); },
        [&](const Call& n) {
          std::vector<const Expr*> arguments;
          for (const Expr& argument : n.arguments)
            arguments.push_back(&argument);
          operation(n.op, arguments, precedence);
        },
        [&](const Load& n) { load(n); },
        [&](const Ramp& n) { call("ramp", {&n.base, &n.stride}, fmt::format(", {}", type.lanes)); },
        [&](const Broadcast& n) { call("broadcast", {&n.value}, fmt::format(", {}", type.lanes)); },
        [&](const Shuffle& n) {
          call("shuffle", {&n.vector}, fmt::format(", [{}]", fmt::join(n.lanes, ", ")));
        });
  }

  static constexpr int parenthesized = 1000;

  const ExprNames& names_;
  std::vector<Item> pending_;
  std::string text_;
};

std::string list(const std::vector<Expr>& exprs, const ExprNames& names) {
  std::string text;
  for (const Expr& expr : exprs) {
    if (!text.empty()) text += ", ";
    text += print_expr(expr, names);
  }
  return text;
}

}  // namespace

std::string print_expr(const Expr& expr, const ExprNames& names) {
  return Writer(names).write(expr);
}

std::string print_element(std::string_view buffer, const std::vector<Expr>& indices,
                          const ExprNames& names) {
  return fmt::format("{}[{}]", buffer, list(indices, names));
}

std::string print_range(const Expr& begin, const Expr& extent, const ExprNames& names) {
  const std::string from = print_expr(begin, names);
  const auto first = constant_of(begin);
  const auto length = constant_of(extent);
  if (first == 0) return fmt::format("{}:{}", from, print_expr(extent, names));
  std::int64_t end = 0;
  if (first && length && !__builtin_add_overflow(*first, *length, &end)) {
    return fmt::format("{}:{}", from, end);
  }
  const Binary* rest = as<Binary>(extent);
  if (rest && rest->op == Op::subtract && print_expr(rest->rhs, names) == from) {
    const Binary* sum = as<Binary>(rest->lhs);  // b:b + n is read as the extent n
    if (!sum || sum->op != Op::add) {
      return fmt::format("{}:{}", from, print_expr(rest->lhs, names));
    }
  }
  const Expr sum = make_binary(Op::add, begin, extent, begin->origin);
  return fmt::format("{}:{}", from, print_expr(sum, names));
}

std::string print_type(DType dtype, const std::vector<Expr>& shape, const ExprNames& names) {
  if (shape.empty()) return std::string(name_of(dtype));
  return fmt::format("{}[{}]", name_of(dtype), list(shape, names));
}

std::string print_literal(std::int64_t value, DType dtype) {
  if (dtype == DType::boolean) return value != 0 ? "true" : "false";
  if (dtype == DType::i64) return fmt::format("{}", value);
  if (dtype == DType::u64) return fmt::format("{}u64", static_cast<std::uint64_t>(value));
  return fmt::format("{}{}", value, name_of(dtype));
}

std::string print_literal(double value, DType dtype) {
  if (!std::isfinite(value)) {
    const std::string_view word = std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf";
    return dtype == DType::f32 ? std::string(word) : fmt::format("{}({})", name_of(dtype), word);
  }
  const std::string_view suffix = dtype == DType::f32 ? "" : name_of(dtype);
  // The shortest text that reads back as the same number of that type.
  std::string digits =
      dtype == DType::f32 ? fmt::format("{}", static_cast<float>(value)) : fmt::format("{}", value);
  if (digits.find_first_of(".e") == std::string::npos) digits += ".0";
  return fmt::format("{}{}", digits, suffix);
}

bool reads_as_literal(std::string_view name) {
  return name == "true" || name == "false" || name == "inf" || name == "nan";
}

}  // namespace tcc::ir
