// Numbers for values: two nodes have the same number where they compute the same.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "ir/expr.h"

namespace tcc::ir {

/// Numbers nodes by operation, type and the numbers of operands; origins do not count. Loads also
/// by the version of their buffer, which whoever walks the statements counts up at each store.
class ValueNumbers {
 public:
  using Number = std::uint32_t;

  /// Numbers nodes, operands first. The nodes must live as long as this.
  void number(const std::vector<Expr>& order);

  /// By the position in the order that was numbered last.
  Number number_at(std::size_t position) const { return numbers_[position]; }
  std::size_t position_of(const Expr& node) const { return positions_.at(node.get()); }

  /// A variable that stands for a value has the value's number.
  void alias(VarId var, Number number) { variables_[var.value] = number; }

  /// Loads of the buffer give other values from here on.
  void store_to(BufferId buffer) { versions_[buffer.value] = ++version_; }

 private:
  using Key = std::vector<std::uint64_t>;
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };

  Number number_node(const Expr& node);
  void append_own(const Expr& node);

  std::unordered_map<Key, Number, Hash> known_;
  std::unordered_map<const ExprNode*, std::size_t> positions_;
  std::vector<Number> numbers_;
  std::unordered_map<std::uint32_t, Number> variables_;
  std::unordered_map<std::uint32_t, std::uint64_t> versions_;
  std::uint64_t version_ = 0;
  Number next_ = 0;
  Key key_;
};

}  // namespace tcc::ir
