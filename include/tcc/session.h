// A program with values of its own for its params.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <tcc/export.h>
#include <tcc/program.h>
#include <tcc/tensor.h>

namespace tcc {

/// Params stay from run to run, and each run replaces those that the program updates (language
/// section 3.7). What a program computes of its params alone is computed once for their values.
///
///     tcc::Session session(tcc::compile("param w: f32[N]; input g: f32[N]; update w = w - g"));
///     session.set_param("w", w);
///     for (const tcc::Tensor& g : gradients) session.run({&g, 1});
///     const tcc::Tensor trained = session.param("w");
///
/// Any number of threads may use one session. A run has the params as they were when it began:
/// one that is set in the meantime is for later runs. Runs of a program with updates take turns,
/// and setting or reading a param waits for the one that goes on; other runs go on together.
///
/// Copies are sessions of their own. What was moved from can be destroyed or assigned to.
class TCC_API Session {
 public:
  explicit Session(Program program);
  Session(const Session& other);
  Session(Session&& other) noexcept;
  Session& operator=(const Session& other);
  Session& operator=(Session&& other) noexcept;
  ~Session();

  const Program& program() const;

  /// What run() takes: the program's inputs but for its params, in order.
  std::vector<TensorInfo> inputs() const;
  std::vector<TensorInfo> params() const;

  /// Gives a param its value, which is copied. Throws Error: `undefined-name` where there is no
  /// such param, `dtype-mismatch` and `rank-mismatch` where it has another type. Whether its
  /// extents fit the other tensors' is known in run().
  void set_param(std::string_view name, const Tensor& value);

  /// A copy of a param's value; no tensor where it has none yet. Throws Error (undefined-name).
  Tensor param(std::string_view name) const;

  /// Runs, then replaces the params that are updated; where it throws they are as before. Throws
  /// as Program::run, `missing-input` also for a param without a value.
  std::vector<Tensor> run(std::span<const Tensor> inputs);

  /// The same into memory of the caller, as Program::run_into: allocates nothing where it has run
  /// with the same sizes before.
  void run_into(std::span<const Tensor> inputs, std::span<const Tensor> outputs);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace tcc
