// A folder whose contents may be executed.
#include "runtime/trusted_folder.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

namespace tcc {

namespace {

namespace fs = std::filesystem;
using Fault = std::optional<FolderFault>;

constexpr mode_t writable_by_others = S_IWGRP | S_IWOTH;

/// The owner that a user namespace shows for ids it has no name for: in a sandbox, of root's own
/// folders.
constexpr uid_t nameless_user = 65534;

/// For a shell.
std::string quoted(const std::string& path) {
  std::string text = "'";
  for (const char c : path)
    text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

FolderFault unusable(const std::string& path, const std::string& reason) {
  return {FolderFault::Kind::unusable, fmt::format("cannot use '{}': {}", path, reason),
          "name another folder with --cache or in TCC_CACHE"};
}

FolderFault fault_of_system(const std::string& path, int error) {
  if (error == ENOENT) {
    return {FolderFault::Kind::absent, fmt::format("there is no '{}'", path), ""};
  }
  return unusable(path, std::strerror(error));
}

FolderFault unsafe(std::string message, std::string mend) {
  return {FolderFault::Kind::unsafe, std::move(message), std::move(mend)};
}

Fault fault_of_folder(const struct stat& status, const std::string& path) {
  if (!S_ISDIR(status.st_mode)) return unusable(path, "it is no folder");
  if (status.st_uid != ::geteuid()) {
    return unsafe(fmt::format("'{}' belongs to user {}, and this is user {}", path, status.st_uid,
                              ::geteuid()),
                  "name a folder of your own with --cache or in TCC_CACHE");
  }
  if (status.st_mode & writable_by_others) {
    return unsafe(fmt::format("others can write '{}'", path),
                  fmt::format("chmod go-w {}", quoted(path)));
  }
  return {};
}

Fault fault_of_parent(const struct stat& status, const std::string& path) {
  const bool is_sticky = status.st_mode & S_ISVTX;
  if ((status.st_mode & writable_by_others) && !is_sticky) {
    return unsafe(fmt::format("others can replace what is in '{}'", path),
                  fmt::format("chmod go-w {}", quoted(path)));
  }
  const uid_t owner = status.st_uid;
  if (owner != ::geteuid() && owner != 0 && owner != nameless_user) {
    return unsafe(
        fmt::format("'{}' belongs to user {}, who can replace what is in it", path, owner),
        "name a folder of your own with --cache or in TCC_CACHE");
  }
  return {};
}

/// Those that are there: a missing one is made later.
Fault fault_of_parents(const fs::path& folder) {
  for (fs::path parent = folder; parent.has_relative_path();) {
    parent = parent.parent_path();
    struct stat status = {};
    if (::stat(parent.c_str(), &status) != 0) continue;
    if (Fault fault = fault_of_parent(status, parent.string())) return fault;
  }
  return {};
}

/// With all that it stands in, for this user alone (as the XDG rules say). Returns what `errno`
/// said of the last of them, or 0: those that are there already stay.
int make_folder(const fs::path& folder) {
  int error = 0;
  fs::path made;
  for (const fs::path& part : folder) {
    made /= part;
    error = ::mkdir(made.c_str(), S_IRWXU) == 0 ? 0 : errno;
  }
  return error;
}

}  // namespace

tl::expected<TrustedFolder, FolderFault> TrustedFolder::open(const std::string& path,
                                                             MissingFolder missing) {
  if (path.empty() || path.find('\0') != std::string::npos) {
    return tl::unexpected(unusable(path, "that is no name of a folder"));
  }
  std::error_code error;
  const fs::path named = fs::absolute(path, error);
  if (error) return tl::unexpected(unusable(path, error.message()));
  if (Fault fault = fault_of_parents(named)) return tl::unexpected(*fault);

  constexpr int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  FileHandle folder(::open(named.c_str(), flags));
  if (!folder && errno == ENOENT && missing == MissingFolder::create) {
    const int error_of_making = make_folder(named);
    folder = FileHandle(::open(named.c_str(), flags));
    if (!folder && error_of_making != 0 && error_of_making != EEXIST) {
      return tl::unexpected(unusable(path, std::strerror(error_of_making)));
    }
  }
  if (!folder) return tl::unexpected(fault_of_system(path, errno));
  struct stat status = {};
  if (::fstat(folder.get(), &status) != 0) return tl::unexpected(fault_of_system(path, errno));
  if (Fault fault = fault_of_folder(status, path)) return tl::unexpected(*fault);

  // Where a link stands on the way, what it names has parents of its own.
  const fs::path real = fs::canonical(named, error);
  if (error) return tl::unexpected(fault_of_system(path, error.value()));
  if (real != named) {
    if (Fault fault = fault_of_parents(real)) return tl::unexpected(*fault);
  }
  return TrustedFolder(std::move(folder), path);
}

bool TrustedFolder::is_as_opened() const {
  struct stat status = {};
  return ::fstat(folder_.get(), &status) == 0 && status.st_nlink > 0 &&
         !fault_of_folder(status, path_);
}

FileHandle TrustedFolder::open_file(const std::string& name, int flags, unsigned mode) const {
  // Not blocking, so that a pipe of that name does not hold us; it is no regular file.
  constexpr int always = O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  FileHandle file(::openat(folder_.get(), name.c_str(), flags | always, mode));
  if (!file) return {};
  struct stat status = {};
  if (::fstat(file.get(), &status) != 0) return {};
  const bool is_trusted = S_ISREG(status.st_mode) && status.st_uid == ::geteuid() &&
                          !(status.st_mode & writable_by_others);
  if (is_trusted) return file;
  errno = EPERM;
  return {};
}

}  // namespace tcc
