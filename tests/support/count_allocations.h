// For tests: how often a function asks for memory.
#pragma once

#include <cstddef>
#include <functional>

namespace tcc::tests {

/// Calls of malloc and its kin, operator new among them, by all threads while `function` runs.
/// Nothing is counted (`counts_allocations`) under a sanitizer, which has an allocator of its own.
std::size_t count_allocations(const std::function<void()>& function);

extern const bool counts_allocations;

}  // namespace tcc::tests
