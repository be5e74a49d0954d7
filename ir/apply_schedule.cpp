// Applies a schedule's rewrites, one after the other.
#include "ir/apply_schedule.h"

#include <fmt/format.h>

#include "ir/printer.h"
#include "ir/rewrites/loops.h"
#include "ir/verifier.h"

namespace tcc::ir {

namespace {

/// What the reader of a refusal wants to see: the nest that the rewrite was asked for.
std::string nest_as_it_stood(const LoopProgram& program, BufferId stage, const Refusal& refusal) {
  if (refusal.loop) {
    const Kernel& kernel = program.kernels[kernel_of(program, *refusal.loop)];
    return print_underlined(program, kernel, *refusal.loop);
  }
  for (const Kernel& kernel : program.kernels) {
    if (kernel.name == program[stage].name) return print(program, kernel);
  }
  return {};
}

void report(const LoopProgram& program, BufferId stage, const ScheduleCommand& command,
            const Refusal& refusal, Diagnostics& diagnostics) {
  std::optional<Span> span;
  if (command.span.end > command.span.begin) span = command.span;
  Report& error = diagnostics.error(DiagnosticKind::bad_schedule, span,
                                    fmt::format("{}: {}", print(command), refusal.reason));
  const std::string nest = nest_as_it_stood(program, stage, refusal);
  if (!nest.empty()) error.note("the nest as it stood:\n" + nest);
  if (!refusal.help.empty()) error.suggest(refusal.help);
}

}  // namespace

LoopProgram apply_schedule(const Schedule& schedule, LoopProgram program,
                           const ScheduleOptions& options, Diagnostics& diagnostics,
                           const StepObserver& observer) {
  for (const ScheduleBlock& block : schedule.blocks) {
    if (block.target && *block.target != options.target) continue;
    const auto stage = program.find_buffer(block.definition);
    if (!stage) {
      diagnostics.error(DiagnosticKind::bad_schedule, block.span,
                        fmt::format("there is no definition '{}'", block.definition));
      return program;
    }
    for (const ScheduleCommand& command : block.commands) {
      Rewritten rewritten = apply_command(program, *stage, command, options.reassociation);
      if (!rewritten) {
        report(program, *stage, command, rewritten.error(), diagnostics);
        return program;
      }
      program = std::move(*rewritten);
#if TCC_CHECKS
      check_valid(program, print(command));
#endif
      if (observer) observer(command, program);
    }
  }
  return program;
}

}  // namespace tcc::ir
