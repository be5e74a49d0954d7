// What a definition needs of the sizes: proven, refuted, or left to each run.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "frontend/affine.h"
#include "frontend/guard_facts.h"
#include "frontend/intervals.h"
#include "frontend/ranges.h"

namespace tcc {

namespace {

/// The extents of some variables.
Shape extents_of(const std::vector<checked::VariableId>& variables,
                 const checked::Program& program) {
  Shape extents;
  for (const checked::VariableId id : variables)
    extents.push_back(program.variables[id].extent);
  return extents;
}

/// left >= right where all of `loops` have iterations: decided here, or left to the run.
class Requirements {
 public:
  Requirements(checked::Program& checked, Diagnostics& diagnostics)
      : checked_(checked), diagnostics_(diagnostics) {}

  /// False after a report.
  bool require(const Extent& left, const Extent& right, const Shape& loops, DiagnosticKind kind,
               Span span, const std::string& message) {
    if ((left - right).is_surely_nonnegative()) return true;
    Shape unless_empty;
    for (const Extent& extent : loops) {
      if ((Extent(0) - extent).is_surely_nonnegative()) return true;
      if (!(extent - 1).is_surely_nonnegative()) unless_empty.push_back(extent);
    }
    // A read that is outside whenever it happens is a mistake; a reduction without elements is one
    // only where there is a result.
    const bool is_certain = unless_empty.empty() || kind == DiagnosticKind::out_of_bounds;
    if ((left - right).is_surely_negative() && is_certain) {
      diagnostics_.error(kind, span, message);
      return false;
    }
    checked_.conditions.push_back({left, right, std::move(unless_empty), kind, message, span});
    return true;
  }

 private:
  checked::Program& checked_;
  Diagnostics& diagnostics_;
};

std::string range_text(const IndexInterval& interval) {
  const std::string lowest = interval.lowest.to_string();
  const std::string highest = interval.highest.to_string();
  return lowest == highest ? lowest : fmt::format("{} to {}", lowest, highest);
}

bool overflows(const Affine& index) {
  return index.constant.overflowed() ||
         std::any_of(index.coefficients.begin(), index.coefficients.end(),
                     [](const auto& entry) { return entry.second.overflowed(); });
}

class ReadChecker {
 public:
  ReadChecker(const syntax::Program& program, TypedDefinition& typed, checked::Program& checked,
              Diagnostics& diagnostics)
      : program_(program),
        typed_(typed),
        checked_(checked),
        diagnostics_(diagnostics),
        requirements_(checked, diagnostics) {}

  void check(const ReadSite& read) {
    for (std::size_t axis = 0; axis < read.indices.size(); ++axis)
      check_axis(read, axis);
  }

 private:
  void check_axis(const ReadSite& read, std::size_t axis) {
    const syntax::NodeId index = read.indices[axis];
    const auto interval = interval_of(program_, typed_, index, checked_.variables);
    const auto& affine = typed_[index].affine;
    if (affine && overflows(*affine)) {
      diagnostics_.error(DiagnosticKind::limit, program_.nodes[index].span,
                         "the index overflows 64 bits");
      return;
    }
    if (!read.branches.empty() && !is_inside(interval, read.shape[axis])) {
      check_guarded_axis(read, axis);
    } else if (!interval) {
      typed_.read_guards[read.node].checked_axes.push_back(static_cast<std::uint32_t>(axis));
    } else {
      check_every_point(read, axis, *interval);
    }
  }

  /// One condition for all points of the loops around.
  void check_every_point(const ReadSite& read, std::size_t axis, const IndexInterval& interval) {
    const Shape runs = extents_of(read.inside, checked_);
    const Extent& extent = read.shape[axis];
    const Span span = program_.nodes[read.indices[axis]].span;
    const std::string message = fmt::format("index {} is outside axis {} of {}, which is {}",
                                            range_text(interval), axis, read.base, read.type);
    const auto kind = DiagnosticKind::out_of_bounds;
    if (requirements_.require(interval.lowest, 0, runs, kind, span, message)) {
      requirements_.require(extent - 1, interval.highest, runs, kind, span, message);
    }
  }

  /// A read whose branches keep it inside happens only there; where that is not proven, its index
  /// is checked for each element.
  void check_guarded_axis(const ReadSite& read, std::size_t axis) {
    ReadGuards& guards = typed_.read_guards[read.node];
    guards.branches = read.branches;
    const auto index = affine_of(typed_[read.indices[axis]]);
    const auto facts = facts_of(program_, typed_, read.branches);
    const Affine last{read.shape[axis] - 1, {}};
    const bool is_proven =
        index && is_nonnegative(*index, facts) && is_nonnegative(difference(last, *index), facts);
    if (!is_proven) guards.checked_axes.push_back(static_cast<std::uint32_t>(axis));
  }

  /// At least 0 by itself, or as much as some fact says.
  bool is_nonnegative(const Affine& value, const std::vector<Affine>& facts) const {
    const auto is_surely = [&](const Affine& affine) {
      const auto interval = interval_of(affine, checked_.variables);
      return interval && interval->lowest.is_surely_nonnegative();
    };
    return is_surely(value) || std::any_of(facts.begin(), facts.end(), [&](const Affine& fact) {
             return is_surely(difference(value, fact));
           });
  }

  static bool is_inside(const std::optional<IndexInterval>& interval, const Extent& extent) {
    return interval && interval->lowest.is_surely_nonnegative() &&
           (extent - 1 - interval->highest).is_surely_nonnegative();
  }

  const syntax::Program& program_;
  TypedDefinition& typed_;
  checked::Program& checked_;
  Diagnostics& diagnostics_;
  Requirements requirements_;
};

}  // namespace

void check_axes(const TypedDefinition& typed, checked::Program& checked, Diagnostics& diagnostics) {
  Requirements requirements(checked, diagnostics);
  std::set<checked::VariableId> variables(typed.variables[0].begin(), typed.variables[0].end());
  variables.insert(typed.open.begin(), typed.open.end());
  for (const checked::VariableId id : variables) {
    const checked::Variable& axis = checked.variables[id];
    requirements.require(axis.extent, 0, {}, DiagnosticKind::range_conflict, axis.span,
                         fmt::format("the range of '{}' is 0:{}, which is negative", axis.name,
                                     axis.extent.to_string()));
  }
}

void check_reads(const syntax::Program& program, TypedDefinition& typed, checked::Program& checked,
                 Diagnostics& diagnostics) {
  ReadChecker checker(program, typed, checked, diagnostics);
  for (const ReadSite& read : typed.reads)
    checker.check(read);
}

void check_requirements(const TypedDefinition& typed, checked::Program& checked,
                        Diagnostics& diagnostics) {
  Requirements requirements(checked, diagnostics);
  for (const checked::Condition& each : typed.requirements) {
    const bool holds =
        requirements.require(each.left, each.right, {}, each.kind, each.span, each.message);
    if (!holds) return;
  }
}

void check_reductions(const TypedDefinition& typed, checked::Program& checked,
                      Diagnostics& diagnostics) {
  Requirements requirements(checked, diagnostics);
  for (const ReductionSite& site : typed.reductions) {
    Shape reduced = extents_of(site.variables, checked);
    reduced.insert(reduced.end(), site.reduced.begin(), site.reduced.end());
    Shape results = extents_of(site.inside, checked);
    results.insert(results.end(), site.result.begin(), site.result.end());
    for (const Extent& extent : reduced) {
      const std::string message =
          fmt::format("'{}' over {} elements has no value", site.reducer,
                      extent.constant().value_or(1) <= 0 ? "zero" : extent.to_string());
      const auto kind = DiagnosticKind::empty_reduction;
      if (!requirements.require(extent, 1, results, kind, site.span, message)) break;
    }
  }
}

}  // namespace tcc
