// A folder whose contents may be executed, because none but this user can have put them there.
//
// Root is trusted, being able to do all. The folder and each file are judged by what was opened,
// not by a name that may mean something else a moment later, and files are opened relative to the
// folder that was judged.
#pragma once

#include <cstdint>
#include <string>

#include <tl/expected.hpp>

#include "runtime/file_handle.h"

namespace tcc {

struct FolderFault {
  enum class Kind : std::uint8_t {
    absent,    ///< not there
    unsafe,    ///< others can write there, or could
    unusable,  ///< no folder, not readable, a name that is too long, ..
  };
  Kind kind;
  std::string message;  ///< "others can write '/tmp/cache'": lower case, without a point
  std::string mend;     ///< "chmod go-w '/tmp/cache'", or empty
};

enum class MissingFolder : std::uint8_t { create, report };

class TrustedFolder {
 public:
  /// Opens a folder of this user that nobody else can write, and below which nobody else can put
  /// another in its place: parents belong to this user or to root, and where others can write to
  /// one it has the sticky bit. A symbolic link is as good as what it names. `create` makes the
  /// folder and missing parents, for this user alone.
  static tl::expected<TrustedFolder, FolderFault> open(const std::string& path,
                                                       MissingFolder missing);

  /// As it was when it was opened: still there, still nobody else's.
  bool is_as_opened() const;

  /// A regular file of this user that others cannot write, never through a symbolic link; no
  /// handle where it is not there or is not such a file, `errno` says why (EPERM for the latter).
  /// `flags` and `mode` are those of open(2).
  FileHandle open_file(const std::string& name, int flags, unsigned mode = 0) const;

  int descriptor() const { return folder_.get(); }
  const std::string& path() const { return path_; }

 private:
  TrustedFolder(FileHandle folder, std::string path)
      : folder_(std::move(folder)), path_(std::move(path)) {}

  FileHandle folder_;
  std::string path_;
};

}  // namespace tcc
