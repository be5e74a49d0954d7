// What sharing a kernel costs and saves: bytes moved and operations repeated, as formulas over the
// sizes.
#pragma once

#include <optional>
#include <string>

#include "ir/graph.h"

namespace tcc::ir {

/// The operations of one term of a definition, an addition counting 1. An elementary function
/// counts as the polynomial that it becomes, a division as the additions that fit into its time.
std::int64_t operations_of(const Compute& compute);

/// What an element costs, for people: "3 operations", "a reduction of K terms".
std::string work_of_element(const Compute& compute);

/// A factor times a product of extents: 8*M*N.
struct Amount {
  std::int64_t factor = 1;
  std::vector<Expr> extents;
};

/// Of the memory that a tensor takes, `times` over.
Amount bytes_of(const Tensor& tensor, std::size_t times);
/// Of its elements, `times` over.
Amount elements_of(const Tensor& tensor, std::size_t times);

/// The number, where no size is open and it fits.
std::optional<std::int64_t> value_of(const Amount& amount);
/// "8*M*N", "4096".
std::string print(const Amount& amount);

}  // namespace tcc::ir
