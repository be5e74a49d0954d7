// Expressions of one kernel: each DAG becomes straight LLVM code, operands first, each node once a
// statement.
#pragma once

#include <map>
#include <unordered_map>

#include "codegen/llvm/arithmetic.h"
#include "codegen/llvm/memory.h"
#include "ir/math/elementary.h"

namespace tcc::codegen {

/// The value of an expression. A vector whose lanes are `base + lane * step` may be known by its
/// rule alone; `value` is null then, until something needs the lanes themselves.
struct Emitted {
  llvm::Value* value = nullptr;
  llvm::Value* base = nullptr;  ///< a scalar; null where there is no rule
  std::int64_t step = 0;        ///< 0 unless the lanes are integers

  bool is_uniform() const { return base && step == 0; }
};

class Expressions {
 public:
  /// `buffers` by BufferId; those that an expression reads are filled in by then.
  Expressions(Builder& builder, const LlvmOptions& options,
              const std::vector<BufferMemory>& buffers)
      : builder_(builder), arithmetic_(builder, options), memory_(builder), buffers_(buffers) {}

  /// From here on nodes are computed anew: variables and memory change between statements.
  void begin_statement() {
    computed_.clear();
    expansions_.clear();
  }

  /// The value in registers; a scalar, or a vector.
  llvm::Value* emit(const ir::Expr& expr);
  /// The value as far as it is known.
  Emitted emit_lazily(const ir::Expr& expr);
  /// Of a load or store.
  std::vector<AccessIndex> emit_indices(std::span<const ir::Expr> indices);

  void declare(ir::VarId var, Emitted value) { variables_[var] = value; }
  void declare(ir::VarId var, llvm::Value* value) { declare(var, Emitted{value}); }
  /// What a variable that is declared stands for here.
  const Emitted& value_of(ir::VarId var) const { return variables_.at(var); }

 private:
  void compute(const ir::Expr& root);
  Emitted emit_node(const ir::Expr& expr);
  Emitted emit_expanded(const ir::Expr& expr);
  Emitted emit_rare(const ir::Expansion& expansion, llvm::Value* value, llvm::Value* is_rare);
  Emitted emit_variable(const ir::Var& var);
  Emitted emit_binary(const ir::Expr& expr, const ir::Binary& binary);
  Emitted emit_load(const ir::Expr& expr, const ir::Load& load);
  Emitted emit_ramp(const ir::Expr& expr, const ir::Ramp& ramp);
  Emitted emit_shuffle(const ir::Expr& expr, const ir::Shuffle& shuffle);

  /// f on the operands' values; once, where all lanes of each operand are the same.
  template <typename F> Emitted lane_by_lane(std::span<const ir::Expr> operands, F&& f);

  /// The value of an operand that is computed already.
  llvm::Value* lanes_of(const ir::Expr& expr);

  Builder& builder_;
  Arithmetic arithmetic_;
  MemoryAccess memory_;
  const std::vector<BufferMemory>& buffers_;
  std::map<ir::VarId, Emitted> variables_;
  std::unordered_map<const ir::ExprNode*, Emitted> computed_;
  std::vector<ir::Expr> expansions_;  ///< nodes in computed_ that no statement holds
};

}  // namespace tcc::codegen
