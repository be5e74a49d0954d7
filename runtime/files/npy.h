// Arrays in NumPy's .npy files.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <tcc/tensor.h>
#include <tl/expected.hpp>

namespace tcc {

/// Reads an array of any element type that tcc and NumPy share, in either byte order. One in
/// Fortran order comes as a strided tensor. The file is read with distrust: its header is checked
/// against its length before memory is asked for.
/// Errors: environment where there is no such file or no memory; program where it is malformed.
[[nodiscard]] tl::expected<Tensor, Error> read_npy(const std::string& path);

/// Bytes that come one after the other.
struct ByteStream {
  /// Fills `into`; returns how many came, fewer only at the end.
  std::function<std::size_t(std::span<char> into)> read;
  std::optional<std::uint64_t> size;  ///< of all of them, where that is known
};

/// The same from any bytes; `name` stands in messages.
[[nodiscard]] tl::expected<Tensor, Error> read_npy(const ByteStream& stream,
                                                   const std::string& name);

/// Writes version 1.0, row-major, in the machine's byte order; replaces a file as a whole.
/// Errors: environment; program for bf16 and for more than 64 axes, which NumPy lacks.
[[nodiscard]] tl::expected<void, Error> write_npy(const std::string& path, const Tensor& tensor);

/// What a file consists of: a header, and the bytes of a contiguous tensor.
struct NpyParts {
  std::string header;
  Tensor tensor;
};
/// Errors say why NumPy has no such array.
tl::expected<NpyParts, std::string> npy_parts(const Tensor& tensor);

/// The memory of a contiguous tensor.
std::string_view bytes_of(const Tensor& tensor);

}  // namespace tcc
