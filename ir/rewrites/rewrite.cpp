// The table of rewrites, and the binding of a command's arguments to a row of it.
#include "ir/rewrites/rewrite.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ir/rewrites/compute_at.h"
#include "ir/rewrites/inline.h"
#include "ir/rewrites/loops.h"
#include "ir/rewrites/reorder.h"
#include "ir/rewrites/split.h"
#include "ir/rewrites/unroll.h"
#include "ir/rewrites/vectorize.h"

namespace tcc::ir {

std::span<const Rewrite> all_rewrites() {
  using enum ParameterKind;
  static const std::vector<Rewrite> rewrites = {
      {"split",
       "outer, inner = split(loop, factor, tail = guard)",
       2,
       {{"loop", loop}, {"factor", number}, {"tail", tail}},
       split},
      {"reorder", "reorder(outermost, .., innermost)", 0, {{"loops", loops}}, reorder},
      {"unroll", "unroll(loop)", 0, {{"loop", loop}}, unroll},
      {"vectorize", "vectorize(loop)", 0, {{"loop", loop}}, vectorize},
      {"inline", "inline(definition)", 0, {{"definition", definition}}, inline_definition},
      {"compute_at",
       "compute_at(definition, loop)",
       0,
       {{"definition", definition}, {"loop", loop}},
       compute_at},
  };
  return rewrites;
}

namespace {

Refusal wrong_call(const Rewrite& rewrite, std::string reason) {
  return {std::move(reason), {}, fmt::format("write {}", rewrite.signature)};
}

/// Binds the arguments of one command.
class Binder {
 public:
  Binder(const IndexedProgram& program, BufferId stage, const Rewrite& rewrite,
         const ScheduleCommand& command)
      : program_(program), rewrite_(rewrite), command_(command) {
    call_.stage = stage;
    call_.results = command.results;
  }

  tl::expected<RewriteCall, Refusal> bind() {
    if (command_.results.size() != rewrite_.results) {
      return fail(fmt::format("'{}' gives {} names, not {}", rewrite_.name, rewrite_.results,
                              command_.results.size()));
    }
    std::vector<bool> bound(rewrite_.parameters.size(), false);
    std::size_t position = 0;
    for (const ScheduleArgument& argument : command_.arguments) {
      const std::size_t parameter =
          argument.keyword.empty() ? position : parameter_named(argument.keyword);
      if (parameter >= rewrite_.parameters.size()) return fail(unknown(argument));
      const ParameterKind kind = rewrite_.parameters[parameter].second;
      if (bound[parameter] && kind != ParameterKind::loops) {
        return fail(fmt::format("'{}' is given twice", rewrite_.parameters[parameter].first));
      }
      bound[parameter] = true;
      if (auto refusal = bind_one(kind, argument)) return tl::unexpected(*refusal);
      if (argument.keyword.empty() && kind != ParameterKind::loops) ++position;
    }
    for (std::size_t p = 0; p < bound.size(); ++p) {
      if (bound[p] || rewrite_.parameters[p].second == ParameterKind::tail) continue;
      return fail(fmt::format("'{}' needs '{}'", rewrite_.name, rewrite_.parameters[p].first));
    }
    return call_;
  }

 private:
  std::optional<Refusal> bind_one(ParameterKind kind, const ScheduleArgument& argument) {
    const auto* name = std::get_if<std::string>(&argument.value);
    if ((kind == ParameterKind::number) != (name == nullptr)) {
      return wrong_call(rewrite_, name ? fmt::format("'{}' is no number", *name)
                                       : "a number stands where a name belongs");
    }
    switch (kind) {
      case ParameterKind::number:
        call_.numbers.push_back(std::get<std::int64_t>(argument.value));
        break;
      case ParameterKind::tail: call_.tail = *name; break;
      case ParameterKind::definition:
        call_.definition = program_.find_buffer(*name);
        if (!call_.definition)
          return Refusal{fmt::format("there is no definition '{}'", *name), {}, ""};
        break;
      case ParameterKind::loop:
      case ParameterKind::loops: return bind_loop(kind, *name);
    }
    return {};
  }

  std::optional<Refusal> bind_loop(ParameterKind kind, const std::string& name) {
    const std::vector<VarId> found = loops_named(program_, call_.stage, name);
    if (found.empty()) {
      const auto names = loop_names(program_, call_.stage);
      const std::string_view definition = program_[call_.stage].name;
      if (names.empty()) return Refusal{fmt::format("'{}' has no loops", definition), {}, ""};
      return Refusal{fmt::format("'{}' has no loop '{}'", definition, name),
                     {},
                     fmt::format("its loops are {}", fmt::join(names, ", "))};
    }
    // An initialization that was split off shares its loops' names: what marks or splits a loop
    // goes for both nests, what moves loops for the main one.
    const bool all = kind == ParameterKind::loop && rewrite_.name != "compute_at";
    call_.loops.insert(call_.loops.end(), all ? found.begin() : found.end() - 1, found.end());
    return {};
  }

  std::size_t parameter_named(const std::string& keyword) const {
    const auto found = std::find_if(rewrite_.parameters.begin(), rewrite_.parameters.end(),
                                    [&](auto& parameter) { return parameter.first == keyword; });
    return static_cast<std::size_t>(found - rewrite_.parameters.begin());
  }

  std::string unknown(const ScheduleArgument& argument) const {
    if (!argument.keyword.empty()) {
      return fmt::format("'{}' takes no '{}'", rewrite_.name, argument.keyword);
    }
    return fmt::format("too many arguments for '{}'", rewrite_.name);
  }

  tl::unexpected<Refusal> fail(std::string reason) const {
    return tl::unexpected(wrong_call(rewrite_, std::move(reason)));
  }

  const IndexedProgram& program_;
  const Rewrite& rewrite_;
  const ScheduleCommand& command_;
  RewriteCall call_;
};

}  // namespace

/// Of section 9.3, but not in this version.
constexpr std::array<std::string_view, 20> later_rewrites = {
    "fuse",    "tile",  "parallel", "bind",     "kernel",  "cache_read", "cache_write",
    "pack",    "store", "rfactor",  "reduce",   "online",  "pipeline",   "tensorize",
    "swizzle", "peel",  "shift",    "prefetch", "split_k", "atomic",
};

Rewritten apply_command(IndexedProgram& program, BufferId stage, const ScheduleCommand& command,
                        Reassociation reassociation) {
  const auto rewrites = all_rewrites();
  const auto found = std::find_if(rewrites.begin(), rewrites.end(), [&](const Rewrite& rewrite) {
    return rewrite.name == command.rewrite;
  });
  if (found == rewrites.end()) {
    std::vector<std::string> names;
    for (const Rewrite& rewrite : rewrites)
      names.emplace_back(rewrite.name);
    const auto near = closest_name(command.rewrite, names);
    const bool is_later = std::find(later_rewrites.begin(), later_rewrites.end(),
                                    command.rewrite) != later_rewrites.end();
    if (is_later) {
      return tl::unexpected(
          Refusal{fmt::format("rewrite '{}' is not supported yet", command.rewrite),
                  {},
                  fmt::format("there are {}", fmt::join(names, ", "))});
    }
    return tl::unexpected(Refusal{fmt::format("there is no rewrite '{}'", command.rewrite),
                                  {},
                                  near ? fmt::format("did you mean '{}'?", *near)
                                       : fmt::format("there are {}", fmt::join(names, ", "))});
  }
  auto call = Binder(program, stage, *found, command).bind();
  if (!call) return tl::unexpected(call.error());
  call->reassociation = reassociation;
  return found->apply(program, *call);
}

}  // namespace tcc::ir
