// Lambdas as one visitor of a std::variant.
#pragma once

namespace tcc {

/// std::visit(Overloaded{[](A) {..}, [](B) {..}}, variant): a missing case does not compile.
template <typename... Lambdas> struct Overloaded : Lambdas... {
  using Lambdas::operator()...;
};
template <typename... Lambdas> Overloaded(Lambdas...) -> Overloaded<Lambdas...>;

}  // namespace tcc
