// Scalar and vector expressions, shared by the graph and the loop IR.
//
// Semantics. Integers wrap; `//` and `%` floor, and give 0 for a zero divisor. Floats are IEEE,
// round to nearest even, and are never re-associated or contracted: `fma` is written where one
// rounding is meant. minimum, maximum and relu return NaN if an operand is NaN. A vector
// expression applies lane by lane. A Load whose predicate is false in a lane reads nothing there
// and gives 0. Nothing has side effects, so equal nodes may be shared: expressions are DAGs.
//
//   expr ::= 3 | 1.5 | true                   IntImm, FloatImm (dtype in the type)
//          | i                                Var: an id; the name is a hint for printing
//          | f32(e)                           Cast
//          | op e | e op e | op(e, e, e)      Unary, Binary, Call: operators of dsl/operators.h
//          | select(c, a, b)                  Select
//          | A[e, e] | (A[e, e] if p)         Load, multi-dimensional until code is emitted
//          | ramp(b, s, n)                    Ramp: b, b + s, .., b + (n-1)*s
//          | broadcast(e, n)                  Broadcast: n times e
//          | shuffle(e, [0, 2, ..])           Shuffle: chosen lanes of e
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <tcc/dtype.h>

#include "dsl/operators.h"
#include "dsl/overloaded.h"
#include "ir/origin.h"

namespace tcc::ir {

/// Element type and number of lanes; 1 lane is a scalar.
struct ValueType {
  DType dtype = DType::i64;
  std::uint16_t lanes = 1;

  bool operator==(const ValueType&) const = default;
  bool is_vector() const { return lanes > 1; }
};

/// Identity of a variable within one program; never reused in it.
struct VarId {
  std::uint32_t value = 0;
  auto operator<=>(const VarId&) const = default;
};

/// Index of a buffer in its program (of a tensor in its graph: the same order).
struct BufferId {
  std::uint32_t value = 0;
  auto operator<=>(const BufferId&) const = default;
};

struct ExprNode;
void drop(const ExprNode* root) noexcept;  // the last handle is gone

/// A handle to an immutable node, shared by counting. Dropping the last handle to a DAG of any
/// depth uses constant stack.
class Expr {
 public:
  Expr() = default;
  explicit Expr(const ExprNode* node) noexcept : node_(node) { acquire(); }
  Expr(const Expr& other) noexcept : node_(other.node_) { acquire(); }
  Expr(Expr&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  Expr& operator=(Expr other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~Expr() { release(); }

  explicit operator bool() const { return node_ != nullptr; }
  const ExprNode* get() const { return node_; }
  const ExprNode* operator->() const { return node_; }
  const ExprNode& operator*() const { return *node_; }

  /// The same node, not an equal one.
  bool same_as(const Expr& other) const { return node_ == other.node_; }

 private:
  friend void drop(const ExprNode* root) noexcept;
  void acquire() const noexcept;
  void release() noexcept;
  const ExprNode* node_ = nullptr;
};

struct IntImm {
  std::int64_t value;
};  // integers and bool
struct FloatImm {
  double value;
};
struct Var {
  VarId id;
  std::string name;
};
struct Cast {
  Expr value;
};
struct Unary {
  Op op;
  Expr operand;
};
struct Binary {
  Op op;
  Expr lhs, rhs;
};
struct Select {
  Expr condition, if_true, if_false;
};
struct Call {
  Op op;
  std::vector<Expr> arguments;
};
struct Load {
  BufferId buffer;
  std::vector<Expr> indices;
  Expr predicate;
};  // predicate may be null
struct Ramp {
  Expr base, stride;
};
struct Broadcast {
  Expr value;
};
struct Shuffle {
  Expr vector;
  std::vector<std::uint16_t> lanes;
};

struct ExprNode {
  using Value = std::variant<IntImm, FloatImm, Var, Cast, Unary, Binary, Select, Call, Load, Ramp,
                             Broadcast, Shuffle>;
  ValueType type;
  OriginId origin;
  Value value;
  mutable std::atomic<std::uint32_t> references{0};

  ExprNode(ValueType t, OriginId o, Value v) : type(t), origin(o), value(std::move(v)) {}
};

inline void Expr::acquire() const noexcept {
  if (node_) node_->references.fetch_add(1, std::memory_order_relaxed);
}
inline void Expr::release() noexcept {
  if (node_ && node_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) drop(node_);
}

// Constructors. Each demands an origin and checks its operands' types (a mismatch is a bug()).
// They do not simplify: ir/affine/simplify.h does. Numbers are rounded or wrapped to their dtype.
Expr make_int(std::int64_t value, OriginId origin, DType dtype = DType::i64);
Expr make_bool(bool value, OriginId origin);
Expr make_float(double value, DType dtype, OriginId origin);
/// A number of any type: `make_number(0, f32)` is 0.0.
Expr make_number(double value, DType dtype, OriginId origin);
Expr make_var(VarId id, std::string name, OriginId origin, ValueType type = {});
Expr make_cast(DType dtype, Expr value, OriginId origin);
Expr make_unary(Op op, Expr operand, OriginId origin);
Expr make_binary(Op op, Expr lhs, Expr rhs, OriginId origin);
Expr make_select(Expr condition, Expr if_true, Expr if_false, OriginId origin);
Expr make_call(Op op, std::vector<Expr> arguments, OriginId origin);
/// The lanes are those of the indices; scalar indices beside vector ones are broadcast by meaning.
/// A predicate has as many lanes as the load.
Expr make_load(DType dtype, BufferId buffer, std::vector<Expr> indices, OriginId origin,
               Expr predicate = {});
/// One lane is a scalar: a ramp or a broadcast of one lane is its operand.
Expr make_ramp(Expr base, Expr stride, std::uint16_t lanes, OriginId origin);
Expr make_broadcast(Expr value, std::uint16_t lanes, OriginId origin);
Expr make_shuffle(Expr vector, std::vector<std::uint16_t> lanes, OriginId origin);

/// Applies any elementwise operator to as many operands as it takes.
Expr make_operation(Op op, std::vector<Expr> operands, OriginId origin);

/// match(expr, [](const IntImm&) {..}, ..): a missing case does not compile.
template <typename... Lambdas> decltype(auto) match(const Expr& expr, Lambdas&&... lambdas) {
  return std::visit(Overloaded{std::forward<Lambdas>(lambdas)...}, expr->value);
}

/// The node as one alternative, or null.
template <typename Node> const Node* as(const Expr& expr) {
  return std::get_if<Node>(&expr->value);
}

std::optional<std::int64_t> constant_of(const Expr& expr);  ///< of a scalar IntImm

}  // namespace tcc::ir
