// What the branches around a read say about index variables.
#include "frontend/guard_facts.h"

#include "frontend/affine.h"

namespace tcc {

namespace {

struct Claim {
  syntax::NodeId condition;
  bool holds;
};

class FactReader {
 public:
  FactReader(const syntax::Program& program, const TypedDefinition& typed)
      : program_(program), typed_(typed) {}

  std::vector<Affine> read(const std::vector<Branch>& branches) {
    for (const Branch& branch : branches)
      pending_.push_back({branch.condition, branch.wanted});
    while (!pending_.empty()) {
      const Claim claim = pending_.back();
      pending_.pop_back();
      const auto* operation =
          std::get_if<syntax::Operation>(&program_.nodes[claim.condition].value);
      if (operation) read(*operation, claim.holds);
    }
    return std::move(facts_);
  }

 private:
  void read(const syntax::Operation& operation, bool holds) {
    const auto& operands = operation.operands;
    switch (operation.op) {
      case Op::logical_not: return pending_.push_back({operands[0], !holds});
      case Op::logical_and:
      case Op::logical_or:
        if ((operation.op == Op::logical_and) != holds) return;  // one of them: which is not known
        for (const syntax::NodeId operand : operands)
          pending_.push_back({operand, holds});
        return;
      case Op::less: return add(operands[holds ? 1 : 0], operands[holds ? 0 : 1], holds ? 1 : 0);
      case Op::greater: return add(operands[holds ? 0 : 1], operands[holds ? 1 : 0], holds ? 1 : 0);
      case Op::less_equal:
        return add(operands[holds ? 1 : 0], operands[holds ? 0 : 1], holds ? 0 : 1);
      case Op::greater_equal:
        return add(operands[holds ? 0 : 1], operands[holds ? 1 : 0], holds ? 0 : 1);
      case Op::equal:
      case Op::not_equal:
        if ((operation.op == Op::equal) != holds) return;
        add(operands[0], operands[1], 0);
        return add(operands[1], operands[0], 0);
      default: return;
    }
  }

  /// larger - smaller >= distance
  void add(syntax::NodeId larger, syntax::NodeId smaller, std::int64_t distance) {
    const auto a = affine_of(typed_[larger]);
    const auto b = affine_of(typed_[smaller]);
    if (!a || !b) return;
    facts_.push_back(difference(difference(*a, *b), {distance, {}}));
  }

  const syntax::Program& program_;
  const TypedDefinition& typed_;
  std::vector<Claim> pending_;
  std::vector<Affine> facts_;
};

}  // namespace

std::vector<Affine> facts_of(const syntax::Program& program, const TypedDefinition& typed,
                             const std::vector<Branch>& branches) {
  return FactReader(program, typed).read(branches);
}

}  // namespace tcc
