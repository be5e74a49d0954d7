// The forms of array files that the command line takes, told by their names.
#pragma once

#include <string>
#include <string_view>

namespace tcc::driver {

enum class FileForm : std::uint8_t {
  npy,
  later,  ///< .npz, .safetensors, .ppm: of the command line, not yet of this version
  unknown,
};

FileForm form_of_file(std::string_view value);

/// Throws Error (environment) for a form of later versions.
void require_npy(const std::string& value);

}  // namespace tcc::driver
