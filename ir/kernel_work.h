// What a kernel has to do in a run with given sizes: operations, and bytes to and from memory. The
// figures that a measured time is held against (roofline: Williams, Waterman, Patterson 2009).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ir/loop_program.h"

namespace tcc::ir {

/// Numbers of one run of a kernel. Arithmetic is what the program's text means: `+ - * /`, square
/// roots, minima, maxima and relu count 1, a fused multiply-add 2; signs, comparisons, selects,
/// conversions and all that computes indices count nothing. What is computed twice only because a
/// schedule says so counts once, so that a better schedule has more flops a second.
struct KernelWork {
  double flops = 0;       ///< of floats of 32 bits and less, which compute in 32 bits
  double flops_f64 = 0;   ///< the same of f64
  double calls = 0;       ///< of exp, tanh, pow and the others, each for an element
  double iterations = 0;  ///< how often some element is stored to
  bool is_bound = false;  ///< flops, calls and iterations may be fewer: loops whose length changes
                          ///< with another's, conditions

  /// Elements that are touched, once each however often, of inputs, outputs and what is passed
  /// between kernels. What lives inside the kernel does not count. At most: places that indices
  /// leave out between the first and the last may be counted.
  double bytes_read = 0;
  double bytes_written = 0;

  double bytes() const { return bytes_read + bytes_written; }
};

/// As the nests of `program` have it, before or after the passes, a number for each of
/// `program.sizes` in order. Guards of tiles are counted as if they always held.
std::vector<KernelWork> work_of_kernels(const LoopProgram& program,
                                        std::span<const std::int64_t> sizes);

/// For each kernel of `scheduled`: memory as its nests have it, and arithmetic as `plain`, of which
/// a schedule has made it, says of the definitions that the kernel computes, those included that
/// were inlined in it. Both have the same sizes. A kernel that computes none, as one that packs, is
/// counted by its own nests. Time: near linear in the size of both.
std::vector<KernelWork> work_of_kernels(const LoopProgram& scheduled, const LoopProgram& plain,
                                        std::span<const std::int64_t> sizes);

}  // namespace tcc::ir
