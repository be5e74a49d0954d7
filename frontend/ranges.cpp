// Ranges of index variables from the reads that they are in.
#include "frontend/ranges.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "frontend/intervals.h"

namespace tcc {

namespace {

/// One axis of a read that a variable is in.
struct Use {
  const ReadSite* read;
  std::size_t axis;
  const Affine* index;
};

class RangeInference {
 public:
  RangeInference(const syntax::Program& program, const TypedDefinition& typed,
                 checked::Program& checked, Diagnostics& diagnostics)
      : program_(program),
        checked_(checked),
        diagnostics_(diagnostics),
        open_(typed.open.begin(), typed.open.end()) {
    for (const ReadSite& read : typed.reads) {
      for (std::size_t axis = 0; axis < read.indices.size(); ++axis) {
        const auto& affine = typed[read.indices[axis]].affine;
        if (!affine) continue;
        for (const auto& [variable, coefficient] : affine->coefficients) {
          auto& uses = read.branches.empty() ? uses_ : guarded_uses_;
          uses[variable].push_back({&read, axis, &*affine});
        }
      }
    }
  }

  void infer() {
    const std::set<checked::VariableId> all = open_;
    for (const checked::VariableId variable : all) {  // guarded reads only if nothing else (6.3)
      if (uses_[variable].empty()) uses_[variable] = guarded_uses_[variable];
    }
    for (const checked::VariableId variable : all)
      infer_from_whole_axes(variable);
    while (!open_.empty() && infer_next()) {
    }
    for (const checked::VariableId variable : open_)
      report_open(variable);
  }

 private:
  const Extent& extent_of(const Use& use) const { return use.read->shape[use.axis]; }
  Span span_of(const Use& use) const { return program_.nodes[use.read->indices[use.axis]].span; }

  static bool stands_alone(const Use& use, checked::VariableId variable) {
    return use.index->constant == Extent(0) && use.index->coefficients.size() == 1 &&
           use.index->coefficients.at(variable) == Extent(1);
  }

  void set(checked::VariableId variable, Extent extent) {
    checked_.variables[variable].extent = std::move(extent);
    open_.erase(variable);
  }

  /// A variable that stands alone as an index has that axis's extent; all such uses must agree.
  void infer_from_whole_axes(checked::VariableId variable) {
    const Use* first = nullptr;
    for (const Use& use : uses_[variable]) {
      if (!stands_alone(use, variable)) continue;
      if (!first) first = &use;
      if (extent_of(use) == extent_of(*first)) continue;
      report_conflict(variable, *first, use);
      break;
    }
    if (first) set(variable, extent_of(*first));
  }

  void report_conflict(checked::VariableId variable, const Use& first, const Use& other) {
    const auto words = [&](const Use& use) {
      return fmt::format("{} as axis {} of {}, which is {}", extent_of(use).to_string(), use.axis,
                         use.read->base, use.read->type);
    };
    diagnostics_
        .error(DiagnosticKind::range_conflict, span_of(other),
               fmt::format("index variable '{}' has two ranges: {}; {}",
                           checked_.variables[variable].name, words(first), words(other)))
        .note("the other use is here", span_of(first))
        .suggest(fmt::format("write its range, as in {} in 0:{}", checked_.variables[variable].name,
                             extent_of(first).to_string()));
  }

  /// Infers one variable whose affine uses hold known variables beside it; false where none is.
  bool infer_next() {
    for (const checked::VariableId variable : open_) {
      const auto& uses = uses_[variable];
      const bool is_ready = !uses.empty() && std::all_of(uses.begin(), uses.end(), [&](auto& use) {
        return std::all_of(
            use.index->coefficients.begin(), use.index->coefficients.end(),
            [&](auto& entry) { return entry.first == variable || !open_.count(entry.first); });
      });
      if (!is_ready) continue;
      infer_from_affine(variable);
      return true;
    }
    return false;
  }

  /// The largest 0:n for which every read is inside.
  void infer_from_affine(checked::VariableId variable) {
    std::optional<Extent> smallest;
    for (const Use& use : uses_[variable]) {
      const auto count = largest_count(use, variable);
      if (!count) return report_undetermined(variable, use);
      if (count->is_surely_negative()) return report_zero_outside(variable, use);
      smallest = smallest ? Extent::minimum(*smallest, *count) : *count;
    }
    set(variable, *smallest);
  }

  /// coefficient * v + rest inside 0:extent for v in 0:n: the largest n; negative where 0 itself is
  /// outside.
  std::optional<Extent> largest_count(const Use& use, checked::VariableId variable) const {
    const auto coefficient = use.index->coefficients.at(variable).constant();
    Affine rest = *use.index;
    rest.coefficients.erase(variable);
    const auto interval = interval_of(rest, checked_.variables);
    if (!coefficient || !interval) return {};
    if (*coefficient > 0) {
      if (interval->lowest.is_surely_negative()) return -1;  // 0 itself is outside
      return Extent::quotient(extent_of(use) - 1 - interval->highest, *coefficient) + 1;
    }
    const bool is_outside = (interval->highest - extent_of(use)).is_surely_nonnegative();
    if (is_outside && extent_of(use) != Extent(0)) return -1;
    return Extent::quotient(interval->lowest, -*coefficient) + 1;
  }

  void report_undetermined(checked::VariableId variable, const Use& use) {
    const std::string& name = checked_.variables[variable].name;
    diagnostics_
        .error(DiagnosticKind::unbound_index, span_of(use),
               fmt::format("the range of '{}' does not follow from this index", name))
        .suggest(fmt::format("write it, as in {} in 0:N", name));
    open_.erase(variable);
  }

  void report_zero_outside(checked::VariableId variable, const Use& use) {
    const std::string& name = checked_.variables[variable].name;
    diagnostics_
        .error(DiagnosticKind::unbound_index, span_of(use),
               fmt::format("where '{}' is 0 this index is outside axis {} of {}, which is {}", name,
                           use.axis, use.read->base, use.read->type))
        .suggest(fmt::format("write the range of '{}' where that is meant, as in {} in 1:N", name,
                             name));
    open_.erase(variable);
  }

  void report_open(checked::VariableId variable) {
    const checked::Variable& open = checked_.variables[variable];
    diagnostics_
        .error(DiagnosticKind::unbound_index, open.span,
               fmt::format("nothing determines the range of '{}'", open.name))
        .suggest(fmt::format("write it, as in {} in 0:N", open.name));
  }

  const syntax::Program& program_;
  checked::Program& checked_;
  Diagnostics& diagnostics_;
  std::set<checked::VariableId> open_;
  std::map<checked::VariableId, std::vector<Use>> uses_;
  std::map<checked::VariableId, std::vector<Use>> guarded_uses_;
};

}  // namespace

void infer_ranges(const syntax::Program& program, const TypedDefinition& typed,
                  checked::Program& checked, Diagnostics& diagnostics) {
  RangeInference(program, typed, checked, diagnostics).infer();
}

}  // namespace tcc
