// What `-i NAME=VALUE` and `--random` give a program.
#include "driver/input_binding.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "api/bind_inputs.h"
#include "api/new_tensor.h"
#include "api/program_state.h"
#include "driver/named_file.h"
#include "driver/report.h"
#include "dsl/narrow_float.h"
#include "runtime/files/npy.h"
#include "runtime/files/npz.h"
#include "runtime/files/safetensors.h"
#include "runtime/random_fill.h"

namespace tcc::driver {

namespace {

struct NameAndValue {
  std::string name;
  std::string value;
};

NameAndValue split(const std::string& text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  return {text.substr(0, equals), text.substr(std::min(equals + 1, text.size()))};
}

const InputBinding* find(const std::vector<InputBinding>& bindings, const std::string& name) {
  for (const InputBinding& binding : bindings) {
    if (binding.name == name) return &binding;
  }
  return nullptr;
}

Tensor tensor_of(const InputBinding& binding, std::optional<DType> declared) {
  if (const Tensor* tensor = std::get_if<Tensor>(&binding.value)) return *tensor;
  return scalar_tensor(std::get<ScalarLiteral>(binding.value), declared, binding.name);
}

/// What the extents of bound tensors say of the size names that stand alone in the declarations.
void collect_sizes(const checked::Tensor& declared, const Tensor& bound, SizeValues& sizes) {
  for (std::size_t axis = 0; axis < declared.shape.size(); ++axis) {
    const auto names = declared.shape[axis].names();
    if (bound.shape().size() != declared.shape.size() || names.size() != 1) continue;
    if (declared.shape[axis] != Extent::size_name(names[0])) continue;
    sizes.emplace(names[0], bound.shape()[axis]);
  }
}

Tensor random_tensor(const checked::Tensor& declared, std::uint64_t seed, const SizeValues& sizes) {
  std::vector<std::int64_t> shape;
  for (const Extent& extent : declared.shape) {
    for (const std::string& name : extent.names()) {
      if (sizes.count(name) != 0) continue;
      throw program_error(DiagnosticKind::missing_input,
                          fmt::format("the size '{}' of '{}' is not known", name, declared.name),
                          fmt::format("give it, as in --set {}=64", name));
    }
    shape.push_back(extent.evaluate(sizes).value_or(-1));
  }
  const Tensor tensor = new_tensor(declared.name, declared.dtype, shape);
  random_fill(tensor, seed, declared.name);
  return tensor;
}

std::vector<Tensor> tensors_for_declared(const checked::Signature& program,
                                         const std::vector<InputBinding>& bindings,
                                         const RandomInputs& random) {
  std::vector<Tensor> tensors;
  SizeValues sizes = random.sizes;
  for (const checked::TensorId id : program.inputs) {
    const checked::Tensor& declared = program.tensors[id];
    const InputBinding* binding = find(bindings, declared.name);
    tensors.push_back(binding ? tensor_of(*binding, declared.dtype) : Tensor());
    if (binding) collect_sizes(declared, tensors.back(), sizes);
  }
  for (std::size_t i = 0; random.seed && i < tensors.size(); ++i) {
    if (tensors[i].defined()) continue;
    tensors[i] = random_tensor(program.tensors[program.inputs[i]], *random.seed, sizes);
  }
  return tensors;
}

std::vector<Tensor> tensors_for_free(const std::vector<TensorInfo>& inputs,
                                     const std::vector<InputBinding>& bindings,
                                     const RandomInputs& random) {
  std::vector<Tensor> tensors;
  for (const TensorInfo& input : inputs) {
    const InputBinding* binding = find(bindings, input.name);
    if (!binding && random.seed) {
      throw program_error(
          DiagnosticKind::missing_input,
          fmt::format("'{}' has no type to be filled with random numbers", input.name),
          fmt::format("declare it, as in input {}: f32[64, 64]", input.name));
    }
    tensors.push_back(binding ? tensor_of(*binding, {}) : Tensor());
  }
  return tensors;
}

Tensor read_array(const NamedFile& file) {
  auto tensor = file.form == FileForm::npz           ? read_npz(file.path, file.member)
                : file.form == FileForm::safetensors ? read_safetensors(file.path, file.member)
                                                     : read_npy(file.path);
  if (!tensor) throw tensor.error();
  return std::move(*tensor);
}

}  // namespace

void require_known(const std::string& name, const std::vector<std::string>& names) {
  if (std::find(names.begin(), names.end(), name) != names.end()) return;
  const auto closest = closest_name(name, names);
  std::string known;
  for (const std::string& each : names)
    known += fmt::format("{}{}", known.empty() ? "" : ", ", each);
  throw program_error(DiagnosticKind::undefined_name,
                      fmt::format("the program has no input '{}'", name),
                      closest ? fmt::format("did you mean '{}'?", *closest)
                              : fmt::format("its inputs are: {}", known.empty() ? "none" : known));
}

bool is_name(std::string_view text) {
  const auto fits = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  return !text.empty() && !std::isdigit(static_cast<unsigned char>(text.front())) &&
         std::all_of(text.begin(), text.end(), fits);
}

std::string fault_of_input(const std::string& text) {
  const auto [name, value] = split(text);
  if (!is_name(name) || value.empty()) {
    return fmt::format("'{}' is no binding: write NAME=VALUE, as in A=a.npy or x=1.5", text);
  }
  if (parse_scalar(value)) return "";
  const NamedFile file = parse_named_file(value);
  switch (file.form) {
    case FileForm::npy: return "";
    case FileForm::npz:
    case FileForm::safetensors:
      if (!file.member.empty()) return "";
      return fmt::format("'{}' holds several arrays: name one, as in {}={}:{}", file.path, name,
                         file.path, name);
    case FileForm::ppm: return fmt::format("'{}': pictures are written, not read", value);
    case FileForm::unknown: break;
  }
  return fmt::format(
      "'{}' is neither a number nor the name of an array file: "
      ".npy, .npz:MEMBER or .safetensors:TENSOR",
      value);
}

std::vector<InputBinding> load_inputs(const std::vector<std::string>& texts,
                                      const std::vector<std::string>& names) {
  std::vector<InputBinding> bindings;
  for (const std::string& text : texts) {
    auto [name, value] = split(text);
    require_known(name, names);
    if (const auto literal = parse_scalar(value)) {
      bindings.push_back({std::move(name), *literal});
      continue;
    }
    bindings.push_back({std::move(name), read_array(parse_named_file(value))});
  }
  return bindings;
}

std::map<std::string, BoundType> bound_types(const std::vector<InputBinding>& bindings) {
  std::map<std::string, BoundType> types;
  for (const InputBinding& binding : bindings) {
    const Tensor tensor = tensor_of(binding, {});
    types[binding.name] = {tensor.dtype(), Shape(tensor.shape().begin(), tensor.shape().end())};
  }
  return types;
}

void collect_sizes(const checked::Program& program, const std::vector<InputBinding>& bindings,
                   SizeValues& sizes) {
  for (const checked::TensorId id : program.inputs) {
    const checked::Tensor& declared = program.tensors[id];
    const InputBinding* binding = find(bindings, declared.name);
    if (binding) collect_sizes(declared, tensor_of(*binding, declared.dtype), sizes);
  }
}

std::vector<Tensor> tensors_for(const Program& program, const std::vector<InputBinding>& bindings,
                                const RandomInputs& random) {
  const auto declared = program.state().declared();
  if (declared) return tensors_for_declared(declared->signature(), bindings, random);
  return tensors_for_free(program.inputs(), bindings, random);
}

}  // namespace tcc::driver
