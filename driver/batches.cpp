// Inputs that are walked in slices along their first axis.
#include "driver/batches.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "driver/params_file.h"
#include "driver/report.h"

namespace tcc::driver {

namespace {

struct Batch {
  std::string name;
  std::int64_t rows;
};

std::optional<Batch> parse_batch(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || !is_name(text.substr(0, equals))) return {};
  Batch batch{text.substr(0, equals), 0};
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data() + equals + 1, end, batch.rows);
  if (result.ec != std::errc() || result.ptr != end || batch.rows < 1) return {};
  return batch;
}

/// The array that is bound to a name. Throws where there is none with rows.
Tensor& array_of(const Batch& batch, std::vector<InputBinding>& bindings) {
  const auto found = std::find_if(bindings.begin(), bindings.end(), [&](const InputBinding& each) {
    return each.name == batch.name;
  });
  if (found == bindings.end()) {
    throw program_error(DiagnosticKind::missing_input,
                        fmt::format("input '{}' is to be walked, but not bound", batch.name),
                        fmt::format("bind it, as in -i {0}={0}.npy", batch.name));
  }
  Tensor* tensor = std::get_if<Tensor>(&found->value);
  if (tensor == nullptr || tensor->rank() == 0) {
    throw program_error(DiagnosticKind::rank_mismatch,
                        fmt::format("'{}' is a scalar, and has no rows to walk", batch.name),
                        fmt::format("leave --batch {} out", batch.name));
  }
  if (tensor->shape()[0] < batch.rows) {
    throw program_error(DiagnosticKind::size_mismatch,
                        fmt::format("'{}' has {} rows, but a batch has {}", batch.name,
                                    tensor->shape()[0], batch.rows),
                        "choose a smaller batch");
  }
  return *tensor;
}

}  // namespace

std::string fault_of_batch(const std::string& text) {
  if (parse_batch(text)) return "";
  return fmt::format("'{}' is no batch: write NAME=NUMBER with a number of rows, as in x=128",
                     text);
}

Batches::Batches(const std::vector<std::string>& texts, const Program& program,
                 std::vector<InputBinding>& bindings) {
  std::vector<std::string> names;
  for (const TensorInfo& input : program.inputs())
    names.push_back(input.name);
  const auto params = param_names(program);
  for (const std::string& text : texts) {
    const std::string name = parse_batch(text)->name;
    if (std::find(params.begin(), params.end(), name) != params.end()) {
      throw program_error(DiagnosticKind::bad_argument,
                          fmt::format("'{}' is a param, which has one value for all steps", name),
                          "inputs are walked");
    }
    add(text, names, bindings);
  }
}

void Batches::add(const std::string& text, const std::vector<std::string>& names,
                  std::vector<InputBinding>& bindings) {
  const Batch batch = *parse_batch(text);
  require_known(batch.name, names);
  const bool is_walked = std::any_of(walks_.begin(), walks_.end(),
                                     [&](const Walk& walk) { return walk.name == batch.name; });
  if (is_walked) {
    throw program_error(DiagnosticKind::redefinition,
                        fmt::format("'{}' is walked twice", batch.name),
                        "leave one of its --batch out");
  }
  Tensor& tensor = array_of(batch, bindings);
  const auto place = std::find(names.begin(), names.end(), batch.name) - names.begin();
  walks_.push_back({batch.name, static_cast<std::size_t>(place), tensor, batch.rows,
                    tensor.shape()[0] / batch.rows});
  const Walk& first = walks_.front();
  const Walk& walk = walks_.back();
  if (walk.count != first.count) {
    throw program_error(
        DiagnosticKind::size_mismatch,
        fmt::format("'{}' has {} batches of {} rows, but '{}' has {} of {}", walk.name, walk.count,
                    walk.rows, first.name, first.count, first.rows),
        "inputs that are walked together have as many batches");
  }
  tensor = slice(walk, 0);
}

Tensor Batches::slice(const Walk& walk, std::int64_t step) {
  std::vector<std::int64_t> shape = walk.whole.shape();
  shape[0] = walk.rows;
  const std::int64_t begin = step % walk.count * walk.rows * walk.whole.strides()[0];
  char* data = static_cast<char*>(walk.whole.raw_data());
  const auto bytes = static_cast<std::int64_t>(size_in_bytes(walk.whole.dtype()));
  return Tensor::strided(walk.whole.dtype(), data + begin * bytes, std::move(shape),
                         walk.whole.strides(), std::make_shared<Tensor>(walk.whole));
}

void Batches::bind(std::int64_t step, std::vector<Tensor>& inputs) const {
  for (const Walk& walk : walks_)
    inputs[walk.input] = slice(walk, step);
}

}  // namespace tcc::driver
