// Files that are read at any place.
#include "runtime/files/input_file.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tcc {

namespace {

auto unreadable(const std::string& path, const char* reason) {
  return tl::make_unexpected(
      Error(ErrorCategory::environment, fmt::format("cannot read '{}': {}", path, reason)));
}

}  // namespace

tl::expected<InputFile, Error> InputFile::open(const std::string& path) {
  // What is no regular file must not be waited for.
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return unreadable(path, std::strerror(errno));
  struct stat status = {};
  if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(file);
    return unreadable(path,
                      S_ISDIR(status.st_mode) ? "it is a directory" : "it is no regular file");
  }
  return InputFile(file, static_cast<std::uint64_t>(status.st_size));
}

InputFile::InputFile(InputFile&& other) noexcept
    : file_(std::exchange(other.file_, -1)), size_(other.size_) {}

InputFile::~InputFile() {
  if (file_ >= 0) ::close(file_);
}

bool InputFile::read_at(std::uint64_t offset, std::span<char> into) const {
  if (offset > size_ || into.size() > size_ - offset) return false;
  while (!into.empty()) {
    const ssize_t count = ::pread(file_, into.data(), into.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    into = into.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return true;
}

}  // namespace tcc
