// Conditions that are known when a function is written out: operands first, nothing recurses.
#include "frontend/known_truth.h"

namespace tcc {

namespace {

using syntax::NodeId;

class TruthFinder {
 public:
  TruthFinder(const std::vector<syntax::Node>& nodes,
              const std::map<std::string, NodeReplacement>& names)
      : nodes_(nodes), names_(names) {}

  std::optional<bool> find(NodeId root) {
    first_ = nodes_[root].first;
    known_.resize(root - first_ + 1);
    for (NodeId id = first_; id <= root; ++id) {
      const auto* operation = std::get_if<syntax::Operation>(&nodes_[id].value);
      const auto* literal = std::get_if<syntax::BoolLiteral>(&meaning(id).value);
      known_[id - first_] = literal     ? std::optional(literal->value)
                            : operation ? truth_of(*operation)
                                        : std::nullopt;
    }
    return known_.back();
  }

 private:
  /// What a name stands for, where that is no tensor.
  const syntax::Node& meaning(NodeId id) const {
    const auto* name = std::get_if<syntax::Name>(&nodes_[id].value);
    const auto found = name ? names_.find(name->name) : names_.end();
    if (found == names_.end()) return nodes_[id];
    const NodeId* value = std::get_if<NodeId>(&found->second);
    return value ? nodes_[*value] : nodes_[id];
  }

  bool is_none(NodeId id) const {
    return std::holds_alternative<syntax::NewAxis>(meaning(id).value);
  }

  std::optional<bool> truth_of(const syntax::Operation& operation) const {
    const NodeId a = operation.operands.front();
    const NodeId b = operation.operands.back();
    const auto left = known_[a - first_];
    const auto right = known_[b - first_];
    switch (operation.op) {
      case Op::logical_not: return left ? std::optional(!*left) : std::nullopt;
      case Op::logical_and: return decided(left, right, false);
      case Op::logical_or: return decided(left, right, true);
      case Op::equal:
      case Op::not_equal: {
        const bool asks_for_none = std::holds_alternative<syntax::NewAxis>(nodes_[a].value) ||
                                   std::holds_alternative<syntax::NewAxis>(nodes_[b].value);
        if (!asks_for_none) return {};
        return (is_none(a) && is_none(b)) == (operation.op == Op::equal);
      }
      default: return {};
    }
  }

  /// `and` is decided by one false operand, `or` by one true.
  static std::optional<bool> decided(std::optional<bool> a, std::optional<bool> b, bool by) {
    if (a == by || b == by) return by;
    return a && b ? std::optional(!by) : std::nullopt;
  }

  const std::vector<syntax::Node>& nodes_;
  const std::map<std::string, NodeReplacement>& names_;
  NodeId first_ = 0;
  std::vector<std::optional<bool>> known_;
};

}  // namespace

std::optional<bool> known_truth(const std::vector<syntax::Node>& nodes, NodeId root,
                                const std::map<std::string, NodeReplacement>& names) {
  return TruthFinder(nodes, names).find(root);
}

}  // namespace tcc
