// Files that are read at any place.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <tcc/error.h>
#include <tl/expected.hpp>

namespace tcc {

/// A regular file, open for reading.
class InputFile {
 public:
  /// Errors (environment): what the system says, with the path.
  [[nodiscard]] static tl::expected<InputFile, Error> open(const std::string& path);

  InputFile(InputFile&& other) noexcept;
  InputFile& operator=(InputFile&&) = delete;
  ~InputFile();

  std::uint64_t size() const { return size_; }

  /// Fills `into` from the byte `offset` on; false where the file ends before that.
  [[nodiscard]] bool read_at(std::uint64_t offset, std::span<char> into) const;

 private:
  InputFile(int file, std::uint64_t size) : file_(file), size_(size) {}

  int file_;
  std::uint64_t size_;
};

}  // namespace tcc
