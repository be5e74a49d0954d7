// One run of a program with all that it leaves.
#pragma once

#include <span>
#include <vector>

#include <tcc/program.h>

#include "api/executable.h"
#include "frontend/checked.h"

namespace tcc {

struct RunResults {
  std::vector<Tensor> outputs;
  std::vector<Tensor> updates;  ///< the next values of the params, in the order of the updates
};

/// Runs with one tensor for each input and param. Throws as Program::run.
RunResults run_all(const Program& program, std::span<const Tensor> inputs,
                   const KernelObserver* observer = nullptr);

/// The same into the memory of an earlier run with inputs of the same types.
void run_again(const Program& program, std::span<const Tensor> inputs, const RunResults& results,
               const KernelObserver* observer = nullptr);

/// Puts the params' next values in the place of those that the run has read (language 3.7).
void commit(const checked::Signature& program, std::span<const Tensor> updates,
            std::span<Tensor> inputs);

}  // namespace tcc
