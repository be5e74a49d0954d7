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

/// Runs with one tensor for each input and param. Throws as Program::run. What options.resident
/// holds is of the params among `inputs`: those without updates stay as they are.
RunResults run_all(const Program& program, std::span<const Tensor> inputs,
                   const Executable::RunOptions& options = {});

/// The same into the memory of an earlier run with inputs of the same types.
void run_again(const Program& program, std::span<const Tensor> inputs, const RunResults& results,
               const Executable::RunOptions& options = {});

/// For what runs of a program compute of its params alone; of use for these as long as they stay.
ResidentMemory resident_memory_for(const Program& program, std::span<const Tensor> inputs);

/// Puts the params' next values in the place of those that the run has read (language 3.7).
void commit(const checked::Signature& program, std::span<const Tensor> updates,
            std::span<Tensor> inputs);

}  // namespace tcc
