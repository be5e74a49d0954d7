// How much memory this process can still have.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tcc {

/// Bytes that can be used without ending some process for want of memory: what the system says is
/// available, swap included, and what the control group of this process has left, whichever is
/// less. Nothing where it is not known. An estimate: others use memory as well.
std::optional<std::int64_t> available_memory();

/// The same from the files below `root` ("/" but for tests): proc/meminfo, and for control groups
/// of either version the files that name their limit and use.
std::optional<std::int64_t> available_memory(const std::string& root);

}  // namespace tcc
