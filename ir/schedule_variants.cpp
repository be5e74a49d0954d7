// The variants of a schedule.
#include "ir/schedule_variants.h"

#include <algorithm>
#include <bit>
#include <set>

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

/// Some of the conditions, as bits in the order of the text.
using Chosen = std::uint32_t;

/// Finds which conditions a program has, and which sets of them make a difference.
class VariantChooser {
 public:
  VariantChooser(const Schedule& schedule, const LoopProgram& plain, TargetKind target)
      : schedule_(schedule), plain_(plain), target_(target) {}

  /// What holds for all sizes is always chosen, what holds for none never.
  bool read_conditions(const KnownNumbers& numbers, Diagnostics& diagnostics) {
    ConditionReader reader(plain_, numbers);
    for (const ScheduleBlock& block : schedule_.blocks) {
      if (!is_for(block, target_)) continue;
      for (const ScheduleVariant& variant : block.variants) {
        if (always_.contains(variant.condition) || position_of(variant.condition)) continue;
        const Expr holds = reader.read(variant, diagnostics);
        if (!holds) continue;
        const Verdict known = prove(holds, {}, plain_.facts);
        if (known == Verdict::proven) always_.insert(variant.condition);
        if (known == Verdict::proven || constant_of(holds) == 0) continue;
        conditions_.push_back({variant.condition, holds});
        if (conditions_.size() <= max_conditions) continue;
        diagnostics.error(
            DiagnosticKind::bad_schedule, variant.span,
            fmt::format("a program has at most {} different conditions", max_conditions));
        return false;
      }
    }
    return !diagnostics.has_errors();
  }

  /// Sets that make a difference, larger ones first: the first one that holds is the one to take.
  std::vector<ChosenVariant> variants() const {
    std::vector<std::pair<Chosen, Picks>> kept;  // the last first
    for (const Chosen chosen : smaller_sets_first()) {
      Picks picks = picks_for(chosen);
      const auto next = std::find_if(kept.rbegin(), kept.rend(), [&](const auto& other) {
        return (other.first & ~chosen) == 0;
      });
      // Where the same is picked without this set, by what is met first then, it is not needed.
      if (next == kept.rend() || next->second != picks) kept.emplace_back(chosen, std::move(picks));
    }
    std::vector<ChosenVariant> variants;
    for (auto each = kept.rbegin(); each != kept.rend(); ++each)
      variants.push_back(variant_of(each->first, each->second));
    return variants;
  }

 private:
  static constexpr std::size_t max_conditions = 8;
  /// For each block, the position of its variant that is taken, or -1 for the general one.
  using Picks = std::vector<std::ptrdiff_t>;

  std::optional<std::size_t> position_of(const std::string& text) const {
    for (std::size_t c = 0; c < conditions_.size(); ++c) {
      if (conditions_[c].text == text) return c;
    }
    return {};
  }

  /// In the order in which variants() keeps them: of sets of one size, those with later conditions.
  std::vector<Chosen> smaller_sets_first() const {
    std::vector<Chosen> sets(std::size_t{1} << conditions_.size());
    for (Chosen set = 0; set < sets.size(); ++set)
      sets[set] = set;
    std::sort(sets.begin(), sets.end(), [](Chosen a, Chosen b) {
      const int more = std::popcount(a) - std::popcount(b);
      const Chosen first_that_differs = (a ^ b) & (~(a ^ b) + 1);
      return more != 0 ? more < 0 : (b & first_that_differs) != 0;
    });
    return sets;
  }

  Facts facts_of(Chosen chosen) const {
    Facts facts = plain_.facts;
    for (std::size_t c = 0; c < conditions_.size(); ++c) {
      if ((chosen >> c & 1) != 0) facts = facts_from(conditions_[c].holds, std::move(facts));
    }
    return facts;
  }

  Picks picks_for(Chosen chosen) const {
    const Facts facts = facts_of(chosen);
    const auto holds = [&](const ScheduleVariant& variant) {
      if (always_.contains(variant.condition)) return true;
      const auto c = position_of(variant.condition);
      if (!c) return false;
      return (chosen >> *c & 1) != 0 || prove(conditions_[*c].holds, {}, facts) == Verdict::proven;
    };
    Picks picks;
    for (const ScheduleBlock& block : schedule_.blocks) {
      const auto& all = block.variants;
      const auto taken = std::find_if(all.begin(), all.end(), holds);
      picks.push_back(taken == all.end() ? -1 : taken - all.begin());
    }
    return picks;
  }

  ChosenVariant variant_of(Chosen chosen, const Picks& picks) const {
    ChosenVariant variant{"", {}, facts_of(chosen), schedule_};
    for (std::size_t c = 0; c < conditions_.size(); ++c) {
      if ((chosen >> c & 1) == 0) continue;
      const auto& [text, holds] = conditions_[c];
      const bool joined = std::popcount(chosen) > 1 && text.find(" or ") != std::string::npos;
      variant.condition += variant.condition.empty() ? "" : " and ";
      variant.condition += joined ? "(" + text + ")" : text;
      variant.holds =
          variant.holds ? make_binary(Op::logical_and, variant.holds, holds, holds->origin) : holds;
    }
    for (std::size_t b = 0; b < picks.size(); ++b) {
      ScheduleBlock& block = variant.schedule.blocks[b];
      const auto& more = picks[b] < 0 ? block.general
                                      : block.variants[static_cast<std::size_t>(picks[b])].commands;
      block.commands.insert(block.commands.end(), more.begin(), more.end());
      block.variants.clear();
      block.general.clear();
    }
    return variant;
  }

  const Schedule& schedule_;
  const LoopProgram& plain_;
  TargetKind target_;
  std::vector<Condition> conditions_;
  std::set<std::string> always_;
};

}  // namespace

std::vector<ChosenVariant> choose_variants(const Schedule& schedule, const LoopProgram& plain,
                                           const KnownNumbers& numbers, TargetKind target,
                                           Diagnostics& diagnostics) {
  VariantChooser chooser(schedule, plain, target);
  if (!chooser.read_conditions(numbers, diagnostics)) return {};
  std::vector<ChosenVariant> variants = chooser.variants();
  if (variants.size() <= max_variants) return variants;
  diagnostics
      .error(DiagnosticKind::bad_schedule, {},
             fmt::format("the conditions of the schedule make {} variants, more than {}",
                         variants.size(), max_variants))
      .suggest("let blocks have the same conditions");
  return {};
}

}  // namespace tcc::ir
