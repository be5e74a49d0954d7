// Values kept from process to process, in a folder: for compiled programs, which are slow to make
// and quick to read.
//
// A value is opaque here, and so is its key, which is to hold all that the value depends on: the
// file has the whole key, and a value is given out only for a key that is equal. What lies in the
// folder is executed, hence:
//
// - The folder and its files are this user's alone, or they are not touched
//   (runtime/trusted_folder.h).
// - A file is whole or as if it were not there: it is written under another name and renamed, and
//   its lengths and a checksum are tested when it is read (runtime/cache_entry.h). A process may be
//   killed at any moment. It is not synced to the disk, which would cost a compile's time for
//   something that can be made again: what a power failure leaves is no entry to the checksum.
// - Nothing here fails a compile: what cannot be read is not there, what cannot be written is not
//   kept, and `last_fault` tells why. A folder that is read-only is read.
// - Any number of processes and threads may use one folder. Two that store the same key at once
//   write it once.
//
// The size is bounded: where it would be exceeded, the entries that were not used for longest go
// until a sixteenth of the bound is free. A store does not look through the folder for that, but
// adds to a count on the disk (runtime/cache_contents.h).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "runtime/fork_safe_mutex.h"
#include "runtime/trusted_folder.h"

namespace tcc {

inline constexpr std::uint64_t default_cache_bytes = std::uint64_t{1} << 30;

/// What one DiskCache did since it was made.
struct DiskCacheCounts {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t damaged = 0;  ///< of the misses: a file was there, and not whole
  std::uint64_t stores = 0;
};

/// What lies on the disk, of all processes.
struct DiskCacheUsage {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  ///< in whole blocks of the disk
};

/// Safe to use from several threads at once.
class DiskCache {
 public:
  /// `folder` is made by the first store; an empty name is a cache that keeps nothing. An entry may
  /// have an eighth of `limit_bytes`.
  explicit DiskCache(const std::string& folder, std::uint64_t limit_bytes = default_cache_bytes);

  std::optional<std::string> find(std::string_view key);
  void store(std::string_view key, std::string_view value);

  /// Looks through the folder. Errors: the folder is not there, or not to be trusted.
  tl::expected<DiskCacheUsage, FolderFault> usage();

  /// Removes what was not used for longest until at most `bytes` are left, and what killed
  /// processes left behind. Returns what was removed. Errors: as `usage`.
  tl::expected<DiskCacheUsage, FolderFault> prune(std::uint64_t bytes);

  /// Removes everything. Errors: as `usage`.
  tl::expected<DiskCacheUsage, FolderFault> clear() { return prune(0); }

  DiskCacheCounts counts() const;
  /// The last reason for which something was not read or not kept; empty where there was none.
  std::string last_fault() const;

  const std::string& folder() const { return path_; }
  std::uint64_t limit_bytes() const { return limit_bytes_; }

 private:
  using Folder = std::shared_ptr<const TrustedFolder>;

  tl::expected<Folder, FolderFault> open_folder(MissingFolder missing);
  /// Reads the value, or says why there is none; an empty reason where there just is none.
  tl::expected<std::string, std::string> read_value(std::string_view key);
  /// Returns why the value was not kept, or nothing.
  std::string write_value(std::string_view key, std::string_view value);
  /// Counts what is there, and makes room for `bytes` where that is needed. Returns a fault.
  std::string make_room(const TrustedFolder& folder, std::uint64_t bytes) const;
  void record_fault(std::string fault);

  const std::string path_;
  const std::uint64_t limit_bytes_;
  mutable ForkSafeMutex mutex_;  ///< over what follows
  Folder opened_;
  std::string last_fault_;
  std::atomic<std::uint64_t> hits_ = 0;
  std::atomic<std::uint64_t> misses_ = 0;
  std::atomic<std::uint64_t> damaged_ = 0;
  std::atomic<std::uint64_t> stores_ = 0;
};

}  // namespace tcc
