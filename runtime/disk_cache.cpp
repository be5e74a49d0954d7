// Values kept from process to process, in a folder.
#include "runtime/disk_cache.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <tuple>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "runtime/cache_contents.h"
#include "runtime/cache_entry.h"

namespace tcc {

namespace {

/// The last use is noted to the minute: a disk that is only read is written to once a minute.
constexpr std::int64_t use_resolution_seconds = 60;

/// One large value must not drive out all others.
constexpr std::uint64_t entries_at_least = 8;

/// Which part of the bound is freed where it is reached. The folder is looked through for that, so
/// it is not too little; a store waits for it, so it is not too much: some 3000 files of 20 KB,
/// and what can be removed in that time where the disk is slow (4 ms a file on a busy one).
constexpr std::uint64_t freed_at_once = 16;
constexpr std::chrono::milliseconds longest_wait(200);

std::string fault_of_file(std::string_view what, const std::string& name) {
  const std::string reason =
      errno == EPERM ? "it is no file of this user's alone" : std::strerror(errno);
  return fmt::format("cannot {} '{}': {}", what, name, reason);
}

bool read_all(const FileHandle& file, char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t count = ::read(file.get(), bytes, size);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

bool write_all(const FileHandle& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void note_use(const FileHandle& file, const struct stat& status) {
  const std::int64_t age = std::time(nullptr) - status.st_mtim.tv_sec;
  if (age >= 0 && age < use_resolution_seconds) return;
  const timespec times[] = {{0, UTIME_OMIT}, {0, UTIME_NOW}};
  if (::futimens(file.get(), times) != 0) return;  // read-only: nothing is removed there either
}

std::string describe(EntryFault fault) {
  switch (fault) {
    case EntryFault::other_version: return "it is of another version of tcc";
    case EntryFault::other_key: return "it is of another key with the same hash";
    case EntryFault::damaged: return "it is damaged";
  }
  return "";
}

/// The file under its preliminary name, locked and empty; no handle where another process is
/// writing it, or where it cannot be made (`errno`).
FileHandle open_part(const TrustedFolder& folder, const std::string& name) {
  constexpr unsigned mode = S_IRUSR | S_IWUSR;
  FileHandle part = folder.open_file(name, O_WRONLY | O_CREAT | O_EXCL, mode);
  const bool is_new = static_cast<bool>(part);
  if (!is_new && errno == EEXIST) part = folder.open_file(name, O_WRONLY);
  if (!part) return {};
  const PartLock lock = lock_part(part);
  if (lock == PartLock::taken || (lock == PartLock::unsupported && !is_new)) {
    errno = EBUSY;
    return {};
  }
  if (!is_named(folder, part, name)) {
    errno = EBUSY;
    return {};
  }
  if (::ftruncate(part.get(), 0) != 0) return {};
  return part;
}

/// Returns why it was not written, or nothing; another process that writes the same is no fault.
std::string write_entry(const TrustedFolder& folder, const std::string& hash,
                        std::string_view bytes) {
  const std::string part_name = part_file(hash);
  const std::string name = entry_file(hash);
  const FileHandle part = open_part(folder, part_name);
  if (!part) return errno == EBUSY ? "" : fault_of_file("write", part_name);
  const int at = folder.descriptor();
  if (write_all(part, bytes) && ::renameat(at, part_name.c_str(), at, name.c_str()) == 0) return "";
  const std::string fault = fault_of_file("write", name);
  ::unlinkat(at, part_name.c_str(), 0);
  return fault;
}

std::uint64_t sum_of(const std::vector<CachedFile>& files) {
  std::uint64_t sum = 0;
  for (const CachedFile& file : files)
    sum += file.bytes;
  return sum;
}

/// How much may be left: `wanted`, or `enough` where that takes too long.
struct Room {
  std::uint64_t wanted;
  std::uint64_t enough;
};

/// Removes the files that were not used for longest.
DiskCacheUsage remove_oldest(const TrustedFolder& folder, std::vector<CachedFile> files,
                             const Room& room) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + longest_wait;
  std::uint64_t left = sum_of(files);
  std::sort(files.begin(), files.end(), [](const CachedFile& a, const CachedFile& b) {
    return std::tie(a.last_used, a.name) < std::tie(b.last_used, b.name);
  });
  DiskCacheUsage removed;
  for (const CachedFile& file : files) {
    if (left <= room.wanted || (left <= room.enough && Clock::now() >= end)) break;
    if (!remove_entry(folder, file.name)) continue;
    left -= file.bytes;
    ++removed.entries;
    removed.bytes += file.bytes;
  }
  return removed;
}

/// A process may change its working folder, and means what it named.
std::string absolute(const std::string& folder) {
  if (folder.empty()) return "";
  std::error_code error;
  const std::filesystem::path path = std::filesystem::absolute(folder, error);
  return error ? folder : path.string();
}

}  // namespace

DiskCache::DiskCache(const std::string& folder, std::uint64_t limit_bytes)
    : path_(absolute(folder)), limit_bytes_(limit_bytes) {}

tl::expected<DiskCache::Folder, FolderFault> DiskCache::open_folder(MissingFolder missing) {
  const std::lock_guard lock(mutex_);
  if (opened_ && opened_->is_as_opened()) return opened_;
  opened_ = nullptr;
  auto folder = TrustedFolder::open(path_, missing);
  if (!folder) return tl::unexpected(folder.error());
  opened_ = std::make_shared<const TrustedFolder>(std::move(*folder));
  return opened_;
}

tl::expected<std::string, std::string> DiskCache::read_value(std::string_view key) {
  const auto none = [](std::string reason) { return tl::unexpected(std::move(reason)); };
  const auto folder = open_folder(MissingFolder::report);
  if (!folder) {
    return none(folder.error().kind == FolderFault::Kind::absent ? "" : folder.error().message);
  }
  const std::string name = entry_file(hash_name(key));
  const FileHandle file = (*folder)->open_file(name, O_RDONLY);
  if (!file) return none(errno == ENOENT ? "" : fault_of_file("read", name));
  struct stat status = {};
  if (::fstat(file.get(), &status) != 0) return none(fault_of_file("read", name));
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > limit_bytes_) return none(fmt::format("'{}' is too large", name));
  std::string bytes(size, '\0');
  errno = 0;
  if (!read_all(file, bytes.data(), bytes.size())) return none(fault_of_file("read", name));
  const auto value = value_of_entry(bytes, key);
  if (!value) {
    if (value.error() == EntryFault::damaged) ++damaged_;
    return none(fmt::format("cannot read '{}': {}", name, describe(value.error())));
  }
  note_use(file, status);
  const auto begin = static_cast<std::size_t>(value->data() - bytes.data());
  bytes.resize(begin + value->size());
  bytes.erase(0, begin);
  return bytes;
}

std::optional<std::string> DiskCache::find(std::string_view key) {
  if (path_.empty()) return {};
  auto value = read_value(key);
  if (value) {
    ++hits_;
    return std::move(*value);
  }
  ++misses_;
  record_fault(std::move(value.error()));
  return {};
}

std::string DiskCache::make_room(const TrustedFolder& folder, std::uint64_t bytes) const {
  remove_abandoned_parts(folder);
  std::vector<CachedFile> files = cached_files(folder);
  std::uint64_t sum = sum_of(files);
  if (sum + bytes > limit_bytes_) {
    const std::uint64_t enough = limit_bytes_ - bytes;
    const Room room = {enough - limit_bytes_ / freed_at_once, enough};
    sum -= remove_oldest(folder, std::move(files), room).bytes;
  }
  return note_count(folder, sum + bytes) ? "" : fault_of_file("write", usage_file);
}

std::string DiskCache::write_value(std::string_view key, std::string_view value) {
  const std::uint64_t size = entry_overhead + key.size() + value.size();
  if (disk_bytes(size) > limit_bytes_ / entries_at_least) {
    return fmt::format("{} bytes are too many for a cache of {}", size, limit_bytes_);
  }
  if (!may_write(size)) return "this process may not write files of that size (ulimit -f)";
  const auto folder = open_folder(MissingFolder::create);
  if (!folder) return folder.error().message;
  // Noted before it is written, so that what is killed in between is counted too.
  const auto stored = note_stored(**folder, size);
  if (!stored && errno != ENOENT) return fault_of_file("write", usage_file);
  if (!stored || *stored > limit_bytes_) {
    if (std::string fault = make_room(**folder, disk_bytes(size)); !fault.empty()) return fault;
  }
  return write_entry(**folder, hash_name(key), pack_entry(key, value));
}

void DiskCache::store(std::string_view key, std::string_view value) {
  if (path_.empty()) return;
  std::string fault = write_value(key, value);
  if (fault.empty()) ++stores_;
  record_fault(std::move(fault));
}

tl::expected<DiskCacheUsage, FolderFault> DiskCache::usage() {
  const auto folder = open_folder(MissingFolder::report);
  if (!folder) return tl::unexpected(folder.error());
  const std::vector<CachedFile> files = cached_files(**folder);
  return DiskCacheUsage{files.size(), sum_of(files)};
}

tl::expected<DiskCacheUsage, FolderFault> DiskCache::prune(std::uint64_t bytes) {
  const auto folder = open_folder(MissingFolder::report);
  if (!folder) return tl::unexpected(folder.error());
  remove_abandoned_parts(**folder);
  std::vector<CachedFile> files = cached_files(**folder);
  if (files.empty()) return DiskCacheUsage{};  // a folder that may be no cache is left as it is
  const std::uint64_t sum = sum_of(files);
  const DiskCacheUsage removed = remove_oldest(**folder, std::move(files), {bytes, bytes});
  note_count(**folder, sum - removed.bytes);
  return removed;
}

DiskCacheCounts DiskCache::counts() const { return {hits_, misses_, damaged_, stores_}; }

std::string DiskCache::last_fault() const {
  const std::lock_guard lock(mutex_);
  return last_fault_;
}

void DiskCache::record_fault(std::string fault) {
  if (fault.empty()) return;
  const std::lock_guard lock(mutex_);
  last_fault_ = std::move(fault);
}

}  // namespace tcc
