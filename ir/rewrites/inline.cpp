// inline: a definition computed where it is read.
#include "ir/rewrites/inline.h"

#include <algorithm>

#include <fmt/format.h>

#include "ir/affine/simplify.h"
#include "ir/rewrites/producer.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

/// The elementwise body of a producer: `let`s and the one stored value.
struct Formula {
  std::vector<Expr> axes;  ///< Vars
  std::vector<Stmt> lets;
  Expr value;
};

std::optional<Formula> formula_of(const Producer& producer, BufferId buffer) {
  Formula formula;
  for (const Stmt& loop : producer.loops)
    formula.axes.push_back(as<For>(loop)->var);
  std::vector<Stmt> statements = {producer.body};
  if (const Block* block = as<Block>(producer.body)) statements = block->statements;
  for (std::size_t s = 0; s + 1 < statements.size(); ++s) {
    if (!as<Let>(statements[s])) return {};
    formula.lets.push_back(statements[s]);
  }
  const Store* store = as<Store>(statements.back());
  if (!store || loads_from(store->value, buffer)) return {};
  formula.value = store->value;
  return formula;
}

/// One element of the inlined tensor, as some statements of a block read it.
struct Element {
  std::vector<Expr> indices;
  std::size_t uses = 0;
  Expr value;  ///< once computed: what stands for it in the rest of the block
};

/// The elements of `buffer` that the statements of one block read.
class Elements {
 public:
  explicit Elements(BufferId buffer) : buffer_(buffer) {}

  /// Counts the uses below `roots`, each shared node once.
  void count(std::span<const Expr> roots) {
    auto count_use = [&](const Expr& expr) {
      if (is_read(expr)) ++(*this)[expr].uses;
    };
    for (const Expr& root : roots) {
      if (root) count_use(root);
    }
    for (const Expr& node : post_order(roots))
      for_each_child(*node, count_use);
  }

  /// A load under a predicate gives 0 where that is false, and stays a load.
  bool is_read(const Expr& expr) const {
    const Load* load = as<Load>(expr);
    return load && load->buffer == buffer_ && !load->predicate;
  }

  Element& operator[](const Expr& read) {
    const std::vector<Expr>& indices = as<Load>(read)->indices;
    for (Element& element : elements_) {
      if (std::equal(element.indices.begin(), element.indices.end(), indices.begin(), same_value)) {
        return element;
      }
    }
    elements_.push_back({indices, 0, {}});
    return elements_.back();
  }

 private:
  BufferId buffer_;
  std::vector<Element> elements_;
};

/// Puts the formula where the tensor is read. An element that a block reads more than once is
/// computed once: `let`s go into that block, before the first statement that needs them, so that
/// all that follows can use them.
class Inliner {
 public:
  Inliner(IndexedProgram& program, BufferId buffer, Formula formula, OriginId origin)
      : program_(program), buffer_(buffer), formula_(std::move(formula)), origin_(origin) {}

  /// `body`: a kernel's, a loop's or a guard's.
  Stmt apply(const Stmt& body) {
    std::vector<Stmt> statements = {body};
    if (const Block* block = as<Block>(body)) statements = block->statements;
    Elements elements(buffer_);
    for (const Stmt& stmt : statements)
      elements.count(direct_expressions(stmt));
    bool changed = false;
    std::vector<Stmt> result;
    for (const Stmt& stmt : statements) {
      const auto inside = [this](const Stmt& inner) { return apply(inner); };
      const Stmt nested = as<Block>(stmt) ? apply(stmt) : map_statements(stmt, inside);
      const Stmt inlined = map_expressions(
          nested, [&](const Expr& expr) { return inline_into(expr, elements, result); });
      changed |= inlined != stmt;
      result.push_back(inlined);
    }
    return changed ? make_block(std::move(result), body->origin) : body;
  }

 private:
  static std::vector<Expr> direct_expressions(const Stmt& stmt) {
    std::vector<Expr> roots;
    map_expressions(stmt, [&](const Expr& expr) {
      roots.push_back(expr);
      return expr;
    });
    return roots;
  }

  Expr inline_into(const Expr& root, Elements& elements, std::vector<Stmt>& statements) {
    if (!loads_from(root, buffer_)) return root;
    return rewrite(root, [&](const Expr& node) {
      if (!elements.is_read(node)) return node;
      Element& element = elements[node];
      if (!element.value) element.value = value_at(element, statements);
      return element.value;
    });
  }

  /// The formula for one element; `let`s it needs, its own included, go to `statements`.
  Expr value_at(const Element& element, std::vector<Stmt>& statements) {
    Substitution values;
    for (std::size_t axis = 0; axis < formula_.axes.size(); ++axis) {
      values[as<Var>(formula_.axes[axis])->id] = element.indices[axis];
    }
    for (const Stmt& stmt : formula_.lets) {
      const Let& let = *as<Let>(stmt);
      const Expr fresh = bind(as<Var>(let.var)->name, substitute(let.value, values), statements);
      values[as<Var>(let.var)->id] = fresh;
    }
    const Expr value = simplify(substitute(formula_.value, values));
    const bool trivial =
        as<Load>(value) || as<Var>(value) || as<FloatImm>(value) || as<IntImm>(value);
    if (element.uses <= 1 || trivial) return value;
    return bind(program_[buffer_].name, value, statements);
  }

  Expr bind(const std::string& name, const Expr& value, std::vector<Stmt>& statements) {
    const Expr var = make_var(program_.fresh_var(), name, origin_, value->type);
    statements.push_back(make_let(var, value, origin_));
    return var;
  }

  IndexedProgram& program_;
  BufferId buffer_;
  Formula formula_;
  OriginId origin_;
};

}  // namespace

Rewritten inline_definition(IndexedProgram& program, const RewriteCall& call) {
  const BufferId buffer = call.tensor("definition");
  const std::string& name = program[buffer].name;
  auto producer = find_producer(program, buffer, call.stage);
  if (!producer) return tl::unexpected(producer.error());
  auto formula = formula_of(*producer, buffer);
  if (!formula) {
    return tl::unexpected(Refusal{fmt::format("'{}' is not elementwise", name),
                                  {},
                                  fmt::format("write compute_at({}, LOOP)", name)});
  }
  const auto reader = program.kernel_named_as(call.stage);
  if (!reader || !program.readers_of(buffer).contains(*reader)) {
    return tl::unexpected(Refusal{
        fmt::format("the kernel of '{}' does not read '{}'", program[call.stage].name, name),
        {},
        ""});
  }
  const Stmt body = program.body(*reader);
  const OriginId origin =
      program.origins().from_rewrite("inline", {body->origin, producer->body->origin});
  program.set_body(*reader, Inliner(program, buffer, *formula, origin).apply(body));
  const bool needed =
      !program.readers_of(buffer).empty() || program[buffer].use == BufferUse::output;
  if (!needed) program.remove(producer->kernel);
  return {};
}

}  // namespace tcc::ir
