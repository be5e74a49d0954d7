// What all rewrites of a loop nest share: how they are called, find their loops, and refuse.
//
// A rewrite changes a program so that it keeps its meaning (language section 9.2). One that does
// not apply returns a Refusal, and the program's buffers and kernels are as they were. It looks at
// the kernels concerned only: there may be thousands of others.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "ir/rewrites/indexed_program.h"
#include "ir/schedule.h"

namespace tcc::ir {

/// Why a rewrite does not apply.
struct Refusal {
  std::string reason;         ///< as in a diagnostic: "loop 'k0' carries the reduction of 'C'"
  std::optional<VarId> loop;  ///< the loop at fault, underlined when shown
  std::string help;           ///< empty where there is none
};

using Rewritten = tl::expected<void, Refusal>;

/// Whether the order in which a float reduction adds may change (language section 2.7).
enum class Reassociation : std::uint8_t { allowed, forbidden };

/// What stands for one parameter; what its kind does not need is empty.
struct BoundArgument {
  std::vector<VarId> loops;
  std::vector<std::string> names;  ///< of those loops, as written
  std::vector<std::int64_t> numbers;
  std::vector<BufferId> tensors;
  std::string word;
  std::vector<ScheduleLevel> levels;
  Layout layout;
};

/// A command with its arguments bound to the parameters of a Rewrite, by their names.
struct RewriteCall {
  BufferId stage;  ///< the definition whose schedule this is
  std::vector<std::string> results;
  std::map<std::string_view, BoundArgument> arguments;  ///< optional ones may be missing
  Reassociation reassociation = Reassociation::allowed;

  bool has(std::string_view parameter) const { return arguments.contains(parameter); }
  const BoundArgument& operator[](std::string_view parameter) const {
    return arguments.at(parameter);
  }
  /// Every nest's loop of that name, in the order of the text: a name has two where an
  /// initialization was split off its reduction, or a remainder peeled.
  const std::vector<VarId>& loops(std::string_view parameter) const {
    return arguments.at(parameter).loops;
  }
  /// The one in the main nest, the last.
  VarId loop(std::string_view parameter) const { return arguments.at(parameter).loops.back(); }
  std::int64_t number(std::string_view parameter) const {
    return arguments.at(parameter).numbers.front();
  }
  BufferId tensor(std::string_view parameter) const {
    return arguments.at(parameter).tensors.front();
  }
  std::string_view word(std::string_view parameter, std::string_view otherwise = {}) const {
    return has(parameter) ? arguments.at(parameter).word : otherwise;
  }
};

enum class ParameterKind : std::uint8_t {
  loop,     ///< a loop of the stage, in every nest that has it
  place,    ///< a loop of the stage, in the main nest: where something is put
  loops,    ///< one or more loops of one nest; the last positional parameter
  number,   ///< an integer
  tensor,   ///< an input or a definition
  tensors,  ///< one or more of those; the last positional parameter
  word,     ///< one of a few: a tail, a scope
  levels,   ///< words, numbers and calls such as `block(256)`; the last positional parameter
  layout,   ///< `[i1 // 16, i0]`
};

enum class Need : std::uint8_t { required, optional };

struct Parameter {
  std::string_view name;
  ParameterKind kind;
  Need need = Need::required;
  std::vector<std::string_view> words{};  ///< that a `word` or `levels` may be
};

/// One rewrite of section 9.3: its name in schedules, its parameters, and what it does: either to
/// the program, or, where it stands for several others, which those are.
struct Rewrite {
  std::string_view name;
  std::string_view signature;  ///< "o, i = split(loop, factor)": shown where it is called wrongly
  std::size_t least_results, most_results;
  std::vector<Parameter> parameters;
  Rewritten (*apply)(IndexedProgram& program, const RewriteCall& call);
  using Expansion = tl::expected<std::vector<ScheduleCommand>, Refusal>;
  Expansion (*expand)(const IndexedProgram& program, const RewriteCall& call) = nullptr;
};

std::span<const Rewrite> all_rewrites();

/// A command bound to its rewrite.
struct BoundCommand {
  const Rewrite* rewrite;
  RewriteCall call;
};
tl::expected<BoundCommand, Refusal> bind_command(const IndexedProgram& program, BufferId stage,
                                                 const ScheduleCommand& command,
                                                 Reassociation reassociation);

}  // namespace tcc::ir
