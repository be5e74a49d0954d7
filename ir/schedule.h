// Schedules as values and as text (language section 9).
//
//   schedule C.1 on cpu {
//     i0.o, i0.i = split(i0, 8)
//     reorder(i0.o, k0, i0.i)
//     vectorize(i1.i)
//   }
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "dsl/diagnostic.h"
#include "ir/target.h"

namespace tcc::ir {

/// A loop, a definition, a word such as `guard`, or a number.
struct ScheduleArgument {
  std::string keyword;  ///< empty for a positional one
  std::variant<std::string, std::int64_t> value;
  Span span;

  bool operator==(const ScheduleArgument& other) const {
    return keyword == other.keyword && value == other.value;
  }
};

/// results = rewrite(arguments)
struct ScheduleCommand {
  std::vector<std::string> results;
  std::string rewrite;
  std::vector<ScheduleArgument> arguments;
  Span span;
};

/// The rewrites for one definition.
struct ScheduleBlock {
  std::string definition;
  std::optional<TargetKind> target;  ///< none: for every target
  std::vector<ScheduleCommand> commands;
  Span span;
};

struct Schedule {
  std::vector<ScheduleBlock> blocks;
};

std::string print(const Schedule& schedule);
std::string print(const ScheduleCommand& command);

/// Reads every `schedule` block of `span`. Errors: `bad-schedule`, `syntax`.
Schedule parse_schedule(const SourceMap& sources, Span span, Diagnostics& diagnostics);

}  // namespace tcc::ir
