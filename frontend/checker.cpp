// The checker: names first, then each definition after those that it reads.
#include "frontend/checker.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "dsl/type_text.h"
#include "frontend/assertions.h"
#include "frontend/defined_sizes.h"
#include "frontend/definition_order.h"
#include "frontend/emit_checked.h"
#include "frontend/library_places.h"
#include "frontend/names.h"
#include "frontend/ranges.h"
#include "frontend/scopes.h"
#include "frontend/shape_limits.h"
#include "frontend/typer.h"
#include "frontend/updates.h"

namespace tcc {

namespace {

class Checker {
 public:
  Checker(const syntax::Program& program, const CheckOptions& options, Diagnostics& diagnostics)
      : program_(program),
        diagnostics_(diagnostics),
        names_(program, options, checked_, diagnostics),
        updates_(program, checked_, names_, diagnostics) {}

  checked::Program check() {
    for (const std::size_t index : order_definitions(program_, names_, diagnostics_)) {
      const checked::TensorId tensor = names_.defined_by(index);
      if (names_.is_broken(tensor)) continue;
      const std::size_t first = first_of_results(index);
      if (broken_calls_.count(first)) {
        names_.mark_broken(tensor);
        continue;
      }
      const std::size_t errors = diagnostics_.count();
      const std::size_t conditions = checked_.conditions.size();
      check_definition(updates_.with_type(program_.definitions[index], tensor), tensor);
      for (std::size_t c = conditions; c < checked_.conditions.size(); ++c)
        checked_.conditions[c].span = outside_library(program_, checked_.conditions[c].span,
                                                      program_.definitions[index].call_sites);
      if (diagnostics_.count() == errors) continue;
      names_.mark_broken(tensor);
      broken_calls_.insert(first);
      for (Report& report : diagnostics_.since(errors))
        show_calls(report, program_.definitions[index].call_sites);
    }
    check_assertions(program_, names_, checked_, diagnostics_);
    mark_outputs();
    checked_.updates = updates_.all();
    if (!diagnostics_.has_errors()) names_.report_wrong_sizes();
    expect_no_silent_mistake();
    return std::move(checked_);
  }

 private:
  void show_calls(Report& report, const std::vector<Span>& call_sites) const {
    if (report.span && is_in_library(program_, *report.span)) {
      report.note("found inside the function, which is the library's");
      report.caret.reset();
      report.span = outside_library(program_, *report.span, call_sites);
    }
    for (const Span& call : call_sites) {
      if (!is_in_library(program_, call) && report.span != call)
        report.note("in the call here", call);
    }
  }

  /// The definition of the first result of the call that gives this one: `a, b = split(x, 2)` is
  /// two definitions in a row, and one mistake.
  std::size_t first_of_results(std::size_t index) const {
    const syntax::Definition& definition = program_.definitions[index];
    const auto* call = std::get_if<syntax::Call>(&program_.nodes[definition.value].value);
    return call ? index - call->result : index;
  }

  void check_definition(const syntax::Definition& definition, checked::TensorId tensor) {
    const std::size_t errors = diagnostics_.count();
    const Scopes scopes(program_, definition);
    TypedDefinition typed =
        Typer(program_, definition, scopes, checked_, names_, diagnostics_).run();
    const auto declared = declared_shape(definition);
    if (!typed[definition.value].is_known || diagnostics_.count() > errors) {
      names_.mark_broken(tensor);
      return;
    }
    infer_ranges(program_, typed, checked_, diagnostics_);
    if (diagnostics_.count() > errors) return;
    check_conditions(typed);
    if (diagnostics_.count() > errors) return;
    const auto value =
        emit_checked(program_, definition, scopes, typed, names_, checked_, diagnostics_);
    if (!value) return;
    set_type(definition, tensor, *value, typed.variables[0]);
    if (!definition.bindings && checked_.tensors[tensor].dtype == DType::i64) {
      const auto size = size_by_definitions(program_, definition.value, typed, names_);
      if (size) names_.set_defined_size(tensor, *size);
    }
    if (updates_.is_value(tensor)) {
      updates_.check_type(definition, tensor);
    } else if (definition.type && declared) {
      check_declared(definition, *declared, tensor);
    }
    checked_.definitions.push_back(
        {tensor, definition.bindings.has_value(), typed.variables[0], *value});
  }

  void check_conditions(TypedDefinition& typed) {
    check_axes(typed, checked_, diagnostics_);
    check_requirements(typed, checked_, diagnostics_);
    check_reads(program_, typed, checked_, diagnostics_);
    check_reductions(typed, checked_, diagnostics_);
  }

  /// The extents of a written type; nothing without one, or after a report.
  std::optional<Shape> declared_shape(const syntax::Definition& definition) {
    if (!definition.type) return {};
    Shape shape;
    bool is_right = true;
    for (const syntax::NodeId node : definition.type->extents) {
      const auto extent = evaluate_size(program_, node, names_, diagnostics_);
      is_right = is_right && extent;
      if (extent) shape.push_back(*extent);
    }
    return is_right ? std::optional(shape) : std::nullopt;
  }

  void set_type(const syntax::Definition& definition, checked::TensorId id, checked::NodeId value,
                const std::vector<checked::VariableId>& axes) {
    checked::Tensor& tensor = checked_.tensors[id];
    tensor.dtype = checked_.nodes[value].dtype;
    tensor.shape = checked_.nodes[value].shape;
    for (const checked::VariableId axis : axes) {
      tensor.shape.push_back(checked_.variables[axis].extent);
    }
    check_shape(tensor.dtype, tensor.shape, definition.span, diagnostics_);
  }

  /// A written type is a check, and not a conversion (3.4).
  void check_declared(const syntax::Definition& definition, const Shape& declared,
                      checked::TensorId id) {
    const checked::Tensor& tensor = checked_.tensors[id];
    const DType dtype = definition.type->dtype;
    if (dtype == tensor.dtype && declared == tensor.shape) return;
    const auto kind = dtype != tensor.dtype                    ? DiagnosticKind::dtype_mismatch
                      : declared.size() != tensor.shape.size() ? DiagnosticKind::rank_mismatch
                                                               : DiagnosticKind::size_mismatch;
    Report& report = diagnostics_.error(
        kind, definition.type->span,
        fmt::format("'{}' is {}, but {} is written", tensor.name,
                    type_text(tensor.dtype, tensor.shape), type_text(dtype, declared)));
    if (dtype != tensor.dtype) {
      report.suggest(
          fmt::format("a type is a check: convert the value with {}(..)", name_of(dtype)));
    }
  }

  /// Silence is for what follows from a mistake; without one it would hide one.
  void expect_no_silent_mistake() const {
    if (diagnostics_.has_errors() || checked_.definitions.size() == program_.definitions.size()) {
      return;
    }
    bug("a definition is refused without a diagnostic");
  }

  void mark_outputs() {
    std::set<std::string> seen;
    for (const syntax::OutputMark& mark : program_.outputs)
      check_output(mark, seen);
    if (diagnostics_.has_errors()) return;
    for (const std::string& name : output_names(program_)) {
      checked_.outputs.push_back(names_.find_tensor(name).value());
    }
  }

  void check_output(const syntax::OutputMark& mark, std::set<std::string>& seen) {
    const auto tensor = names_.find_tensor(mark.name);
    if (!tensor) {
      names_.report_undefined(mark.name, mark.span);
    } else if (checked_.tensors[*tensor].role != checked::TensorRole::definition) {
      diagnostics_
          .error(DiagnosticKind::bad_argument, mark.span,
                 fmt::format("'{}' is an input, and no output", mark.name))
          .suggest(fmt::format("define a copy, as in output y = {}", mark.name));
    } else if (!seen.insert(mark.name).second) {
      diagnostics_.error(DiagnosticKind::redefinition, mark.span,
                         fmt::format("'{}' is marked as an output twice", mark.name));
    }
  }

  const syntax::Program& program_;
  Diagnostics& diagnostics_;
  checked::Program checked_;
  Names names_;
  Updates updates_;
  std::set<std::size_t> broken_calls_;  ///< first_of_results() of what an error was reported for
};

}  // namespace

checked::Program check(const syntax::Program& program, const CheckOptions& options,
                       Diagnostics& diagnostics) {
  return Checker(program, options, diagnostics).check();
}

}  // namespace tcc
