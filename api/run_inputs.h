// The inputs of a run, from one list or from two.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <tcc/tensor.h>

namespace tcc {

/// One tensor for each input and param of a program, in its order: all given for the run, or those
/// of params from a session and the rest given. Refers to all of them.
class RunInputs {
 public:
  static constexpr std::uint32_t is_param = 0xffffffff;

  RunInputs(std::span<const Tensor> given) : given_(given) {}     // NOLINT: a list is inputs
  RunInputs(const std::vector<Tensor>& given) : given_(given) {}  // NOLINT

  /// `places`: for each of the program's inputs its place in `given`, or `is_param`; then it is in
  /// `params`, which is as long as `places`.
  RunInputs(std::span<const Tensor> given, std::span<const Tensor> params,
            std::span<const std::uint32_t> places)
      : given_(given), params_(params), places_(places) {}

  std::size_t size() const { return places_.empty() ? given_.size() : places_.size(); }

  /// No tensor where none is given.
  const Tensor& operator[](std::size_t input) const {
    static const Tensor none;
    if (places_.empty()) return given_[input];
    const std::uint32_t place = places_[input];
    if (place == is_param) return params_[input];
    return place < given_.size() ? given_[place] : none;
  }

  std::vector<Tensor> list() const {
    std::vector<Tensor> tensors;
    for (std::size_t input = 0; input < size(); ++input)
      tensors.push_back((*this)[input]);
    return tensors;
  }

 private:
  std::span<const Tensor> given_;
  std::span<const Tensor> params_;
  std::span<const std::uint32_t> places_;
};

}  // namespace tcc
