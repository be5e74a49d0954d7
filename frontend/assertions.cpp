// What a program asserts of its sizes.
#include "frontend/assertions.h"

#include <fmt/format.h>

namespace tcc {

namespace {

class AssertionChecker {
 public:
  AssertionChecker(const syntax::Program& program, Names& names, checked::Program& checked,
                   Diagnostics& diagnostics)
      : program_(program), names_(names), checked_(checked), diagnostics_(diagnostics) {}

  /// Conjunctions are taken apart, on a list of their own.
  void check(syntax::NodeId condition) {
    std::vector<syntax::NodeId> pending = {condition};
    while (!pending.empty()) {
      const syntax::NodeId id = pending.back();
      pending.pop_back();
      const auto* operation = std::get_if<syntax::Operation>(&node(id).value);
      const auto* truth = std::get_if<syntax::BoolLiteral>(&node(id).value);
      if (truth && truth->value) continue;
      if (operation && operation->op == Op::logical_and) {
        pending.insert(pending.end(), operation->operands.rbegin(), operation->operands.rend());
      } else if (operation && info_of(operation->op).typing == OpTyping::comparison) {
        check(id, *operation);
      } else {
        diagnostics_
            .error(DiagnosticKind::unsupported, node(id).span,
                   "an assertion is a comparison of sizes, or several joined by 'and'")
            .suggest("write assert N >= K and N % 4 == 0");
      }
    }
  }

 private:
  const syntax::Node& node(syntax::NodeId id) const { return program_.nodes[id]; }

  /// A comparison of sizes that are known as polynomials.
  struct Comparison {
    syntax::NodeId id;
    Op op;
    Extent left;
    Extent right;
  };

  void check(syntax::NodeId id, const syntax::Operation& operation) {
    const auto left = evaluate_size(program_, operation.operands[0], names_, diagnostics_);
    const auto right = evaluate_size(program_, operation.operands[1], names_, diagnostics_);
    if (!left || !right) return;
    const Comparison comparison{id, operation.op, *left, *right};
    switch (operation.op) {
      case Op::greater_equal: return require(comparison, *left, *right);
      case Op::greater: return require(comparison, *left, *right + 1);
      case Op::less_equal: return require(comparison, *right, *left);
      case Op::less: return require(comparison, *right, *left + 1);
      case Op::equal: require(comparison, *left, *right); return require(comparison, *right, *left);
      default: return require_difference(comparison);
    }
  }

  static std::string message_of(const Comparison& comparison) {
    return fmt::format("the assertion {} {} {} does not hold", comparison.left.to_string(),
                       info_of(comparison.op).name, comparison.right.to_string());
  }

  void require(const Comparison& comparison, const Extent& larger, const Extent& smaller) {
    const Extent difference = larger - smaller;
    if (difference.is_surely_nonnegative()) return;
    if (difference.is_surely_negative()) return report(comparison);
    checked_.conditions.push_back({larger,
                                   smaller,
                                   {},
                                   DiagnosticKind::assertion,
                                   message_of(comparison),
                                   node(comparison.id).span});
  }

  void require_difference(const Comparison& comparison) {
    const Extent difference = comparison.left - comparison.right;
    const auto constant = difference.constant();
    if (constant && *constant == 0) return report(comparison);
    if (constant || (difference - 1).is_surely_nonnegative()) return;
    require(comparison, difference * difference, 1);
  }

  /// Where both sides of == differ, once.
  void report(const Comparison& comparison) {
    if (last_reported_ == comparison.id) return;
    last_reported_ = comparison.id;
    Report& report = diagnostics_.error(DiagnosticKind::assertion, node(comparison.id).span,
                                        message_of(comparison));
    report.caret = node(comparison.id).operator_span.begin;
  }

  const syntax::Program& program_;
  Names& names_;
  checked::Program& checked_;
  Diagnostics& diagnostics_;
  std::optional<syntax::NodeId> last_reported_;
};

}  // namespace

void check_assertions(const syntax::Program& program, Names& names, checked::Program& checked,
                      Diagnostics& diagnostics) {
  AssertionChecker checker(program, names, checked, diagnostics);
  for (const syntax::Assertion& assertion : program.assertions)
    checker.check(assertion.condition);
}

}  // namespace tcc
