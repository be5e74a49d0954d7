// The variants of a schedule.
#include "ir/schedule_variants.h"

#include <algorithm>

#include <fmt/format.h>

#include "ir/affine/prove.h"
#include "ir/affine/simplify.h"
#include "ir/parser_expr.h"

namespace tcc::ir {

namespace {

struct Condition {
  std::string text;
  Expr holds;
};

/// Reads conditions over the sizes of one program.
class ConditionReader {
 public:
  ConditionReader(const LoopProgram& plain, const KnownNumbers& numbers) : program_(plain) {
    const OriginId origin = plain.kernels.empty() ? OriginId{} : plain.kernels.front().origin;
    for (const auto& [name, value] : numbers)
      names_.emplace(name, make_int(value, origin));
    for (const Expr& size : plain.sizes)
      names_.insert_or_assign(as<Var>(size)->name, size);
  }

  /// Null where the text is wrong, which is reported.
  Expr read(const ScheduleVariant& variant, Diagnostics& diagnostics) {
    SourceMap sources;
    Diagnostics faults;
    const SourceId source = sources.add("<condition>", variant.condition);
    TokenCursor cursor(tokenize_ir(sources, source, faults), faults);
    Expr condition = parse_expr(cursor, program_, {}, names_);
    const bool whole = cursor.at_end() || cursor.peek().kind == TokenKind::separator;
    std::string fault;
    if (faults.has_errors()) {
      fault = faults.reports().front().message;
      if (fault.starts_with("no variable")) fault.replace(3, 8, "size");
    } else if (!condition || !whole) {
      fault = "this is no condition";
    } else if (condition->type != ValueType{DType::boolean, 1}) {
      fault = "a condition is true or false, and this is a number";
    }
    if (fault.empty()) return simplify(condition);
    diagnostics.error(DiagnosticKind::bad_schedule, variant.span, fault).suggest(known_names());
    return {};
  }

 private:
  std::string known_names() const {
    std::string list;
    for (const auto& [name, value] : names_)
      list += (list.empty() ? "" : ", ") + name;
    return list.empty() ? "no size of this program has a name"
                        : fmt::format(
                              "write one over sizes, as M >= 512 and N % 16 == 0; there "
                              "are {}",
                              list);
  }

  LoopProgram program_;
  VariableNames names_;
};

bool is_for(const ScheduleBlock& block, TargetKind target) {
  return !block.target || *block.target == target;
}

}  // namespace

std::vector<ChosenVariant> choose_variants(const Schedule& schedule, const LoopProgram& plain,
                                           const KnownNumbers& numbers, TargetKind target,
                                           Diagnostics& diagnostics) {
  ConditionReader reader(plain, numbers);
  std::vector<Condition> conditions;
  for (const ScheduleBlock& block : schedule.blocks) {
    if (!is_for(block, target)) continue;
    for (const ScheduleVariant& variant : block.variants) {
      const auto same = [&](const Condition& known) { return known.text == variant.condition; };
      if (std::any_of(conditions.begin(), conditions.end(), same)) continue;
      if (const Expr holds = reader.read(variant, diagnostics)) {
        conditions.push_back({variant.condition, holds});
      }
      if (conditions.size() == max_variants) {
        diagnostics.error(DiagnosticKind::bad_schedule, variant.span,
                          fmt::format("a program has at most {} variants", max_variants));
        return {};
      }
    }
  }

  /// The schedule where `facts` hold: each block takes its first variant that is proven there.
  const auto resolved = [&](const Facts& facts, const std::string& chosen) {
    const auto holds = [&](const ScheduleVariant& variant) {
      if (variant.condition == chosen) return true;
      for (const Condition& known : conditions) {
        if (known.text == variant.condition) {
          return prove(known.holds, {}, facts) == Verdict::proven;
        }
      }
      return false;
    };
    Schedule result = schedule;
    for (ScheduleBlock& block : result.blocks) {
      const auto taken = std::find_if(block.variants.begin(), block.variants.end(), holds);
      const auto& more = taken == block.variants.end() ? block.general : taken->commands;
      block.commands.insert(block.commands.end(), more.begin(), more.end());
      block.variants.clear();
      block.general.clear();
    }
    return result;
  };

  std::vector<ChosenVariant> variants;
  for (const Condition& condition : conditions) {
    const Verdict known = prove(condition.holds, {}, plain.facts);
    if (known == Verdict::refuted && constant_of(condition.holds)) continue;
    if (known == Verdict::proven) {
      variants.push_back({"", {}, plain.facts, resolved(plain.facts, condition.text)});
      return variants;
    }
    const Facts facts = facts_from(condition.holds, plain.facts);
    variants.push_back({condition.text, condition.holds, facts, resolved(facts, condition.text)});
  }
  variants.push_back({"", {}, plain.facts, resolved(plain.facts, "")});
  return variants;
}

}  // namespace tcc::ir
