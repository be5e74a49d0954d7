// For tests: a mode of floats that no result may show.
#pragma once

#include <cfenv>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tcc {

/// While it lives this thread rounds up, and on x86 takes subnormals for zero.
class CallerFloatMode {
 public:
  CallerFloatMode() {
    std::fegetenv(&before_);
    std::fesetround(FE_UPWARD);
#if defined(__x86_64__)
    _mm_setcsr(_mm_getcsr() | zeros);
#endif
  }
  ~CallerFloatMode() { std::fesetenv(&before_); }
  CallerFloatMode(const CallerFloatMode&) = delete;
  CallerFloatMode& operator=(const CallerFloatMode&) = delete;

  bool is_in_force() const {
#if defined(__x86_64__)
    if ((_mm_getcsr() & zeros) != zeros) return false;
#endif
    return std::fegetround() == FE_UPWARD;
  }

 private:
  static constexpr unsigned zeros = 0x8040;  // FTZ and DAZ
  std::fenv_t before_;
};

}  // namespace tcc
