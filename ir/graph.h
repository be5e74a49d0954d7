// The graph: what is computed, as comprehensions over axes, in dependency order.
//
//   A: f32[M, K] = placeholder
//   B: f32[K, N] = param
//   C.1[i0 in 0:M, i1 in 0:N]: f32 = sum[k0 in 0:K](A[i0, k0] * B[k0, i1])
//   S[i0 in 0:M]: f32 = scan sum[i0](A[i0])
//   S.1[i0 in 0:M]: i64 = sort places[i0](A[i0])
//
// A matmul, a convolution, an einsum are no nodes: they are recognised from their index maps.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ir/reducer.h"

namespace tcc::ir {

/// var in begin : begin + extent, i64.
struct Axis {
  Expr var;
  Expr begin;
  Expr extent;
};

/// Memory that the caller gives.
struct Placeholder {};

/// What must hold of data before a Compute reads by it: a computed index is inside its axis.
struct Check {
  std::vector<Axis> axes;
  Expr guard;  ///< may be null; the condition must hold where it is true
  Expr condition;
  std::string message;  ///< `{}` stands for the value
  Expr value;
};

/// name[axes] = body, or reducer[reductions](body); all begins of `axes` are 0.
/// Bodies read tensors by Load, whose buffer is the tensor's index in the graph.
struct Compute {
  std::vector<Axis> axes;
  std::vector<Axis> reductions;  ///< empty where there is no reducer
  std::optional<Reducer> reducer;
  Expr body;
  std::vector<Check> checks{};
};

/// name[axes] = the combination of `body` at 0 to k of axis k, the others being the same. All
/// begins are 0. Its steps along the axis are run in order.
struct Scan {
  std::vector<Axis> axes;
  std::size_t axis;  ///< position in `axes`
  Reducer reducer;
  Expr body;
  std::vector<Check> checks{};
};

/// name[.., p, ..] = the place along the axis of the element that is number p of `body`, sorted:
/// i64. NaN is greater than every number; equal elements keep their order. All begins are 0.
struct Sort {
  std::vector<Axis> axes;
  std::size_t axis;  ///< position in `axes`
  SortOrder order;
  Expr body;
  std::vector<Check> checks{};
};

enum class TensorUse : std::uint8_t {
  input,
  param,  ///< an input that stays the same from run to run: one without an update
  output,
  temporary,
};

struct Tensor {
  using Definition = std::variant<Placeholder, Compute, Scan, Sort>;

  std::string name;  ///< unique; "C.1" for what the program does not name
  DType dtype;
  std::vector<Expr> shape;  ///< i64, over size variables
  TensorUse use;
  OriginId origin;
  Definition definition;

  const std::vector<Axis>& axes() const;     ///< none of a placeholder
  const std::vector<Check>& checks() const;  ///< likewise
  /// The body, and what is in the checks.
  std::vector<Expr> expressions() const;
};

struct Graph {
  std::vector<Expr> sizes;      ///< Vars, one for each size name
  std::vector<Tensor> tensors;  ///< dependency order; Load{BufferId{t}} reads tensors[t]
  OriginTable origins;
  std::uint32_t next_var = 1;

  VarId fresh_var() { return VarId{next_var++}; }
};

/// The text shown above (`--stage graph`).
std::string print(const Graph& graph);

}  // namespace tcc::ir
