// Arrays in NumPy's .npy files.
#include "runtime/files/npy.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "runtime/files/npy_header.h"
#include "runtime/files/replace_file.h"

namespace tcc {

namespace {

auto malformed(const std::string& path, const std::string& reason) {
  return tl::make_unexpected(
      Error(ErrorCategory::program, fmt::format("cannot read '{}': {}", path, reason)));
}

auto unreadable(const std::string& path, const std::string& reason) {
  return tl::make_unexpected(
      Error(ErrorCategory::environment, fmt::format("cannot read '{}': {}", path, reason)));
}

auto unwritable(const std::string& path, const std::string& reason) {
  return tl::make_unexpected(
      Error(ErrorCategory::program, fmt::format("cannot write '{}': {}", path, reason)));
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

std::size_t read_bytes(const File& file, void* into, std::size_t count) {
  return count == 0 ? 0 : std::fread(into, 1, count, file.get());
}

tl::expected<npy::Header, std::string> read_header(const File& file) {
  std::string start(npy::preamble_capacity, '\0');
  start.resize(read_bytes(file, start.data(), start.size()));
  const auto preamble = npy::parse_preamble(start);
  if (!preamble) return tl::make_unexpected(preamble.error());
  // In version 1.0 the last two bytes read are of the text already.
  std::string text = start.substr(preamble->size);
  const std::size_t known = std::min(text.size(), preamble->text_length);
  text.resize(preamble->text_length);
  const std::size_t rest = preamble->text_length - known;
  if (read_bytes(file, text.data() + known, rest) != rest) {
    return tl::make_unexpected(std::string("it ends within its header"));
  }
  return npy::parse_header(text);
}

/// Bytes from here to the end, where the file is of the sort that knows.
std::int64_t bytes_left(const std::string& path, const File& file, std::int64_t otherwise) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return otherwise;
  const auto size = std::filesystem::file_size(path, error);
  const long at = std::ftell(file.get());
  if (error || at < 0) return otherwise;
  return static_cast<std::int64_t>(size) - at;
}

void swap_bytes(const Tensor& tensor) {
  const std::size_t size = size_in_bytes(tensor.dtype());
  auto* bytes = static_cast<unsigned char*>(tensor.raw_data());
  for (std::int64_t e = 0; e < tensor.element_count(); ++e, bytes += size) {
    std::reverse(bytes, bytes + size);
  }
}

/// A bool is 0 or 1 in memory; a file may hold anything.
void normalize_bools(const Tensor& tensor) {
  auto* bytes = static_cast<unsigned char*>(tensor.raw_data());
  std::for_each(bytes, bytes + tensor.element_count(), [](unsigned char& b) { b = b != 0; });
}

/// The same memory with the first axis running fastest.
Tensor as_column_major(const Tensor& tensor) {
  std::vector<std::int64_t> strides;
  std::int64_t stride = 1;
  for (const std::int64_t extent : tensor.shape()) {
    strides.push_back(stride);
    stride *= std::max<std::int64_t>(extent, 1);
  }
  return Tensor::strided(tensor.dtype(), tensor.raw_data(), tensor.shape(), std::move(strides),
                         std::make_shared<Tensor>(tensor));
}

}  // namespace

tl::expected<Tensor, Error> read_npy(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return unreadable(path, "it is a directory");
  const File file(std::fopen(path.c_str(), "rb"));
  if (!file) return unreadable(path, std::strerror(errno));
  const auto header = read_header(file);
  if (!header) return malformed(path, header.error());

  const auto cut_short = [&](std::int64_t found) {
    return malformed(path, fmt::format("it ends too early: its header asks for {} bytes of data, "
                                       "there are {}\n  help: write or copy the file again",
                                       header->byte_count, found));
  };
  const std::int64_t left = bytes_left(path, file, header->byte_count);
  if (left < header->byte_count) return cut_short(left);
  Tensor tensor;
  try {
    tensor = Tensor::empty(header->dtype, header->shape);
  } catch (const Error& no_memory) {
    return unreadable(path, no_memory.what());
  }
  const auto count = static_cast<std::size_t>(header->byte_count);
  const std::size_t found = read_bytes(file, tensor.raw_data(), count);
  if (found != count) return cut_short(static_cast<std::int64_t>(found));
  if (header->byte_order == npy::ByteOrder::swapped) swap_bytes(tensor);
  if (header->dtype == DType::boolean) normalize_bools(tensor);
  return header->order == npy::Order::column_major ? as_column_major(tensor) : tensor;
}

tl::expected<void, Error> write_npy(const std::string& path, const Tensor& tensor) {
  if (!npy::has_numpy_type(tensor.dtype())) {
    return unwritable(path, fmt::format("NumPy has no {}\n  help: convert it, as in f32(x)",
                                        name_of(tensor.dtype())));
  }
  if (tensor.shape().size() > npy::max_rank) {
    return unwritable(
        path, fmt::format("NumPy has at most {} axes, it has {}", npy::max_rank, tensor.rank()));
  }
  const Tensor dense = tensor.contiguous();
  const std::string header = npy::make_header(dense.dtype(), dense.shape());
  const auto bytes = static_cast<std::size_t>(dense.element_count()) * size_in_bytes(dense.dtype());
  const std::string_view parts[] = {header, {static_cast<const char*>(dense.raw_data()), bytes}};
  return replace_file(path, parts);
}

}  // namespace tcc
