// Checks the rules of ir/verifier.h in one walk over the program.
#include "ir/verifier.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "dsl/diagnostic.h"
#include "ir/memory_sharing.h"
#include "ir/printer.h"
#include "ir/typing.h"
#include "ir/visit.h"

namespace tcc::ir {
namespace {

class Verifier {
 public:
  explicit Verifier(const LoopProgram& program)
      : program_(program),
        written_(program.buffers.size(), false),
        allocated_(program.buffers.size(), false) {}

  std::vector<std::string> run() {
    for (const Expr& size : program_.sizes)
      check_size(size);
    for (const Buffer& buffer : program_.buffers)
      check_buffer(buffer);
    for (const Kernel& kernel : program_.kernels)
      check_kernel(kernel);
    where_ = "memory";
    for (const std::string& breach : breaches_in_sharing(program_))
      report(breach);
    return std::move(breaches_);
  }

  std::vector<std::string> run(const Kernel& kernel, const IsWritten& is_written) {
    is_written_ = is_written;
    for (const Expr& size : program_.sizes)
      check_size(size);
    std::set<BufferId> allocated;
    for_each_statement(kernel.body, [&](const Stmt& stmt) {
      const Allocate* allocate = as<Allocate>(stmt);
      if (allocate && exists(allocate->buffer)) allocated.insert(allocate->buffer);
    });
    for (const BufferId buffer : allocated)
      check_buffer(program_[buffer]);
    check_kernel(kernel);
    return std::move(breaches_);
  }

 private:
  void report(std::string_view breach) {
    if (!is_full()) breaches_.push_back(fmt::format("{}: {}", where_, breach));
  }

  /// One mistake can spoil every node: what is found after these says no more.
  bool is_full() const { return breaches_.size() >= 100; }

  void check_origin(OriginId origin, std::string_view what) {
    if (!program_.origins.is_traceable(origin)) {
      report(fmt::format("{} has no origin in the source", what));
    }
  }

  bool exists(BufferId buffer) {
    const bool known = buffer.value < program_.buffers.size();
    if (!known) report(fmt::format("buffer {} does not exist", buffer.value));
    return known;
  }

  std::string text_of(const Expr& expr) const { return ir::print(program_, expr); }

  void check_size(const Expr& size) {
    where_ = "sizes";
    const Var* var = size ? as<Var>(size) : nullptr;
    if (!var || size->type != ValueType{}) return report("a size is no variable of type i64");
    check_origin(size->origin, fmt::format("size '{}'", var->name));
    declare(*var);
  }

  void check_kernel(const Kernel& kernel);
  void check_buffer(const Buffer& buffer);
  void check_memory(const Buffer& buffer);

  // Variables: in scope between `declare` and the end of the scope.

  void declare(const Var& var) {
    if (var.id.value == 0 || var.id.value >= program_.next_var) {
      report(fmt::format("variable '{}' has a number that was never given out", var.name));
    }
    if (!declared_.insert(var.id).second) {
      report(fmt::format("variable '{}' is declared twice", var.name));
    }
    in_scope_.insert(var.id);
    scope_variables_.push_back(var.id);
  }

  void check_scope(const Stmt& body) {
    const std::size_t variables = scope_variables_.size();
    const std::size_t buffers = scope_buffers_.size();
    if (const Block* block = as<Block>(body)) {
      check_origin(body->origin, "a block");
      for (const Stmt& stmt : block->statements)
        check_statement(stmt);
    } else {
      check_statement(body);
    }
    for (; scope_variables_.size() > variables; scope_variables_.pop_back()) {
      in_scope_.erase(scope_variables_.back());
    }
    for (; scope_buffers_.size() > buffers; scope_buffers_.pop_back()) {
      allocated_[scope_buffers_.back().value] = false;
    }
  }

  void check_statement(const Stmt& stmt);
  void check_for(const For& loop);
  void check_store(const Store& store);
  void check_allocate(BufferId buffer);

  void check_expr(const Expr& root);
  void check_node(const Expr& node);
  void check_load(const Expr& node, const Load& load);
  /// The rank, and that a local buffer is allocated here.
  void check_access(BufferId buffer, std::size_t indices);

  const LoopProgram& program_;
  std::string where_;
  std::vector<std::string> breaches_;
  std::set<VarId> declared_, in_scope_;
  std::vector<VarId> scope_variables_;
  std::vector<BufferId> scope_buffers_;
  std::vector<bool> written_, allocated_;
  std::optional<BufferId> recurrent_;  ///< of the store whose value is checked
  std::set<std::string_view> names_;
  IsWritten is_written_;  ///< empty where all kernels are walked
};

void Verifier::check_kernel(const Kernel& kernel) {
  where_ = fmt::format("kernel '{}'", kernel.name);
  check_origin(kernel.origin, "the kernel");
  if (kernel.body) {
    check_scope(kernel.body);
  } else {
    report("no body");
  }
}

void Verifier::check_buffer(const Buffer& buffer) {
  where_ = fmt::format("buffer '{}'", buffer.name);
  check_origin(buffer.origin, "the buffer");
  if (!names_.insert(buffer.name).second) report("another buffer has this name");
  for (const Expr& extent : buffer.shape) {
    if (!extent || extent->type != ValueType{}) {
      report("an extent is not i64");
    } else {
      check_expr(extent);
    }
  }
  check_memory(buffer);
}

void Verifier::check_memory(const Buffer& buffer) {
  const bool local = buffer.use == BufferUse::local;
  if (!local && buffer.memory != Memory::heap && buffer.memory != Memory::global) {
    report(fmt::format("memory of the whole program cannot be {}", name_of(buffer.memory)));
  }
  if (!local || (buffer.memory != Memory::stack && buffer.memory != Memory::registers)) return;
  for (const Expr& extent : buffer.shape) {
    if (extent && constant_of(extent).value_or(-1) < 0) {
      report(fmt::format("an extent in {} is no constant", name_of(buffer.memory)));
    }
  }
}

void Verifier::check_statement(const Stmt& stmt) {
  if (!stmt) return report("a null statement");
  if (is_full()) return;
  if (as<Block>(stmt)) return check_scope(stmt);
  if (!program_.origins.is_traceable(stmt->origin)) {
    report(fmt::format("a statement has no origin in the source:\n{}", ir::print(program_, stmt)));
  }
  if (const std::string error = type_error(*stmt); !error.empty()) return report(error);
  match(
      stmt, [&](const For& loop) { check_for(loop); },
      [&](const If& branch) {
        check_expr(branch.condition);
        check_scope(branch.body);
      },
      [&](const Let& let) {
        check_expr(let.value);
        declare(*as<Var>(let.var));
        check_origin(let.var->origin, text_of(let.var));
      },
      [&](const Allocate& allocate) { check_allocate(allocate.buffer); }, [&](const Block&) {},
      [&](const Store& store) { check_store(store); },
      [&](const Prefetch& prefetch) {
        for (const Expr& index : prefetch.indices)
          check_expr(index);
        if (exists(prefetch.buffer)) check_access(prefetch.buffer, prefetch.indices.size());
      },
      [&](const Assert& check) {
        check_expr(check.condition);
        if (check.value) check_expr(check.value);
      });
}

void Verifier::check_for(const For& loop) {
  check_expr(loop.begin);
  check_expr(loop.extent);
  exists(loop.stage);
  const bool unrolls = loop.kind == ForKind::vector || loop.kind == ForKind::unrolled;
  if (unrolls && constant_of(loop.extent).value_or(-1) < 0) {
    report(fmt::format("the extent of {} loop '{}' is no constant", name_of(loop.kind),
                       text_of(loop.var)));
  }
  const std::size_t outside = scope_variables_.size();
  declare(*as<Var>(loop.var));
  check_origin(loop.var->origin, text_of(loop.var));
  check_scope(loop.body);
  in_scope_.erase(scope_variables_.back());
  scope_variables_.resize(outside);
}

void Verifier::check_store(const Store& store) {
  for (const Expr& index : store.indices)
    check_expr(index);
  recurrent_ = store.buffer;
  check_expr(store.value);
  recurrent_.reset();
  if (store.predicate) check_expr(store.predicate);
  if (!exists(store.buffer)) return;
  const Buffer& buffer = program_[store.buffer];
  check_access(store.buffer, store.indices.size());
  if (buffer.use == BufferUse::input) report(fmt::format("input '{}' is stored to", buffer.name));
  if (store.value->type.dtype != buffer.dtype) {
    report(fmt::format("a value of {} is stored to '{}', which is {}", to_string(store.value->type),
                       buffer.name, tcc::name_of(buffer.dtype)));
  }
  written_[store.buffer.value] = true;
}

void Verifier::check_allocate(BufferId buffer) {
  if (!exists(buffer)) return;
  const std::string& name = program_[buffer].name;
  if (program_[buffer].use != BufferUse::local) {
    return report(fmt::format("'{}' is allocated, but no local buffer", name));
  }
  if (allocated_[buffer.value]) report(fmt::format("'{}' is allocated twice", name));
  allocated_[buffer.value] = true;
  written_[buffer.value] = false;
  scope_buffers_.push_back(buffer);
}

void Verifier::check_expr(const Expr& root) {
  for (const Expr& node : post_order(root)) {
    if (is_full()) return;
    check_node(node);
  }
}

void Verifier::check_node(const Expr& node) {
  if (!program_.origins.is_traceable(node->origin)) {
    report(fmt::format("'{}' has no origin in the source", text_of(node)));
  }
  if (const std::string error = type_error(*node); !error.empty()) report(error);
  if (const Var* var = as<Var>(node); var && !in_scope_.contains(var->id)) {
    report(fmt::format("variable '{}' is used where it is not declared", var->name));
  }
  if (const Load* load = as<Load>(node)) check_load(node, *load);
}

void Verifier::check_load(const Expr& node, const Load& load) {
  if (!exists(load.buffer)) return;
  const Buffer& buffer = program_[load.buffer];
  check_access(load.buffer, load.indices.size());
  if (node->type.dtype != buffer.dtype) {
    report(fmt::format("'{}' is read as {}, but is {}", buffer.name, to_string(node->type),
                       tcc::name_of(buffer.dtype)));
  }
  // A step of a recurrence reads the one before it, where there is one. Of a tensor without
  // elements nothing is stored, and no read of it happens.
  const bool recurs = recurrent_ == load.buffer && load.predicate;
  const bool is_empty = std::any_of(buffer.shape.begin(), buffer.shape.end(),
                                    [](const Expr& extent) { return constant_of(extent) == 0; });
  const bool written = written_[load.buffer.value] || buffer.use == BufferUse::input || recurs ||
                       is_empty || (is_written_ && is_written_(load.buffer));
  if (!written) {
    report(fmt::format("'{}' is read before anything is stored to it", buffer.name));
  }
}

void Verifier::check_access(BufferId buffer, std::size_t indices) {
  const Buffer& accessed = program_[buffer];
  if (indices != accessed.shape.size()) {
    report(fmt::format("'{}' has rank {}, but {} indices", accessed.name, accessed.shape.size(),
                       indices));
  }
  if (accessed.use == BufferUse::removed) {
    report(fmt::format("'{}' is removed, but used", accessed.name));
  }
  if (accessed.use == BufferUse::local && !allocated_[buffer.value]) {
    report(fmt::format("'{}' is used where it is not allocated", accessed.name));
  }
}

}  // namespace

std::vector<std::string> verify(const LoopProgram& program) { return Verifier(program).run(); }

std::vector<std::string> verify(const LoopProgram& program, const Kernel& kernel,
                                const IsWritten& is_written) {
  return Verifier(program).run(kernel, is_written);
}

void check_valid(const LoopProgram& program, std::string_view after) {
  const std::vector<std::string> breaches = verify(program);
  if (breaches.empty()) return;
  bug(fmt::format("{} left a malformed program:\n  {}\n\n{}", after, fmt::join(breaches, "\n  "),
                  print(program)));
}

void check_valid(const LoopProgram& program, const Kernel& kernel, const IsWritten& is_written,
                 std::string_view after) {
  const std::vector<std::string> breaches = verify(program, kernel, is_written);
  if (breaches.empty()) return;
  bug(fmt::format("{} left a malformed kernel:\n  {}\n\n{}", after, fmt::join(breaches, "\n  "),
                  print(program, kernel)));
}

}  // namespace tcc::ir
