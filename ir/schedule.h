// Schedules as values and as text (language section 9).
//
//   schedule C.1 on cpu {
//     when M >= 512 and N % 16 == 0 {
//       i0.o, i0.i = split(i0, 8)
//     }
//     reorder(i0, k0)
//     vectorize(i1.i)
//   }
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "dsl/diagnostic.h"
#include "ir/target.h"

namespace tcc::ir {

/// A level of a tree reduction with its widths: `block(256)`.
struct ScheduleLevel {
  std::string name;
  std::vector<std::int64_t> numbers;

  bool operator==(const ScheduleLevel&) const = default;
};

/// One index of a packed tensor: an axis `i0`, `i1`, .. of the tensor, or a part of it.
struct LayoutIndex {
  enum class Part : std::uint8_t { whole, quotient, remainder };
  std::string axis;
  Part part = Part::whole;
  std::int64_t divisor = 1;  ///< of `i1 // 16` and `i1 % 16`

  bool operator==(const LayoutIndex&) const = default;
};
/// `[i1 // 16, i0, i1 % 16]`
using Layout = std::vector<LayoutIndex>;

/// A loop, a definition, a word such as `guard`; a number; a level; a layout.
using ScheduleValue = std::variant<std::string, std::int64_t, ScheduleLevel, Layout>;

struct ScheduleArgument {
  std::string keyword;  ///< empty for a positional one
  ScheduleValue value;
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

/// `when condition { commands }`
struct ScheduleVariant {
  std::string condition;  ///< over sizes and constants, as text
  std::vector<ScheduleCommand> commands;
  Span span;  ///< of the condition
};

/// The rewrites for one definition: `commands`, then those of the first variant whose condition
/// holds, `general` where none does.
struct ScheduleBlock {
  std::string definition;
  std::optional<TargetKind> target;  ///< none: for every target
  std::vector<ScheduleCommand> commands;
  std::vector<ScheduleVariant> variants;
  std::vector<ScheduleCommand> general;  ///< empty where there are no variants
  Span span;
};

struct Schedule {
  std::vector<ScheduleBlock> blocks;
};

/// Every command of a block, those of variants included.
void for_each_command(const ScheduleBlock& block,
                      const std::function<void(const ScheduleCommand&)>& f);

std::string print(const Schedule& schedule);
std::string print(const ScheduleCommand& command);

/// Reads every `schedule` block of `span`. Errors: `bad-schedule`, `syntax`.
Schedule parse_schedule(const SourceMap& sources, Span span, Diagnostics& diagnostics);

}  // namespace tcc::ir
