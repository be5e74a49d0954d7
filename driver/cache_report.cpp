// The cache as the command line speaks of it.
#include "driver/cache_report.h"

#include <fmt/format.h>

namespace tcc::driver {

std::string size_text(std::uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} byte{}", bytes, bytes == 1 ? "" : "s");
  auto size = static_cast<double>(bytes) / 1024;
  const char* unit = "KiB";
  for (const char* larger : {"MiB", "GiB", "TiB"}) {
    if (size < 1024) break;
    size /= 1024;
    unit = larger;
  }
  return fmt::format("{:.1f} {}", size, unit);
}

Error cache_error(const FolderFault& fault) {
  std::string text = fault.message;
  if (fault.kind == FolderFault::Kind::unsafe) {
    text += ": what lies in the cache is executed, so it must be yours alone";
  }
  if (!fault.mend.empty()) text += fmt::format("\n  help: {}", fault.mend);
  return Error(ErrorCategory::environment, text);
}

}  // namespace tcc::driver
