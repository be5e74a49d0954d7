// From the start of a process to its first result, with what another process left in the cache.
#pragma once

#include <optional>
#include <string>

#include "bench/compiled_texts.h"

namespace bench {

/// A cache of our own, empty at first and gone at the end: nobody else's is read or written.
class CacheFolder {
 public:
  CacheFolder();
  ~CacheFolder();
  CacheFolder(const CacheFolder&) = delete;
  CacheFolder& operator=(const CacheFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Seconds of the wall clock.
struct FirstResult {
  double inside = 0;  ///< from the start of main() to the first result
  double whole = 0;   ///< from before the process is started until it has ended
};

/// Starts this executable anew, which must call serve_new_process(). Throws std::runtime_error
/// where it fails.
FirstResult first_result_in_new_process(const CompiledText& text, const CacheFolder& folder);

/// To be called first in main(): what the new process does, and its exit code; nothing where this
/// is no such process.
std::optional<int> serve_new_process(int argc, char** argv);

}  // namespace bench
