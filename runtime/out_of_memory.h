// What a user is told where memory is missing.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "runtime/arena.h"

namespace tcc {

/// "0 bytes", "1 byte", "1000 bytes", "1.5 KiB", "3.2 GiB": three digits at least, no more than
/// one behind the point.
std::string bytes_text(std::int64_t bytes);

/// A temporary, by the name of its definition, and its bytes in the run.
struct NamedBytes {
  std::string name;
  std::int64_t bytes = 0;
};

/// Where Arena::reserve() failed:
///   there is not enough memory: 3.2 GiB for temporaries, of which 'h.softmax.e' has 2.1 GiB, 'h'
///   1.1 GiB and 4 others the rest; 1.5 GiB are available
///     help: ..
std::string out_of_memory_message(const OutOfMemory& failure,
                                  std::span<const NamedBytes> temporaries);

/// Where plan_memory() failed: more than there are addresses for. `largest`: PlanTooLarge::buffer.
std::string too_large_message(const std::string& largest);

}  // namespace tcc
