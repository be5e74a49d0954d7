// `--batch x=128`: inputs that are walked in slices along their first axis, a slice for each step.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "driver/input_binding.h"

namespace tcc::driver {

/// Why `NAME=NUMBER` is none; empty where it is one.
std::string fault_of_batch(const std::string& text);

/// The inputs that are walked, all in step.
class Batches {
 public:
  /// Takes the whole arrays out of `bindings`, and leaves the first slice of each there. Throws
  /// Error: `undefined-name`, `bad-argument` for a param, `redefinition`, `missing-input`,
  /// `rank-mismatch`, `size-mismatch` for what has no slice, or not as many as the others.
  Batches(const std::vector<std::string>& texts, const Program& program,
          std::vector<InputBinding>& bindings);

  /// Binds the slices of a step. Behind the last whole slice the first one comes again: rows that
  /// fill none are left out.
  void bind(std::int64_t step, std::vector<Tensor>& inputs) const;

 private:
  struct Walk {
    std::string name;
    std::size_t input;  ///< its place among the program's
    Tensor whole;
    std::int64_t rows;
    std::int64_t count;  ///< of whole slices
  };
  void add(const std::string& text, const std::vector<std::string>& names,
           std::vector<InputBinding>& bindings);
  static Tensor slice(const Walk& walk, std::int64_t step);

  std::vector<Walk> walks_;
};

}  // namespace tcc::driver
