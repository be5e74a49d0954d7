// Arrays as text, as NumPy prints them.
#include "runtime/print_tensor.h"

#include <algorithm>
#include <functional>
#include <optional>

#include <fmt/format.h>

#include "dsl/diagnostic.h"
#include "dsl/dtypes.h"
#include "dsl/narrow_float.h"
#include "runtime/float_text.h"

namespace tcc {

namespace {

constexpr std::int64_t longest_in_full = 1000;
constexpr std::int64_t edge = 3;
constexpr std::int64_t line_width = 75;

/// Positions along an axis, in order; nothing stands for those left out.
using ShownPositions = std::vector<std::optional<std::int64_t>>;

std::vector<ShownPositions> shown_positions(const Tensor& tensor) {
  const bool in_full = tensor.element_count() <= longest_in_full;
  std::vector<ShownPositions> axes;
  for (const std::int64_t extent : tensor.shape()) {
    ShownPositions positions;
    const bool shortened = !in_full && extent > 2 * edge;
    for (std::int64_t i = 0; i < extent; ++i) {
      if (shortened && i == edge) {
        positions.push_back({});
        i = extent - edge;
      }
      positions.push_back(i);
    }
    axes.push_back(std::move(positions));
  }
  return axes;
}

/// A number of any type with its position in memory.
template <typename T> T element(const Tensor& tensor, std::int64_t offset) {
  return static_cast<const T*>(tensor.raw_data())[offset];
}

double float_at(const Tensor& tensor, std::int64_t offset) {
  switch (tensor.dtype()) {
    case DType::f32: return element<float>(tensor, offset);
    case DType::f64: return element<double>(tensor, offset);
    default: return number_of(element<std::uint16_t>(tensor, offset), tensor.dtype());
  }
}

std::string whole_text(const Tensor& tensor, std::int64_t offset) {
  switch (tensor.dtype()) {
    case DType::boolean: return element<std::uint8_t>(tensor, offset) != 0 ? "True" : "False";
    case DType::i8: return fmt::to_string(int{element<std::int8_t>(tensor, offset)});
    case DType::i16: return fmt::to_string(element<std::int16_t>(tensor, offset));
    case DType::i32: return fmt::to_string(element<std::int32_t>(tensor, offset));
    case DType::i64: return fmt::to_string(element<std::int64_t>(tensor, offset));
    case DType::u8: return fmt::to_string(int{element<std::uint8_t>(tensor, offset)});
    case DType::u16: return fmt::to_string(element<std::uint16_t>(tensor, offset));
    case DType::u32: return fmt::to_string(element<std::uint32_t>(tensor, offset));
    case DType::u64: return fmt::to_string(element<std::uint64_t>(tensor, offset));
    default: bug(fmt::format("{} is no integer type", name_of(tensor.dtype())));
  }
}

/// Walks the rows (the last axis) that are shown. Every axis has at least one position.
class ShownRows {
 public:
  ShownRows(const Tensor& tensor, const std::vector<ShownPositions>& axes)
      : tensor_(tensor), axes_(axes), at_(axes.size() - 1, 0) {}

  /// The outermost axis at whose `...` the walk stands; nothing on a row.
  std::optional<std::size_t> gap() const {
    for (std::size_t axis = 0; axis < at_.size(); ++axis) {
      if (!axes_[axis][at_[axis]]) return axis;
    }
    return {};
  }

  /// Where the row's first element lies.
  std::int64_t offset() const {
    std::int64_t offset = 0;
    for (std::size_t axis = 0; axis < at_.size(); ++axis) {
      offset += *axes_[axis][at_[axis]] * tensor_.strides()[axis];
    }
    return offset;
  }

  /// To the next row or gap. Returns the axis that advanced; nothing at the end.
  std::optional<std::size_t> advance() {
    const auto inside = gap();
    std::size_t axis = inside ? *inside + 1 : at_.size();
    std::fill(at_.begin() + static_cast<std::ptrdiff_t>(axis), at_.end(), 0);
    while (axis-- > 0) {
      if (++at_[axis] < axes_[axis].size()) return axis;
      at_[axis] = 0;
    }
    return {};
  }

 private:
  const Tensor& tensor_;
  const std::vector<ShownPositions>& axes_;
  std::vector<std::size_t> at_;
};

/// Calls `row` with the offset of every shown row.
void for_each_row(const Tensor& tensor, const std::vector<ShownPositions>& axes,
                  const std::function<void(std::int64_t)>& row) {
  ShownRows rows(tensor, axes);
  do {
    if (!rows.gap()) row(rows.offset());
  } while (rows.advance());
}

using ElementText = std::function<std::string(std::int64_t offset)>;

/// A function that gives each shown element a text of one width.
ElementText element_text(const Tensor& tensor, const std::vector<ShownPositions>& axes) {
  std::vector<std::int64_t> offsets;
  for_each_row(tensor, axes, [&](std::int64_t row) {
    for (const auto position : axes.back()) {
      if (position) offsets.push_back(row + *position * tensor.strides().back());
    }
  });
  if (is_float(tensor.dtype())) {
    std::vector<double> shown;
    for (const std::int64_t offset : offsets)
      shown.push_back(float_at(tensor, offset));
    return [&tensor, column = FloatColumn(shown, tensor.dtype())](std::int64_t offset) {
      return column.text_of(float_at(tensor, offset));
    };
  }
  std::size_t width = tensor.dtype() == DType::boolean ? 5 : 0;  // "False", used or not
  for (const std::int64_t offset : offsets) {
    width = std::max(width, whole_text(tensor, offset).size());
  }
  return [&tensor, width](std::int64_t offset) {
    return fmt::format("{:>{}}", whole_text(tensor, offset), width);
  };
}

/// The elements of a row, broken into lines that fit.
std::string row_text(const Tensor& tensor, const ShownPositions& positions, std::int64_t row,
                     const ElementText& text_of) {
  const auto indent = static_cast<std::size_t>(tensor.rank());
  const std::int64_t room = line_width - tensor.rank();
  std::string text;
  std::size_t line_length = indent;
  for (std::size_t p = 0; p < positions.size(); ++p) {
    const std::string word =
        positions[p] ? text_of(row + *positions[p] * tensor.strides().back()) : "...";
    const bool first_of_line = line_length <= indent;
    if (!first_of_line && static_cast<std::int64_t>(line_length + word.size()) > room) {
      text.resize(text.find_last_not_of(' ') + 1);
      text += '\n' + std::string(indent, ' ');
      line_length = indent;
    }
    text += word;
    line_length += word.size() + 1;
    if (p + 1 < positions.size()) text += ' ';
  }
  return text;
}

/// Between two rows, or a row and a gap, where `axis` advances: lines end and lists open.
std::string line_break(const Tensor& tensor, std::size_t axis) {
  const std::size_t inner = static_cast<std::size_t>(tensor.rank()) - 1 - axis;
  return std::string(inner, '\n') + std::string(axis + 1, ' ');
}

std::string scalar_text(const Tensor& tensor) {
  if (is_float(tensor.dtype())) return float_text(float_at(tensor, 0), tensor.dtype());
  return whole_text(tensor, 0);
}

}  // namespace

std::string print_tensor(const Tensor& tensor) {
  if (tensor.rank() == 0) return scalar_text(tensor);
  if (tensor.element_count() == 0) return "[]";
  const auto axes = shown_positions(tensor);
  const ElementText text_of = element_text(tensor, axes);
  const std::size_t depth = axes.size() - 1;  // of a row

  ShownRows rows(tensor, axes);
  std::string text = "[";
  std::size_t open = 0;  // the axis up to which lists are open
  while (true) {
    const auto gap = rows.gap();
    if (gap) {
      text += "...";
    } else {
      text += std::string(depth - open, '[');
      text += row_text(tensor, axes.back(), rows.offset(), text_of);
      open = depth;
    }
    const auto axis = rows.advance();
    text += std::string(open - axis.value_or(0), ']');
    if (!axis) return text + "]";
    open = *axis;
    text += line_break(tensor, *axis);
  }
}

}  // namespace tcc
