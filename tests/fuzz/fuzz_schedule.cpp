// libFuzzer on schedules: `cmake --preset fuzz`, then scripts/fuzz.sh.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/properties.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tcc::fuzz::check_schedule({reinterpret_cast<const char*>(data), size});
  return 0;
}
