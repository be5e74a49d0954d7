// Expressions compiled for the interpreter: each DAG becomes a run of instructions, operands first.
#pragma once

#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "ir/interpreter_operations.h"

namespace tcc::ir {

/// Where the indices and the predicate of a Load or Store are found.
struct Access {
  struct Index {
    std::uint32_t reg;
    std::uint32_t step;  ///< from lane to lane: 0 for a scalar index beside vector ones
  };
  BufferId buffer;
  std::vector<Index> indices;
  std::optional<std::uint32_t> predicate;
};

/// Instructions [first, last) of a tape.
struct TapeRange {
  std::uint32_t first = 0, last = 0;
};

struct Tape {
  std::vector<Instruction> instructions;
  std::vector<Access> accesses;
  std::vector<std::uint64_t> registers;  ///< with the literals in place
};

/// Grows a tape. Literals and variables keep their register throughout; any other node is computed
/// anew in each statement that uses it, since variables and memory change between them.
class TapeBuilder {
 public:
  /// From here on nodes are computed anew.
  void begin_statement() {
    computed_.clear();
    expansions_.clear();
  }

  /// The first of the registers that hold the value once the instructions have run.
  std::uint32_t compile(const Expr& expr);

  Access compile_access(BufferId buffer, const std::vector<Expr>& indices, const Expr& predicate);
  std::uint32_t declare(VarId var);
  void alias(VarId var, std::uint32_t reg) { variables_[var] = reg; }

  std::uint32_t position() const { return static_cast<std::uint32_t>(tape.instructions.size()); }

  Tape tape;

 private:
  std::uint32_t new_registers(std::uint32_t count);
  std::uint32_t compile_node(const Expr& expr);
  std::uint32_t compile_expanded(const Expr& expr);
  std::uint32_t emit(Instruction instruction);
  std::uint32_t register_of(const Expr& expr) const { return computed_.at(expr.get()); }

  std::unordered_map<const ExprNode*, std::uint32_t> computed_;
  std::map<VarId, std::uint32_t> variables_;
  std::vector<Expr> expansions_;  ///< nodes in computed_ that no statement holds
};

}  // namespace tcc::ir
