// What the products of a graph make, and what they read again for every row.
#pragma once

#include <optional>
#include <vector>

#include "ir/graph.h"

namespace tcc::ir {

class Products {
 public:
  explicit Products(const Graph& graph);

  /// The contraction that a definition is, or whose elements it is made of point by point.
  const std::optional<std::size_t>& made_by_product(std::size_t tensor) const {
    return made_by_[tensor];
  }

  /// Whether a reduction along its rows has gone into it since, as into softmax's results.
  bool normalized(std::size_t tensor) const { return normalized_[tensor]; }

  /// What a contraction reads that does not depend on its axis number `depth` - 1, in bytes: all of
  /// it is read again for each row. Nothing where a size is open.
  std::optional<std::int64_t> bytes_for_each_row(std::size_t contraction, std::size_t depth) const;

  const std::vector<Expr>& loads_of(std::size_t tensor) const { return loads_[tensor]; }

 private:
  const Graph& graph_;
  std::vector<std::vector<Expr>> loads_;
  std::vector<std::optional<std::size_t>> made_by_;
  std::vector<bool> normalized_;
};

}  // namespace tcc::ir
