// The mode that floats are computed in: of the language (section 2.7), not of the caller's thread.
#pragma once

#include <cstdint>

namespace tcc {

/// While it lives, this thread rounds to nearest even, keeps subnormals and traps nothing, whatever
/// its mode was; then the mode and the exception flags are as before. A few nanoseconds, and may be
/// nested.
///
/// Stands around what runs kernels and around the compiler itself: literals are read and constants
/// are folded by the same rules.
class DefaultFloatMode {
 public:
  DefaultFloatMode();
  ~DefaultFloatMode();
  DefaultFloatMode(const DefaultFloatMode&) = delete;
  DefaultFloatMode& operator=(const DefaultFloatMode&) = delete;

 private:
  struct State {
    std::uint64_t vector = 0;  ///< MXCSR, FPCR, or what fenv.h has
    std::uint64_t status = 0;  ///< FPSR
    std::uint16_t x87 = 0;     ///< its control word
  };
  State before_;
};

}  // namespace tcc
