// Types of subscripts (language sections 2.2, 5.3, 6.1 and 6.4).
#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "dsl/type_text.h"
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
  if (!is_usable(subscript.base) || !are_usable(subscript.indices)) return {};
  if (!check_index_count(id, subscript)) return {};
  const bool wraps = !scopes_.is_index_notation(scopes_.of(id).scope);
  const Typed& base = at(subscript.base);
  Typed result = Typed::strong(base.dtype);
  for (std::size_t axis = 0; axis < subscript.indices.size(); ++axis) {
    const NodeId index = subscript.indices[axis];
    if (!check_index(subscript.base, axis, index, wraps)) return {};
    result.variables = merged(result.variables, at(index).variables);
  }
  typed_.reads.push_back({id, describe(id, subscript.base), type_of(subscript.base), base.shape,
                          subscript.indices, variables_around(scopes_.of(id).scope)});
  return result;
}

/// x.shape[0]
Typed Typer::size_of_axis(NodeId id) {
  const auto extent = evaluate_size(program_, id, names_, diagnostics_);
  if (!extent) return {};
  return Typed::weak(*extent);
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
  const bool is_index_notation = scopes_.is_index_notation(scopes_.of(id).scope);
  if (count < rank && !is_index_notation) {
    error(DiagnosticKind::unsupported, id, "subscripts that leave axes are not there yet")
        .suggest("write the definition in index notation, as in y[i] = x[0, i]");
    return false;
  }
  Report& report =
      error(DiagnosticKind::rank_mismatch, id,
            fmt::format("{} has {}, but {} given", describe_typed(id, subscript.base),
                        counted(rank, "axis", "axes"), counted(count, "index is", "indices are")));
  note_declaration(report, subscript.base);
  return false;
}

/// An index is an integer; a negative one counts from the end in whole-tensor notation.
bool Typer::check_index(NodeId base, std::size_t axis, NodeId index, bool wraps) {
  Typed& typed = at(index);
  const bool is_integer_scalar = is_integer(typed.dtype) && typed.is_scalar();
  if (!is_integer_scalar) {
    error(is_integer(typed.dtype) ? DiagnosticKind::rank_mismatch : DiagnosticKind::dtype_mismatch,
          index, fmt::format("an index is an integer, but this is {}", type_of(index)));
    return false;
  }
  typed.wanted = DType::i64;
  const Extent* constant = typed.value ? std::get_if<Extent>(&*typed.value) : nullptr;
  if (wraps && constant && constant->is_surely_negative()) {
    typed.value = *constant + at(base).shape[axis];
  }
  return true;
}

}  // namespace tcc
