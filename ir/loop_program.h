// The loop IR of a whole program: buffers, and kernels that are run in order.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "ir/stmt.h"

namespace tcc::ir {

/// Where a buffer lives. `heap` is the memory of inputs, outputs and what is passed between
/// kernels; `stack` and `register` are a kernel's own; the others are a GPU's.
enum class Memory : std::uint8_t {
  heap,
  stack,
  registers,
  fragment,
  shared,
  remote_shared,
  global
};
std::string_view name_of(Memory memory);

enum class BufferUse : std::uint8_t {
  input,
  output,
  temporary,  ///< between kernels, laid out by the memory plan
  local,      ///< declared by an Allocate inside a kernel
  removed,    ///< of a definition that was inlined away: no memory, nothing accesses it
};

/// How what is stored to a buffer is written: `nontemporal` goes past the caches, for what is too
/// large to be read again from them.
enum class StoreHint : std::uint8_t { temporal, nontemporal };

/// Dense, row-major memory.
struct Buffer {
  std::string name;  ///< unique in the program
  DType dtype;
  std::vector<Expr> shape;  ///< over size variables; constants for local buffers on the stack
  Memory memory;
  BufferUse use;
  OriginId origin;
  StoreHint stores = StoreHint::temporal;
  /// The temporary whose memory it may take over: an element of that one is last accessed before
  /// the same element of this one is first stored (ir/passes/take_over_memory.h).
  std::optional<BufferId> in_place_of = {};
};

/// A loop nest that is launched as one.
struct Kernel {
  std::string name;  ///< of the last definition in it
  Stmt body;
  OriginId origin;
};

/// What may be assumed of a size variable.
struct SizeFact {
  VarId var;
  std::int64_t minimum = 0;
  std::optional<std::int64_t> maximum;
  std::int64_t divisor = 1;  ///< the size is a multiple of it
};

/// What may be assumed of the memory behind a buffer.
struct BufferFact {
  BufferId buffer;
  std::int64_t alignment = 1;  ///< bytes
  enum class Aliasing : std::uint8_t { none, reads } aliasing = Aliasing::none;
};

struct Facts {
  std::vector<SizeFact> sizes;
  std::vector<BufferFact> buffers;
};

struct LoopProgram {
  std::vector<Expr> sizes;      ///< Vars: parameters of every kernel, in this order
  std::vector<Buffer> buffers;  ///< the graph's tensors first, in its order
  std::vector<Kernel> kernels;  ///< in order of execution
  Facts facts;
  OriginTable origins;
  std::uint32_t next_var = 1;

  VarId fresh_var() { return VarId{next_var++}; }
  const Buffer& operator[](BufferId id) const { return buffers[id.value]; }
  std::optional<BufferId> find_buffer(std::string_view name) const;
};

/// The plain loop nest of every definition, a kernel each.
/// Before:   C.1[i0, i1] = sum[k0](A[i0, k0] * B[k0, i1])
/// After:    for i0 { for i1 { C.1[i0, i1] = 0; for k0 { C.1[i0, i1] = C.1[i0, i1] + .. } } }
LoopProgram lower_to_loops(const Graph& graph);

}  // namespace tcc::ir
