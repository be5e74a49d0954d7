// The values of a program's params, in one .npz.
#include "driver/params_file.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/program_state.h"
#include "driver/named_file.h"
#include "driver/report.h"
#include "runtime/files/npz.h"

namespace tcc::driver {

namespace {

struct Param {
  std::string name;
  std::size_t input;  ///< its place among the program's
};

std::vector<Param> params_of(const Program& program) {
  std::vector<Param> params;
  const auto declared = program.state().declared();
  if (!declared) return params;
  const checked::Signature& checked = declared->signature();
  for (std::size_t i = 0; i < checked.inputs.size(); ++i) {
    const checked::Tensor& tensor = checked.tensors[checked.inputs[i]];
    if (tensor.role == checked::TensorRole::param) params.push_back({tensor.name, i});
  }
  return params;
}

bool is_bound(const std::string& name, const std::vector<InputBinding>& bindings) {
  return std::any_of(bindings.begin(), bindings.end(),
                     [&](const InputBinding& each) { return each.name == name; });
}

void require_params(const std::vector<Param>& params) {
  if (!params.empty()) return;
  throw program_error(DiagnosticKind::undefined_name, "the program has no params",
                      "a value that stays between runs is declared param W: f32[64]");
}

}  // namespace

std::vector<std::string> param_names(const Program& program) {
  std::vector<std::string> names;
  for (const Param& param : params_of(program))
    names.push_back(param.name);
  return names;
}

std::string fault_of_archive(const std::string& text) {
  const NamedFile file = parse_named_file(text);
  if (file.form == FileForm::npz && file.member.empty()) return "";
  return fmt::format("'{}' is not the name of an .npz file", text);
}

void load_params(const std::string& path, const Program& program,
                 std::vector<InputBinding>& bindings) {
  const auto params = params_of(program);
  require_params(params);
  const auto members = npz_members(path);
  if (!members) throw members.error();
  std::size_t loaded = 0;
  for (const Param& param : params) {
    if (std::find(members->begin(), members->end(), param.name) == members->end()) continue;
    if (is_bound(param.name, bindings)) {
      throw program_error(DiagnosticKind::redefinition,
                          fmt::format("'{}' is bound, and '{}' has it too", param.name, path),
                          "leave its -i out");
    }
    auto tensor = read_npz(path, param.name);
    if (!tensor) throw tensor.error();
    bindings.push_back({param.name, std::move(*tensor)});
    ++loaded;
  }
  if (loaded > 0) return;
  const std::string held = fmt::format("{}", fmt::join(*members, ", "));
  throw program_error(DiagnosticKind::undefined_name,
                      fmt::format("'{}' has none of the program's params", path),
                      fmt::format("it holds: {}", held.empty() ? "nothing" : held));
}

void save_params(const std::string& path, const Program& program,
                 const std::vector<Tensor>& inputs) {
  std::vector<NamedTensor> tensors;
  for (const Param& param : params_of(program))
    tensors.push_back({param.name, inputs[param.input]});
  const auto written = write_npz(path, tensors);
  if (!written) throw written.error();
}

void require_params_to_save(const Program& program) { require_params(params_of(program)); }

}  // namespace tcc::driver
