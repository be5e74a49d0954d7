// The array files that the command line takes, told by their names.
#pragma once

#include <string>
#include <string_view>

namespace tcc::driver {

enum class FileForm : std::uint8_t { npy, npz, safetensors, ppm, unknown };

/// `a.npy`, `a.npz:member`, `a.safetensors:tensor`, `a.ppm`
struct NamedFile {
  FileForm form;
  std::string path;
  std::string member;  ///< empty where none is named
};

/// A member begins behind the first `.npz:` or `.safetensors:`, and may hold colons and points.
NamedFile parse_named_file(std::string_view text);

}  // namespace tcc::driver
