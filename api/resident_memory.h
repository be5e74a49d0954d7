// What a session keeps of its params beside their values.
#pragma once

#include <atomic>
#include <memory>

#include "runtime/arena.h"
#include "runtime/fork_safe_mutex.h"

namespace tcc {

/// Results of resident kernels (ir/resident_kernels.h) for one set of params, by the variant of the
/// program. The first run that needs them fills them; others wait for it.
class ResidentMemory {
 public:
  struct Part {
    ForkSafeMutex filling;
    std::atomic<bool> is_filled = false;
    Arena arena;
  };

  explicit ResidentMemory(std::size_t variants) : parts_(new Part[variants]) {}

  Part& of_variant(std::size_t variant) { return parts_[variant]; }

 private:
  std::unique_ptr<Part[]> parts_;
};

}  // namespace tcc
