// What a definition needs of the sizes: proven, refuted, or left to each run.
#include <algorithm>
#include <set>

#include <fmt/format.h>

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
  ReadChecker(const syntax::Program& program, const TypedDefinition& typed,
              checked::Program& checked, Diagnostics& diagnostics)
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
    const Span span = program_.nodes[index].span;
    const auto interval = interval_of(program_, typed_, index, checked_.variables);
    const auto& affine = typed_[index].affine;
    if (affine && overflows(*affine)) {
      diagnostics_.error(DiagnosticKind::limit, span, "the index overflows 64 bits");
      return;
    }
    if (!interval) {
      diagnostics_.error(DiagnosticKind::unsupported, span,
                         "an index that is no sum of variables is not supported yet");
      return;
    }
    const Shape runs = extents_of(read.inside, checked_);
    const Extent& extent = read.shape[axis];
    const std::string message = fmt::format("index {} is outside axis {} of {}, which is {}",
                                            range_text(*interval), axis, read.base, read.type);
    const auto kind = DiagnosticKind::out_of_bounds;
    const bool is_outside = interval->lowest.is_surely_negative() ||
                            (extent - 1 - interval->highest).is_surely_negative();
    if (read.guard == Guard::where && is_outside) {
      diagnostics_
          .error(DiagnosticKind::unsupported, span,
                 "a read that only its guard keeps inside is not supported yet")
          .note(message);
      return;
    }
    if (requirements_.require(interval->lowest, 0, runs, kind, span, message)) {
      requirements_.require(extent - 1, interval->highest, runs, kind, span, message);
    }
  }

  const syntax::Program& program_;
  const TypedDefinition& typed_;
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

void check_reads(const syntax::Program& program, const TypedDefinition& typed,
                 checked::Program& checked, Diagnostics& diagnostics) {
  ReadChecker checker(program, typed, checked, diagnostics);
  for (const ReadSite& read : typed.reads)
    checker.check(read);
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
      const std::string message = fmt::format("'{}' over {} elements has no value", site.reducer,
                                              extent == Extent(0) ? "zero" : extent.to_string());
      const auto kind = DiagnosticKind::empty_reduction;
      if (!requirements.require(extent, 1, results, kind, site.span, message)) break;
    }
  }
}

}  // namespace tcc
