// From the tensors of a call to the sizes of a run.
#include "api/bind_inputs.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tcc {

namespace {

constexpr std::int64_t max_bytes = std::int64_t{1} << 62;

class InputBinder {
 public:
  InputBinder(const checked::Signature& signature, std::span<const Tensor> inputs,
              Diagnostics& diagnostics)
      : signature_(signature), inputs_(inputs), diagnostics_(diagnostics) {}

  SizeValues bind() {
    if (!check_count()) return {};
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      check_type(declared(i), inputs_[i]);
    if (diagnostics_.has_errors()) return {};
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      collect_sizes(i);
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      check_extents(i);
    if (!diagnostics_.has_errors()) check_conditions();
    return std::move(sizes_);
  }

 private:
  const checked::Tensor& declared(std::size_t input) const {
    return signature_.tensors[signature_.inputs[input]];
  }

  bool check_count() {
    const std::size_t wanted = signature_.inputs.size();
    if (inputs_.size() > wanted) {
      diagnostics_.error(
          DiagnosticKind::bad_argument, {},
          fmt::format("the program takes {} inputs, but {} are given", wanted, inputs_.size()));
      return false;
    }
    for (std::size_t i = 0; i < wanted; ++i) {
      if (i < inputs_.size() && inputs_[i].defined()) continue;
      const checked::Tensor& tensor = declared(i);
      diagnostics_
          .error(DiagnosticKind::missing_input, tensor.span,
                 fmt::format("{} '{}' is not bound",
                             tensor.role == checked::TensorRole::param ? "param" : "input",
                             tensor.name))
          .suggest(fmt::format("give a tensor of type {}", type_text(tensor.dtype, tensor.shape)));
    }
    return !diagnostics_.has_errors();
  }

  void check_type(const checked::Tensor& wanted, const Tensor& given) {
    if (given.dtype() != wanted.dtype) {
      mismatch(DiagnosticKind::dtype_mismatch, "element types differ", wanted, given);
    } else if (given.shape().size() != wanted.shape.size()) {
      mismatch(DiagnosticKind::rank_mismatch, "ranks differ", wanted, given);
    }
  }

  Report& mismatch(DiagnosticKind kind, std::string_view what, const checked::Tensor& wanted,
                   const Tensor& given) {
    return diagnostics_.error(kind, wanted.span,
                              fmt::format("{}: '{}' is {}, but {} is given", what, wanted.name,
                                          type_text(wanted.dtype, wanted.shape), type_text(given)));
  }

  /// A name that stands alone as an extent gets its value from the first such place.
  void collect_sizes(std::size_t input) {
    const Shape& shape = declared(input).shape;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      const auto names = shape[axis].names();
      if (names.size() != 1 || shape[axis] != Extent::size_name(names[0])) continue;
      const bool is_new = sizes_.emplace(names[0], inputs_[input].shape()[axis]).second;
      if (is_new) introduced_by_[names[0]] = input;
    }
  }

  void check_extents(std::size_t input) {
    const checked::Tensor& wanted = declared(input);
    for (std::size_t axis = 0; axis < wanted.shape.size(); ++axis) {
      const auto value = wanted.shape[axis].evaluate(sizes_);
      if (value == inputs_[input].shape()[axis]) continue;
      Report& report =
          mismatch(DiagnosticKind::size_mismatch, "sizes differ", wanted, inputs_[input]);
      for (const std::string& name : wanted.shape[axis].names()) {
        const auto source = introduced_by_.find(name);
        if (source == introduced_by_.end() || source->second == input) continue;
        report.note(
            fmt::format("{} is {} by '{}'", name, sizes_.at(name), declared(source->second).name),
            declared(source->second).span);
      }
      return;
    }
  }

  void check_conditions() {
    for (const checked::Condition& condition : signature_.conditions) {
      const auto left = condition.left.evaluate(sizes_);
      const auto right = condition.right.evaluate(sizes_);
      if (!left || !right) {
        diagnostics_.error(DiagnosticKind::limit, condition.span, "a size overflows 64 bits");
      } else if (*left < *right && is_reached(condition)) {
        diagnostics_.error(condition.kind, condition.span, condition.message)
            .note(fmt::format("in this run {}", values_of(condition)));
      }
    }
  }

  bool is_reached(const checked::Condition& condition) const {
    return std::all_of(condition.unless_empty.begin(), condition.unless_empty.end(),
                       [this](const Extent& extent) { return extent.evaluate(sizes_) > 0; });
  }

  std::string values_of(const checked::Condition& condition) const {
    std::vector<std::string> values;
    for (const auto& [name, value] : sizes_) {
      const auto left = condition.left.names();
      const auto right = condition.right.names();
      const bool occurs = std::find(left.begin(), left.end(), name) != left.end() ||
                          std::find(right.begin(), right.end(), name) != right.end();
      if (occurs) values.push_back(fmt::format("{} = {}", name, value));
    }
    return fmt::format("{}", fmt::join(values, ", "));
  }

  const checked::Signature& signature_;
  std::span<const Tensor> inputs_;
  Diagnostics& diagnostics_;
  SizeValues sizes_;
  std::map<std::string, std::size_t> introduced_by_;
};

}  // namespace

std::string type_text(const Tensor& tensor) {
  return type_text(tensor.dtype(), Shape(tensor.shape().begin(), tensor.shape().end()));
}

SizeValues bind_inputs(const checked::Signature& signature, std::span<const Tensor> inputs,
                       Diagnostics& diagnostics) {
  return InputBinder(signature, inputs, diagnostics).bind();
}

std::vector<std::int64_t> concrete_shape(const checked::Tensor& tensor, const SizeValues& sizes,
                                         Diagnostics& diagnostics) {
  std::vector<std::int64_t> shape;
  std::int64_t bytes = static_cast<std::int64_t>(size_in_bytes(tensor.dtype));
  bool fits = true;
  for (const Extent& extent : tensor.shape) {
    const auto value = extent.evaluate(sizes);
    shape.push_back(value.value_or(-1));
    fits &= value && *value >= 0 && !__builtin_mul_overflow(bytes, *value, &bytes) &&
            bytes <= max_bytes;
  }
  if (!fits) {
    diagnostics.error(DiagnosticKind::limit, tensor.span,
                      fmt::format("'{}' is {}, which is over 2^62 bytes in this run", tensor.name,
                                  type_text(tensor.dtype, tensor.shape)));
  }
  return shape;
}

}  // namespace tcc
