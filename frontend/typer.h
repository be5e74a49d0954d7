// Types of every node of a definition, operands first: what each is by itself, and what its user
// wants of it (language sections 2, 4, 5 and 6).
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>

#include "frontend/names.h"
#include "frontend/scopes.h"
#include "frontend/shape_limits.h"
#include "frontend/typed.h"

namespace tcc {

/// What sums, products and `@` of a type compute in and return (2.8).
struct Accumulation {
  DType accumulator;
  DType result;
};
/// `chosen` is what `acc =` says: of floats the result is rounded back from it, of integers it is
/// that. Nothing for an accumulator that has not the operands' numbers.
std::optional<Accumulation> accumulation_of(DType operands, std::optional<DType> chosen);

/// Types one definition. Reports every mistake at its place; what depends on a mistaken node is
/// not known, and silent. Variables are added to the checked program, their ranges still open.
class Typer {
 public:
  Typer(const syntax::Program& program, const syntax::Definition& definition, const Scopes& scopes,
        checked::Program& checked, Names& names, Diagnostics& diagnostics);

  TypedDefinition run();

 private:
  using NodeId = syntax::NodeId;
  using Operands = std::vector<NodeId>;

  // typer.cpp: variables, names, what a node may be used for
  void declare_variables(ScopeId scope);
  void check_number_of_variables();
  bool declare_variable(ScopeId scope, const syntax::IndexBinding& binding);
  void set_range(const syntax::IndexBinding& binding, checked::Variable& variable);
  void type_value();
  const syntax::Node& node(NodeId id) const { return program_.nodes[id]; }
  Typed& at(NodeId id) { return typed_[id]; }
  bool is_usable(NodeId id);
  bool is_type_name(NodeId id) const;
  bool are_usable(const Operands& operands);
  std::vector<checked::VariableId> variables_around(ScopeId scope) const;
  Typed type(NodeId id, const syntax::IntegerLiteral& literal);
  Typed type(NodeId id, const syntax::FloatLiteral& literal);
  Typed type(NodeId id, const syntax::BoolLiteral& literal);
  Typed type(NodeId id, const syntax::Name& name);
  Typed type_unknown_name(NodeId id, const std::string& name);
  Typed type(NodeId id, const syntax::Attribute& attribute);
  Typed type(NodeId id, const syntax::List& list);
  Typed type(NodeId, const syntax::Slice&) { return {}; }     // a Subscript makes sense of it
  Typed type(NodeId, const syntax::NewAxis&) { return {}; }   // likewise
  Typed type(NodeId, const syntax::Ellipsis&) { return {}; }  // likewise
  Typed type(NodeId, const syntax::Text&) { return {}; }      // einsum does

  // typer_operators.cpp: elementwise operators and the matrix product
  Typed type(NodeId id, const syntax::Operation& operation);
  Typed type(NodeId id, const syntax::MatMul& product);
  Typed elementwise(NodeId id, Op op, const Operands& operands);
  std::optional<DType> wanted_operands(NodeId id, Op op, const Operands& operands);
  DType result_dtype(Op op, DType operands) const;
  DType real_type(DType common, const Operands& operands);
  bool is_weak_result(Op op, const Operands& operands);
  std::optional<Typed> combined_shape(NodeId id, const Operands& operands);
  std::optional<Shape> broadcast(NodeId id, const Operands& operands);
  std::optional<DType> common_type(NodeId id, const Operands& operands);
  std::optional<Affine> affine_result(Op op, const Operands& operands);
  void convert(const Operands& operands, DType dtype);
  bool require_bool(NodeId id, std::string_view what, NodeId operand);
  bool require_number(NodeId id, std::string_view what, NodeId operand);
  std::nullopt_t report_no_integers(NodeId id, Op op, const Operands& operands);
  bool check_power(NodeId id, const Operands& operands);
  std::optional<Shape> product_shape(NodeId id, const syntax::MatMul& product);
  void report_inner_sizes(NodeId id, const syntax::MatMul& product);

  // typer_calls.cpp: functions
  Typed type(NodeId id, const syntax::Call& call);
  Typed type_unknown_function(const syntax::Call& call);
  Typed conversion(NodeId id, const syntax::Call& call, DType dtype);
  Typed function(NodeId id, const syntax::Call& call, Op op);
  bool check_count(NodeId id, const syntax::Call& call, std::size_t lowest, std::size_t highest);
  bool refuse_keywords(const syntax::Call& call);
  Typed matmul_call(NodeId id, const syntax::Call& call);
  Typed product(NodeId id, const syntax::MatMul& product, std::optional<DType> accumulator);

  // typer_reductions.cpp: over axes and over index variables
  Typed reduce_axes(NodeId id, const syntax::Call& call, const NamedReduction& named);
  Typed type(NodeId id, const syntax::Reduction& reduction);
  std::optional<bool> truth_argument(NodeId argument, std::string_view parameter);
  std::optional<AxisReduction> reduce_arguments(NodeId id, const syntax::Call& call);
  std::optional<std::vector<std::uint32_t>> axes_of(NodeId operand, std::optional<NodeId> argument);
  std::optional<std::uint32_t> axis_of(NodeId operand, NodeId argument);
  std::optional<Accumulation> accumulation(NodeId id, const NamedReduction& reduction,
                                           NodeId operand, std::optional<DType> chosen = {});
  Accumulation average(NodeId id, NodeId operand, DType dtype);
  bool take_accumulator(NodeId argument, std::optional<DType>& chosen);

  // typer_subscripts.cpp
  Typed type(NodeId id, const syntax::Subscript& subscript);
  void find_loops_around_reads();
  Typed size_of_axis(NodeId id);
  bool check_index_count(NodeId id, const syntax::Subscript& subscript);
  bool check_index(NodeId id, std::size_t axis, NodeId index, bool wraps);
  std::string short_text(NodeId id) const;

  // typer_slices.cpp
  struct SliceRange {
    Extent begin;
    std::int64_t step;
    Extent extent;
  };
  bool is_slicing(NodeId id, const syntax::Subscript& subscript);
  Typed slice(NodeId id, const syntax::Subscript& subscript);
  std::optional<std::size_t> axes_of_ellipsis(NodeId id, const syntax::Subscript& subscript);
  /// Which axis of what a subscript takes a part of.
  struct SlicedAxis {
    NodeId subscript;
    NodeId base;
    std::size_t axis;
    Extent extent;
  };
  std::optional<Extent> slice_bound(NodeId bound, const Extent& extent);
  std::string written_bound(std::optional<NodeId> bound);
  std::string outside(std::string_view what, const SlicedAxis& axis) const;
  std::optional<Extent> slice_index(NodeId index, const SlicedAxis& axis);
  std::optional<SliceRange> slice_range(NodeId index, const syntax::Slice& range,
                                        const SlicedAxis& axis);
  void require_size(const Extent& left, const Extent& right, DiagnosticKind kind, NodeId place,
                    std::string message);
  std::optional<Extent> size_argument(NodeId argument, std::string_view what);

  // typer_shapes.cpp, typer_joins.cpp, typer_reshape.cpp, typer_einsum.cpp: functions of shapes
  using Arguments = std::vector<std::optional<NodeId>>;  ///< by parameter
  using PadWidths = std::vector<std::pair<Extent, Extent>>;
  bool is_shape_function(const std::string& name) const;
  Typed shape_function(NodeId id, const syntax::Call& call);
  std::optional<Arguments> bind_arguments(NodeId id, const syntax::Call& call,
                                          const std::vector<std::string_view>& parameters,
                                          std::size_t required);
  bool is_whole(NodeId id, NodeId operand);
  std::optional<Shape> shape_argument(NodeId argument);
  Typed built(NodeId id, DType dtype, Shape shape, ShapeFunction function);
  Typed count(NodeId id, const Arguments& arguments);
  Typed index_along(NodeId id, const Arguments& arguments);
  Typed iota(NodeId id, const Arguments& arguments);
  Typed full(NodeId id, const Arguments& arguments);
  Typed broadcast_to(NodeId id, const Arguments& arguments);
  Typed broadcast_value(NodeId id, NodeId operand, const Shape& shape);
  Typed transpose(NodeId id, const Arguments& arguments);
  Typed flip(NodeId id, const Arguments& arguments);
  Typed pad(NodeId id, const Arguments& arguments);
  std::optional<PadWidths> pad_widths(NodeId operand, NodeId argument);
  static checked::NodeId build_pad(PointsBuilder& builder,
                                   const std::vector<checked::NodeId>& operands, const Shape& from,
                                   const Shape& shape, const PadWidths& widths, DType dtype);
  Operands joined_tensors(NodeId id, NodeId argument);
  Typed concat(NodeId id, const Arguments& arguments);
  Typed stack(NodeId id, const Arguments& arguments);
  Typed report_join(NodeId id, NodeId list, NodeId first, NodeId other);
  Typed split(NodeId id, const Arguments& arguments);
  Typed take(NodeId id, const Arguments& arguments);
  Typed reshape(NodeId id, const Arguments& arguments);
  std::optional<Shape> reshaped(NodeId id, NodeId operand, NodeId argument);
  Typed einsum(NodeId id, const syntax::Call& call);
  bool add_einsum_extents(NodeId id, NodeId tensor, const std::string& letters,
                          std::map<char, Extent>& extents);

  // typer_ordered.cpp: cumulative functions and sorting
  enum class WithoutAxis : std::uint8_t { last, only_one };
  std::optional<std::uint32_t> ordered_axis(NodeId id, NodeId operand,
                                            std::optional<NodeId> argument, WithoutAxis without);
  Typed cumsum(NodeId id, const Arguments& arguments);
  Typed cumprod(NodeId id, const Arguments& arguments);
  Typed cummax(NodeId id, const Arguments& arguments);
  Typed cummin(NodeId id, const Arguments& arguments);
  Typed scan(NodeId id, const Arguments& arguments, const NamedReduction& named);
  Typed argsort(NodeId id, const Arguments& arguments);
  bool are_places_of(NodeId operand, std::uint32_t axis, NodeId places);
  Typed take_along_axis(NodeId id, const Arguments& arguments);
  Typed narrow(NodeId id, const Arguments& arguments);

  // typer_library.cpp: what the library asks of types
  DType wide_type(NodeId operand);
  Typed with_type(NodeId id, NodeId operand, DType dtype);
  Typed wide(NodeId id, const Arguments& arguments);
  Typed like(NodeId id, const Arguments& arguments);
  Typed is_bool(NodeId id, const Arguments& arguments);
  Typed integers(NodeId id, const Arguments& arguments);
  bool check_initial(const std::string& reducer, NodeId operand, NodeId argument);

  // typer.cpp: words for messages
  std::string describe(NodeId user, NodeId operand) const;             ///< "'x'", "the left side"
  std::string describe_typed(NodeId user, NodeId operand) const;       ///< "'x' is f32[M]"
  std::string type_of(NodeId id) const;                                ///< "f32[M]"
  Report& error(DiagnosticKind kind, NodeId id, std::string message);  ///< caret at the operator
  void note_declaration(Report& report, NodeId id) const;

  const syntax::Program& program_;
  const syntax::Definition& definition_;
  const Scopes& scopes_;
  checked::Program& checked_;
  Names& names_;
  Diagnostics& diagnostics_;
  TypedDefinition typed_;
  std::set<std::string> reported_;  ///< names, each once
};

/// A name that stands for a type where it is an argument, as in `acc = f64` (2.8).
bool names_a_type(std::string_view name);

/// The union of two sorted lists.
std::vector<checked::VariableId> merged(const std::vector<checked::VariableId>& a,
                                        const std::vector<checked::VariableId>& b);

}  // namespace tcc
