// Where compiled programs are kept when nobody says otherwise.
#include "runtime/cache_folder.h"

#include <cstdlib>

namespace tcc {

namespace {

std::string below(const char* variable, const char* folder) {
  const char* value = ::secure_getenv(variable);
  return value != nullptr && *value == '/' ? std::string(value) + folder : "";
}

}  // namespace

std::string default_cache_folder() {
  if (const char* named = ::secure_getenv("TCC_CACHE")) return named;
  std::string folder = below("XDG_CACHE_HOME", "/tcc");
  return folder.empty() ? below("HOME", "/.cache/tcc") : folder;
}

}  // namespace tcc
