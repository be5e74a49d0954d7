// Evaluation of checked expressions: whole tensors array by array, index notation point by point.
#pragma once

#include <span>

#include "frontend/checked.h"
#include "frontend/reference_array.h"

namespace tcc::reference {

/// What an expression may read: the tensors evaluated so far, null for the others.
template <typename Real> struct Environment {
  const checked::Program& program;
  const SizeValues& sizes;
  std::vector<ArrayHandle<Real>> tensors;
};

/// The value of a whole-tensor expression. Scalars in index notation without free variables are
/// whole tensors of rank 0.
template <typename Real>
ArrayHandle<Real> evaluate_array(const Environment<Real>& environment, checked::NodeId root);

/// The value of an expression in index notation for every point of `axes`.
template <typename Real>
Array<Real> evaluate_points(const Environment<Real>& environment,
                            std::span<const checked::VariableId> axes, checked::NodeId root);

/// A literal or a size as a value of the node's type: the nearest number of it.
template <typename Real>
Approximate<Real> constant_value(const checked::Node& node, const SizeValues& sizes);

}  // namespace tcc::reference
