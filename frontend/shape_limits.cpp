// What every tensor of a program must keep to.
#include "frontend/shape_limits.h"

#include <algorithm>

#include <fmt/format.h>

#include "dsl/type_text.h"

namespace tcc {

bool check_shape(DType dtype, const Shape& shape, Span span, Diagnostics& diagnostics) {
  if (shape.size() > max_axes) {
    diagnostics.error(DiagnosticKind::limit, span,
                      fmt::format("a tensor of {} axes: there may be {}", shape.size(), max_axes));
    return false;
  }
  for (const Extent& extent : shape) {
    if (!extent.is_surely_negative()) continue;
    diagnostics.error(DiagnosticKind::size_mismatch, span,
                      fmt::format("an extent is negative: {}", type_text(dtype, shape)));
    return false;
  }
  const Extent bytes =
      element_count(shape) * Extent(static_cast<std::int64_t>(size_in_bytes(dtype)));
  const auto number = bytes.constant();
  if (!bytes.overflowed() && (!number || *number <= (std::int64_t{1} << 62))) return true;
  const bool is_empty = std::find(shape.begin(), shape.end(), Extent(0)) != shape.end();
  if (is_empty) return true;
  diagnostics.error(DiagnosticKind::limit, span,
                    fmt::format("a tensor of type {} is over 2^62 bytes", type_text(dtype, shape)));
  return false;
}

}  // namespace tcc
