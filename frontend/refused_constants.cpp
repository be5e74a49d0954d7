// Why constants have no value: what they read is followed to its end, or round to its begin.
#include "frontend/refused_constants.h"

#include <map>
#include <optional>

#include <fmt/format.h>

#include "frontend/literals.h"

namespace tcc {

namespace {

class RefusedConstants {
 public:
  RefusedConstants(const syntax::Program& program,
                   const std::vector<const syntax::Constant*>& refused,
                   const std::function<bool(const std::string&)>& is_known,
                   Diagnostics& diagnostics)
      : program_(program), refused_(refused), is_known_(is_known), diagnostics_(diagnostics) {
    for (std::size_t c = 0; c < refused.size(); ++c)
      by_name_.emplace(refused[c]->name, c);
  }

  void report() {
    for (std::size_t c = 0; c < refused_.size(); ++c)
      next_.push_back(first_refused_in(*refused_[c]));
    for (std::size_t c = 0; c < refused_.size(); ++c) {
      if (!next_[c]) report_value(*refused_[c]);
    }
    report_cycles();
  }

 private:
  /// The first of the refused ones that a constant reads: one is enough to be in their cycle, or to
  /// come to the mistake of another.
  std::optional<std::size_t> first_refused_in(const syntax::Constant& constant) const {
    for (syntax::NodeId id = program_.nodes[constant.value].first; id <= constant.value; ++id) {
      const auto* name = std::get_if<syntax::Name>(&program_.nodes[id].value);
      const auto found = name ? by_name_.find(name->name) : by_name_.end();
      if (found != by_name_.end()) return found->second;
    }
    return {};
  }

  void report_value(const syntax::Constant& constant) {
    for (syntax::NodeId id = program_.nodes[constant.value].first; id <= constant.value; ++id) {
      const auto* name = std::get_if<syntax::Name>(&program_.nodes[id].value);
      if (!name || is_known_(name->name)) continue;
      Report& report = diagnostics_.error(DiagnosticKind::undefined_name, program_.nodes[id].span,
                                          fmt::format("'{}' is not defined", name->name));
      const auto literal = literal_meant_by(name->name);
      report.suggest(literal ? fmt::format("did you mean '{}'?", *literal)
                             : "a constant is a number, made of literals and other constants");
      return;
    }
    diagnostics_
        .error(DiagnosticKind::bad_argument, program_.nodes[constant.value].span,
               fmt::format("'{}' is no number", constant.name))
        .suggest("a constant is a number, made of literals and other constants");
  }

  /// Every constant leads to one other at most, so each walk meets one cycle at most.
  void report_cycles() {
    std::vector<std::size_t> walk_of(refused_.size(), 0);
    for (std::size_t start = 0; start < refused_.size(); ++start) {
      std::optional<std::size_t> at = start;
      while (at && walk_of[*at] == 0) {
        walk_of[*at] = start + 1;
        at = next_[*at];
      }
      if (at && walk_of[*at] == start + 1) report_cycle(*at);
    }
  }

  void report_cycle(std::size_t start) {
    std::string path;
    std::size_t length = 0;
    for (std::size_t c = *next_[start]; c != start; c = *next_[c], ++length) {
      if (length > max_path) continue;
      path += path.empty() ? " by way of " : ", ";
      path += length == max_path ? ".." : fmt::format("'{}'", refused_[c]->name);
    }
    diagnostics_.error(DiagnosticKind::cycle, refused_[start]->span,
                       fmt::format("'{}' depends on itself{}", refused_[start]->name, path));
  }

  static constexpr std::size_t max_path = 7;

  const syntax::Program& program_;
  const std::vector<const syntax::Constant*>& refused_;
  const std::function<bool(const std::string&)>& is_known_;
  Diagnostics& diagnostics_;
  std::map<std::string, std::size_t> by_name_;
  std::vector<std::optional<std::size_t>> next_;
};

}  // namespace

void report_refused_constants(const syntax::Program& program,
                              const std::vector<const syntax::Constant*>& refused,
                              const std::function<bool(const std::string&)>& is_known,
                              Diagnostics& diagnostics) {
  RefusedConstants(program, refused, is_known, diagnostics).report();
}

}  // namespace tcc
