// A library that is opened while the program runs. It stays open: some leave threads behind.
#pragma once

#include <dlfcn.h>

#include <stdexcept>
#include <string>

namespace bench {

class SharedObject {
 public:
  /// Tries the names in turn. Throws std::runtime_error where none can be opened.
  ///
  /// RTLD_LOCAL, because several libraries define `sgemm_`; RTLD_NODELETE for their threads.
  explicit SharedObject(std::initializer_list<std::string> names) {
    std::string reasons;
    for (const std::string& name : names) {
      handle_ = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
      if (handle_ != nullptr) return;
      reasons += (reasons.empty() ? "" : "; ") + std::string(dlerror());
    }
    throw std::runtime_error(reasons);
  }

  /// Null where the library has no such function.
  template <typename F> F* find(const char* name) const {
    return reinterpret_cast<F*>(dlsym(handle_, name));
  }

  /// Throws std::runtime_error where the library has no such function.
  template <typename F> F* get(const char* name) const {
    if (F* found = find<F>(name)) return found;
    throw std::runtime_error(std::string("the library has no ") + name);
  }

 private:
  void* handle_ = nullptr;
};

}  // namespace bench
