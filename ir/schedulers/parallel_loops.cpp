// Which loops of a scheduled program are shared out over threads.
#include "ir/schedulers/parallel_loops.h"

#include <algorithm>
#include <optional>

#include "ir/rewrites/loops.h"
#include "ir/rewrites/rewrite.h"
#include "ir/schedulers/arrangement.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

/// Operations, in nodes of expressions, that take some ten microseconds as vectors.
constexpr double least_work = 128 * 1024;
/// So that threads find ranges of about the same length.
constexpr std::int64_t enough_iterations = 16;

/// Nodes that a run of the statement computes; nothing where a size is open.
std::optional<double> work_of(const Stmt& stmt) {
  double nodes = 1;
  map_expressions(stmt, [&](const Expr& expr) {
    nodes += is_leaf(expr) ? 0 : static_cast<double>(post_order(expr).size());
    return expr;
  });
  bool known = true;
  map_statements(stmt, [&](const Stmt& inner) {
    const auto work = known ? work_of(inner) : std::nullopt;
    known = work.has_value();
    nodes += work.value_or(0);
    return inner;
  });
  if (!known) return {};
  const For* loop = as<For>(stmt);
  if (!loop) return nodes;
  const auto extent = constant_of(loop->extent);
  if (!extent) return {};
  return nodes * static_cast<double>(*extent);
}

/// The loop that a body is, but for what it declares; null where there is another statement.
const For* only_loop(const Stmt& body) {
  if (const For* loop = as<For>(body)) return loop;
  const For* found = nullptr;
  const Block* block = as<Block>(body);
  if (!block) return nullptr;
  for (const Stmt& stmt : block->statements) {
    if (as<Let>(stmt)) continue;
    if (found || !as<For>(stmt)) return nullptr;
    found = as<For>(stmt);
  }
  return found;
}

/// Whether a loop is in no other.
bool is_outermost(const Stmt& body, VarId var) {
  return match(
      body, [&](const For& loop) { return var_of(loop) == var; },
      [&](const If& guard) { return is_outermost(guard.body, var); },
      [&](const Block& block) {
        return std::any_of(block.statements.begin(), block.statements.end(),
                           [&](const Stmt& inner) { return is_outermost(inner, var); });
      },
      [](const auto&) { return false; });
}

class LoopSharing {
 public:
  LoopSharing(IndexedProgram& program, const std::set<std::string>& given)
      : program_(program), given_(given) {}

  std::vector<ScheduleBlock> run() {
    for (KernelIndex k = 0; k < program_->kernels.size(); ++k) {
      const Stmt body = program_.body(k);  // kept: the program's own is replaced
      if (body) visit(body, Around::nothing);
    }
    return std::move(blocks_);
  }

 private:
  enum class Around : std::uint8_t { nothing, loops };

  void visit(const Stmt& stmt, Around around) {
    match(
        stmt,
        [&](const Block& block) {
          for (const Stmt& inner : block.statements)
            visit(inner, around);
        },
        [&](const If& guard) { visit(guard.body, around); },
        [&](const For& loop) {
          if (loop.kind != ForKind::serial) return;
          const auto work = work_of(stmt);
          if (work ? *work < least_work : around == Around::loops) return;
          if (!share_out(loop)) visit(loop.body, Around::loops);
        },
        [](const auto&) {});
  }

  bool share_out(const For& loop) {
    const auto extent = constant_of(loop.extent);
    if (extent && *extent < enough_iterations) {
      const For* inner = only_loop(loop.body);
      const auto count = inner ? constant_of(inner->extent) : std::nullopt;
      const bool is_longer =
          inner && inner->kind == ForKind::serial && (!count || *count > *extent);
      if (is_longer && share_out(*inner)) return true;
      if (*extent < 2) return false;
    }
    return make_parallel(loop);
  }

  bool make_parallel(const For& loop) {
    const std::string& stage = program_[loop.stage].name;
    if (given_.contains(stage)) return false;
    if (!done_.insert({loop.stage, name_of(loop)}).second) return true;
    ScheduleCommand command = make_command("parallel", {name_of(loop)});
    auto bound = bind_command(program_, loop.stage, command, Reassociation::forbidden);
    if (!bound || reaches_inside(bound->call) || !bound->rewrite->apply(program_, bound->call)) {
      done_.erase({loop.stage, name_of(loop)});
      return false;
    }
    if (blocks_.empty() || blocks_.back().definition != stage)
      blocks_.emplace_back().definition = stage;
    blocks_.back().commands.push_back(std::move(command));
    return true;
  }

  /// A name that several nests have, as that of an initialization, and one of them inside a loop.
  bool reaches_inside(const RewriteCall& call) const {
    const std::vector<VarId>& loops = call.loops("loop");
    return loops.size() > 1 && !std::all_of(loops.begin(), loops.end(), [&](VarId var) {
             return is_outermost(program_.body(kernel_of(program_, call.stage, var)), var);
           });
  }

  IndexedProgram& program_;
  const std::set<std::string>& given_;
  std::set<std::pair<BufferId, std::string>> done_;
  std::vector<ScheduleBlock> blocks_;
};

}  // namespace

std::vector<ScheduleBlock> make_loops_parallel(IndexedProgram& program,
                                               const std::set<std::string>& given) {
  return LoopSharing(program, given).run();
}

}  // namespace tcc::ir
