// What becomes of a program's outputs.
#include "driver/output_files.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "driver/input_binding.h"
#include "driver/named_file.h"
#include "driver/report.h"
#include "dsl/narrow_float.h"
#include "runtime/files/file_errors.h"
#include "runtime/files/npy.h"
#include "runtime/files/ppm.h"
#include "runtime/print_tensor.h"

namespace tcc::driver {

namespace {

using Json = nlohmann::ordered_json;

/// `NAME=FILE`, or `FILE` for all outputs.
struct Destination {
  std::optional<std::string> name;
  NamedFile file;
};

Destination destination_of(const std::string& text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  if (equals == text.size() || !is_name(text.substr(0, equals))) {
    return {{}, parse_named_file(text)};
  }
  return {text.substr(0, equals), parse_named_file(text.substr(equals + 1))};
}

Error undefined_output(const std::string& name, const std::vector<std::string>& names) {
  std::string known;
  for (const std::string& each : names)
    known += (known.empty() ? "" : ", ") + each;
  return program_error(DiagnosticKind::undefined_name,
                       fmt::format("the program has no output '{}'", name),
                       fmt::format("its outputs are: {}", known));
}

std::string type_of(const Tensor& tensor) {
  std::string extents;
  for (const std::int64_t extent : tensor.shape()) {
    extents += fmt::format("{}{}", extents.empty() ? "" : ", ", extent);
  }
  if (tensor.rank() == 0) return std::string(name_of(tensor.dtype()));
  return fmt::format("{}[{}]", name_of(tensor.dtype()), extents);
}

Json number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf";
}

template <typename T> Json value_at(const void* data, std::int64_t index) {
  const T value = static_cast<const T*>(data)[index];
  if constexpr (std::is_floating_point_v<T>) return number(value);
  return value;
}

Json element(const Tensor& tensor, std::int64_t index) {
  const void* data = tensor.raw_data();
  switch (tensor.dtype()) {
    case DType::boolean: return value_at<std::uint8_t>(data, index) != 0;
    case DType::i8: return value_at<std::int8_t>(data, index);
    case DType::i16: return value_at<std::int16_t>(data, index);
    case DType::i32: return value_at<std::int32_t>(data, index);
    case DType::i64: return value_at<std::int64_t>(data, index);
    case DType::u8: return value_at<std::uint8_t>(data, index);
    case DType::u16: return value_at<std::uint16_t>(data, index);
    case DType::u32: return value_at<std::uint32_t>(data, index);
    case DType::u64: return value_at<std::uint64_t>(data, index);
    case DType::f32: return value_at<float>(data, index);
    case DType::f64: return value_at<double>(data, index);
    case DType::f16:
    case DType::bf16: {
      const auto bits = static_cast<const std::uint16_t*>(data)[index];
      return number(number_of(bits, tensor.dtype()));
    }
  }
  bug("a tensor of no type");
}

/// Lists of lists, put together from the last axis to the first.
Json nested_values(const Tensor& given) {
  const Tensor tensor = given.contiguous();
  std::vector<Json> values;
  for (std::int64_t i = 0; i < tensor.element_count(); ++i)
    values.push_back(element(tensor, i));
  for (std::size_t axis = tensor.shape().size(); axis-- > 0;) {
    std::size_t lists = 1;
    for (std::size_t outer = 0; outer < axis; ++outer) {
      lists *= static_cast<std::size_t>(tensor.shape()[outer]);
    }
    std::vector<Json> joined(lists, Json::array());
    const auto extent = static_cast<std::size_t>(tensor.shape()[axis]);
    for (std::size_t v = 0; v < values.size(); ++v)
      joined[v / extent].push_back(values[v]);
    values = std::move(joined);
  }
  return values.front();
}

Json object_of(const VerifyResult& result) {
  const Comparison& comparison = result.comparison;
  Json object = {{"output", result.output},
                 {"within_bounds", comparison.within_bounds},
                 {"max_error", number(comparison.max_error)},
                 {"allowed", number(comparison.allowed)},
                 {"discontinuities", comparison.discontinuities}};
  if (!comparison.within_bounds) {
    object["worst"] = comparison.worst;
    object["got"] = number(comparison.got);
    object["expected"] = number(comparison.expected);
  }
  return object;
}

}  // namespace

std::string fault_of_output(const std::string& text) {
  const auto [name, file] = destination_of(text);
  switch (file.form) {
    case FileForm::npy:
    case FileForm::ppm:
      return name ? "" : fmt::format("'{}' is no output: write NAME=FILE, as in C=c.npy", text);
    case FileForm::npz:
      if (!file.member.empty()) return fmt::format("'{}': an archive is written as a whole", text);
      return name ? fmt::format("an archive holds all outputs: -o {}", file.path) : "";
    case FileForm::safetensors:
      return fmt::format("'{}': tcc reads .safetensors, and writes .npy, .npz and .ppm", text);
    case FileForm::unknown: break;
  }
  if (!name) return fmt::format("'{}' is no output: write NAME=FILE, as in C=c.npy", text);
  return fmt::format("'{}' is not the name of a .npy or .ppm file", file.path);
}

void check_outputs(const std::vector<std::string>& texts, const std::vector<std::string>& names) {
  for (const std::string& text : texts) {
    const auto name = destination_of(text).name;
    if (name && std::find(names.begin(), names.end(), *name) == names.end()) {
      throw undefined_output(*name, names);
    }
  }
}

namespace {

const NamedTensor& output_called(const std::string& name, const std::vector<NamedTensor>& outputs) {
  return *std::find_if(outputs.begin(), outputs.end(),
                       [&](const NamedTensor& output) { return output.name == name; });
}

tl::expected<void, Error> save(const Destination& destination,
                               const std::vector<NamedTensor>& outputs) {
  const std::string& path = destination.file.path;
  if (!destination.name) return write_npz(path, outputs);
  const Tensor& tensor = output_called(*destination.name, outputs).tensor;
  return destination.file.form == FileForm::ppm ? write_ppm(path, tensor) : write_npy(path, tensor);
}

/// Where each output is saved, in the form that `-i` takes.
std::map<std::string, std::string> files_of(const std::vector<std::string>& texts,
                                            const std::vector<NamedTensor>& outputs) {
  std::map<std::string, std::string> files;
  for (const std::string& text : texts) {
    const auto [name, file] = destination_of(text);
    if (name) files[*name] = file.path;
    for (const NamedTensor& output : outputs) {
      if (!name) files.emplace(output.name, fmt::format("{}:{}", file.path, output.name));
    }
  }
  return files;
}

}  // namespace

void save_outputs(const std::vector<std::string>& texts, const std::vector<NamedTensor>& outputs) {
  for (const std::string& text : texts) {
    const auto [name, file] = destination_of(text);
    if (file.form != FileForm::ppm) continue;
    const std::string fault = fault_of_picture(output_called(*name, outputs).tensor);
    if (!fault.empty()) throw unwritable_file(file.path, fault);
  }
  for (const std::string& text : texts) {
    const auto written = save(destination_of(text), outputs);
    if (!written) throw written.error();
  }
}

void print_outputs(const std::vector<NamedTensor>& outputs, std::ostream& stream) {
  for (const NamedTensor& output : outputs) {
    stream << fmt::format("{}: {}\n{}\n", output.name, type_of(output.tensor),
                          print_tensor(output.tensor));
  }
}

void print_json(const std::vector<std::string>& texts, const std::vector<NamedTensor>& outputs,
                const std::vector<VerifyResult>& verified, const Json& more, std::ostream& stream) {
  const auto files = files_of(texts, outputs);
  Json object = {{"outputs", Json::array()}};
  for (const NamedTensor& output : outputs) {
    Json each = {{"name", output.name},
                 {"type", type_of(output.tensor)},
                 {"dtype", name_of(output.tensor.dtype())},
                 {"shape", output.tensor.shape()}};
    const auto file = files.find(output.name);
    if (file != files.end()) {
      each["file"] = file->second;
    } else if (files.empty()) {
      each["values"] = nested_values(output.tensor);
    }
    object["outputs"].push_back(std::move(each));
  }
  for (const VerifyResult& result : verified)
    object["verified"].push_back(object_of(result));
  object.update(more);
  stream << object.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace tcc::driver
