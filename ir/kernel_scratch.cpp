// What a block has allocated lives to its end: what is alive is summed along the nest.
#include "ir/kernel_scratch.h"

#include <algorithm>

namespace tcc::ir {

namespace {

class ScratchMeter {
 public:
  ScratchMeter(const LoopProgram& program, const std::function<std::int64_t(BufferId)>& bytes_of)
      : program_(program), bytes_of_(bytes_of) {}

  KernelScratch measure(const Stmt& stmt) {
    KernelScratch scratch;
    match(
        stmt,
        [&](const For& loop) {
          scratch = measure(loop.body);
          // A parallel loop inside runs in order, in the thread of the iteration around it.
          if (loop.kind == ForKind::parallel)
            scratch = {0, sum(scratch.shared, scratch.per_thread)};
        },
        [&](const If& guard) { scratch = measure(guard.body); },
        [&](const Block& block) { scratch = measure(block); },
        [&](const Allocate& allocate) { scratch.shared = bytes_of(allocate.buffer); },
        [](const auto&) {});
    return scratch;
  }

 private:
  KernelScratch measure(const Block& block) {
    KernelScratch most;
    std::int64_t alive = 0;
    for (const Stmt& stmt : block.statements) {
      const KernelScratch inner = measure(stmt);
      most.shared = std::max(most.shared, sum(alive, inner.shared));
      most.per_thread = std::max(most.per_thread, inner.per_thread);
      if (as<Allocate>(stmt)) alive = sum(alive, inner.shared);
    }
    return most;
  }

  std::int64_t bytes_of(BufferId buffer) const {
    return program_[buffer].memory == Memory::heap ? bytes_of_(buffer) : 0;
  }

  static std::int64_t sum(std::int64_t a, std::int64_t b) {
    std::int64_t result = 0;
    return __builtin_add_overflow(a, b, &result) ? std::numeric_limits<std::int64_t>::max()
                                                 : result;
  }

  const LoopProgram& program_;
  const std::function<std::int64_t(BufferId)>& bytes_of_;
};

}  // namespace

KernelScratch kernel_scratch(const Kernel& kernel, const LoopProgram& program,
                             const std::function<std::int64_t(BufferId)>& bytes_of) {
  return ScratchMeter(program, bytes_of).measure(kernel.body);
}

}  // namespace tcc::ir
