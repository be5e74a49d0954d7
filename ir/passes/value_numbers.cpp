// Numbers for values: two nodes have the same number where they compute the same.
#include "ir/passes/value_numbers.h"

#include <bit>

#include "ir/operands.h"
#include "ir/visit.h"

namespace tcc::ir {

std::size_t ValueNumbers::Hash::operator()(const Key& key) const {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a, by words
  for (const std::uint64_t word : key)
    hash = (hash ^ word) * 0x100000001b3, hash ^= hash >> 29;
  return hash;
}

void ValueNumbers::number(const std::vector<Expr>& order) {
  positions_.clear();
  numbers_.clear();
  for (const Expr& node : order) {
    positions_.emplace(node.get(), numbers_.size());
    numbers_.push_back(number_node(node));
  }
}

ValueNumbers::Number ValueNumbers::number_node(const Expr& node) {
  if (const Var* var = as<Var>(node)) {
    const auto found = variables_.find(var->id.value);
    if (found != variables_.end()) return found->second;
  }
  key_.clear();
  key_.push_back(node->value.index() << 32 | std::uint64_t{node->type.lanes} << 8 |
                 static_cast<std::uint64_t>(node->type.dtype));
  append_own(node);
  visit_operands(*node,
                 [&](const Expr& operand) { key_.push_back(numbers_[position_of(operand)]); });
  const auto [found, is_new] = known_.emplace(key_, next_);
  if (is_new) ++next_;
  return found->second;
}

/// What a node has beside its operands.
void ValueNumbers::append_own(const Expr& node) {
  const auto operation = [&](Op op) { key_.push_back(static_cast<std::uint64_t>(op)); };
  match(
      node, [&](const IntImm& n) { key_.push_back(static_cast<std::uint64_t>(n.value)); },
      [&](const FloatImm& n) { key_.push_back(std::bit_cast<std::uint64_t>(n.value)); },
      [&](const Var& n) { key_.push_back(n.id.value); }, [](const Cast&) {},
      [&](const Unary& n) { operation(n.op); }, [&](const Binary& n) { operation(n.op); },
      [](const Select&) {}, [&](const Call& n) { operation(n.op); },
      [&](const Load& n) {
        const auto version = versions_.find(n.buffer.value);
        key_.push_back(n.buffer.value);
        key_.push_back(version == versions_.end() ? 0 : version->second);
        key_.push_back(n.predicate ? 1 : 0);
      },
      [](const Ramp&) {}, [](const Broadcast&) {},
      [&](const Shuffle& n) { key_.insert(key_.end(), n.lanes.begin(), n.lanes.end()); });
}

}  // namespace tcc::ir
