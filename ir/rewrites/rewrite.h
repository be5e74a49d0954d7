// What all rewrites of a loop nest share: how they are called, find their loops, and refuse.
//
// A rewrite changes a program so that it keeps its meaning (language section 9.2). One that does
// not apply returns a Refusal, and the program's buffers and kernels are as they were. It looks at
// the kernels concerned only: there may be thousands of others.
#pragma once

#include <functional>
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

/// A command with its arguments bound to the parameters of a Rewrite.
struct RewriteCall {
  BufferId stage;  ///< the definition whose schedule this is
  std::vector<std::string> results;
  std::vector<VarId> loops;  ///< arguments that name loops of the stage
  std::vector<std::int64_t> numbers;
  std::optional<BufferId> definition;
  std::optional<std::string> tail;
  Reassociation reassociation = Reassociation::allowed;
};

enum class ParameterKind : std::uint8_t { loop, loops, number, definition, tail };

/// One rewrite of section 9.3: its name in schedules, its parameters, and what it does.
struct Rewrite {
  std::string_view name;
  std::string_view signature;  ///< "o, i = split(loop, factor)": shown where it is called wrongly
  std::size_t results;
  std::vector<std::pair<std::string_view, ParameterKind>> parameters;
  Rewritten (*apply)(IndexedProgram& program, const RewriteCall& call);
};

std::span<const Rewrite> all_rewrites();

/// Binds a command's arguments and applies its rewrite.
Rewritten apply_command(IndexedProgram& program, BufferId stage, const ScheduleCommand& command,
                        Reassociation reassociation);

}  // namespace tcc::ir
