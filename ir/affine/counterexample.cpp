// A search that is bounded, and tries first what is easy to read.
#include "ir/affine/counterexample.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "ir/affine/evaluate.h"
#include "ir/printer.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

constexpr int max_evaluations = 2000;
constexpr std::size_t max_variables = 64;

/// Sizes at which tails, tiles and vectors begin and end.
constexpr std::int64_t interesting_sizes[] = {1,  0,  2,  3,  5,  7,   8,   9,   15,  16,   17,
                                              31, 32, 33, 64, 65, 100, 128, 255, 512, 1000, 4097};

/// Interesting sizes that the facts allow, the simplest first.
std::vector<std::int64_t> sizes_to_try(const SizeFact& fact) {
  std::vector<std::int64_t> sizes;
  const auto try_size = [&](std::int64_t size) {
    const bool allowed = size >= fact.minimum && (!fact.maximum || size <= *fact.maximum) &&
                         size % fact.divisor == 0;
    if (allowed && std::find(sizes.begin(), sizes.end(), size) == sizes.end())
      sizes.push_back(size);
  };
  const std::int64_t first =
      fact.minimum + (fact.divisor - fact.minimum % fact.divisor) % fact.divisor;
  for (const std::int64_t size : interesting_sizes) {
    try_size(size);
    try_size(first + size * fact.divisor);
  }
  if (fact.maximum) try_size(*fact.maximum - *fact.maximum % fact.divisor);
  return sizes;
}

void collect_variables(const Expr& expr, std::map<VarId, Expr>& variables) {
  for (const Expr& node : post_order(expr)) {
    if (const Var* var = as<Var>(node)) variables.emplace(var->id, node);
  }
}

class Search {
 public:
  Search(const Expr& condition, const VarRanges& ranges, const Facts& facts,
         const std::vector<Expr>& assumptions)
      : ranges_(ranges), facts_(facts) {
    is_possible_ = prepare(condition, assumptions);
  }

  std::optional<Counterexample> run() {
    if (!is_possible_) return {};
    // Tuples of sizes by how far down their lists they are, all together: small ones first.
    std::size_t longest = 0;
    for (const auto& list : size_lists_)
      longest += list.size() - 1;
    for (std::size_t rank = 0; rank <= longest && left_ > 0; ++rank) {
      if (try_sizes(0, rank)) return found();
    }
    return {};
  }

 private:
  struct Loop {
    VarId var;
    IntegerTape begin, extent;
    bool matters;  ///< the condition depends on it
  };

  bool prepare(const Expr& condition, const std::vector<Expr>& assumptions) {
    collect_variables(condition, names_);
    shown_ = closure();
    for (const Expr& assumption : assumptions)
      collect_variables(assumption, names_);
    std::set<VarId> relevant = closure();
    for (const auto& [var, range] : ranges_) {
      collect_variables(range.begin, names_);
      collect_variables(range.extent, names_);
    }
    relevant_ = std::move(relevant);
    for (const SizeFact& fact : facts_.sizes) {
      if (!names_.contains(fact.var)) continue;
      slots_.emplace(fact.var, slots_.size());
      std::vector<std::int64_t> sizes = sizes_to_try(fact);
      if (sizes.empty()) return false;
      size_lists_.push_back(std::move(sizes));
    }
    if (!order_loops() || slots_.size() > max_variables) return false;
    condition_ = IntegerTape::from(condition, slots_);
    values_.resize(slots_.size());
    for (const Expr& assumption : assumptions) {
      auto tape = IntegerTape::from(assumption, slots_);
      if (!tape) return false;
      assumptions_.push_back(std::move(*tape));
    }
    return condition_.has_value();
  }

  /// What the condition depends on, through ranges too.
  std::set<VarId> closure() {
    std::set<VarId> seen;
    for (bool grows = true; grows;) {
      grows = false;
      for (const auto& [var, name] : std::map(names_)) {
        if (!seen.insert(var).second) continue;
        grows = true;
        const auto range = ranges_.find(var);
        if (range == ranges_.end()) continue;
        collect_variables(range->second.begin, names_);
        collect_variables(range->second.extent, names_);
      }
    }
    return seen;
  }

  /// Each loop after those that its range depends on.
  bool order_loops() {
    std::vector<VarId> waiting;
    for (const auto& [var, range] : ranges_)
      waiting.push_back(var);
    while (!waiting.empty()) {
      const std::size_t before = waiting.size();
      for (auto var = waiting.begin(); var != waiting.end();) {
        const VarRange& range = ranges_.at(*var);
        auto begin = IntegerTape::from(range.begin, slots_);
        auto extent = IntegerTape::from(range.extent, slots_);
        if (!begin || !extent) {
          ++var;
          continue;
        }
        slots_.emplace(*var, slots_.size());
        loops_.push_back({*var, std::move(*begin), std::move(*extent), relevant_.contains(*var)});
        var = waiting.erase(var);
      }
      if (waiting.size() == before) return false;  // depends on memory, or on what has no range
    }
    return true;
  }

  bool try_sizes(std::size_t size, std::size_t rank) {
    if (size == size_lists_.size()) return rank == 0 && try_loops(0);
    for (std::size_t n = 0; n < size_lists_[size].size() && n <= rank && left_ > 0; ++n) {
      values_[size] = size_lists_[size][n];
      if (try_sizes(size + 1, rank - n)) return true;
    }
    return false;
  }

  bool try_loops(std::size_t loop) {
    if (left_ <= 0) return false;
    if (loop == loops_.size()) {
      --left_;
      const auto holds = [&](const IntegerTape& assumption) {
        return assumption.run(values_, Overflow::has_no_value) == 1;
      };
      return condition_->run(values_, Overflow::has_no_value) == 0 &&
             std::all_of(assumptions_.begin(), assumptions_.end(), holds);
    }
    const auto begin = loops_[loop].begin.run(values_, Overflow::has_no_value);
    const auto extent = loops_[loop].extent.run(values_, Overflow::has_no_value);
    std::int64_t last = 0;
    if (!begin || !extent || *extent <= 0 || __builtin_add_overflow(*begin, *extent - 1, &last)) {
      --left_;
      return false;
    }
    std::int64_t tried[] = {*begin, *begin + 1, last, last - 1};
    const std::size_t count =
        loops_[loop].matters ? static_cast<std::size_t>(std::min<std::int64_t>(*extent, 4)) : 1;
    if (count == 3) tried[2] = last;
    for (std::size_t n = 0; n < count; ++n) {
      values_[size_lists_.size() + loop] = tried[n];
      if (try_loops(loop + 1)) return true;
    }
    return false;
  }

  Counterexample found() const {
    Counterexample example;
    std::vector<VarId> order(slots_.size());
    for (const auto& [var, slot] : slots_)
      order[slot] = var;
    for (std::size_t slot = 0; slot < order.size(); ++slot) {
      if (shown_.contains(order[slot]))
        example.values.push_back({names_.at(order[slot]), values_[slot]});
    }
    return example;
  }

  const VarRanges& ranges_;
  const Facts& facts_;
  std::map<VarId, Expr> names_;
  std::set<VarId> shown_;     // what the condition depends on
  std::set<VarId> relevant_;  // and the assumptions
  IntegerTape::Slots slots_;  // sizes, then loops
  std::vector<std::vector<std::int64_t>> size_lists_;
  std::vector<Loop> loops_;
  std::optional<IntegerTape> condition_;
  std::vector<IntegerTape> assumptions_;
  std::vector<std::int64_t> values_;
  int left_ = max_evaluations;
  bool is_possible_ = false;
};

}  // namespace

std::string print(const Counterexample& example) {
  std::string text;
  for (const auto& [variable, value] : example.values)
    text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", print(variable), value);
  return text;
}

std::optional<Counterexample> counterexample(const Expr& condition, const VarRanges& ranges,
                                             const Facts& facts,
                                             const std::vector<Expr>& assumptions) {
  return Search(condition, ranges, facts, assumptions).run();
}

}  // namespace tcc::ir
