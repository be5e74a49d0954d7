// Loads and stores: the plainest form that an access allows.
//
//   indices                        form
//   no lane differs                a scalar load, spread over the lanes
//   lanes lie side by side         one vector load or store, masked where it has a predicate
//   lanes lie side by side,        the same, and the lanes turned round
//     the last one first
//   anything else                  gather or scatter
//
// A predicate is no mask where the access is surely inside a kernel's own local: everything is
// loaded and a part of it chosen, so that LLVM can hold the local in registers (it does not look
// through masks).
#pragma once

#include <span>

#include "codegen/llvm/values.h"

namespace tcc::codegen {

/// A buffer as a kernel sees it.
struct BufferMemory {
  DType dtype = DType::f32;
  llvm::Value* data = nullptr;
  std::vector<llvm::Value*> strides;     ///< elements from one index of an axis to the next
  std::uint64_t own_elements = 0;        ///< of a local on the stack; 0 for other buffers
  bool streams = false;                  ///< whole vectors are stored past the caches
  llvm::MDNode* own_scope = nullptr;     ///< the alias scope of its accesses; null for locals
  llvm::MDNode* other_scopes = nullptr;  ///< those of the buffers that it shares no memory with
};

/// One index of an access: `base + lane * step`, or `lanes` where it follows no such rule.
struct AccessIndex {
  llvm::Value* base = nullptr;
  std::int64_t step = 0;
  llvm::Value* lanes = nullptr;
};

class MemoryAccess {
 public:
  explicit MemoryAccess(Builder& builder) : builder_(builder) {}

  /// `predicate` may be null; where it is false nothing is read and the value is 0.
  llvm::Value* load(const BufferMemory& buffer, std::span<const AccessIndex> indices,
                    unsigned lanes, llvm::Value* predicate);
  /// The one element that all lanes read, where they do and there is no predicate; null otherwise.
  llvm::Value* load_uniform(const BufferMemory& buffer, std::span<const AccessIndex> indices);
  void store(const BufferMemory& buffer, std::span<const AccessIndex> indices, llvm::Value* value,
             llvm::Value* predicate);
  /// Where an element lies, or would lie: the indices may be outside.
  llvm::Value* address_of(const BufferMemory& buffer, std::span<const AccessIndex> indices);

 private:
  /// Elements from the buffer's first to a lane's: `base + lane * step`, or `lanes`.
  struct Offset {
    llvm::Value* base = nullptr;
    llvm::Value* step = nullptr;
    llvm::Value* lanes = nullptr;
    bool steps_by(std::int64_t wanted) const;
    /// A constant place inside a local, in all lanes.
    bool is_inside_local(const BufferMemory& buffer, unsigned lanes) const;
  };
  /// Whether the sums are known to stay in the buffer: not where a predicate says which do.
  enum class Bounds : std::uint8_t { inside, unknown };

  Offset offset_of(const BufferMemory& buffer, std::span<const AccessIndex> indices, unsigned lanes,
                   Bounds bounds);
  llvm::Value* add(llvm::Value* a, llvm::Value* b, Bounds bounds);
  llvm::Value* multiply(llvm::Value* a, llvm::Value* b, Bounds bounds);
  llvm::Value* address(const BufferMemory& buffer, llvm::Value* offset, Bounds bounds);
  llvm::Value* addresses(const BufferMemory& buffer, const Offset& offset, unsigned lanes,
                         Bounds bounds);
  /// The lowest address of lanes that lie side by side, in either direction.
  llvm::Value* lowest(const BufferMemory& buffer, const Offset& offset, unsigned lanes,
                      Bounds bounds);

  llvm::Value* load_element(const BufferMemory& buffer, llvm::Value* pointer);
  llvm::Value* load_guarded(const BufferMemory& buffer, llvm::Value* pointer,
                            llvm::Value* predicate);
  llvm::Value* load_vector(const BufferMemory& buffer, const Offset& offset, unsigned lanes,
                           llvm::Value* predicate);
  void store_guarded(const BufferMemory& buffer, llvm::Value* pointer, llvm::Value* value,
                     llvm::Value* predicate);
  void store_vector(const BufferMemory& buffer, const Offset& offset, llvm::Value* value,
                    llvm::Value* predicate);
  void store_past_caches(const BufferMemory& buffer, llvm::Value* pointer, llvm::Value* value);
  llvm::Instruction* annotate(const BufferMemory& buffer, llvm::Instruction* access);

  Builder& builder_;
};

}  // namespace tcc::codegen
