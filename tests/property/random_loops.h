// Random loop IR, for passes: loops, guards, lets, stores that later loads read.
#pragma once

#include <cstdint>
#include <string>

namespace tcc::property {

/// A kernel as text, over sizes N and M that are at most 8: nests of serial and unrolled loops
/// with guards at their ends, selects and predicates, lets, assertions, local
/// memory, quotients and remainders, and few enough values that many are equal. Every access is
/// inside its buffer and reads what was written. The same seed gives the same text.
std::string random_loops(std::uint64_t seed);

}  // namespace tcc::property
