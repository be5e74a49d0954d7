// Buffers that take over memory from one another: Buffer::in_place_of.
//
//   temporary a: f32[N]
//   temporary b: f32[N] in place of a       a, b and c lie in the memory of c: the caller's
//   output c: f32[N] in place of b
//
// It is a permission: memory of its own for each is right as well.
#pragma once

#include <string>
#include <vector>

#include "ir/loop_program.h"

namespace tcc::ir {

/// For each buffer the one in whose memory it lies: itself; or, of buffers that take over memory
/// from one another, the output that ends them, else the first.
std::vector<BufferId> memories_of(const LoopProgram& program);

/// Where in the program's list of kernels a buffer is accessed.
struct KernelRange {
  std::uint32_t first = 0, last = 0;
};
/// Of each buffer; nothing for one that no kernel touches.
std::vector<std::optional<KernelRange>> kernels_touching(const LoopProgram& program);

/// What ir/verifier.h demands of buffers in place of others, in words where it is not so.
std::vector<std::string> breaches_in_sharing(const LoopProgram& program);

/// Whether two buffers have as many elements, in the same order, of as many bytes.
bool have_same_layout(const Buffer& a, const Buffer& b);

}  // namespace tcc::ir
