// A second copy of a loop's body, for where its guards are known to hold.
#pragma once

#include <functional>
#include <map>

#include "ir/loop_program.h"
#include "ir/visit.h"

namespace tcc::ir {

/// Copies statements without the conditions that are told to hold, with variables, and local
/// buffers (`T.whole`), of its own. Conditions are known by their nodes: conjuncts of guards, of
/// selects' conditions and of predicates.
class UnguardedCopy {
 public:
  UnguardedCopy(LoopProgram& program, std::function<bool(const Expr&)> is_told)
      : program_(program), is_told_(std::move(is_told)) {}

  Stmt copy(const Stmt& stmt);

  /// The copy of a variable that stands for `old`.
  Expr fresh(const Expr& var);

 private:
  Expr without_told(const Expr& expr) const;
  Expr renamed(const Expr& expr) const;
  BufferId fresh(BufferId old);
  BufferId own_buffer(BufferId old) const;

  LoopProgram& program_;
  std::function<bool(const Expr&)> is_told_;
  Substitution variables_;
  std::map<BufferId, BufferId> buffers_;
};

}  // namespace tcc::ir
