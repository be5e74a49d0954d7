// A program while rewrites are applied to it: with an index of its kernels, so that a rewrite
// costs what the kernels concerned cost, however many others there are.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "ir/loop_program.h"

namespace tcc::ir {

/// Position in the program's list of kernels; removing others does not change it.
using KernelIndex = std::size_t;
using KernelSet = std::set<KernelIndex>;

/// Owns the program; its kernels are changed through here only. A kernel that is removed keeps its
/// place, without a body, until the program is taken.
class IndexedProgram {
 public:
  explicit IndexedProgram(LoopProgram program);

  const LoopProgram& operator*() const { return program_; }
  const LoopProgram* operator->() const { return &program_; }
  const Buffer& operator[](BufferId id) const { return program_[id]; }

  std::optional<BufferId> find_buffer(std::string_view name) const;
  /// The kernel that is called as the buffer.
  std::optional<KernelIndex> kernel_named_as(BufferId buffer) const;
  /// Kernels that have loops of a definition.
  const KernelSet& kernels_with_loops_of(BufferId stage) const { return loops_of_[stage.value]; }
  /// Kernels that load from a buffer.
  const KernelSet& readers_of(BufferId buffer) const { return readers_of_[buffer.value]; }
  /// Kernels that store to a buffer.
  const KernelSet& writers_of(BufferId buffer) const { return writers_of_[buffer.value]; }
  /// The buffers that a kernel stores to, in order.
  std::vector<BufferId> stored_by(KernelIndex kernel) const;
  const Stmt& body(KernelIndex kernel) const { return program_.kernels[kernel].body; }

  VarId fresh_var() { return program_.fresh_var(); }
  OriginTable& origins() { return program_.origins; }
  Buffer& change_buffer(BufferId id) { return program_.buffers[id.value]; }
  /// A buffer of a name that no other has.
  BufferId add_buffer(Buffer buffer);
  /// `stem`, or `stem.2`, `stem.3` .. where that is taken.
  std::string free_name(const std::string& stem) const;
  void set_body(KernelIndex kernel, Stmt body);
  /// Removes the kernel of a definition of which nothing is left: its buffer is removed with it,
  /// where it is a temporary.
  void remove(KernelIndex kernel);
  /// Removes a kernel whose statements are in another one from now on; its buffer stays.
  void dissolve(KernelIndex kernel);

  /// Kernels that have changed since the last call and are still there.
  KernelSet take_changed() { return std::exchange(changed_, {}); }

  /// The program without what was removed.
  LoopProgram take() &&;
  LoopProgram copy() const { return IndexedProgram(*this).take(); }

 private:
  struct Contents {
    std::set<std::uint32_t> stages, reads, writes;
  };
  static Contents contents_of(const Stmt& body);
  void enter(KernelIndex kernel);
  void leave(KernelIndex kernel);

  LoopProgram program_;
  std::unordered_map<std::string, BufferId> buffers_;
  std::unordered_map<std::string, KernelIndex> kernels_;
  std::vector<Contents> contents_;                             // by kernel
  std::vector<KernelSet> loops_of_, readers_of_, writers_of_;  // by buffer
  KernelSet changed_;
};

}  // namespace tcc::ir
