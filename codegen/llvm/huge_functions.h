// Functions that are too large for LLVM's passes, most of which take time that grows faster than a
// function: the sum of 10^5 terms, a join of 10^4 tensors.
#pragma once

#include <cstddef>
#include <memory>

namespace llvm {
class Module;
}

namespace tcc {

/// A function of more instructions is huge: far more than tiles and elementary functions make.
constexpr std::size_t max_optimized_instructions = 12'000;
/// The longest block of a huge function, in instructions.
constexpr std::size_t max_huge_block = 256;

/// Moves the huge functions into a module of their own, to be compiled without optimization, and
/// cuts their straight code into short blocks, since instruction selection takes time that grows
/// faster than a block; their literals are read from tables, since LLVM looks each up in a list.
/// Null where no function is huge.
/// Before:   a module of functions that do not call each other
/// Ensures:  the same operations in the same order, so the same values bit by bit
std::unique_ptr<llvm::Module> take_huge_functions(llvm::Module& module);

}  // namespace tcc
