// Places that approximate values have in an order, and which of them are certain.
#include <gtest/gtest.h>

#include "frontend/reference_order.h"

namespace tcc::reference {
namespace {

using Value = Approximate<double>;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Value about(double value, double bound = 0) { return {value, 0, bound, 0}; }

struct ExtremeCase {
  ReducerKind kind;
  std::vector<Value> terms;
  std::int64_t place;
  bool is_certain;
};

TEST(ReferenceOrder, PlaceOfExtreme) {
  const ExtremeCase cases[] = {
      {ReducerKind::argmax, {about(1), about(3), about(2)}, 1, true},
      {ReducerKind::argmin, {about(1), about(3), about(2)}, 0, true},
      {ReducerKind::argmax, {about(3), about(3)}, 0, true},
      {ReducerKind::argmin, {about(0.0), about(-0.0)}, 0, true},
      {ReducerKind::argmax, {about(3), about(nan), about(nan), about(4)}, 1, true},
      {ReducerKind::argmin, {about(-3), about(nan)}, 1, true},
      {ReducerKind::argmax, {about(3, 0.5), about(3.9)}, 1, true},
      {ReducerKind::argmax, {about(3, 1), about(3.9)}, 1, false},
      {ReducerKind::argmax, {about(3, 1), about(3, 1)}, 0, false},
      {ReducerKind::argmin, {about(3, 1), about(3.9)}, 0, false},
      {ReducerKind::argmax, {about(9), anything<double>(0)}, 0, false},
      {ReducerKind::argmax, {about(nan), anything<double>(0)}, 0, true},
      {ReducerKind::argmax, {anything<double>(0), about(nan)}, 1, false},
      {ReducerKind::argmax, {about(-infinity), about(-infinity)}, 0, true},
      {ReducerKind::argmax, {}, 0, true},
  };
  for (const ExtremeCase& c : cases) {
    PlaceOfExtreme<double> extreme(c.kind, DType::f32);
    for (std::size_t t = 0; t < c.terms.size(); ++t)
      extreme.include(c.terms[t], static_cast<std::int64_t>(t));
    const std::size_t number = static_cast<std::size_t>(&c - cases);
    EXPECT_EQ(is_exact(extreme.result()), c.is_certain) << "case " << number;
    if (c.is_certain) EXPECT_EQ(extreme.result().integer, c.place) << "case " << number;
  }
}

TEST(ReferenceOrder, PlaceOfExtremeOfUnsignedIntegers) {
  PlaceOfExtreme<double> extreme(ReducerKind::argmax, DType::u64);
  extreme.include(whole<double>(1), 0);
  extreme.include(whole<double>(-1), 1);  // 2^64 - 1
  EXPECT_EQ(extreme.result().integer, 1);
  extreme.include(whole<double>(5, infinity), 2);
  EXPECT_FALSE(is_exact(extreme.result()));
}

struct SortCase {
  SortOrder order;
  std::vector<Value> line;
  std::vector<std::int64_t> places;  ///< -1 where it is not certain
};

TEST(ReferenceOrder, SortedPlaces) {
  constexpr SortOrder up = SortOrder::ascending;
  constexpr SortOrder down = SortOrder::descending;
  const SortCase cases[] = {
      {up, {}, {}},
      {up, {about(1)}, {0}},
      {up, {about(2), about(1), about(3)}, {1, 0, 2}},
      {down, {about(2), about(1), about(3)}, {2, 0, 1}},
      {up, {about(1), about(0), about(1), about(0)}, {1, 3, 0, 2}},
      {down, {about(1), about(0), about(1), about(0)}, {0, 2, 1, 3}},
      {up, {about(nan), about(infinity), about(-1)}, {2, 1, 0}},
      {down, {about(1), about(nan), about(infinity)}, {1, 2, 0}},
      {up, {about(1, 0.4), about(2, 0.4), about(0)}, {2, 0, 1}},
      {up, {about(1, 0.6), about(2, 0.6), about(0)}, {2, -1, -1}},
      {down, {about(1, 0.6), about(2, 0.6), about(9)}, {2, -1, -1}},
      {up, {about(0, 5), about(1), about(4), about(9)}, {-1, -1, -1, 3}},
      {up, {about(4, 4.5), about(1), about(0)}, {-1, -1, -1}},
      {up, {about(1), anything<double>(0)}, {-1, -1}},
  };
  for (const SortCase& c : cases) {
    const auto places = sorted_places<double>(c.line, DType::f32, c.order);
    std::vector<std::int64_t> found;
    for (const Value& place : places)
      found.push_back(is_exact(place) ? place.integer : -1);
    EXPECT_EQ(found, c.places) << "case " << &c - cases;
  }
}

}  // namespace
}  // namespace tcc::reference
