// Where shared libraries lie on this machine.
#include "runtime/library_search.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace tcc {

namespace {

void add_path_list(const char* variable, std::vector<std::string>& folders) {
  const char* value = std::getenv(variable);
  std::string_view rest = value == nullptr ? "" : value;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    if (end > 0) folders.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

void add_below(const char* variable, std::vector<std::string>& folders) {
  const char* value = std::getenv(variable);
  if (value == nullptr || *value == '\0') return;
  folders.push_back(std::string(value) + "/lib64");
  folders.push_back(std::string(value) + "/lib");
}

/// The lines of the linker's configuration that name folders.
void add_configured(std::vector<std::string>& folders) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/etc/ld.so.conf.d", error)) {
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with('/')) folders.push_back(line);
    }
  }
}

}  // namespace

std::vector<std::string> library_folders() {
  std::vector<std::string> folders;
  add_path_list("LD_LIBRARY_PATH", folders);
  add_below("CUDA_HOME", folders);
  add_below("CUDA_PATH", folders);
  add_configured(folders);
  for (const char* folder :
       {"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib",
        "/usr/local/cuda/lib64", "/usr/lib/wsl/lib"}) {
    folders.emplace_back(folder);
  }
  return folders;
}

std::optional<std::string> find_library(std::string_view name,
                                        const std::vector<std::string>& folders) {
  for (const std::string& folder : folders) {
    std::vector<std::string> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
      const std::string file = entry.path().filename().string();
      const bool versioned = file.starts_with(name) && file.substr(name.size()).starts_with('.');
      if (file == name || versioned) found.push_back(entry.path().string());
    }
    if (!found.empty()) return *std::min_element(found.begin(), found.end());
  }
  return {};
}

}  // namespace tcc
