// Values that params have after a run.
#include "frontend/updates.h"

#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "dsl/type_text.h"

namespace tcc {

Updates::Updates(const syntax::Program& program, const checked::Program& checked, Names& names,
                 Diagnostics& diagnostics)
    : program_(program), checked_(checked), names_(names), diagnostics_(diagnostics) {
  for (const syntax::Update& update : program.updates) {
    const auto value = names.find_tensor(syntax::next_value_name(update.param));
    if (!value) continue;  // its own mistake is reported
    if (check_param(update)) {
      updates_.push_back({names.find_tensor(update.param).value(), *value});
      params_.emplace(*value, updates_.back().param);
    } else {
      names.mark_broken(*value);
    }
  }
}

bool Updates::check_param(const syntax::Update& update) {
  const auto tensor = names_.find_tensor(update.param);
  if (!tensor) {
    report_undefined(update);
    return false;
  }
  const checked::Tensor& found = checked_.tensors[*tensor];
  if (found.role == checked::TensorRole::param) return true;
  const bool is_input = found.role == checked::TensorRole::input;
  diagnostics_
      .error(DiagnosticKind::bad_argument, update.span,
             fmt::format("'{}' is {}, and only params are updated", update.param,
                         is_input ? "an input" : "a definition"))
      .note(fmt::format("'{}' is {} here", update.param, is_input ? "declared" : "defined"),
            found.span)
      .suggest(fmt::format("a value that stays between runs is declared param {}: f32[64]",
                           update.param));
  return false;
}

void Updates::report_undefined(const syntax::Update& update) {
  std::vector<std::string> params;
  for (const syntax::InputDeclaration& input : program_.inputs) {
    if (input.residence == syntax::Residence::resident) params.push_back(input.name);
  }
  const auto closest = closest_name(update.param, params);
  diagnostics_
      .error(DiagnosticKind::undefined_name, update.span,
             fmt::format("there is no param '{}'", update.param))
      .suggest(closest ? fmt::format("did you mean '{}'?", *closest)
                       : fmt::format("declare it, as in param {}: f32[64]", update.param));
}

syntax::Definition Updates::with_type(const syntax::Definition& definition,
                                      checked::TensorId tensor) const {
  syntax::Definition typed = definition;
  const auto param = params_.find(tensor);
  if (param == params_.end() || names_.is_broken(param->second)) return typed;
  // Inputs and params are the first tensors, in the order of their declarations.
  typed.type = program_.inputs[param->second].type;
  return typed;
}

void Updates::check_type(const syntax::Definition& definition, checked::TensorId value) const {
  const checked::Tensor& next = checked_.tensors[value];
  const checked::TensorId id = params_.at(value);
  const checked::Tensor& param = checked_.tensors[id];
  if (names_.is_broken(id)) return;
  if (next.dtype == param.dtype && next.shape == param.shape) return;
  const auto kind = next.dtype != param.dtype                 ? DiagnosticKind::dtype_mismatch
                    : next.shape.size() != param.shape.size() ? DiagnosticKind::rank_mismatch
                                                              : DiagnosticKind::size_mismatch;
  Report& report = diagnostics_.error(
      kind, program_.nodes[definition.value].span,
      fmt::format("'{}' is {}, but its update is {}", param.name,
                  type_text(param.dtype, param.shape), type_text(next.dtype, next.shape)));
  report.note(fmt::format("'{}' is declared here", param.name), param.span);
  if (kind == DiagnosticKind::dtype_mismatch) {
    report.suggest(fmt::format("convert the value with {}(..)", name_of(param.dtype)));
  }
}

}  // namespace tcc
