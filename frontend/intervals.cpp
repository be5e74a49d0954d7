// The values that indices take as their variables run.
#include "frontend/intervals.h"

namespace tcc {

namespace {

/// Intervals of the nodes below an index, operands first.
class IntervalEvaluator {
 public:
  IntervalEvaluator(const syntax::Program& program, const TypedDefinition& typed,
                    const std::vector<checked::Variable>& variables)
      : program_(program), typed_(typed), variables_(variables) {}

  std::optional<IndexInterval> evaluate(syntax::NodeId root) {
    first_ = program_.nodes[root].first;
    results_.resize(root - first_ + 1);
    for (syntax::NodeId id = first_; id <= root; ++id)
      results_[id - first_] = of(id);
    return results_.back();
  }

 private:
  std::optional<IndexInterval> of(syntax::NodeId id) const {
    const Typed& typed = typed_[id];
    if (typed.affine) return interval_of(*typed.affine, variables_);
    const Extent* value = typed.value ? std::get_if<Extent>(&*typed.value) : nullptr;
    if (value) return IndexInterval{*value, *value};
    const auto* operation = std::get_if<syntax::Operation>(&program_.nodes[id].value);
    if (!operation) return {};
    const auto& a = results_[operation->operands.front() - first_];
    const auto& b = results_[operation->operands.back() - first_];
    return a && b ? combine(operation->op, *a, *b) : std::nullopt;
  }

  static std::optional<IndexInterval> combine(Op op, const IndexInterval& a,
                                              const IndexInterval& b) {
    switch (op) {
      case Op::add: return IndexInterval{a.lowest + b.lowest, a.highest + b.highest};
      case Op::subtract: return IndexInterval{a.lowest - b.highest, a.highest - b.lowest};
      case Op::negate: return IndexInterval{Extent(0) - a.highest, Extent(0) - a.lowest};
      case Op::multiply: return product(a, b);
      case Op::floor_divide:
      case Op::modulo: return division(op, a, b.lowest.constant(), b.highest.constant());
      default: return {};
    }
  }

  static std::optional<IndexInterval> product(const IndexInterval& a, const IndexInterval& b) {
    const bool is_fixed = b.lowest == b.highest;
    if (!is_fixed) return a.lowest == a.highest ? product(b, a) : std::nullopt;
    const Extent& factor = b.lowest;
    if (factor.is_surely_nonnegative()) return IndexInterval{a.lowest * factor, a.highest * factor};
    if (factor.is_surely_negative()) return IndexInterval{a.highest * factor, a.lowest * factor};
    return {};
  }

  static std::optional<IndexInterval> division(Op op, const IndexInterval& a,
                                               std::optional<std::int64_t> lowest,
                                               std::optional<std::int64_t> highest) {
    if (!lowest || lowest != highest || *lowest <= 0) return {};
    if (op == Op::modulo) return IndexInterval{0, *lowest - 1};
    return IndexInterval{Extent::quotient(a.lowest, *lowest), Extent::quotient(a.highest, *lowest)};
  }

  const syntax::Program& program_;
  const TypedDefinition& typed_;
  const std::vector<checked::Variable>& variables_;
  syntax::NodeId first_ = 0;
  std::vector<std::optional<IndexInterval>> results_;
};

}  // namespace

std::optional<IndexInterval> interval_of(const Affine& index,
                                         const std::vector<checked::Variable>& variables) {
  IndexInterval interval{index.constant, index.constant};
  for (const auto& [id, coefficient] : index.coefficients) {
    const Extent& begin = variables[id].begin;
    const Extent last = begin + variables[id].extent - 1;
    const bool rises = coefficient.is_surely_nonnegative();
    if (!rises && !coefficient.is_surely_negative()) return {};
    interval.lowest = interval.lowest + coefficient * (rises ? begin : last);
    interval.highest = interval.highest + coefficient * (rises ? last : begin);
  }
  return interval;
}

std::optional<IndexInterval> interval_of(const syntax::Program& program,
                                         const TypedDefinition& typed, syntax::NodeId index,
                                         const std::vector<checked::Variable>& variables) {
  return IntervalEvaluator(program, typed, variables).evaluate(index);
}

}  // namespace tcc
