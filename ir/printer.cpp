// Loop IR as text: programs, kernels and statements. Expressions are printed by printer_expr.cpp.
#include "ir/printer.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "ir/printer_expr.h"

namespace tcc::ir {
namespace {

std::string buffer_name(const LoopProgram& program, BufferId id) {
  if (id.value < program.buffers.size()) return program.buffers[id.value].name;
  return fmt::format("buffer{}", id.value);
}

std::string hint_of(const Var& var) { return var.name.empty() ? "v" : var.name; }

class Printer {
 public:
  explicit Printer(const LoopProgram& program) : program_(program) {
    names_.variable = [this](const Var& var) {
      const auto found = variables_.find(var.id);
      return found == variables_.end() ? hint_of(var) : found->second;
    };
    names_.buffer = [this](BufferId id) { return buffer_name(program_, id); };
    for (const Expr& size : program.sizes)
      declare(*as<Var>(size), {});
    for (std::uint32_t id = 0; id < program.buffers.size(); ++id) {
      buffers_.emplace(program.buffers[id].name, BufferId{id});
    }
  }

  std::string header() const;
  std::string kernel(const Kernel& kernel);
  std::string statement(const Stmt& stmt, std::optional<BufferId> stage) {
    print(stmt, stage);
    return std::move(text_);
  }
  const ExprNames& names() const { return names_; }

  /// The line under which print_underlined marks `loop`.
  void mark(VarId loop) { marked_ = loop; }

 private:
  using Stage = std::optional<BufferId>;

  void line(const std::string& text) {
    text_.append(static_cast<std::size_t>(indent_) * 2, ' ').append(text).append("\n");
  }

  void declare(const Var& var, Stage stage) {
    std::string name = hint_of(var);
    if (taken_.contains(name) || reads_as_literal(name)) {
      if (stage) name = fmt::format("{}.{}", buffer_name(program_, *stage), name);
      const std::string stem = name;
      for (int n = 2; taken_.contains(name) || reads_as_literal(name); ++n) {
        name = fmt::format("{}.{}", stem, n);
      }
    }
    taken_.insert(name);
    declared_.push_back(var.id);
    variables_[var.id] = std::move(name);
  }

  /// Forgets what was declared since `count` variables were.
  void forget_since(std::size_t count) {
    for (; declared_.size() > count; declared_.pop_back()) {
      const auto found = variables_.find(declared_.back());
      taken_.erase(found->second);
      variables_.erase(found);
    }
  }

  /// Prints in a scope of its own: what is declared inside is forgotten after it.
  void scope(const Stmt& body, Stage stage) {
    const std::size_t outside = declared_.size();
    body_lines(body, stage);
    forget_since(outside);
  }

  void body_lines(const Stmt& body, Stage stage) {
    ++indent_;
    if (const Block* block = as<Block>(body)) {
      for (const Stmt& stmt : block->statements)
        print(stmt, stage);
    } else {
      print(body, stage);
    }
    --indent_;
    line("}");
  }

  void print(const Stmt& stmt, Stage stage) {
    match(
        stmt, [&](const For& n) { print_for(n, stage); },
        [&](const If& n) {
          line(fmt::format("if {} {{{}", expr(n.condition), comment_on(stmt)));
          scope(n.body, stage);
        },
        [&](const Let& n) {
          const std::string value = expr(n.value);
          declare(*as<Var>(n.var), stage);
          line(fmt::format("let {} = {}", expr(n.var), value));
        },
        [&](const Allocate& n) { print_allocate(n); },
        [&](const Block&) {
          line("{");
          scope(stmt, stage);
        },
        [&](const Store& n) { print_store(n); },
        [&](const Prefetch& n) {
          line(fmt::format("prefetch {} into {}",
                           print_element(names_.buffer(n.buffer), n.indices, names_),
                           name_of(n.level)));
        },
        [&](const Assert& n) {
          line(fmt::format("assert {}, \"{}\"{}", expr(n.condition), escaped(n.message),
                           n.value ? ", " + expr(n.value) : ""));
        });
  }

  /// Why a guard is there, where its rewrite could not prove it away.
  std::string comment_on(const Stmt& guard) const {
    const bool is_known = guard->origin.value < program_.origins.size();
    const std::string why = is_known ? program_.origins[guard->origin].unproven : "";
    return why.empty() ? "" : "  # " + why;
  }

  void print_for(const For& loop, Stage stage);
  void print_store(const Store& store);
  void print_allocate(const Allocate& allocate);
  static std::string escaped(std::string_view message);

  std::string expr(const Expr& e) const { return print_expr(e, names_); }
  std::string type(const Buffer& buffer) const {
    return print_type(buffer.dtype, buffer.shape, names_);
  }

  const LoopProgram& program_;
  ExprNames names_;
  std::map<std::string_view, BufferId> buffers_;
  std::map<VarId, std::string> variables_;
  std::set<std::string> taken_;
  std::vector<VarId> declared_;  // in order, for the ends of scopes
  std::optional<VarId> marked_;
  std::string text_;
  int indent_ = 0;
};

void Printer::print_for(const For& loop, Stage stage) {
  const std::size_t outside = declared_.size();
  const std::string bounds = print_range(loop.begin, loop.extent, names_);
  const Var& var = *as<Var>(loop.var);
  declare(var, loop.stage);
  const std::string kind =
      loop.kind == ForKind::serial ? "" : fmt::format("{} ", name_of(loop.kind));
  const std::string of =
      stage == loop.stage ? "" : fmt::format(" of {}", buffer_name(program_, loop.stage));
  const std::string start = fmt::format("{}for ", kind);
  const std::string text = fmt::format("{}{} in {}{}", start, expr(loop.var), bounds, of);
  line(text + " {");
  if (marked_ == var.id) {
    std::string under(text.size(), '~');
    under[start.size()] = '^';
    line(under);
  }
  body_lines(loop.body, loop.stage);
  forget_since(outside);
}

void Printer::print_store(const Store& store) {
  const std::string text =
      fmt::format("{} = {}", print_element(names_.buffer(store.buffer), store.indices, names_),
                  expr(store.value));
  const bool known = store.buffer.value < program_.buffers.size();
  const bool streams = known && program_[store.buffer].stores == StoreHint::nontemporal;
  line((streams ? "nontemporal " : "") +
       (store.predicate ? fmt::format("({} if {})", text, expr(store.predicate)) : text));
}

void Printer::print_allocate(const Allocate& allocate) {
  if (allocate.buffer.value >= program_.buffers.size()) {
    return line(fmt::format("allocate {}", names_.buffer(allocate.buffer)));
  }
  const Buffer& buffer = program_[allocate.buffer];
  line(fmt::format("allocate {}: {} in {}", buffer.name, type(buffer), name_of(buffer.memory)));
}

std::string Printer::escaped(std::string_view message) {
  std::string text;
  for (const char c : message) {
    if (c == '"' || c == '\\') text += '\\';
    if (c == '\n') {
      text += "\\n";
    } else {
      text += c;
    }
  }
  return text;
}

std::string Printer::header() const {
  std::string text;
  for (const Expr& size : program_.sizes) {
    text += (text.empty() ? "size " : ", ") + expr(size);
  }
  if (!text.empty()) text += "\n";
  for (const Buffer& buffer : program_.buffers) {
    if (buffer.use == BufferUse::local || buffer.use == BufferUse::removed) continue;
    const std::string_view use = buffer.use == BufferUse::input    ? "input"
                                 : buffer.use == BufferUse::output ? "output"
                                                                   : "temporary";
    const std::string where =
        buffer.memory == Memory::heap ? "" : fmt::format(" in {}", name_of(buffer.memory));
    const std::string in_place =
        buffer.in_place_of
            ? fmt::format(" in place of {}", buffer_name(program_, *buffer.in_place_of))
            : "";
    text += fmt::format("{} {}: {}{}{}\n", use, buffer.name, type(buffer), where, in_place);
  }
  return text;
}

std::string Printer::kernel(const Kernel& kernel) {
  line(fmt::format("kernel {} {{", kernel.name));
  const auto own = buffers_.find(kernel.name);
  scope(kernel.body, own == buffers_.end() ? Stage{} : Stage{own->second});
  return std::exchange(text_, "");
}

}  // namespace

std::string print(const LoopProgram& program) {
  Printer printer(program);
  std::string text = printer.header();
  for (const Kernel& kernel : program.kernels) {
    if (!text.empty()) text += "\n";
    text += printer.kernel(kernel);
  }
  return text;
}

std::string print(const LoopProgram& program, const Kernel& kernel) {
  return Printer(program).kernel(kernel);
}

std::string print(const LoopProgram& program, const Stmt& stmt) {
  const For* loop = as<For>(stmt);
  return Printer(program).statement(stmt, loop ? std::optional(loop->stage) : std::nullopt);
}

std::string print(const Expr& expr) {
  return print_expr(expr, {hint_of, [](BufferId id) { return fmt::format("buffer{}", id.value); }});
}

std::string print(const LoopProgram& program, const Expr& expr) {
  return print_expr(expr, {hint_of, [&program](BufferId id) { return buffer_name(program, id); }});
}

std::string print_underlined(const LoopProgram& program, const Kernel& kernel, VarId loop) {
  Printer printer(program);
  printer.mark(loop);
  return printer.kernel(kernel);
}

}  // namespace tcc::ir
