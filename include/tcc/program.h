// Compile a text, call the result.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <tcc/error.h>
#include <tcc/export.h>
#include <tcc/tensor.h>

namespace tcc {

/// How a loop nest is put together before code is made of it.
enum class Scheduling : std::uint8_t {
  automatic,  ///< the program's own schedule blocks first, the scheduler for the rest
  none,       ///< the plain loop nest
};

struct CompileOptions {
  std::string file = "<text>";  ///< the name that diagnostics show
  std::string target = "cpu";   ///< "cpu", or "cpu:NAME" with a name that LLVM knows
  std::map<std::string, std::int64_t> sizes =
      {};                                      ///< of size names and constants, as `--set` gives
  std::map<std::string, double> numbers = {};  ///< of constants that are no integers, likewise
  std::string schedule = {};                   ///< further `schedule` blocks, as `--schedule` gives
  std::string schedule_file = "<schedule>";    ///< the name that diagnostics show for them
  Scheduling scheduling = Scheduling::automatic;
  bool strict = false;   ///< language section 2.7
  int optimization = 3;  ///< 0 to 3
  int threads = 1;       ///< of a run, at most; 0 for all cores. No bit of a result depends on it
  /// For how many combinations of sizes, at most, a program of symbolic sizes gets code of their
  /// own. It is made in the background when sizes come for the second time, and gives the same
  /// bits as the general code, which runs until then. 0 for none.
  int specializations = 8;
};

/// What a program wants or gives: a name, an element type, and extents as the program writes them.
struct TensorInfo {
  std::string name;
  std::string type;  ///< "f32[M, K]"; empty while a free name's type is not yet known
};

/// A compiled program: immutable, cheap to copy, to be called from any number of threads.
class TCC_API Program {
 public:
  class State;
  explicit Program(std::shared_ptr<const State> state);

  /// Inputs in the order of their declaration, or of their appearance where none is declared.
  std::vector<TensorInfo> inputs() const;
  std::vector<TensorInfo> outputs() const;

  /// The schedule of the whole program as text, the compiler's own choices included: given back as
  /// CompileOptions::schedule it makes the same kernels. "" while types of free names are not
  /// known.
  std::string schedule() const;

  /// Runs with one tensor for each input and param. What the program updates is left as it is: a
  /// Session keeps it. Throws Error: `missing-input` for a wrong number,
  /// `dtype-mismatch`, `rank-mismatch`, `size-mismatch` for tensors that do not fit.
  std::vector<Tensor> run(std::span<const Tensor> inputs) const;

  /// The same into memory of the caller; outputs must be contiguous and of the right type.
  void run_into(std::span<const Tensor> inputs, std::span<const Tensor> outputs) const;

  /// `run` without exceptions.
  std::variant<std::vector<Tensor>, Error> try_run(std::span<const Tensor> inputs) const;

  /// Runs a program of a single output: `Tensor c = program(a, b)`. Throws as `run`, and
  /// Error (program) when there are several outputs.
  template <typename... Tensors> Tensor operator()(const Tensors&... inputs) const {
    const Tensor list[] = {inputs..., Tensor()};
    return run_single({list, sizeof...(inputs)});
  }

  /// The sizes for which there is code of their own by now: "M = 512, N = 64".
  std::vector<std::string> specializations() const;

  /// Waits until there is nothing left that runs, of any program, have asked for.
  void wait_for_specializations() const;

  /// Lets go of the memory that is kept for the next run, but for that of runs that go on.
  void release_memory() const;

  const State& state() const { return *state_; }

 private:
  Tensor run_single(std::span<const Tensor> inputs) const;
  std::shared_ptr<const State> state_;
};

/// Compiles a program text by Compiler::shared(), which gives the same Program for the same text
/// and options. Throws Error with all diagnostics where the text is wrong.
/// A text without `input` takes its free names as inputs; their types come with the first call.
TCC_API Program compile(std::string_view text, const CompileOptions& options = {});

/// `compile` without exceptions.
TCC_API std::variant<Program, Error> try_compile(std::string_view text,
                                                 const CompileOptions& options = {});

}  // namespace tcc
