// Equality of expressions by value numbering.
#include "ir/rewrites/same_expression.h"

#include <bit>
#include <map>
#include <unordered_map>

#include "ir/visit.h"

namespace tcc::ir {

namespace {

/// Gives equal nodes equal numbers, operands first.
class ValueNumbers {
 public:
  std::size_t number(const Expr& root) {
    for (const Expr& node : post_order(root)) {
      const std::vector<std::uint64_t> key = key_of(node);
      numbers_[node.get()] = by_key_.emplace(key, by_key_.size()).first->second;
    }
    return numbers_.at(root.get());
  }

 private:
  std::vector<std::uint64_t> key_of(const Expr& node) const {
    std::vector<std::uint64_t> key = {node->value.index(), std::uint64_t(node->type.dtype),
                                      node->type.lanes};
    const auto add = [&](auto value) { key.push_back(static_cast<std::uint64_t>(value)); };
    match(
        node, [&](const IntImm& number) { add(number.value); },
        [&](const FloatImm& number) { key.push_back(std::bit_cast<std::uint64_t>(number.value)); },
        [&](const Var& var) { add(var.id.value); }, [&](const Cast&) {},
        [&](const Unary& unary) { add(unary.op); }, [&](const Binary& binary) { add(binary.op); },
        [&](const Select&) {}, [&](const Call& call) { add(call.op); },
        [&](const Load& load) {
          add(load.buffer.value);
          add(load.predicate ? 1 : 0);
        },
        [&](const Ramp&) {}, [&](const Broadcast&) {},
        [&](const Shuffle& shuffle) {
          for (const std::uint16_t lane : shuffle.lanes)
            add(lane);
        });
    for_each_child(*node, [&](const Expr& child) { add(numbers_.at(child.get())); });
    return key;
  }

  std::map<std::vector<std::uint64_t>, std::size_t> by_key_;
  std::unordered_map<const ExprNode*, std::size_t> numbers_;
};

}  // namespace

bool same_expression(const Expr& a, const Expr& b) {
  ValueNumbers numbers;
  return numbers.number(a) == numbers.number(b);
}

}  // namespace tcc::ir
