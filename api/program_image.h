// A compiled program as it runs: what is left when the compiler has gone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/pipeline.h"
#include "api/run_faults.h"
#include "ir/affine/evaluate.h"
#include "runtime/cpu_jit.h"

namespace tcc {

/// A buffer in the order in which kernels take them.
struct BufferImage {
  /// `none` is a kernel's own, or removed: kernels get null for it.
  enum class Role : std::uint8_t { input, output, update, temporary, none } role;
  std::size_t place;  ///< among the inputs, outputs or updates
  std::string name;
  DType dtype;
  std::vector<ir::IntegerTape> shape;  ///< of temporaries, over the sizes of ProgramImage::sizes
};

/// The program as one `when` of its schedule has it.
struct VariantImage {
  std::string condition;                 ///< as written; empty for the general one
  std::optional<ir::IntegerTape> holds;  ///< over the sizes; none for the general one
  std::vector<BufferImage> buffers;      ///< in the order in which kernels take them
  std::vector<std::string> kernels;      ///< names, in order of execution
  CpuObjects objects;
};

/// All that binding, running and reporting need. Plain data, which the cache keeps: two processes
/// that read the same texts have the same spans.
struct ProgramImage {
  checked::Signature signature;
  std::vector<std::string> sizes;      ///< in the order in which kernels take them
  std::string schedule;                ///< of the whole program, as text
  std::vector<VariantImage> variants;  ///< in the order in which they are tried, the general last
  std::vector<CheckPlace> checks;
};

/// Of everything but the machine code.
ProgramImage image_of(const Lowered& lowered, const syntax::Program& program);

/// As bytes and back. Nothing where the bytes are not what encode() has made.
std::string encode(const ProgramImage& image);
std::optional<ProgramImage> decode(std::string_view bytes);

}  // namespace tcc
