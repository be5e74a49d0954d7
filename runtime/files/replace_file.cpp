// Files that are either the old one or the new one, never half of it.
#include "runtime/files/replace_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tcc {

namespace {

Error failure(const std::string& path) {
  return Error(ErrorCategory::environment,
               fmt::format("cannot write '{}': {}", path, std::strerror(errno)));
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Writes and closes.
bool fill(int file, std::span<const std::string_view> parts) {
  for (const std::string_view part : parts) {
    if (write_all(file, part)) continue;
    const int error = errno;
    ::close(file);
    errno = error;
    return false;
  }
  return ::close(file) == 0;
}

/// A file beside `path` that did not exist, with the rights that the process gives new files.
int create_beside(const std::string& path, std::string& name) {
  constexpr int attempts = 100;
  int file = -1;
  for (int attempt = 0; file < 0 && attempt < attempts; ++attempt) {
    name = fmt::format("{}.tmp-{}-{}", path, ::getpid(), attempt);
    file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (errno != EEXIST) break;
  }
  return file;
}

/// The rights of the file that is replaced stay.
bool keep_rights(int file, const std::string& path) {
  struct stat old = {};
  return ::stat(path.c_str(), &old) != 0 || ::fchmod(file, old.st_mode & 07777) == 0;
}

tl::expected<void, Error> write_directly(const std::string& path,
                                         std::span<const std::string_view> parts) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0 || !fill(file, parts)) return tl::make_unexpected(failure(path));
  return {};
}

}  // namespace

tl::expected<void, Error> replace_file(const std::string& path,
                                       std::span<const std::string_view> parts) {
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    return write_directly(path, parts);
  }
  // Through a link, so that the link stays one.
  std::string target = path;
  if (std::filesystem::is_symlink(path, ignored)) {
    target = std::filesystem::weakly_canonical(path, ignored).string();
  }
  std::string temporary;
  const int file = create_beside(target, temporary);
  if (file < 0) return tl::make_unexpected(failure(path));
  const bool allowed = keep_rights(file, target);
  if (!fill(file, parts) || !allowed || std::rename(temporary.c_str(), target.c_str()) != 0) {
    const Error error = failure(path);
    std::remove(temporary.c_str());
    return tl::make_unexpected(error);
  }
  return {};
}

}  // namespace tcc
