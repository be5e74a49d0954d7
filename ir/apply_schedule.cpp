// Applies a schedule's rewrites, one after the other.
#include "ir/apply_schedule.h"

#include <fmt/format.h>

#include "ir/printer.h"
#include "ir/rewrites/guard.h"
#include "ir/rewrites/loops.h"
#include "ir/verifier.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

/// What the reader of a refusal wants to see: the nest that the rewrite was asked for.
std::string nest_as_it_stood(const LoopProgram& program, BufferId stage, const Refusal& refusal) {
  for (const Kernel& kernel : program.kernels) {
    if (refusal.loop && find_loop(kernel.body, *refusal.loop)) {
      return print_underlined(program, kernel, *refusal.loop);
    }
    if (!refusal.loop && kernel.name == program[stage].name) return print(program, kernel);
  }
  for (const Kernel& kernel : program.kernels) {  // computed in another's kernel
    bool has_loops = false;
    for_each_statement(kernel.body, [&](const Stmt& stmt) {
      const For* loop = as<For>(stmt);
      has_loops = has_loops || (loop && loop->stage == stage);
    });
    if (has_loops) return print(program, kernel);
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

#if TCC_CHECKS
/// Checks what a rewrite has changed: to check all that is there, after every command, would take
/// time that grows with the square of the program.
void check_changed(IndexedProgram& program, const ScheduleCommand& command) {
  for (const KernelIndex kernel : program.take_changed()) {
    const auto is_written = [&](BufferId buffer) {
      const KernelSet& writers = program.writers_of(buffer);
      return !writers.empty() && *writers.begin() < kernel;
    };
    check_valid(*program, program->kernels[kernel], is_written, print(command));
  }
}
#endif

LoopProgram settled(LoopProgram program) {
  settle_guards(program);
  return program;
}

/// Applies one command, or what it stands for.
Rewritten apply_command(IndexedProgram& program, BufferId stage, const ScheduleCommand& command,
                        const ScheduleOptions& options, const StepObserver& observer) {
  auto bound = bind_command(program, stage, command, options.reassociation);
  if (!bound) return tl::unexpected(bound.error());
  if (bound->rewrite->expand) {
    const auto parts = bound->rewrite->expand(program, bound->call);
    if (!parts) return tl::unexpected(parts.error());
    for (const ScheduleCommand& part : *parts) {
      if (auto done = apply_command(program, stage, part, options, observer); !done) return done;
    }
    return {};
  }
  if (auto done = bound->rewrite->apply(program, bound->call); !done) return done;
#if TCC_CHECKS
  check_changed(program, command);
#endif
  if (observer) observer(command, settled(program.copy()));
  return {};
}

}  // namespace

LoopProgram apply_schedule(const Schedule& schedule, LoopProgram plain,
                           const ScheduleOptions& options, Diagnostics& diagnostics,
                           const StepObserver& observer) {
  IndexedProgram program(std::move(plain));
  for (const ScheduleBlock& block : schedule.blocks) {
    if (block.target && *block.target != options.target) continue;
    const auto stage = program.find_buffer(block.definition);
    if (!stage) {
      diagnostics.error(DiagnosticKind::bad_schedule, block.span,
                        fmt::format("there is no definition '{}'", block.definition));
      return std::move(program).take();
    }
    for (const ScheduleCommand& command : block.commands) {
      Rewritten rewritten = apply_command(program, *stage, command, options, observer);
      if (!rewritten) {
        LoopProgram refused = settled(std::move(program).take());
        if (options.on_refusal) options.on_refusal(block, command);
        report(refused, *stage, command, rewritten.error(), diagnostics);
        return refused;
      }
    }
  }
  if (options.complete) options.complete(program);
  LoopProgram scheduled = settled(std::move(program).take());
#if TCC_CHECKS
  check_valid(scheduled, "apply_schedule");
#endif
  return scheduled;
}

}  // namespace tcc::ir
