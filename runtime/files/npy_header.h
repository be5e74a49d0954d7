// The header of NumPy's .npy files, versions 1 to 3 (numpy.lib.format):
//
//   \x93NUMPY 1 0 <length> {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   \n
//
// Parsed by hand: the distribution has no library for it that reads either byte order and trusts
// no header. Libraries were weighed (cnpy: not packaged, throws on what it does not know, no byte
// order; xtensor: types fixed at compile time).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tcc/dtype.h>
#include <tl/expected.hpp>

namespace tcc::npy {

enum class Order : std::uint8_t { row_major, column_major };
enum class ByteOrder : std::uint8_t { native, swapped };

struct Header {
  DType dtype;
  ByteOrder byte_order;
  Order order;
  std::vector<std::int64_t> shape;  ///< extents at least 0
  std::int64_t byte_count;          ///< of the data; checked to fit
};

/// What stands before the text: magic, version, length of the text.
struct Preamble {
  std::size_t size;         ///< bytes up to the text
  std::size_t text_length;  ///< at most 2^20
};

/// NumPy's own limit.
inline constexpr std::size_t max_rank = 64;

/// The most bytes that a preamble takes.
inline constexpr std::size_t preamble_capacity = 12;

/// Errors say what is wrong, and how to mend it where that is known.
tl::expected<Preamble, std::string> parse_preamble(std::string_view start);
tl::expected<Header, std::string> parse_header(std::string_view text);

/// Preamble and text for a row-major array; a multiple of 64 bytes long.
/// Requires: an element type that NumPy has, which leaves out bf16; at most max_rank axes.
std::string make_header(DType dtype, const std::vector<std::int64_t>& shape);

bool has_numpy_type(DType dtype);

}  // namespace tcc::npy
