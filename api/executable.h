// Machine code with what is needed to call it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "api/pipeline.h"
#include "api/program_image.h"
#include "api/resident_memory.h"
#include "api/run_plan.h"
#include "api/specializations.h"
#include "api/workspace.h"
#include "runtime/cpu_jit.h"

namespace tcc {

/// Called after each kernel of a run with its place among the kernels of the variant.
using KernelObserver =
    std::function<void(const RunPlan& plan, std::size_t kernel, std::chrono::nanoseconds time)>;

/// Where the kernels of a layout find what is no temporary of the run.
struct Bindings {
  const RunInputs& inputs;
  std::span<const Tensor> outputs;
  std::span<const Tensor> updates;
  std::byte* arena;
  std::byte* resident;
};

/// A program whose types are known, compiled. Immutable but for caches; all of it may be called
/// from many threads.
class Executable : public std::enable_shared_from_this<Executable> {
 public:
  /// From the cache of `options`, where it has the program. Throws Error: program (diagnostics) or
  /// environment (no LLVM, unknown CPU).
  static std::shared_ptr<const Executable> compile(
      std::shared_ptr<const ParsedText> text, const std::map<std::string, BoundType>& free_names,
      const ir::Target& target, const PipelineOptions& options);

  const checked::Signature& signature() const { return image_.signature; }
  const ProgramImage& image() const { return image_; }

  /// The values of all stages; made anew where the code came from the cache.
  const Lowered& lowered() const;

  /// For the inputs' sizes. Throws Error (program) where they do not fit.
  std::shared_ptr<const RunPlan> plan_for(const RunInputs& inputs) const;

  /// New tensors of the outputs' shapes, and of the updates' values.
  static std::vector<Tensor> allocate(const std::vector<RunPlan::Type>& types);

  /// What a run leaves: outputs, and the next values of the params in the order of the updates;
  /// no tensors for these where nobody keeps them.
  struct Results {
    std::span<const Tensor> outputs;
    std::span<const Tensor> updates = {};
  };
  struct RunOptions {
    const KernelObserver* observer = nullptr;
    /// Of these params: what depends on them alone is computed once. Null: at each run.
    ResidentMemory* resident = nullptr;
  };
  /// Runs all kernels. Inputs that are strided or share memory with a result are copied first.
  /// Allocates nothing where it has run with the same sizes before.
  /// Throws Error: program for inputs and results that do not fit, environment without memory.
  void run(const RunInputs& inputs, const Results& results, const RunOptions& options) const;
  void run(const RunInputs& inputs, const Results& results) const { run(inputs, results, {}); }

  /// Lets go of the memory that is kept for the next run.
  void release_memory() const { workspaces_.clear(); }

  /// The sizes for which there is code of their own, as text: "M = 512, N = 64".
  std::vector<std::string> specializations() const;

 private:
  explicit Executable(const CompileOptions& options);

  const Lowered& lowered_by(const PipelineOptions& how) const;
  tl::expected<void, std::string> link();
  void prepare(Workspace& workspace, const RunInputs& inputs) const;
  void bind_results(Workspace& workspace, const Results& results) const;
  void fill(ResidentMemory::Part& part, Workspace& workspace, const Bindings& bindings) const;
  void run_layout(const RunLayout& layout, Workspace& workspace, const Bindings& bindings,
                  const KernelObserver* observer) const;
  [[noreturn]] void refuse_results(const RunPlan& plan, const Results& results) const;
  [[noreturn]] void report(std::int32_t fault, const KernelHost& host,
                           const std::string& kernel) const;
  const CpuCode& code_for(const RunPlan& plan) const;
  void specialize(const RunPlan& plan) const;

  std::shared_ptr<const ParsedText> text_;
  std::function<Lowered(const PipelineOptions&)> lower_;
  ir::Target target_;
  PipelineOptions options_;  ///< without observers
  mutable std::once_flag lowered_once_;
  mutable Lowered lowered_;

  ProgramImage image_;
  std::vector<std::shared_ptr<const CpuCode>> code_;  ///< of each variant
  mutable RunPlans plans_;
  mutable WorkspacePool workspaces_;
  bool is_specialized_ = false;  ///< whether sizes that come again get code of their own
  mutable Specializations specializations_;
};

}  // namespace tcc
