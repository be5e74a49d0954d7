// What the machine can do at the moment: every row is a share of it.
#pragma once

#include <tcc/dtype.h>

#include "bench/cpu/peer.h"

namespace bench {

/// Measured by code of its own, by as many threads as the setting says; some 10 ms each.
class MachineLimit {
 public:
  explicit MachineLimit(const Setting& setting);

  /// The most of three attempts at what bounds the work: bytes a second, or flops.
  double of(const Work& work) const;

 private:
  /// Multiply-adds of vectors in registers, two operations each: f32, f64, or products of bf16 that
  /// are summed in f32. Without the matrix units that some CPUs have.
  double flops(tcc::DType dtype) const;

  double reading() const;  ///< from memory
  double copying() const;  ///< read and written past the caches

  template <typename Piece> double run(Piece piece) const;

  Setting setting_;
  std::shared_ptr<void> source_, target_;
};

}  // namespace bench
