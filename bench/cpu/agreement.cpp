#include "bench/cpu/agreement.h"

#include <bit>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "bench/cpu/tensors.h"

namespace bench {

namespace {

double element(tcc::DType dtype, const void* values, std::int64_t n) {
  switch (dtype) {
    case tcc::DType::f64: return static_cast<const double*>(values)[n];
    case tcc::DType::f16: return static_cast<double>(static_cast<const _Float16*>(values)[n]);
    case tcc::DType::bf16: {
      const std::uint32_t bits = static_cast<const std::uint16_t*>(values)[n];
      return std::bit_cast<float>(bits << 16);
    }
    default: return static_cast<const float*>(values)[n];
  }
}

double root_mean_square(const Operand& tensor, const void* values) {
  double squares = 0;
  for (std::int64_t n = 0; n < tensor.count(); ++n) {
    const double value = element(tensor.dtype, values, n);
    squares += value * value;
  }
  return std::sqrt(squares / static_cast<double>(tensor.count()));
}

}  // namespace

void spoil(const Operand& result, void* values) {
  std::memset(values, 0xff, bytes_of(result));  // a NaN in every floating-point type
}

std::string disagreement(const Work& work, const void* ours, const void* theirs) {
  const tcc::DType dtype = work.result.dtype;
  const double size = root_mean_square(work.result, ours);
  double largest = 0;
  std::int64_t place = -1;
  for (std::int64_t n = 0; n < work.result.count(); ++n) {
    const double a = element(dtype, ours, n), b = element(dtype, theirs, n);
    const double difference = std::abs(a - b) / (std::abs(a) + size);
    if (difference <= work.tolerance) continue;
    if (place >= 0 && difference <= largest) continue;
    place = n;
    largest = difference;
  }
  if (place < 0) return "";
  return fmt::format("element {} is {}, ours is {}", place, element(dtype, theirs, place),
                     element(dtype, ours, place));
}

}  // namespace bench
