// Element types: the lattice of promotion, and the numbers of floating point.
#include "dsl/dtypes.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include <tcc/error.h>

namespace tcc {
namespace {

constexpr DType all[] = {DType::boolean, DType::i8,  DType::i16, DType::i32, DType::i64,
                         DType::u8,      DType::u16, DType::u32, DType::u64, DType::f16,
                         DType::bf16,    DType::f32, DType::f64};

TEST(DTypes, NamesReadBack) {
  for (const DType dtype : all)
    EXPECT_EQ(parse_dtype(name_of(dtype)), dtype) << name_of(dtype);
  for (const char* name : {"", "f", "float", "F32", "f32 ", "i128", "f8e4m3"}) {
    EXPECT_EQ(parse_dtype(name), std::nullopt) << name;
  }
}

TEST(DTypes, Classes) {
  struct Row {
    DType dtype;
    std::size_t bytes;
    bool is_signed, is_unsigned, is_float;
  };
  const Row rows[] = {
      {DType::boolean, 1, false, false, false}, {DType::i8, 1, true, false, false},
      {DType::i16, 2, true, false, false},      {DType::i32, 4, true, false, false},
      {DType::i64, 8, true, false, false},      {DType::u8, 1, false, true, false},
      {DType::u16, 2, false, true, false},      {DType::u32, 4, false, true, false},
      {DType::u64, 8, false, true, false},      {DType::f16, 2, false, false, true},
      {DType::bf16, 2, false, false, true},     {DType::f32, 4, false, false, true},
      {DType::f64, 8, false, false, true},
  };
  ASSERT_EQ(std::size(rows), std::size(all));
  for (const Row& row : rows) {
    SCOPED_TRACE(name_of(row.dtype));
    EXPECT_EQ(size_in_bytes(row.dtype), row.bytes);
    EXPECT_EQ(is_signed_integer(row.dtype), row.is_signed);
    EXPECT_EQ(is_unsigned_integer(row.dtype), row.is_unsigned);
    EXPECT_EQ(is_integer(row.dtype), row.is_signed || row.is_unsigned);
    EXPECT_EQ(is_float(row.dtype), row.is_float);
  }
}

TEST(DTypes, PromotionOfUnlikeTypes) {
  struct Row {
    DType a, b;
    std::optional<DType> result;
  };
  const Row rows[] = {
      {DType::boolean, DType::u8, DType::u8}, {DType::boolean, DType::f16, DType::f16},
      {DType::i8, DType::i32, DType::i32},    {DType::u16, DType::u64, DType::u64},
      {DType::i8, DType::u8, DType::i16},     {DType::i16, DType::u8, DType::i16},
      {DType::i8, DType::u16, DType::i32},    {DType::i16, DType::u16, DType::i32},
      {DType::i32, DType::u16, DType::i32},   {DType::i8, DType::u32, DType::i64},
      {DType::i32, DType::u32, DType::i64},   {DType::i64, DType::u32, DType::i64},
      {DType::i8, DType::u64, std::nullopt},  {DType::i64, DType::u64, std::nullopt},
      {DType::i64, DType::f16, DType::f16},   {DType::u64, DType::bf16, DType::bf16},
      {DType::u64, DType::f32, DType::f32},   {DType::f16, DType::bf16, DType::f32},
      {DType::f16, DType::f32, DType::f32},   {DType::bf16, DType::f64, DType::f64},
      {DType::f32, DType::f64, DType::f64},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(promote(row.a, row.b), row.result) << name_of(row.a) << ' ' << name_of(row.b);
  }
}

TEST(DTypes, PromotionIsALattice) {
  for (const DType a : all) {
    EXPECT_EQ(promote(a, a), a) << name_of(a);
    for (const DType b : all) {
      const auto joined = promote(a, b);
      EXPECT_EQ(promote(b, a), joined) << name_of(a) << ' ' << name_of(b);
      if (joined) {
        EXPECT_EQ(promote(*joined, a), joined) << name_of(a) << ' ' << name_of(b);
      }
    }
  }
}

TEST(DTypes, NumbersOfFloatsAreThoseOfTheMachine) {
  using Single = std::numeric_limits<float>;
  using Double = std::numeric_limits<double>;
  EXPECT_EQ(unit_roundoff(DType::f32), double{Single::epsilon()} / 2);
  EXPECT_EQ(largest_finite(DType::f32), double{Single::max()});
  EXPECT_EQ(smallest_subnormal(DType::f32), double{Single::denorm_min()});
  EXPECT_EQ(unit_roundoff(DType::f64), Double::epsilon() / 2);
  EXPECT_EQ(largest_finite(DType::f64), Double::max());
  EXPECT_EQ(smallest_subnormal(DType::f64), Double::denorm_min());
}

TEST(DTypes, NumbersOfHalves) {
  EXPECT_EQ(unit_roundoff(DType::f16), std::ldexp(1.0, -11));
  EXPECT_EQ(largest_finite(DType::f16), 65504.0);
  EXPECT_EQ(smallest_subnormal(DType::f16), std::ldexp(1.0, -24));
  EXPECT_EQ(unit_roundoff(DType::bf16), std::ldexp(1.0, -8));
  EXPECT_EQ(largest_finite(DType::bf16), std::ldexp(255.0, 120));
  EXPECT_EQ(smallest_subnormal(DType::bf16), std::ldexp(1.0, -133));
}

TEST(DTypes, IntegersHaveNoRoundoff) {
  EXPECT_THROW(unit_roundoff(DType::i32), Error);
  EXPECT_THROW(largest_finite(DType::boolean), Error);
  EXPECT_THROW(smallest_subnormal(DType::u64), Error);
}

}  // namespace
}  // namespace tcc
