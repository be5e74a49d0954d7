// store: how what a definition stores is written to memory.
#include "ir/rewrites/store.h"

#include <fmt/format.h>

namespace tcc::ir {

Rewritten store(IndexedProgram& program, const RewriteCall& call) {
  const std::string_view how = call.word("how");
  const Buffer& buffer = program[call.stage];
  if (how != "nontemporal" && how != "temporal") {
    return tl::unexpected(Refusal{fmt::format("there are no '{}' stores", how),
                                  {},
                                  "write store(nontemporal) or store(temporal)"});
  }
  if (buffer.use != BufferUse::output && buffer.use != BufferUse::temporary) {
    return tl::unexpected(
        Refusal{fmt::format("'{}' is not in the memory of the whole program", buffer.name),
                {},
                "write it in the schedule of the definition that is stored there"});
  }
  program.change_buffer(call.stage).stores =
      how == "nontemporal" ? StoreHint::nontemporal : StoreHint::temporal;
  return {};
}

}  // namespace tcc::ir
