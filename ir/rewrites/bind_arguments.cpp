// The arguments of a schedule's command, bound to the parameters of its rewrite.
#include "ir/rewrites/bind_arguments.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dsl/overloaded.h"
#include "ir/rewrites/loops.h"

namespace tcc::ir {

namespace {

bool takes_many(ParameterKind kind) {
  return kind == ParameterKind::loops || kind == ParameterKind::tensors ||
         kind == ParameterKind::levels;
}

class ArgumentBinder {
 public:
  ArgumentBinder(const IndexedProgram& program, const Rewrite& rewrite,
                 const ScheduleCommand& command, BufferId stage)
      : program_(program), rewrite_(rewrite), command_(command) {
    call_.stage = stage;
    call_.results = command.results;
  }

  tl::expected<RewriteCall, Refusal> bind() {
    if (auto refusal = check_results()) return tl::unexpected(*refusal);
    std::size_t position = 0;
    for (const ScheduleArgument& argument : command_.arguments) {
      if (is_flag(argument)) continue;
      const std::size_t parameter =
          argument.keyword.empty() ? position : parameter_named(argument.keyword);
      if (parameter >= rewrite_.parameters.size()) return fail(unknown(argument));
      const auto& [name, kind, need, words] = rewrite_.parameters[parameter];
      if (call_.has(name) && !takes_many(kind))
        return fail(fmt::format("'{}' is given twice", name));
      if (auto refusal =
              bind_one(rewrite_.parameters[parameter], call_.arguments[name], argument)) {
        return tl::unexpected(*refusal);
      }
      if (argument.keyword.empty() && !takes_many(kind)) ++position;
    }
    for (const auto& [name, kind, need, words] : rewrite_.parameters) {
      if (call_.has(name) || need == Need::optional) continue;
      return fail(fmt::format("'{}' needs '{}'", rewrite_.name, name));
    }
    for (const auto& [name, kind, need, words] : rewrite_.parameters) {
      if (kind == ParameterKind::loops && call_.has(name)) put_in_one_nest(call_.arguments[name]);
    }
    return call_;
  }

 private:
  /// An optional place that is asked for without saying which: `pack(B, [i0], on_first_use)`.
  bool is_flag(const ScheduleArgument& argument) {
    const auto* name = std::get_if<std::string>(&argument.value);
    if (!name) return false;
    const std::string& asked = argument.keyword.empty() ? *name : argument.keyword;
    const bool alone = argument.keyword.empty() || *name == "true";
    if (!alone || !loops_named(program_, call_.stage, asked).empty()) return false;
    for (const Parameter& parameter : rewrite_.parameters) {
      const bool is_place =
          parameter.kind == ParameterKind::place && parameter.need == Need::optional;
      if (!is_place || parameter.name != asked || call_.has(parameter.name)) continue;
      call_.arguments[parameter.name] = {};
      return true;
    }
    return false;
  }

  std::optional<Refusal> check_results() const {
    const std::size_t given = command_.results.size();
    if (given >= rewrite_.least_results && given <= rewrite_.most_results) return {};
    const std::string wanted =
        rewrite_.least_results == rewrite_.most_results
            ? std::to_string(rewrite_.least_results)
            : fmt::format("{} to {}", rewrite_.least_results, rewrite_.most_results);
    return wrong_call(fmt::format("'{}' gives {} names, not {}", rewrite_.name, wanted, given));
  }

  std::optional<Refusal> bind_one(const Parameter& parameter, BoundArgument& bound,
                                  const ScheduleArgument& argument) const {
    switch (parameter.kind) {
      case ParameterKind::loop:
      case ParameterKind::place:
      case ParameterKind::loops: {
        const auto* name = std::get_if<std::string>(&argument.value);
        return name ? bind_loop(parameter.kind, bound, *name) : a_name_belongs(argument);
      }
      case ParameterKind::tensor:
      case ParameterKind::tensors: {
        const auto* name = std::get_if<std::string>(&argument.value);
        return name ? bind_tensor(bound, *name) : a_name_belongs(argument);
      }
      case ParameterKind::word: {
        const auto* name = std::get_if<std::string>(&argument.value);
        if (!name) return a_name_belongs(argument);
        bound.word = *name;
        return check_word(parameter, *name);
      }
      case ParameterKind::number: {
        const auto* number = std::get_if<std::int64_t>(&argument.value);
        if (!number) return wrong_call(fmt::format("'{}' is no number", text_of(argument)));
        bound.numbers.push_back(*number);
        return {};
      }
      case ParameterKind::layout: {
        const auto* layout = std::get_if<Layout>(&argument.value);
        if (!layout) return wrong_call(fmt::format("'{}' is no layout", text_of(argument)));
        bound.layout = *layout;
        return {};
      }
      case ParameterKind::levels: return bind_level(bound, argument);
    }
    return {};
  }

  std::optional<Refusal> bind_loop(ParameterKind kind, BoundArgument& bound,
                                   const std::string& name) const {
    // Nests print the stage before a name that a loop around has too: `T.i`.
    const std::string prefix = program_[call_.stage].name + ".";
    std::string own = name;
    std::vector<VarId> found = loops_named(program_, call_.stage, own);
    if (found.empty() && name.starts_with(prefix)) {
      own = name.substr(prefix.size());
      found = loops_named(program_, call_.stage, own);
    }
    if (found.empty()) return no_such_loop(name);
    bound.names.push_back(own);
    const bool all = kind == ParameterKind::loop;
    bound.loops.insert(bound.loops.end(), all ? found.begin() : found.end() - 1, found.end());
    return {};
  }

  /// Several loops of a name are there where an initialization was split off, or a remainder
  /// peeled: those of the last nest that has all the named ones are meant.
  void put_in_one_nest(BoundArgument& bound) const {
    const auto loops = loops_in_one_nest(program_, call_.stage, bound.names);
    if (!loops.empty()) bound.loops = loops;
  }

  Refusal no_such_loop(const std::string& name) const {
    const auto names = loop_names(program_, call_.stage);
    const std::string_view definition = program_[call_.stage].name;
    if (names.empty()) return {fmt::format("'{}' has no loops", definition), {}, ""};
    return {fmt::format("'{}' has no loop '{}'", definition, name),
            {},
            fmt::format("its loops are {}", fmt::join(names, ", "))};
  }

  std::optional<Refusal> bind_tensor(BoundArgument& bound, const std::string& name) const {
    const auto tensor = program_.find_buffer(name);
    if (!tensor) return Refusal{fmt::format("there is no definition '{}'", name), {}, ""};
    bound.tensors.push_back(*tensor);
    return {};
  }

  std::optional<Refusal> check_word(const Parameter& parameter, const std::string& word) const {
    const auto& words = parameter.words;
    if (std::find(words.begin(), words.end(), word) != words.end()) return {};
    return wrong_call(fmt::format("{} '{}' is not known: it is {}", parameter.name, word,
                                  fmt::join(words, ", ")));
  }

  std::optional<Refusal> bind_level(BoundArgument& bound, const ScheduleArgument& argument) const {
    if (const auto* level = std::get_if<ScheduleLevel>(&argument.value)) {
      bound.levels.push_back(*level);
    } else if (const auto* word = std::get_if<std::string>(&argument.value)) {
      bound.levels.push_back({*word, {}});
    } else if (const auto* number = std::get_if<std::int64_t>(&argument.value)) {
      bound.levels.push_back({"", {*number}});
    } else {
      return wrong_call(fmt::format("'{}' is no level of a reduction", text_of(argument)));
    }
    return {};
  }

  std::size_t parameter_named(const std::string& keyword) const {
    const auto& all = rewrite_.parameters;
    const auto found = std::find_if(all.begin(), all.end(), [&](const Parameter& parameter) {
      return parameter.name == keyword;
    });
    return static_cast<std::size_t>(found - all.begin());
  }

  std::string unknown(const ScheduleArgument& argument) const {
    if (!argument.keyword.empty()) {
      return fmt::format("'{}' takes no '{}'", rewrite_.name, argument.keyword);
    }
    return fmt::format("too many arguments for '{}'", rewrite_.name);
  }

  static std::string text_of(const ScheduleArgument& argument) {
    return std::visit(Overloaded{[](const std::string& name) { return name; },
                                 [](std::int64_t number) { return std::to_string(number); },
                                 [](const ScheduleLevel& level) { return level.name + "(..)"; },
                                 [](const Layout&) { return std::string("[..]"); }},
                      argument.value);
  }

  Refusal a_name_belongs(const ScheduleArgument& argument) const {
    const bool number = std::holds_alternative<std::int64_t>(argument.value);
    return wrong_call(number ? "a number stands where a name belongs"
                             : fmt::format("'{}' stands where a name belongs", text_of(argument)));
  }

  Refusal wrong_call(std::string reason) const {
    return {std::move(reason), {}, fmt::format("write {}", rewrite_.signature)};
  }
  tl::unexpected<Refusal> fail(std::string reason) const {
    return tl::unexpected(wrong_call(std::move(reason)));
  }

  const IndexedProgram& program_;
  const Rewrite& rewrite_;
  const ScheduleCommand& command_;
  RewriteCall call_;
};

}  // namespace

tl::expected<RewriteCall, Refusal> bind_arguments(const IndexedProgram& program, BufferId stage,
                                                  const Rewrite& rewrite,
                                                  const ScheduleCommand& command) {
  return ArgumentBinder(program, rewrite, command, stage).bind();
}

}  // namespace tcc::ir
