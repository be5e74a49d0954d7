// Types of a definition: variables, names, literals, and words for messages.
#include "frontend/typer.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "dsl/type_text.h"
#include "frontend/shape_limits.h"
#include "frontend/syntax_walk.h"

namespace tcc {

Typer::Typer(const syntax::Program& program, const syntax::Definition& definition,
             const Scopes& scopes, checked::Program& checked, Names& names,
             Diagnostics& diagnostics)
    : program_(program),
      definition_(definition),
      scopes_(scopes),
      checked_(checked),
      names_(names),
      diagnostics_(diagnostics) {
  typed_.first = node(definition.value).first;
  typed_.nodes.resize(definition.value - typed_.first + 1);
  typed_.variables.resize(scopes.all().size());
}

TypedDefinition Typer::run() {
  // Scopes are found from the end of the text to its begin; their variables are numbered in its
  // order, those of the left side first.
  declare_variables(0);
  for (std::size_t scope = scopes_.all().size(); scope-- > 1;) {
    declare_variables(static_cast<ScopeId>(scope));
  }
  check_number_of_variables();
  for (NodeId id = typed_.first; id <= definition_.value; ++id) {
    at(id) = std::visit([&](const auto& value) { return type(id, value); }, node(id).value);
    if (at(id).is_known && at(id).shape.size() > max_axes) {
      check_shape(at(id).dtype, at(id).shape, node(id).span, diagnostics_);
      at(id) = {};
    }
  }
  type_value();
  find_loops_around_reads();
  return std::move(typed_);
}

// --- variables

void Typer::declare_variables(ScopeId scope) {
  const auto& bindings = scopes_.all()[scope].bindings;
  if (!bindings) return;
  const auto role = scope == 0 ? checked::VariableRole::axis : checked::VariableRole::reduction;
  for (const syntax::IndexBinding& binding : *bindings) {
    const auto id = static_cast<checked::VariableId>(checked_.variables.size());
    checked_.variables.push_back({binding.name, binding.span, role, 0, 0});
    typed_.variables[scope].push_back(id);
    const bool is_new = declare_variable(scope, binding);
    if (binding.begin) {
      set_range(binding, checked_.variables.back());
    } else if (is_new) {
      typed_.open.push_back(id);
    }
  }
}

void Typer::check_number_of_variables() {
  for (std::size_t scope = 0; scope < scopes_.all().size(); ++scope) {
    const auto& bindings = scopes_.all()[scope].bindings;
    if (!bindings || bindings->empty()) continue;
    const std::size_t count = variables_around(static_cast<ScopeId>(scope)).size();
    if (count <= max_axes) continue;
    diagnostics_.error(
        DiagnosticKind::limit, bindings->back().span,
        fmt::format("{} index variables are around this: there may be {}", count, max_axes));
    return;
  }
}

bool Typer::declare_variable(ScopeId scope, const syntax::IndexBinding& binding) {
  const auto place = names_.place_of(binding.name);
  if (names_.is_known(binding.name)) {
    Report& report =
        diagnostics_.error(DiagnosticKind::redefinition, binding.span,
                           fmt::format("index variable '{}' is called like a {}", binding.name,
                                       names_.find_tensor(binding.name) ? "tensor" : "size"));
    if (place) report.note(fmt::format("'{}' is declared here", binding.name), place);
    return false;
  }
  const auto found = scopes_.find(binding.name, scope);
  const syntax::IndexBinding& first = (*scopes_.all()[found->scope].bindings)[found->binding];
  const auto parent = scopes_.all()[scope].parent;
  const auto outer = parent ? scopes_.find(binding.name, *parent) : std::nullopt;
  if (&first == &binding && !outer) return true;
  const syntax::IndexBinding& other =
      outer ? (*scopes_.all()[outer->scope].bindings)[outer->binding] : first;
  diagnostics_
      .error(DiagnosticKind::redefinition, binding.span,
             fmt::format("index variable '{}' is introduced twice", binding.name))
      .note(fmt::format("'{}' is first introduced here", binding.name), other.span);
  return false;
}

void Typer::set_range(const syntax::IndexBinding& binding, checked::Variable& variable) {
  const auto begin = evaluate_size(program_, *binding.begin, names_, diagnostics_);
  const auto end = evaluate_size(program_, *binding.end, names_, diagnostics_);
  if (!begin || !end) return;
  variable.begin = *begin;
  variable.extent = *end - *begin;
  if (variable.role == checked::VariableRole::reduction || *begin == Extent(0)) return;
  diagnostics_
      .error(DiagnosticKind::range_conflict, binding.span,
             fmt::format("the range of '{}' begins at {}, but those of a left side begin at 0",
                         binding.name, begin->to_string()))
      .suggest(fmt::format("write {} in 0:{}", binding.name, variable.extent.to_string()));
}

std::vector<checked::VariableId> Typer::variables_around(ScopeId scope) const {
  std::vector<checked::VariableId> around;
  for (std::optional<ScopeId> at = scope; at; at = scopes_.all()[*at].parent) {
    around = merged(around, typed_.variables[*at]);
  }
  return around;
}

std::vector<checked::VariableId> merged(const std::vector<checked::VariableId>& a,
                                        const std::vector<checked::VariableId>& b) {
  std::vector<checked::VariableId> all;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(all));
  return all;
}

// --- the value as a whole

void Typer::type_value() {
  const NodeId value = definition_.value;
  if (!is_usable(value)) {
    at(value).is_known = false;
    return;
  }
  Typed& typed = at(value);
  if (typed.is_weak) {  // alone they are i64 or f32 (2.4)
    const DType alone = typed.alone();
    typed.wanted = definition_.type ? definition_.type->dtype : alone;
    const bool is_number =
        is_float(*typed.wanted) || (is_integer(*typed.wanted) && typed.dtype == DType::i64);
    if (!is_number) typed.wanted = alone;
  }
  if (!definition_.bindings || typed.is_scalar()) return;
  Report& report = error(
      DiagnosticKind::rank_mismatch, value,
      fmt::format("in index notation a value is a scalar, but {}", describe_typed(value, value)));
  if (std::holds_alternative<syntax::Name>(node(value).value)) {
    report.suggest(fmt::format("write its indices, as in {}[i]",
                               std::get<syntax::Name>(node(value).value).name));
  }
  typed.is_known = false;
}

/// Whether a node has a value; reports lists and `.shape`, which have none by themselves.
bool Typer::is_usable(NodeId id) {
  if (std::holds_alternative<syntax::List>(node(id).value)) {
    error(DiagnosticKind::bad_argument, id, "a list is no tensor");
    return false;
  }
  const bool is_part = std::holds_alternative<syntax::Slice>(node(id).value) ||
                       std::holds_alternative<syntax::NewAxis>(node(id).value) ||
                       std::holds_alternative<syntax::Ellipsis>(node(id).value);
  if (is_part || std::holds_alternative<syntax::Text>(node(id).value)) {
    error(DiagnosticKind::bad_argument, id,
          is_part ? "this stands in subscripts only" : "a text is no tensor");
    return false;
  }
  if (is_type_name(id)) {
    error(DiagnosticKind::bad_argument, id, "an element type is no value")
        .suggest("convert to it, as in f32(x)");
    return false;
  }
  const auto* attribute = std::get_if<syntax::Attribute>(&node(id).value);
  if (attribute && attribute->name == "shape") {
    error(DiagnosticKind::bad_argument, id, "'.shape' is no tensor")
        .suggest("take one of its sizes, as in x.shape[0]");
    return false;
  }
  return at(id).is_known;
}

bool Typer::is_type_name(NodeId id) const {
  const auto* name = std::get_if<syntax::Name>(&node(id).value);
  return name && !typed_[id].is_known && names_a_type(name->name) &&
         !names_.find_tensor(name->name);
}

bool Typer::are_usable(const Operands& operands) {
  bool all = true;
  for (const NodeId operand : operands)
    all = is_usable(operand) && all;
  return all;
}

// --- leaves

bool names_a_type(std::string_view name) { return parse_dtype(name) || name == "tf32"; }

Typed Typer::type(NodeId id, const syntax::IntegerLiteral& literal) {
  constexpr std::uint64_t lowest = std::uint64_t{1} << 63;
  const NodeId user = id + 1;
  const auto* sign =
      user <= definition_.value ? std::get_if<syntax::Operation>(&node(user).value) : nullptr;
  const bool is_negated = sign && sign->op == Op::negate;
  if (literal.value == lowest && is_negated) {  // its negation fits
    return Typed::weak(Extent(std::numeric_limits<std::int64_t>::min()));
  }
  if (literal.value >= lowest) {
    error(DiagnosticKind::limit, id, fmt::format("{} does not fit i64", literal.value));
    return {};
  }
  return Typed::weak(Extent(static_cast<std::int64_t>(literal.value)));
}

Typed Typer::type(NodeId, const syntax::FloatLiteral& literal) {
  return Typed::weak(literal.value);
}

Typed Typer::type(NodeId, const syntax::BoolLiteral&) { return Typed::strong(DType::boolean); }

Typed Typer::type(NodeId id, const syntax::Name& name) {
  if (const auto found = scopes_.find(name.name, scopes_.of(id).scope)) {
    const checked::VariableId variable = typed_.variables[found->scope][found->binding];
    Typed index = Typed::strong(DType::i64);
    index.variables = {variable};
    index.affine = Affine{0, {{variable, 1}}};
    return index;
  }
  if (auto constant = names_.find_constant(name.name)) return Typed::weak(std::move(*constant));
  const auto tensor = names_.find_tensor(name.name);
  if (!tensor) return type_unknown_name(id, name.name);
  if (names_.is_broken(*tensor)) return {};
  const checked::Tensor& found = checked_.tensors[*tensor];
  return Typed::strong(found.dtype, found.shape);
}

Typed Typer::type_unknown_name(NodeId id, const std::string& name) {
  if (names_a_type(name)) return {};  // an argument by itself; is_usable() reports it elsewhere
  if (!reported_.insert(name).second) return {};
  const bool is_index = scopes_.of(id).in_index;
  if (!is_index || !scopes_.is_index_notation(scopes_.of(id).scope)) {
    names_.report_undefined(name, node(id).span,
                            is_index ? Names::Wanted::index : Names::Wanted::value);
    return {};
  }
  error(DiagnosticKind::unbound_index, id,
        fmt::format("index variable '{}' is on the right only and in no reduction", name))
      .suggest(fmt::format("sum over it: sum[{}](..)", name));
  return {};
}

Typed Typer::type(NodeId id, const syntax::Attribute& attribute) {
  if (attribute.name == "shape") return {};  // a Subscript makes a size of it
  if (attribute.name != "T") {
    error(DiagnosticKind::undefined_name, id, fmt::format("there is no '.{}'", attribute.name))
        .suggest("there are .T and .shape");
    return {};
  }
  if (!is_usable(attribute.base)) return {};
  const Typed& base = at(attribute.base);
  if (base.shape.size() < 2) {
    error(DiagnosticKind::rank_mismatch, id,
          fmt::format("'.T' swaps the last two axes, but {}", describe_typed(id, attribute.base)));
    return {};
  }
  Typed result = Typed::strong(base.dtype, base.shape);
  std::swap(result.shape[result.shape.size() - 1], result.shape[result.shape.size() - 2]);
  return result;
}

Typed Typer::type(NodeId, const syntax::List&) { return {}; }

// --- words

std::string Typer::describe(NodeId user, NodeId operand) const {
  if (const auto* name = std::get_if<syntax::Name>(&node(operand).value)) {
    return fmt::format("'{}'", name->name);
  }
  if (const auto* attribute = std::get_if<syntax::Attribute>(&node(operand).value)) {
    const auto* base = std::get_if<syntax::Name>(&node(attribute->base).value);
    if (base) return fmt::format("'{}.{}'", base->name, attribute->name);
  }
  Operands operands;
  syntax::for_each_operand(node(user), [&](NodeId each) { operands.push_back(each); });
  const auto position = std::find(operands.begin(), operands.end(), operand) - operands.begin();
  if (std::holds_alternative<syntax::Call>(node(user).value)) {
    return fmt::format("argument {}", position + 1);
  }
  if (std::holds_alternative<syntax::List>(node(user).value)) {
    return fmt::format("element {}", position + 1);
  }
  if (operands.size() != 2) return user == operand ? "the value" : "the operand";
  return position == 0 ? "the left side" : "the right side";
}

std::string Typer::type_of(NodeId id) const {
  const Typed& typed = typed_[id];
  if (!typed.is_weak) return type_text(typed.dtype, typed.shape);
  return typed.dtype == DType::f64 ? "a float" : "an integer";
}

std::string Typer::describe_typed(NodeId user, NodeId operand) const {
  return fmt::format("{} is {}", describe(user, operand), type_of(operand));
}

Report& Typer::error(DiagnosticKind kind, NodeId id, std::string message) {
  Report& report = diagnostics_.error(kind, node(id).span, std::move(message));
  report.caret = node(id).operator_span.begin;
  return report;
}

void Typer::note_declaration(Report& report, NodeId id) const {
  const auto* name = std::get_if<syntax::Name>(&node(id).value);
  if (!name) return;
  const auto tensor = names_.find_tensor(name->name);
  if (!tensor) return;
  const bool is_defined = checked_.tensors[*tensor].role == checked::TensorRole::definition;
  report.note(fmt::format("'{}' is {} here", name->name, is_defined ? "defined" : "declared"),
              checked_.tensors[*tensor].span);
}

}  // namespace tcc
