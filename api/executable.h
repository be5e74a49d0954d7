// Machine code with what is needed to call it.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "api/pipeline.h"
#include "runtime/cpu_jit.h"

namespace tcc {

/// A program whose types are known, compiled. Immutable; run() may be called from many threads.
class Executable {
 public:
  /// Throws Error: program (diagnostics) or environment (no LLVM, unknown CPU).
  static std::shared_ptr<const Executable> compile(
      std::shared_ptr<const ParsedText> text, const std::map<std::string, BoundType>& free_names,
      const ir::Target& target, const PipelineOptions& options);

  const Lowered& lowered() const { return lowered_; }
  const checked::Program& checked() const { return lowered_.checked; }

  /// The sizes that `inputs` imply; throws Error (program) where they do not fit.
  SizeValues bind(std::span<const Tensor> inputs) const;

  /// New tensors of the outputs' shapes, and of the updates' values.
  std::vector<Tensor> allocate_outputs(const SizeValues& sizes) const;
  std::vector<Tensor> allocate_updates(const SizeValues& sizes) const;

  /// Throws Error (program) unless the tensors are contiguous and of the outputs' types.
  void check_outputs(std::span<const Tensor> outputs, const SizeValues& sizes) const;

  /// What a run leaves: outputs, and the next values of the params in the order of the updates.
  struct Results {
    std::span<const Tensor> outputs;
    std::span<const Tensor> updates;
  };
  /// Runs all kernels. Inputs that are strided or share memory with an output are copied first.
  void run(std::span<const Tensor> inputs, const Results& results, const SizeValues& sizes) const;

 private:
  Tensor new_tensor(checked::TensorId id, const SizeValues& sizes) const;
  const Tensor& result_called(const std::string& name, const Results& results) const;
  std::size_t position_in(const std::vector<checked::TensorId>& list,
                          const std::string& name) const;

  std::shared_ptr<const ParsedText> text_;
  Lowered lowered_;
  std::vector<std::shared_ptr<const CpuCode>> code_;  ///< of each variant
  int threads_ = 1;
};

}  // namespace tcc
