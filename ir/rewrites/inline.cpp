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

/// All reads of one element of the inlined tensor in a statement.
struct ElementReads {
  std::vector<Expr> indices;
  std::vector<const ExprNode*> loads;
  std::size_t uses = 0;
};

/// Groups the reads of `buffer` below `roots` by the element they read.
std::vector<ElementReads> group_reads(std::span<const Expr> roots, BufferId buffer) {
  std::vector<ElementReads> groups;
  auto group_of = [&](const Expr& expr) -> ElementReads& {
    const Load& load = *as<Load>(expr);
    for (ElementReads& group : groups) {
      if (std::equal(group.indices.begin(), group.indices.end(), load.indices.begin(),
                     same_value)) {
        return group;
      }
    }
    groups.push_back({load.indices, {}, 0});
    return groups.back();
  };
  auto is_read = [&](const Expr& expr) {
    const Load* load = as<Load>(expr);
    return load && load->buffer == buffer;
  };
  auto count_use = [&](const Expr& expr) {
    if (!is_read(expr)) return;
    ElementReads& group = group_of(expr);
    ++group.uses;
    if (std::find(group.loads.begin(), group.loads.end(), expr.get()) == group.loads.end()) {
      group.loads.push_back(expr.get());
    }
  };
  for (const Expr& root : roots)
    count_use(root);
  for (const Expr& node : post_order(roots))
    for_each_child(*node, count_use);
  return groups;
}

class Inliner {
 public:
  Inliner(LoopProgram& program, BufferId buffer, Formula formula, OriginId origin)
      : program_(program), buffer_(buffer), formula_(std::move(formula)), origin_(origin) {}

  Stmt apply(const Stmt& root) {
    return rewrite(root, {}, [this](const Stmt& stmt) { return inline_into(stmt); });
  }

 private:
  Stmt inline_into(const Stmt& stmt) {
    if (const Block* block = as<Block>(stmt)) return with_lets_in_scope(stmt, *block);
    std::vector<Expr> roots = direct_expressions(stmt);
    std::vector<Stmt> statements;
    std::map<const ExprNode*, Expr> replacements;
    for (const ElementReads& group : group_reads(roots, buffer_)) {
      const Expr value = value_at(group, statements);
      for (const ExprNode* load : group.loads)
        replacements.emplace(load, value);
    }
    if (replacements.empty()) return stmt;
    const Stmt inlined =
        map_expressions(stmt, [&](const Expr& expr) { return replace(expr, replacements); });
    statements.push_back(inlined);
    return make_block(std::move(statements), origin_);
  }

  /// A `let` that got others before it still declares for the rest of its own block.
  static Stmt with_lets_in_scope(const Stmt& stmt, const Block& block) {
    const auto ends_in_let = [](const Stmt& child) {
      const Block* inner = as<Block>(child);
      return inner && !inner->statements.empty() && as<Let>(inner->statements.back());
    };
    if (std::none_of(block.statements.begin(), block.statements.end(), ends_in_let)) return stmt;
    std::vector<Stmt> statements;
    for (const Stmt& child : block.statements) {
      if (!ends_in_let(child)) {
        statements.push_back(child);
        continue;
      }
      const auto& inner = as<Block>(child)->statements;
      statements.insert(statements.end(), inner.begin(), inner.end());
    }
    return make_block(std::move(statements), stmt->origin);
  }

  static std::vector<Expr> direct_expressions(const Stmt& stmt) {
    std::vector<Expr> roots;
    map_expressions(stmt, [&](const Expr& expr) {
      roots.push_back(expr);
      return expr;
    });
    return roots;
  }

  static Expr replace(const Expr& root, const std::map<const ExprNode*, Expr>& replacements) {
    std::map<const ExprNode*, Expr> done = replacements;
    for (const Expr& node : post_order(root)) {
      if (done.count(node.get())) continue;
      done[node.get()] =
          map_children(node, [&](const Expr& child) { return done.at(child.get()); });
    }
    return done.at(root.get());
  }

  /// The formula for one element; `let`s it needs, its own included, go to `statements`.
  Expr value_at(const ElementReads& reads, std::vector<Stmt>& statements) {
    Substitution values;
    for (std::size_t axis = 0; axis < formula_.axes.size(); ++axis) {
      values[as<Var>(formula_.axes[axis])->id] = reads.indices[axis];
    }
    for (const Stmt& stmt : formula_.lets) {
      const Let& let = *as<Let>(stmt);
      const Expr fresh = bind(as<Var>(let.var)->name, substitute(let.value, values), statements);
      values[as<Var>(let.var)->id] = fresh;
    }
    const Expr value = simplify(substitute(formula_.value, values));
    const bool trivial =
        as<Load>(value) || as<Var>(value) || as<FloatImm>(value) || as<IntImm>(value);
    if (reads.uses <= 1 || trivial) return value;
    return bind(program_[buffer_].name, value, statements);
  }

  Expr bind(const std::string& name, const Expr& value, std::vector<Stmt>& statements) {
    const Expr var = make_var(program_.fresh_var(), name, origin_, value->type);
    statements.push_back(make_let(var, value, origin_));
    return var;
  }

  LoopProgram& program_;
  BufferId buffer_;
  Formula formula_;
  OriginId origin_;
};

}  // namespace

Rewritten inline_definition(LoopProgram program, const RewriteCall& call) {
  const BufferId buffer = *call.definition;
  const std::string& name = program[buffer].name;
  auto producer = find_producer(program, buffer);
  if (!producer) return tl::unexpected(producer.error());
  auto formula = formula_of(*producer, buffer);
  if (!formula) {
    return tl::unexpected(Refusal{fmt::format("'{}' is not elementwise", name),
                                  {},
                                  fmt::format("write compute_at({}, LOOP)", name)});
  }
  const auto reader =
      std::find_if(program.kernels.begin(), program.kernels.end(),
                   [&](auto& kernel) { return kernel.name == program[call.stage].name; });
  if (reader == program.kernels.end() || !reads(reader->body, buffer)) {
    return tl::unexpected(Refusal{
        fmt::format("the kernel of '{}' does not read '{}'", program[call.stage].name, name),
        {},
        ""});
  }
  const OriginId origin =
      program.origins.from_rewrite("inline", {reader->body->origin, producer->body->origin});
  const std::size_t reader_index = static_cast<std::size_t>(reader - program.kernels.begin());
  Stmt body = Inliner(program, buffer, *formula, origin).apply(reader->body);
  program.kernels[reader_index].body = std::move(body);
  const bool still_read = std::any_of(program.kernels.begin(), program.kernels.end(),
                                      [&](auto& kernel) { return reads(kernel.body, buffer); });
  if (still_read || program[buffer].use == BufferUse::output) return program;
  return remove_kernel(std::move(program), producer->kernel);
}

}  // namespace tcc::ir
