// What a run has to know that depends on its sizes alone.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include "api/program_image.h"
#include "api/run_inputs.h"
#include "dsl/diagnostic.h"

namespace tcc {

/// Made once for the shapes of the inputs, used by every run that has the same.
struct RunPlan {
  /// What a tensor of the run must be.
  struct Type {
    DType dtype;
    std::vector<std::int64_t> shape;

    bool is_of(const Tensor& tensor) const {
      return tensor.defined() && tensor.dtype() == dtype && tensor.shape() == shape;
    }
  };
  /// Where a kernel finds a buffer: a place among the inputs, outputs or updates, or an offset into
  /// the arena.
  struct Source {
    BufferImage::Role role;
    std::size_t place;
  };

  std::vector<Type> inputs;
  std::vector<Type> outputs;
  std::vector<Type> updates;
  SizeValues sizes;
  std::vector<std::int64_t> size_values;  ///< as kernels take them
  std::size_t variant;                    ///< of the image
  std::vector<Source> buffers;            ///< as kernels take them
  std::size_t arena_bytes;

  /// Whether it is the plan for these inputs.
  bool fits(const RunInputs& given) const;
};

/// Errors: those of bind_inputs(), and `limit` for a result that is too large.
std::shared_ptr<const RunPlan> make_run_plan(const ProgramImage& image, const RunInputs& inputs,
                                             Diagnostics& diagnostics);

/// The plans of a program that were used last. Safe from many threads.
class RunPlans {
 public:
  /// Null where there is none.
  std::shared_ptr<const RunPlan> find(const RunInputs& inputs);
  void insert(std::shared_ptr<const RunPlan> plan);

 private:
  static constexpr std::size_t most = 64;

  std::mutex mutex_;
  std::list<std::shared_ptr<const RunPlan>> plans_;  ///< the one used last in front
};

}  // namespace tcc
