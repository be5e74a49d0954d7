// The C++ compiler of this machine, which the emulator needs to run CUDA text on the CPU.
#pragma once

#include <string>

#include <tl/expected.hpp>

namespace tcc {

struct HostCompiler {
  std::string command;  ///< as it is called
  std::string version;  ///< the first line of what it says of itself
};

/// The value of TCC_HOST_CXX, then g++, then clang++: the first that compiles C++20.
/// Errors: what was tried, and why it does not do.
tl::expected<HostCompiler, std::string> find_host_compiler();

}  // namespace tcc
