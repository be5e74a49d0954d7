// Memory of a work: random operands, and a place for results.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "bench/cpu/peer.h"
#include "bench/cpu/work.h"

namespace bench {

/// Aligned to pages, to huge ones from 4 MiB up, as NumPy does it: all contenders then have the
/// same. Throws std::bad_alloc.
class Memory {
 public:
  explicit Memory(std::size_t bytes);
  void* get() const { return memory_.get(); }

 private:
  struct Free {
    void operator()(void* memory) const;
  };
  std::unique_ptr<void, Free> memory_;
};

/// The operands of a work, and a result for us and one for the peers, who write it in turns.
class Tensors {
 public:
  explicit Tensors(const Work& work);

  const Data& ours() const { return ours_; }
  const Data& theirs() const { return theirs_; }

 private:
  std::vector<Memory> memory_;
  Data ours_, theirs_;
};

/// Bytes of a tensor.
std::size_t bytes_of(const Operand& operand);

}  // namespace bench
