// How much code the passes may add by copies.
#pragma once

#include <cstddef>

namespace tcc::ir {

/// What one pass may copy of a program, in nodes of expressions. A body of 256 nodes is a stencil
/// of nine points. 512 nodes in all take about 10 ms of LLVM's time, however long the program is:
/// that of 10^4 definitions compiles as fast as before.
class CodeGrowth {
 public:
  static constexpr std::size_t most_of_a_loop = 256;
  static constexpr std::size_t most_of_a_program = 512;

  /// Whether so many copies may be made; they are, then. After the first refusal that is for want
  /// of room there is none for others.
  bool take(std::size_t nodes, std::size_t copies) {
    if (nodes > most_of_a_loop) return false;
    is_used_up_ |= copied_ + nodes * copies > most_of_a_program;
    if (is_used_up_) return false;
    copied_ += nodes * copies;
    return true;
  }

  bool is_used_up() const { return is_used_up_; }

 private:
  std::size_t copied_ = 0;
  bool is_used_up_ = false;
};

}  // namespace tcc::ir
