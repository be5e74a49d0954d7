// What a run has to know that depends on its sizes alone.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include "api/background.h"
#include "api/program_image.h"
#include "api/run_inputs.h"
#include "dsl/diagnostic.h"
#include "runtime/fork_safe_mutex.h"
#include "runtime/out_of_memory.h"

namespace tcc {

/// Which kernels to run, and where each finds its buffers.
struct RunLayout {
  enum class Memory : std::uint8_t { input, output, update, arena, resident, none };
  /// A place among the inputs, outputs or updates, or an offset into the arena of the run or of
  /// what is resident.
  struct Source {
    Memory memory = Memory::none;
    std::size_t place = 0;
  };

  std::vector<std::uint32_t> kernels;  ///< positions in the variant
  std::vector<Source> buffers;         ///< as kernels take them
  std::int64_t arena_bytes = 0;
};

/// Made once for the shapes of the inputs, used by every run that has the same.
struct RunPlan {
  /// What a tensor of the run must be.
  struct Type {
    std::string name;
    DType dtype;
    std::vector<std::int64_t> shape;

    /// Bytes, to where the next tensor may begin.
    std::size_t padded_bytes() const;

    bool is_of(const Tensor& tensor) const {
      return tensor.defined() && tensor.dtype() == dtype && tensor.shape() == shape;
    }
  };

  std::vector<Type> inputs;
  std::vector<Type> outputs;
  std::vector<Type> updates;
  /// Where each update's value is in memory of `update_bytes`, for runs whose values nobody keeps.
  std::vector<std::size_t> update_places;
  std::size_t update_bytes = 0;
  SizeValues sizes;
  std::vector<std::int64_t> size_values;  ///< as kernels take them
  std::size_t variant = 0;                ///< of the image

  RunLayout whole;     ///< everything
  RunLayout resident;  ///< what depends on params alone; its arena outlives the run
  RunLayout rest;      ///< and what reads it; without kernels where nothing is resident

  std::vector<NamedBytes> temporaries;  ///< for the message where there is no memory for them

  /// Code for these sizes, once there is some; the plan owns it.
  struct Specialized {
    std::atomic<const CpuCode*> code = nullptr;
    std::shared_ptr<const CpuCode> owner;
    std::atomic<std::uint32_t> runs = 0;
    BackgroundJob job;  ///< makes it; taken by the run that asks for it
  };
  std::unique_ptr<Specialized> specialized = std::make_unique<Specialized>();

  /// Whether it is the plan for these inputs.
  bool fits(const RunInputs& given) const;
};

/// Errors: those of bind_inputs(), `limit` for a result that is too large. Throws Error
/// (environment) where the temporaries are.
std::shared_ptr<const RunPlan> make_run_plan(const ProgramImage& image, const RunInputs& inputs,
                                             Diagnostics& diagnostics);

/// The plans of a program that were used last. Safe from many threads.
class RunPlans {
 public:
  /// Null where there is none.
  std::shared_ptr<const RunPlan> find(const RunInputs& inputs);
  /// Returns the one that is there already, where another thread was faster.
  std::shared_ptr<const RunPlan> insert(std::shared_ptr<const RunPlan> plan);

 private:
  static constexpr std::size_t most = 64;

  ForkSafeMutex mutex_;
  std::list<std::shared_ptr<const RunPlan>> plans_;  ///< the one used last in front
};

}  // namespace tcc
