// What lies in the folder of the disk cache.
#include "runtime/cache_contents.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "runtime/cache_entry.h"

namespace tcc {

namespace {

constexpr std::uint64_t block_bytes = 4096;
constexpr std::string_view entry_suffix = ".entry";
constexpr std::string_view part_suffix = ".part";

/// A part that cannot be locked is taken for abandoned after an hour.
constexpr std::int64_t seconds_to_write = 3600;

std::uint64_t blocks_of(std::uint64_t bytes) { return (bytes + block_bytes - 1) / block_bytes; }

bool is_name(std::string_view name, std::string_view suffix) {
  constexpr std::size_t digits = 32;
  return name.size() == digits + suffix.size() && name.ends_with(suffix) &&
         name.find_first_not_of("0123456789abcdef") == digits;
}

template <typename Visit>
void visit_files(const TrustedFolder& folder, std::string_view suffix, Visit visit) {
  // Opened anew: the position in a folder belongs to the open file.
  FileHandle file(::openat(folder.descriptor(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  DIR* stream = file ? ::fdopendir(file.get()) : nullptr;
  if (stream == nullptr) return;
  file.release();
  while (const dirent* each = ::readdir(stream)) {
    if (!is_name(each->d_name, suffix)) continue;
    struct stat status = {};
    const int found = ::fstatat(folder.descriptor(), each->d_name, &status, AT_SYMLINK_NOFOLLOW);
    if (found == 0 && S_ISREG(status.st_mode) && status.st_uid == ::geteuid()) {
      visit(std::string(each->d_name), status);
    }
  }
  ::closedir(stream);
}

}  // namespace

std::string entry_file(const std::string& hash) { return hash + std::string(entry_suffix); }

std::string part_file(const std::string& hash) { return hash + std::string(part_suffix); }

std::uint64_t disk_bytes(std::uint64_t file_bytes) { return blocks_of(file_bytes) * block_bytes; }

std::vector<CachedFile> cached_files(const TrustedFolder& folder) {
  std::vector<CachedFile> files;
  visit_files(folder, entry_suffix, [&](std::string name, const struct stat& status) {
    const std::int64_t last_used =
        std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
    const auto size = static_cast<std::uint64_t>(status.st_size);
    files.push_back({std::move(name), disk_bytes(size), last_used});
  });
  return files;
}

bool remove_entry(const TrustedFolder& folder, const std::string& name) {
  std::array<char, entry_magic_bytes> beginning;
  const FileHandle file(
      ::openat(folder.descriptor(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!file) return errno == ENOENT;
  const ssize_t count = ::pread(file.get(), beginning.data(), beginning.size(), 0);
  if (count < 0 || !may_be_entry({beginning.data(), static_cast<std::size_t>(count)})) return false;
  return ::unlinkat(folder.descriptor(), name.c_str(), 0) == 0 || errno == ENOENT;
}

PartLock lock_part(const FileHandle& part) {
  while (::flock(part.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    return errno == EWOULDBLOCK ? PartLock::taken : PartLock::unsupported;
  }
  return PartLock::locked;
}

bool is_named(const TrustedFolder& folder, const FileHandle& file, const std::string& name) {
  struct stat opened = {};
  struct stat named = {};
  return ::fstat(file.get(), &opened) == 0 &&
         ::fstatat(folder.descriptor(), name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

std::size_t remove_abandoned_parts(const TrustedFolder& folder) {
  std::size_t removed = 0;
  visit_files(folder, part_suffix, [&](const std::string& name, const struct stat& status) {
    const FileHandle part = folder.open_file(name, O_WRONLY);  // NFS locks no other
    if (!part) return;
    const PartLock lock = lock_part(part);
    const bool is_old = status.st_mtim.tv_sec < std::time(nullptr) - seconds_to_write;
    if (lock == PartLock::taken || (lock == PartLock::unsupported && !is_old)) return;
    if (!is_named(folder, part, name)) return;
    if (::unlinkat(folder.descriptor(), name.c_str(), 0) == 0) ++removed;
  });
  return removed;
}

std::optional<std::uint64_t> note_stored(const TrustedFolder& folder, std::uint64_t bytes) {
  const FileHandle usage = folder.open_file(usage_file, O_WRONLY | O_APPEND);
  struct stat status = {};
  if (!usage || ::fstat(usage.get(), &status) != 0) return {};
  std::uint64_t left = blocks_of(bytes);
  const std::uint64_t sum = static_cast<std::uint64_t>(status.st_size) + left;
  if (!may_write(sum)) {
    errno = EFBIG;
    return {};
  }
  static constexpr std::array<char, 4096> zeros = {};
  while (left > 0) {
    const ssize_t count = ::write(usage.get(), zeros.data(), std::min(left, zeros.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return {};
    left -= static_cast<std::uint64_t>(count);
  }
  return sum * block_bytes;
}

bool note_count(const TrustedFolder& folder, std::uint64_t bytes) {
  const std::uint64_t length = blocks_of(bytes);
  if (!may_write(length)) {
    errno = EFBIG;
    return false;
  }
  const FileHandle usage = folder.open_file(usage_file, O_WRONLY | O_CREAT, S_IRUSR | S_IWUSR);
  return usage && ::ftruncate(usage.get(), static_cast<off_t>(length)) == 0;
}

bool may_write(std::uint64_t bytes) {
  rlimit limit = {};
  return ::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
         bytes <= limit.rlim_cur;
}

}  // namespace tcc
