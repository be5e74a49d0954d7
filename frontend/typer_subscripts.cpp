// Types of subscripts (language sections 2.2, 5.3, 6.1 and 6.4).
#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "dsl/type_text.h"
#include "frontend/syntax_walk.h"
#include "frontend/typer.h"

namespace tcc {

namespace {

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

}  // namespace

Typed Typer::type(NodeId id, const syntax::Subscript& subscript) {
  const auto* attribute = std::get_if<syntax::Attribute>(&node(subscript.base).value);
  if (attribute && attribute->name == "shape") return size_of_axis(id);
  if (is_slicing(id, subscript)) return slice(id, subscript);
  if (!is_usable(subscript.base) || !are_usable(subscript.indices)) return {};
  if (!check_index_count(id, subscript)) return {};
  const bool wraps = !scopes_.is_index_notation(scopes_.of(id).scope);
  const Typed& base = at(subscript.base);
  Typed result = Typed::strong(base.dtype);
  for (std::size_t axis = 0; axis < subscript.indices.size(); ++axis) {
    const NodeId index = subscript.indices[axis];
    if (!check_index(id, axis, index, wraps)) return {};
    result.variables = merged(result.variables, at(index).variables);
  }
  typed_.reads.push_back({id,
                          describe(id, subscript.base),
                          type_of(subscript.base),
                          base.shape,
                          subscript.indices,
                          {},
                          scopes_.branches_around(id)});
  return result;
}

/// A read happens where all loops around it have iterations. Those are the loops of the innermost
/// reduction, and of what it depends on, as it may be computed outside of all others. A whole
/// tensor may be computed outside of all loops.
void Typer::find_loops_around_reads() {
  std::vector<bool> is_whole(typed_.nodes.size());
  std::vector<std::vector<checked::VariableId>> loops(scopes_.all().size());
  loops[0] = typed_.variables[0];
  for (NodeId end = definition_.value + 1; end > typed_.first; --end) {  // users first
    const NodeId id = end - 1;
    const auto* subscript = std::get_if<syntax::Subscript>(&node(id).value);
    const bool makes_whole = is_whole[id - typed_.first] || !at(id).is_scalar() ||
                             typed_.axis_reductions.count(id) ||
                             std::holds_alternative<syntax::MatMul>(node(id).value);
    syntax::for_each_operand(
        node(id), [&](NodeId operand) { is_whole[operand - typed_.first] = makes_whole; });
    if (subscript) is_whole[subscript->base - typed_.first] = true;
    if (const auto* reduction = std::get_if<syntax::Reduction>(&node(id).value)) {
      const ScopeId scope = scopes_.inside(id);
      loops[scope] = merged(at(id).variables, typed_.variables[scope]);
      is_whole[reduction->body - typed_.first] = false;
    }
  }
  for (ReadSite& read : typed_.reads) {
    if (!is_whole[read.node - typed_.first]) read.inside = loops[scopes_.of(read.node).scope];
    // where(C, x[-1], 0) of a tensor C reads once for all of its elements.
    std::erase_if(read.branches,
                  [this](const Branch& branch) { return !at(branch.condition).is_scalar(); });
  }
}

/// x.shape[0]
Typed Typer::size_of_axis(NodeId id) {
  const auto& subscript = std::get<syntax::Subscript>(node(id).value);
  const auto& shape = std::get<syntax::Attribute>(node(subscript.base).value);
  if (!is_usable(shape.base) || !are_usable(subscript.indices)) return {};
  const bool is_one = subscript.indices.size() == 1;
  const auto value = is_one ? at(subscript.indices[0]).value : std::nullopt;
  const Extent* index = value ? std::get_if<Extent>(&*value) : nullptr;
  const auto axis = index ? index->constant() : std::nullopt;
  if (!axis) {
    error(DiagnosticKind::bad_argument, is_one ? subscript.indices[0] : id,
          "an axis is an integer literal");
    return {};
  }
  const Shape& extents = at(shape.base).shape;
  const auto rank = static_cast<std::int64_t>(extents.size());
  const std::int64_t position = *axis < 0 ? *axis + rank : *axis;
  if (position >= 0 && position < rank) {
    return Typed::weak(extents[static_cast<std::size_t>(position)]);
  }
  error(DiagnosticKind::rank_mismatch, id,
        fmt::format("there is no axis {}: the rank is {}", *axis, rank));
  return {};
}

bool Typer::check_index_count(NodeId id, const syntax::Subscript& subscript) {
  const Typed& base = at(subscript.base);
  if (base.mentions_index()) {
    error(DiagnosticKind::rank_mismatch, id,
          "what is subscripted depends on index variables, and is a scalar already");
    return false;
  }
  const std::size_t rank = base.shape.size();
  const std::size_t count = subscript.indices.size();
  if (count == rank) return true;
  Report& report =
      error(DiagnosticKind::rank_mismatch, id,
            fmt::format("{}, which has {}, but {} given", describe_typed(id, subscript.base),
                        counted(rank, "axis", "axes"), counted(count, "index is", "indices are")));
  note_declaration(report, subscript.base);
  return false;
}

/// An index is an integer; a negative one counts from the end in whole-tensor notation.
bool Typer::check_index(NodeId id, std::size_t axis, NodeId index, bool wraps) {
  const NodeId base = std::get<syntax::Subscript>(node(id).value).base;
  Typed& typed = at(index);
  const bool is_integer_scalar = is_integer(typed.dtype) && typed.is_scalar();
  if (!is_integer_scalar) {
    const auto kind =
        is_integer(typed.dtype) ? DiagnosticKind::rank_mismatch : DiagnosticKind::dtype_mismatch;
    Report& report =
        error(kind, index, fmt::format("an index is an integer, but this is {}", type_of(index)));
    if (is_float(typed.dtype) && typed.is_scalar() && !typed.is_weak) {
      report.suggest(fmt::format("write i32({})", short_text(index)));
    }
    return false;
  }
  typed.wanted = DType::i64;
  const Extent* constant = typed.value ? std::get_if<Extent>(&*typed.value) : nullptr;
  if (!wraps || !constant || !constant->is_surely_negative()) return true;
  const Extent from_end = *constant + at(base).shape[axis];
  if (from_end.is_surely_negative()) {
    error(DiagnosticKind::out_of_bounds, index,
          fmt::format("index {} is outside axis {} of {}, which is {}", constant->to_string(), axis,
                      describe(id, base), type_of(base)));
    return false;
  }
  typed.value = from_end;
  return true;
}

/// A name or an element of one as it is written, for help; anything else is two points.
std::string Typer::short_text(NodeId id) const {
  if (const auto* name = std::get_if<syntax::Name>(&node(id).value)) return name->name;
  if (const auto* number = std::get_if<syntax::IntegerLiteral>(&node(id).value)) {
    return fmt::to_string(number->value);
  }
  const auto* subscript = std::get_if<syntax::Subscript>(&node(id).value);
  if (!subscript || !std::holds_alternative<syntax::Name>(node(subscript->base).value)) return "..";
  std::string indices;
  for (const NodeId index : subscript->indices) {
    const bool is_leaf = !std::holds_alternative<syntax::Subscript>(node(index).value);
    indices += fmt::format("{}{}", indices.empty() ? "" : ", ", is_leaf ? short_text(index) : "..");
  }
  return fmt::format("{}[{}]", short_text(subscript->base), indices);
}

}  // namespace tcc
