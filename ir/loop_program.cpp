// Names of memories, and buffers by name.
#include "ir/loop_program.h"

#include <algorithm>
#include <array>

namespace tcc::ir {

std::string_view name_of(Memory memory) {
  static constexpr std::array<std::string_view, 7> names = {
      "heap", "stack", "registers", "fragment", "shared", "remote_shared", "global",
  };
  return names[static_cast<std::size_t>(memory)];
}

std::optional<BufferId> LoopProgram::find_buffer(std::string_view name) const {
  const auto found = std::find_if(buffers.begin(), buffers.end(),
                                  [name](const Buffer& buffer) { return buffer.name == name; });
  if (found == buffers.end()) return {};
  return BufferId{static_cast<std::uint32_t>(found - buffers.begin())};
}

}  // namespace tcc::ir
