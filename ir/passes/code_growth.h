// How much code the passes may add by copies.
#pragma once

#include <cstddef>

namespace tcc::ir {

/// What one pass may copy of a program, in nodes of expressions. A body of 256 nodes is a stencil
/// of nine points. 1024 nodes in all take about 20 ms of LLVM's time, however long the program is:
/// that of 10^4 definitions compiles as fast as before.
class CodeGrowth {
 public:
  static constexpr std::size_t most_of_a_loop = 256;
  static constexpr std::size_t most_of_a_program = 1024;

  /// Whether so many copies may be made; they are, then.
  bool take(std::size_t nodes, std::size_t copies) {
    if (nodes > most_of_a_loop || copied_ + nodes * copies > most_of_a_program) return false;
    copied_ += nodes * copies;
    return true;
  }

 private:
  std::size_t copied_ = 0;
};

}  // namespace tcc::ir
