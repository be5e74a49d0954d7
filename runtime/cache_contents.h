// What lies in the folder of the disk cache: its files by their names, their sizes, and how much
// was stored since they were last counted.
//
//   <32 digits>.entry   an entry (runtime/cache_entry.h); its time of change is its last use
//   <32 digits>.part    an entry while it is written, locked by who writes it
//   usage               its length says how much is stored: one byte stands for a block of 4 KiB
//
// All else is somebody's who put it there, and left alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/trusted_folder.h"

namespace tcc {

/// Its length counts the blocks that entries have on the disk. Named so that it is nobody else's.
inline constexpr const char* usage_file = "usage.tcc-cache";

std::string entry_file(const std::string& hash);
std::string part_file(const std::string& hash);

/// What a file takes on the disk: whole blocks.
std::uint64_t disk_bytes(std::uint64_t file_bytes);

struct CachedFile {
  std::string name;
  std::uint64_t bytes;     ///< on the disk
  std::int64_t last_used;  ///< nanoseconds since 1970
};

/// All entries, by a scan of the folder.
std::vector<CachedFile> cached_files(const TrustedFolder& folder);

/// Removes an entry, unless the file is none inside. Whether it is gone: another process may have
/// been first.
bool remove_entry(const TrustedFolder& folder, const std::string& name);

/// Removes what processes that are no more have left half written; returns how many.
std::size_t remove_abandoned_parts(const TrustedFolder& folder);

/// Locks a file that is being written, so that only one process writes it. The kernel frees the
/// lock of a process that dies.
enum class PartLock : std::uint8_t { locked, taken, unsupported };
PartLock lock_part(const FileHandle& part);

/// Whether the name is that of the file still. Between its opening and its lock another process may
/// have finished it: by now it is an entry.
bool is_named(const TrustedFolder& folder, const FileHandle& file, const std::string& name);

/// Notes that `bytes` more will be stored, and returns how much that makes since the last count.
/// Nothing, with `errno`, where it cannot be noted; ENOENT where there was no count yet.
///
/// Appending is one step for the kernel, so processes need no lock; what a killed process noted and
/// did not store is corrected by the next count.
std::optional<std::uint64_t> note_stored(const TrustedFolder& folder, std::uint64_t bytes);

/// Sets what a count found. False, with `errno`, where it cannot be noted.
bool note_count(const TrustedFolder& folder, std::uint64_t bytes);

/// A process may be allowed small files only (`ulimit -f`), and is killed where it writes more.
bool may_write(std::uint64_t bytes);

}  // namespace tcc
