// The forms of array files that the command line takes, told by their names.
#include "driver/named_file.h"

#include <fmt/format.h>
#include <tcc/error.h>

namespace tcc::driver {

FileForm form_of_file(std::string_view value) {
  if (value.ends_with(".npy")) return FileForm::npy;
  for (const std::string_view ending : {".npz", ".safetensors", ".ppm"}) {
    const std::size_t at = value.rfind(ending);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = value.substr(at + ending.size());
    if (rest.empty() || rest.front() == ':') return FileForm::later;  // FILE.npz:MEMBER
  }
  return FileForm::unknown;
}

void require_npy(const std::string& value) {
  if (form_of_file(value) == FileForm::npy) return;
  throw Error(ErrorCategory::environment,
              fmt::format("'{}': this version reads and writes .npy files only\n"
                          "  help: convert it by numpy.save, numpy.load",
                          value));
}

}  // namespace tcc::driver
