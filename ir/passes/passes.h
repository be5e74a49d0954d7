// The passes between a schedule and code, in the order in which they run.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "ir/loop_program.h"

namespace tcc::ir {

struct PassOptions {
  bool strict = false;  ///< language section 2.7: no contraction
  /// Temporaries that are needed after the run, or by others: nothing takes over their memory.
  std::vector<BufferId> kept = {};
};

/// A function from program to program; it cannot refuse. None may move an access of a buffer behind
/// a store to another that it stood before: the two may share memory (Buffer::in_place_of).
struct Pass {
  std::string_view name;
  std::string_view why_here;  ///< why it stands at this place in the list
  LoopProgram (*run)(LoopProgram program, const PassOptions& options);
};

std::span<const Pass> all_passes();

/// Sees the program after each pass (`--print-after`).
using PassObserver = std::function<void(const Pass&, const LoopProgram&)>;
LoopProgram run_passes(LoopProgram program, const PassOptions& options,
                       const PassObserver& observer = {});

}  // namespace tcc::ir
