#include "bench/cpu/agreement.h"

#include <cmath>
#include <cstring>
#include <limits>

#include <fmt/format.h>

#include "bench/cpu/tensors.h"
#include "dsl/narrow_float.h"

namespace bench {

namespace {

double element(tcc::DType dtype, const void* values, std::int64_t n) {
  switch (dtype) {
    case tcc::DType::f64: return static_cast<const double*>(values)[n];
    case tcc::DType::f16:
    case tcc::DType::bf16:
      return tcc::number_of(static_cast<const std::uint16_t*>(values)[n], dtype);
    default: return static_cast<const float*>(values)[n];
  }
}

/// Of the finite ones.
double root_mean_square(const Operand& tensor, const void* values) {
  double squares = 0;
  for (std::int64_t n = 0; n < tensor.count(); ++n) {
    const double value = element(tensor.dtype, values, n);
    if (std::isfinite(value)) squares += value * value;
  }
  return std::sqrt(squares / static_cast<double>(tensor.count()));
}

/// Infinite where but one is a number.
double difference(double ours, double theirs, double size) {
  if (ours == theirs) return 0;
  const double share = std::abs(ours - theirs) / (std::abs(ours) + size);
  return std::isnan(share) ? std::numeric_limits<double>::infinity() : share;
}

}  // namespace

void spoil(const Operand& result, void* values) {
  std::memset(values, 0xff, bytes_of(result));  // a NaN in every floating-point type
}

std::string disagreement(const Work& work, const void* ours, const void* theirs) {
  const tcc::DType dtype = work.result.dtype;
  const double size = root_mean_square(work.result, ours);
  double largest = work.tolerance;
  std::int64_t place = -1;
  for (std::int64_t n = 0; n < work.result.count(); ++n) {
    const double found = difference(element(dtype, ours, n), element(dtype, theirs, n), size);
    if (found <= largest) continue;
    place = n;
    largest = found;
  }
  if (place < 0) return "";
  return fmt::format("element {} is {}, ours is {}", place, element(dtype, theirs, place),
                     element(dtype, ours, place));
}

}  // namespace bench
