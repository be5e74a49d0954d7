// The reference evaluator: each definition in order, into arrays of approximate values.
#include "frontend/reference.h"

#include <algorithm>

#include "dsl/diagnostic.h"
#include "dsl/dtypes.h"
#include "dsl/narrow_float.h"
#include "frontend/reference_evaluate.h"
#include "frontend/reference_integers.h"

namespace tcc {

namespace reference {

namespace {

std::int64_t integer_of(const checked::Node& node, const SizeValues& sizes) {
  if (const auto* size = std::get_if<checked::SizeValue>(&node.value)) {
    const auto value = size->value.evaluate(sizes);
    if (!value) bug("a size has no value here");
    return *value;
  }
  const auto& literal = std::get<checked::Literal>(node.value).value;
  if (const auto* truth = std::get_if<bool>(&literal)) return *truth ? 1 : 0;
  if (const auto* integer = std::get_if<std::int64_t>(&literal)) return *integer;
  bug("a float literal of an integer type");
}

/// Whether some value of the program needs more than f64.
bool uses_f64(const checked::Program& program) {
  const auto is_f64 = [](const auto& typed) { return typed.dtype == DType::f64; };
  return std::any_of(program.nodes.begin(), program.nodes.end(), is_f64) ||
         std::any_of(program.tensors.begin(), program.tensors.end(), is_f64);
}

template <typename Real> ReferenceTensor to_result(const Array<Real>& array, DType dtype) {
  ReferenceTensor result;
  result.shape = array.shape;
  result.dtype = dtype;
  const bool in_two_parts = size_in_bytes(dtype) == 8;
  for (const Approximate<Real>& element : array.values) {
    TwoDoubles parts{high_part(element.value), low_part(element.value)};
    if (!is_float(dtype)) parts = as_doubles(element.integer, dtype);
    result.value.push_back(parts.high);
    if (in_two_parts) result.value_low.push_back(parts.low);
    result.bound.push_back(element.bound);
    if (element.marks & discontinuous) ++result.discontinuities;
  }
  return result;
}

template <typename Real>
std::vector<ReferenceTensor> evaluate_program(const checked::Program& program,
                                              std::span<const Tensor> inputs,
                                              const SizeValues& sizes) {
  Environment<Real> environment{program, sizes, {}};
  environment.tensors.resize(program.tensors.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    environment.tensors[program.inputs[i]] =
        std::make_shared<const Array<Real>>(read_tensor<Real>(inputs[i]));
  }
  for (const checked::Definition& definition : program.definitions) {
    environment.tensors[definition.tensor] =
        definition.index_notation ? std::make_shared<const Array<Real>>(evaluate_points(
                                        environment, definition.axes, definition.value))
                                  : evaluate_array(environment, definition.value);
  }
  std::vector<ReferenceTensor> results;
  const auto add_result = [&](checked::TensorId id) {
    results.push_back(to_result(*environment.tensors[id], program.tensors[id].dtype));
  };
  for (const checked::TensorId output : program.outputs)
    add_result(output);
  for (const checked::Update& update : program.updates)
    add_result(update.value);
  return results;
}

}  // namespace

template <typename Real>
Approximate<Real> constant_value(const checked::Node& node, const SizeValues& sizes) {
  const auto* literal = std::get_if<checked::Literal>(&node.value);
  const double* number = literal ? std::get_if<double>(&literal->value) : nullptr;
  if (number) return exactly<Real>(nearest_in(*number, node.dtype));
  const std::int64_t integer = integer_of(node, sizes);
  if (!is_float(node.dtype)) return whole<Real>(wrap(integer, node.dtype));
  return exactly<Real>(node.dtype == DType::f32 ? static_cast<float>(integer)
                                                : nearest_in(jammed(integer), node.dtype));
}

template Approximate<double> constant_value(const checked::Node&, const SizeValues&);
template Approximate<DoubleDouble> constant_value(const checked::Node&, const SizeValues&);

}  // namespace reference

std::vector<ReferenceTensor> evaluate_reference(const checked::Program& program,
                                                std::span<const Tensor> inputs,
                                                const SizeValues& sizes) {
  if (inputs.size() != program.inputs.size()) bug("the reference lacks inputs");
  return reference::uses_f64(program)
             ? reference::evaluate_program<DoubleDouble>(program, inputs, sizes)
             : reference::evaluate_program<double>(program, inputs, sizes);
}

}  // namespace tcc
