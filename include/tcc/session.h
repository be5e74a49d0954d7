// A program with values of its own for its params.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include <tcc/export.h>
#include <tcc/program.h>
#include <tcc/tensor.h>

namespace tcc {

/// Params stay from run to run, and each run replaces those that the program updates (language
/// section 3.7).
///
///     tcc::Session session(tcc::compile("param w: f32[N]; input g: f32[N]; update w = w - g"));
///     session.set_param("w", w);
///     for (const tcc::Tensor& g : gradients) session.run({&g, 1});
///     const tcc::Tensor trained = session.param("w");
///
/// Copies are sessions of their own. One session does one run at a time; any number of sessions
/// may share a program.
class TCC_API Session {
 public:
  explicit Session(Program program);

  const Program& program() const { return program_; }

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

 private:
  std::size_t place_of(std::string_view name) const;

  Program program_;
  std::vector<bool> is_param_;   ///< of the program's inputs
  std::vector<Tensor> tensors_;  ///< values of the params, by their place there
};

}  // namespace tcc
