// Where shared libraries lie on this machine, without opening any.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tcc {

/// The folders that the dynamic linker looks into, and those where CUDA is installed by habit:
/// LD_LIBRARY_PATH, CUDA_HOME and CUDA_PATH, the linker's configuration, the standard folders.
std::vector<std::string> library_folders();

/// The first file in `folders` that is called `name` or `name` with a version behind it
/// ("libnvrtc.so" finds "libnvrtc.so.12").
std::optional<std::string> find_library(std::string_view name,
                                        const std::vector<std::string>& folders);

}  // namespace tcc
