// Who reads which tensor of a graph, and at which places.
#pragma once

#include <vector>

#include "ir/graph.h"

namespace tcc::ir {

/// The loads of one tensor in one expression of another.
struct Reads {
  enum class By : std::uint8_t { body, check };

  std::size_t reader;  ///< a position in graph.tensors
  By by;
  std::vector<Expr> loads;
};

/// For each tensor, its readers, in the graph's order.
std::vector<std::vector<Reads>> find_reads(const Graph& graph);

/// Null for a placeholder, a scan, a sort.
const Compute* compute_of(const Graph& graph, std::size_t tensor);

/// The loops of the plain nest, outermost first: the axes, then the reductions.
std::vector<Axis> loops_of(const Compute& compute);

bool is_guarded(const Expr& load);
/// Whether the variable is in some index of a load.
bool indexed_by(const Expr& load, const Axis& axis);
/// Every axis and reduction of the reader is in some index: each element read is read once.
bool uses_every_loop(const Expr& load, const Compute& reader);
/// How many leading indices of a load are the first variables of `loops`, each alone, in order.
std::size_t leading_indices(const Expr& load, const std::vector<Axis>& loops);
/// T[i0, .., in]: just the reader's axes.
bool reads_own_point(const Expr& load, const Compute& reader);

/// An extent that is 1 whatever the sizes.
bool is_unit(const Expr& extent);
/// The number of axes but for units at the end: the last of them varies fastest in memory.
std::size_t rank_without_units(const std::vector<Expr>& shape);

}  // namespace tcc::ir
