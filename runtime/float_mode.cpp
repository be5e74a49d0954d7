// Control registers of x86 and AArch64; elsewhere what fenv.h can do.
#include "runtime/float_mode.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif !defined(__aarch64__)
#include <cfenv>
#endif

namespace tcc {

#if defined(__x86_64__)

namespace {

// Intel SDM volume 1, 10.2.3: exceptions masked, to nearest, neither DAZ nor FTZ.
constexpr unsigned default_mxcsr = 0x1f80;
constexpr unsigned exception_flags = 0x3f;
// 8.1.5: exceptions masked, to nearest, 64-bit significands. The C library reads the rounding of
// the thread here where it turns text into numbers.
constexpr std::uint16_t default_x87 = 0x37f;
constexpr std::uint16_t x87_mode = 0xf3f;  // without bits that mean nothing

std::uint16_t x87_control() {
  std::uint16_t word = 0;
  asm volatile("fnstcw %0" : "=m"(word));
  return word;
}
void set_x87_control(std::uint16_t word) { asm volatile("fldcw %0" : : "m"(word)); }

}  // namespace

DefaultFloatMode::DefaultFloatMode() {
  const unsigned mxcsr = _mm_getcsr();
  before_ = {mxcsr, 0, x87_control()};
  if ((mxcsr & ~exception_flags) != default_mxcsr) _mm_setcsr(default_mxcsr);
  if (((before_.x87 ^ default_x87) & x87_mode) != 0) set_x87_control(default_x87);
}

DefaultFloatMode::~DefaultFloatMode() {
  const auto mxcsr = static_cast<unsigned>(before_.vector);
  if (_mm_getcsr() != mxcsr) _mm_setcsr(mxcsr);
  if (((before_.x87 ^ default_x87) & x87_mode) != 0) set_x87_control(before_.x87);
}

#elif defined(__aarch64__)

namespace {

// Arm ARM, FPCR: zero is to nearest, subnormals kept, NaNs as they are, no traps.
std::uint64_t control() {
  std::uint64_t value = 0;
  asm volatile("mrs %0, fpcr" : "=r"(value));
  return value;
}
void set_control(std::uint64_t value) { asm volatile("msr fpcr, %0" : : "r"(value)); }
std::uint64_t status() {
  std::uint64_t value = 0;
  asm volatile("mrs %0, fpsr" : "=r"(value));
  return value;
}
void set_status(std::uint64_t value) { asm volatile("msr fpsr, %0" : : "r"(value)); }

}  // namespace

DefaultFloatMode::DefaultFloatMode() {
  before_ = {control(), status(), 0};
  if (before_.vector != 0) set_control(0);
}

DefaultFloatMode::~DefaultFloatMode() {
  if (before_.vector != 0) set_control(before_.vector);
  if (status() != before_.status) set_status(before_.status);
}

#else

/// The rounding alone: fenv.h does not know of subnormals, and its other parts are slow.
DefaultFloatMode::DefaultFloatMode() {
  before_.vector = static_cast<std::uint64_t>(std::fegetround());
  if (before_.vector != FE_TONEAREST) std::fesetround(FE_TONEAREST);
}

DefaultFloatMode::~DefaultFloatMode() {
  if (before_.vector != FE_TONEAREST) std::fesetround(static_cast<int>(before_.vector));
}

#endif

}  // namespace tcc
