// Nodes of the checked program from a typed definition.
#include "frontend/emit_checked.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "dsl/type_text.h"
#include "frontend/syntax_walk.h"

namespace tcc {

namespace {

/// The values of an integer type that i64 has too.
struct IntegerLimits {
  std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
  std::int64_t highest = std::numeric_limits<std::int64_t>::max();
};

IntegerLimits limits_of(DType dtype) {
  IntegerLimits limits;
  if (size_in_bytes(dtype) < 8) {
    const auto bits = static_cast<int>(size_in_bytes(dtype)) * 8;
    limits.highest = (std::int64_t{1} << (is_unsigned_integer(dtype) ? bits : bits - 1)) - 1;
    limits.lowest = -limits.highest - 1;
  }
  if (is_unsigned_integer(dtype)) limits.lowest = 0;
  return limits;
}

constexpr std::size_t max_nodes = std::size_t{1} << 22;

class Emitter {
 public:
  Emitter(const syntax::Program& program, const syntax::Definition& definition,
          const Scopes& scopes, const TypedDefinition& typed, const Names& names,
          checked::Program& checked, Diagnostics& diagnostics)
      : program_(program),
        scopes_(scopes),
        typed_(typed),
        names_(names),
        checked_(checked),
        diagnostics_(diagnostics),
        root_(definition.value),
        is_needed_(typed.nodes.size()),
        emitted_(typed.nodes.size()) {}

  std::optional<checked::NodeId> emit() {
    mark_needed();
    for (syntax::NodeId id = typed_.first; id <= root_; ++id) {
      if (is_needed_[id - typed_.first]) emit_node(id);
    }
    if (has_failed_) return {};
    return emitted_.back();
  }

 private:
  using SyntaxId = syntax::NodeId;

  /// Marks what becomes a node: not what is below a folded value, nor axes and other parameters.
  void mark_needed() {
    need(root_);
    for (SyntaxId end = root_ + 1; end > typed_.first; --end) {  // users first
      const SyntaxId id = end - 1;
      if (!is_needed_[id - typed_.first] || typed_[id].value) continue;
      const auto reduction = typed_.axis_reductions.find(id);
      const auto product = typed_.products.find(id);
      if (reduction != typed_.axis_reductions.end()) {
        need(reduction->second.operand);
      } else if (const auto shape = typed_.shape_functions.find(id);
                 shape != typed_.shape_functions.end()) {
        for (const SyntaxId operand : shape->second.operands)
          need(operand);
      } else if (product != typed_.products.end()) {
        need(product->second.lhs);
        need(product->second.rhs);
      } else if (const auto* points = std::get_if<syntax::Reduction>(&node(id).value)) {
        need(points->body);
      } else {
        syntax::for_each_operand(node(id), [this](SyntaxId operand) { need(operand); });
      }
    }
  }
  void need(SyntaxId id) { is_needed_[id - typed_.first] = true; }

  const syntax::Node& node(SyntaxId id) const { return program_.nodes[id]; }
  checked::NodeId emitted(SyntaxId id) const { return emitted_[id - typed_.first]; }
  std::vector<checked::NodeId> emitted(const std::vector<SyntaxId>& ids) const {
    std::vector<checked::NodeId> nodes;
    for (const SyntaxId id : ids)
      nodes.push_back(emitted(id));
    return nodes;
  }

  template <typename Value> checked::NodeId add(SyntaxId id, DType dtype, Value value) {
    const auto result = static_cast<checked::NodeId>(checked_.nodes.size());
    const checked::NodeId first = first_of(id, result);
    checked_.nodes.push_back({dtype, typed_[id].shape, node(id).span, first, std::move(value)});
    return result;
  }

  /// The first checked node below a syntax node, which becomes `own`.
  checked::NodeId first_of(SyntaxId id, checked::NodeId own) const {
    checked::NodeId first = own;
    if (typed_[id].value) return first;
    syntax::for_each_operand(node(id), [&](SyntaxId operand) {
      if (!is_needed_[operand - typed_.first]) return;
      first = std::min(first, checked_.nodes[emitted(operand)].first);
    });
    return first;
  }

  void emit_node(SyntaxId id) {
    const Typed& typed = typed_[id];
    const DType wanted = typed.wanted.value_or(typed.dtype);
    checked::NodeId& result = emitted_[id - typed_.first];
    if (typed.value) {
      result = emit_weak(id, *typed.value, wanted);
      return;
    }
    const auto shape = typed_.shape_functions.find(id);
    result =
        shape != typed_.shape_functions.end()
            ? emit_shape_function(id, shape->second)
            : std::visit([&](const auto& value) { return emit_value(id, value); }, node(id).value);
    for (const DType dtype : {typed.dtype, wanted})  // from the accumulator to the result first
      result = converted(id, result, dtype);
  }

  checked::NodeId converted(SyntaxId id, checked::NodeId operand, DType dtype) {
    if (checked_.nodes[operand].dtype == dtype) return operand;
    checked_.nodes.push_back({dtype, typed_[id].shape, node(id).span, checked_.nodes[operand].first,
                              checked::Convert{operand}});
    return static_cast<checked::NodeId>(checked_.nodes.size() - 1);
  }

  /// What a sum, product or `@` computes in.
  DType accumulator_of(SyntaxId id) const {
    return typed_[id].accumulator.value_or(typed_[id].dtype);
  }

  // --- weak values

  checked::NodeId emit_weak(SyntaxId id, const WeakValue& value, DType dtype) {
    if (const double* number = std::get_if<double>(&value)) return emit_float(id, *number, dtype);
    const Extent& extent = std::get<Extent>(value);
    if (extent.overflowed()) {
      fail(id, DiagnosticKind::limit, "the integer overflows 64 bits");
    }
    const auto constant = extent.constant();
    if (!constant) {
      if (is_integer(dtype)) require_fit(id, extent, dtype);
      return add(id, dtype, checked::SizeValue{extent});
    }
    if (is_float(dtype)) return emit_float(id, static_cast<double>(*constant), dtype);
    const IntegerLimits limits = limits_of(dtype);
    if (*constant < limits.lowest || *constant > limits.highest) {
      fail(id, DiagnosticKind::dtype_mismatch,
           fmt::format("{} does not fit {}", *constant, name_of(dtype)));
    }
    return add(id, dtype, checked::Literal{*constant});
  }

  /// Whether a size fits is known at each run.
  void require_fit(SyntaxId id, const Extent& size, DType dtype) {
    if (dtype == DType::i64) return;
    const IntegerLimits limits = limits_of(dtype);
    const std::string message = fmt::format("{} does not fit {}", size.to_string(), name_of(dtype));
    const auto require = [&](const Extent& left, const Extent& right) {
      if ((left - right).is_surely_nonnegative()) return;
      checked_.conditions.push_back(
          {left, right, {}, DiagnosticKind::dtype_mismatch, message, node(id).span});
    };
    require(size, limits.lowest);
    require(limits.highest, size);
  }

  checked::NodeId emit_float(SyntaxId id, double number, DType dtype) {
    const bool overflows = std::isfinite(number) && std::fabs(number) > largest_finite(dtype);
    if (overflows) {
      fail(id, DiagnosticKind::dtype_mismatch,
           fmt::format("{} does not fit {}", number, name_of(dtype)));
    }
    return add(id, dtype, checked::Literal{number});
  }

  void fail(SyntaxId id, DiagnosticKind kind, std::string message) {
    diagnostics_.error(kind, node(id).span, std::move(message));
    has_failed_ = true;
  }

  // --- values that are computed

  checked::NodeId emit_value(SyntaxId, const syntax::IntegerLiteral&) { bug("a literal unfolded"); }
  checked::NodeId emit_value(SyntaxId, const syntax::FloatLiteral&) { bug("a literal unfolded"); }
  checked::NodeId emit_value(SyntaxId, const syntax::List&) { bug("a list as a value"); }
  checked::NodeId emit_value(SyntaxId, const syntax::Slice&) { bug("a slice as a value"); }
  checked::NodeId emit_value(SyntaxId, const syntax::NewAxis&) { bug("None as a value"); }
  checked::NodeId emit_value(SyntaxId, const syntax::Ellipsis&) { bug("... as a value"); }
  checked::NodeId emit_value(SyntaxId, const syntax::Text&) { bug("a text as a value"); }

  checked::NodeId emit_value(SyntaxId id, const syntax::BoolLiteral& literal) {
    return add(id, DType::boolean, checked::Literal{literal.value});
  }

  checked::NodeId emit_value(SyntaxId id, const syntax::Name& name) {
    const DType dtype = typed_[id].dtype;
    if (const auto found = scopes_.find(name.name, scopes_.of(id).scope)) {
      const auto variable = typed_.variables[found->scope][found->binding];
      return add(id, dtype, checked::IndexValue{variable});
    }
    return add(id, dtype, checked::TensorValue{names_.find_tensor(name.name).value()});
  }

  checked::NodeId emit_value(SyntaxId id, const syntax::Operation& operation) {
    return add(id, typed_[id].dtype,
               checked::Elementwise{operation.op, emitted(operation.operands)});
  }

  checked::NodeId emit_value(SyntaxId id, const syntax::MatMul& product) {
    return add(id, accumulator_of(id), checked::MatMul{emitted(product.lhs), emitted(product.rhs)});
  }

  checked::NodeId emit_value(SyntaxId id, const syntax::Attribute& attribute) {
    const auto rank = static_cast<std::uint32_t>(typed_[id].shape.size());
    std::vector<std::uint32_t> permutation;
    for (std::uint32_t axis = 0; axis < rank; ++axis)
      permutation.push_back(axis);
    std::swap(permutation[rank - 1], permutation[rank - 2]);
    return add(id, typed_[id].dtype,
               checked::Transpose{emitted(attribute.base), std::move(permutation)});
  }

  checked::NodeId emit_shape_function(SyntaxId id, const ShapeFunction& function) {
    PointsBuilder builder(checked_, node(id).span);
    return function.build(builder, emitted(function.operands));
  }

  checked::NodeId emit_value(SyntaxId id, const syntax::Subscript& subscript) {
    const auto guards = typed_.read_guards.find(id);
    if (guards == typed_.read_guards.end()) {
      return add(id, typed_[id].dtype,
                 checked::Element{emitted(subscript.base), emitted(subscript.indices)});
    }
    checked::Element element{
        emitted(subscript.base), emitted(subscript.indices), {}, guards->second.checked_axes};
    for (const Branch& branch : guards->second.branches)
      element.guards.push_back({emit_again(branch.condition), branch.wanted});
    return add(id, typed_[id].dtype, std::move(element));
  }

  /// Another copy of a condition that was emitted already: every node has one user.
  checked::NodeId emit_again(SyntaxId root) {
    const SyntaxId first = node(root).first;
    const auto begin = emitted_.begin() + static_cast<std::ptrdiff_t>(first - typed_.first);
    const std::vector<checked::NodeId> before(begin, begin + (root - first + 1));
    for (SyntaxId id = first; id <= root; ++id) {
      if (checked_.nodes.size() > max_nodes) {
        fail(root, DiagnosticKind::limit, "with its guards the definition is too large");
        break;
      }
      if (is_needed_[id - typed_.first]) emit_node(id);
    }
    const checked::NodeId copy = emitted(root);
    std::copy(before.begin(), before.end(), begin);
    return copy;
  }

  checked::NodeId emit_value(SyntaxId id, const syntax::Call& call) {
    const auto reduction = typed_.axis_reductions.find(id);
    if (reduction != typed_.axis_reductions.end()) {
      const AxisReduction& arguments = reduction->second;
      const checked::NodeId result =
          add(id, accumulator_of(id),
              checked::ReduceAxes{reduction_named(call.callee).value().kind,
                                  emitted(arguments.operand), arguments.axes, arguments.keep});
      Extent count(1);
      for (const std::uint32_t axis : arguments.axes)
        count = count * typed_[arguments.operand].shape[axis];
      return averaged(id, result, count);
    }
    const auto product = typed_.products.find(id);
    if (product != typed_.products.end()) return emit_value(id, product->second);
    if (const auto op = find_operator(call.callee, Notation::function)) {
      return add(id, typed_[id].dtype, checked::Elementwise{*op, emitted(call.arguments)});
    }
    const checked::NodeId operand = emitted(call.arguments[0]);  // a literal may have the type
    if (checked_.nodes[operand].dtype == typed_[id].dtype) return operand;
    return add(id, typed_[id].dtype, checked::Convert{operand});
  }

  checked::NodeId emit_value(SyntaxId id, const syntax::Reduction& reduction) {
    const auto& variables = typed_.variables[scopes_.inside(id)];
    const checked::NodeId result =
        add(id, accumulator_of(id),
            checked::ReduceVariables{reduction_named(reduction.reducer).value().kind, variables,
                                     emitted(reduction.body)});
    Extent count(1);
    for (const checked::VariableId variable : variables)
      count = count * checked_.variables[variable].extent;
    return averaged(id, result, count);
  }

  /// The sum of a mean, divided by the number of its terms; anything else as it is.
  checked::NodeId averaged(SyntaxId id, checked::NodeId sum, const Extent& count) {
    const auto mean = typed_.means.find(id);
    if (mean == typed_.means.end()) return sum;
    const DType dtype = mean->second;
    const checked::NodeId total = converted(id, sum, dtype);
    PointsBuilder builder(checked_, node(id).span);
    const checked::NodeId terms = builder.convert(builder.size(count), dtype);
    checked_.nodes.push_back({dtype, typed_[id].shape, node(id).span, checked_.nodes[total].first,
                              checked::Elementwise{Op::divide, {total, terms}}});
    return static_cast<checked::NodeId>(checked_.nodes.size() - 1);
  }

  const syntax::Program& program_;
  const Scopes& scopes_;
  const TypedDefinition& typed_;
  const Names& names_;
  checked::Program& checked_;
  Diagnostics& diagnostics_;
  syntax::NodeId root_;
  std::vector<bool> is_needed_;
  std::vector<checked::NodeId> emitted_;
  bool has_failed_ = false;
};

}  // namespace

std::optional<checked::NodeId> emit_checked(const syntax::Program& program,
                                            const syntax::Definition& definition,
                                            const Scopes& scopes, const TypedDefinition& typed,
                                            const Names& names, checked::Program& checked,
                                            Diagnostics& diagnostics) {
  return Emitter(program, definition, scopes, typed, names, checked, diagnostics).emit();
}

}  // namespace tcc
