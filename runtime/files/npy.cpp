// Arrays in NumPy's .npy files.
#include "runtime/files/npy.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "runtime/files/file_errors.h"
#include "runtime/files/npy_header.h"
#include "runtime/files/replace_file.h"

namespace tcc {

namespace {

auto unreadable(const std::string& path, const std::string& reason) {
  return tl::make_unexpected(
      Error(ErrorCategory::environment, fmt::format("cannot read '{}': {}", path, reason)));
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

/// A stream that counts.
class Reader {
 public:
  explicit Reader(const ByteStream& stream) : stream_(stream) {}

  std::size_t read(void* into, std::size_t count) {
    const std::size_t found = count == 0 ? 0 : stream_.read({static_cast<char*>(into), count});
    position_ += found;
    return found;
  }

  /// Bytes from here to the end, where that is known.
  std::optional<std::uint64_t> left() const {
    if (!stream_.size) return {};
    return *stream_.size - std::min(*stream_.size, position_);
  }

 private:
  const ByteStream& stream_;
  std::uint64_t position_ = 0;
};

tl::expected<npy::Header, std::string> read_header(Reader& reader) {
  std::string start(npy::preamble_capacity, '\0');
  start.resize(reader.read(start.data(), start.size()));
  const auto preamble = npy::parse_preamble(start);
  if (!preamble) return tl::make_unexpected(preamble.error());
  // In version 1.0 the last two bytes read are of the text already.
  std::string text = start.substr(preamble->size);
  const std::size_t known = std::min(text.size(), preamble->text_length);
  // What a header of fewer bytes has behind it is of the data: there is none that short.
  if (known < text.size()) return tl::make_unexpected(std::string("its header is no dictionary"));
  text.resize(preamble->text_length);
  const std::size_t rest = preamble->text_length - known;
  if (reader.read(text.data() + known, rest) != rest) {
    return tl::make_unexpected(std::string("it ends within its header"));
  }
  return npy::parse_header(text);
}

/// The size of a file that is of the sort that knows.
std::optional<std::uint64_t> size_of_file(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return {};
  const auto size = std::filesystem::file_size(path, error);
  return error ? std::nullopt : std::optional<std::uint64_t>(size);
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

tl::expected<Tensor, Error> read_npy(const ByteStream& stream, const std::string& name) {
  Reader reader(stream);
  const auto header = read_header(reader);
  if (!header) return tl::make_unexpected(malformed_file(name, header.error()));

  const auto count = static_cast<std::size_t>(header->byte_count);
  const auto cut_short = [&](std::uint64_t found) {
    return tl::make_unexpected(
        malformed_file(name, fmt::format("it ends too early: its header asks for {} bytes of data, "
                                         "there are {}\n  help: write or copy the file again",
                                         count, found)));
  };
  const std::uint64_t left = reader.left().value_or(count);
  if (left < count) return cut_short(left);
  Tensor tensor;
  try {
    tensor = Tensor::empty(header->dtype, header->shape);
  } catch (const Error& no_memory) {
    return unreadable(name, no_memory.what());
  }
  const std::size_t found = reader.read(tensor.raw_data(), count);
  if (found != count) return cut_short(found);
  if (header->byte_order == npy::ByteOrder::swapped) swap_bytes(tensor);
  if (header->dtype == DType::boolean) normalize_bools(tensor);
  return header->order == npy::Order::column_major ? as_column_major(tensor) : tensor;
}

tl::expected<Tensor, Error> read_npy(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return unreadable(path, "it is a directory");
  const File file(std::fopen(path.c_str(), "rb"));
  if (!file) return unreadable(path, std::strerror(errno));
  const auto read = [&](std::span<char> into) {
    return std::fread(into.data(), 1, into.size(), file.get());
  };
  return read_npy({read, size_of_file(path)}, path);
}

tl::expected<NpyParts, std::string> npy_parts(const Tensor& tensor) {
  if (!npy::has_numpy_type(tensor.dtype())) {
    return tl::make_unexpected(
        fmt::format("NumPy has no {}\n  help: convert it, as in f32(x)", name_of(tensor.dtype())));
  }
  if (tensor.shape().size() > npy::max_rank) {
    return tl::make_unexpected(
        fmt::format("NumPy has at most {} axes, it has {}", npy::max_rank, tensor.rank()));
  }
  const Tensor dense = tensor.contiguous();
  return NpyParts{npy::make_header(dense.dtype(), dense.shape()), dense};
}

std::string_view bytes_of(const Tensor& tensor) {
  const auto count = static_cast<std::size_t>(tensor.element_count());
  return {static_cast<const char*>(tensor.raw_data()), count * size_in_bytes(tensor.dtype())};
}

tl::expected<void, Error> write_npy(const std::string& path, const Tensor& tensor) {
  const auto file = npy_parts(tensor);
  if (!file) return tl::make_unexpected(unwritable_file(path, file.error()));
  const std::string_view parts[] = {file->header, bytes_of(file->tensor)};
  return replace_file(path, parts);
}

}  // namespace tcc
