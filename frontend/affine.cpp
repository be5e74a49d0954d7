// Sums of index variables with sizes as coefficients.
#include "frontend/affine.h"

namespace tcc {

std::optional<Affine> affine_of(const Typed& typed) {
  const Extent* constant = typed.value ? std::get_if<Extent>(&*typed.value) : nullptr;
  if (constant) return Affine{*constant, {}};
  return typed.affine;
}

Affine scaled(const Affine& affine, const Extent& factor) {
  Affine result{affine.constant * factor, {}};
  if (factor == Extent(0)) return result;
  for (const auto& [variable, coefficient] : affine.coefficients) {
    result.coefficients.emplace(variable, coefficient * factor);
  }
  return result;
}

Affine sum(Affine a, const Affine& b) {
  a.constant = a.constant + b.constant;
  for (const auto& [variable, coefficient] : b.coefficients) {
    Extent& entry = a.coefficients.try_emplace(variable, 0).first->second;
    entry = entry + coefficient;
    if (entry == Extent(0)) a.coefficients.erase(variable);
  }
  return a;
}

}  // namespace tcc
