// Applies a schedule's rewrites, one after the other.
#pragma once

#include <functional>

#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// Sees the program after each rewrite (`--steps`).
using StepObserver = std::function<void(const ScheduleCommand&, const LoopProgram&)>;

/// Is told which command is refused, before that is reported.
using RefusalObserver = std::function<void(const ScheduleBlock&, const ScheduleCommand&)>;

/// Goes on with what the schedule has made of a program, by further rewrites.
using ScheduleCompletion = std::function<void(IndexedProgram&)>;

/// `schedule` is without variants: ir/schedule_variants.h chooses one.
struct ScheduleOptions {
  TargetKind target = TargetKind::cpu;
  Reassociation reassociation = Reassociation::allowed;
  RefusalObserver on_refusal{};
  ScheduleCompletion complete{};  ///< called once no command is refused
};

/// The scheduled program. Blocks for other targets are skipped. The first refusal is reported
/// with the loop nest as it stood and the loop at fault underlined, and ends the application.
/// Errors: `bad-schedule`.
LoopProgram apply_schedule(const Schedule& schedule, LoopProgram plain,
                           const ScheduleOptions& options, Diagnostics& diagnostics,
                           const StepObserver& observer = {});

}  // namespace tcc::ir
