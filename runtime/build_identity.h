// What tells one build of tcc from another, for what is kept beyond a process.
#pragma once

#include <string>

namespace tcc {

/// The same for all processes of one binary and another for every other, be its version the same:
/// the build id that the linker made of the contents of the executable or library that holds this
/// code. Without one, the file's identity; empty where there is no file either, and then nothing
/// must be kept. Made once; safe to call from several threads.
const std::string& build_identity();

/// Which file it is, as far as that is known without reading it: path, place on the disk, size,
/// time of change. Empty where there is no such file.
std::string identity_of_file(const std::string& path);

}  // namespace tcc
