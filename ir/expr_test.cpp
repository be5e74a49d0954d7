// Tests of ir/expr.h: the typing of constructors, and the life of nodes.
#include "ir/expr.h"

#include <functional>
#include <limits>

#include <gtest/gtest.h>

#include <tcc/error.h>

#include "ir/printer.h"
#include "ir/typing.h"

namespace tcc::ir {
namespace {

constexpr OriginId origin{1};

Expr var(ValueType type, std::uint32_t id = 1) { return make_var(VarId{id}, "v", origin, type); }
Expr of(DType dtype, std::uint16_t lanes = 1) { return var({dtype, lanes}); }

TEST(Expr, constructors_give_the_type) {
  const Expr f = of(DType::f32);
  const Expr f8 = of(DType::f32, 8);
  const Expr i = of(DType::i64);
  const Expr i8 = of(DType::i64, 8);
  const Expr p8 = of(DType::boolean, 8);
  struct Row {
    Expr expr;
    std::string type;
  };
  const Row rows[] = {
      {make_int(3, origin), "i64"},
      {make_int(3, origin, DType::u8), "u8"},
      {make_bool(true, origin), "bool"},
      {make_float(1, DType::f64, origin), "f64"},
      {make_number(2, DType::i32, origin), "i32"},
      {make_number(2, DType::f32, origin), "f32"},
      {make_cast(DType::f64, f8, origin), "f64 x 8"},
      {make_unary(Op::negate, f8, origin), "f32 x 8"},
      {make_unary(Op::logical_not, p8, origin), "bool x 8"},
      {make_binary(Op::add, f, f, origin), "f32"},
      {make_binary(Op::less, f8, f8, origin), "bool x 8"},
      {make_binary(Op::equal, p8, p8, origin), "bool x 8"},
      {make_binary(Op::logical_and, p8, p8, origin), "bool x 8"},
      {make_select(p8, f8, f8, origin), "f32 x 8"},
      {make_call(Op::fma, {f, f, f}, origin), "f32"},
      {make_load(DType::f32, {}, {i, i}, origin), "f32"},
      {make_load(DType::f32, {}, {}, origin), "f32"},
      {make_load(DType::f32, {}, {i, i8}, origin, p8), "f32 x 8"},
      {make_ramp(i, i, 4, origin), "i64 x 4"},
      {make_broadcast(f, 4, origin), "f32 x 4"},
      {make_shuffle(f8, {0, 7}, origin), "f32 x 2"},
      {make_shuffle(f8, {7}, origin), "f32"},
      {make_operation(Op::relu, {f}, origin), "f32"},
      {make_operation(Op::maximum, {f, f}, origin), "f32"},
      {make_operation(Op::select, {of(DType::boolean), f, f}, origin), "f32"},
      {make_operation(Op::fma, {f, f, f}, origin), "f32"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(to_string(row.expr->type), row.type) << print(row.expr);
    EXPECT_EQ(type_error(*row.expr), "") << print(row.expr);
  }
}

TEST(Expr, constructors_refuse_what_does_not_fit) {
  const Expr f = of(DType::f32);
  const Expr d = of(DType::f64);
  const Expr f8 = of(DType::f32, 8);
  const Expr i = of(DType::i64);
  const Expr i32 = of(DType::i32);
  const Expr i8 = of(DType::i64, 8);
  const Expr p = of(DType::boolean);
  const std::function<Expr()> wrong[] = {
      [&] { return make_int(1, origin, DType::f32); },
      [&] { return make_float(1, DType::i64, origin); },
      [&] { return make_number(std::numeric_limits<double>::infinity(), DType::i64, origin); },
      [&] { return make_cast(DType::f32, {}, origin); },
      [&] { return make_unary(Op::negate, p, origin); },
      [&] { return make_unary(Op::logical_not, i, origin); },
      [&] { return make_unary(Op::square_root, i, origin); },
      [&] { return make_unary(Op::add, i, origin); },
      [&] { return make_unary(Op::negate, {}, origin); },
      [&] { return make_binary(Op::add, f, d, origin); },
      [&] { return make_binary(Op::add, f, f8, origin); },
      [&] { return make_binary(Op::add, p, p, origin); },
      [&] { return make_binary(Op::divide, i, i, origin); },
      [&] { return make_binary(Op::shift_left, f, f, origin); },
      [&] { return make_binary(Op::less, i, i32, origin); },
      [&] { return make_binary(Op::logical_or, i, i, origin); },
      [&] { return make_binary(Op::relu, f, f, origin); },
      [&] { return make_binary(Op::add, f, {}, origin); },
      [&] { return make_select(f, f, f, origin); },
      [&] { return make_select(p, f, d, origin); },
      [&] { return make_select(p, f8, f8, origin); },
      [&] { return make_call(Op::fma, {f, f}, origin); },
      [&] { return make_call(Op::fma, {i, i, i}, origin); },
      [&] { return make_call(Op::fma, {}, origin); },
      [&] { return make_load(DType::f32, {}, {f}, origin); },
      [&] { return make_load(DType::f32, {}, {i32}, origin); },
      [&] { return make_load(DType::f32, {}, {i8, of(DType::i64, 4)}, origin); },
      [&] { return make_load(DType::f32, {}, {i8}, origin, p); },
      [&] { return make_load(DType::f32, {}, {i}, origin, i); },
      [&] { return make_ramp(i, i32, 4, origin); },
      [&] { return make_ramp(f, f, 4, origin); },
      [&] { return make_ramp(i8, i8, 4, origin); },
      [&] { return make_ramp(i, i, 0, origin); },
      [&] { return make_broadcast(f8, 4, origin); },
      [&] { return make_shuffle(f8, {8}, origin); },
      [&] { return make_shuffle(f8, {}, origin); },
      [&] { return make_operation(Op::add, {f}, origin); },
      [&] { return make_operation(Op::select, {p, f}, origin); },
  };
  int row = 0;
  for (const auto& make : wrong) {
    EXPECT_THROW(make(), Error) << "row " << row;
    ++row;
  }
}

TEST(Expr, numbers_take_the_width_of_their_type) {
  EXPECT_EQ(constant_of(make_int(300, origin, DType::i8)), 44);
  EXPECT_EQ(constant_of(make_int(200, origin, DType::i8)), -56);
  EXPECT_EQ(constant_of(make_int(-1, origin, DType::u16)), 65535);
  EXPECT_EQ(constant_of(make_int(-1, origin, DType::u64)), -1);
  EXPECT_EQ(constant_of(make_int(2, origin, DType::boolean)), 1);
  EXPECT_EQ(constant_of(make_float(1, DType::f32, origin)), std::nullopt);
  EXPECT_EQ(as<FloatImm>(make_float(0.1, DType::f32, origin))->value, 0.1F);
  EXPECT_EQ(as<FloatImm>(make_float(0.1, DType::f64, origin))->value, 0.1);
}

TEST(Expr, one_lane_is_a_scalar) {
  const Expr i = of(DType::i64);
  EXPECT_TRUE(make_ramp(i, i, 1, origin).same_as(i));
  EXPECT_TRUE(make_broadcast(i, 1, origin).same_as(i));
}

TEST(Expr, handles_count) {
  Expr a = of(DType::f32);
  EXPECT_EQ(a->references.load(), 1U);
  {
    const Expr sum = make_binary(Op::add, a, a, origin);
    EXPECT_EQ(a->references.load(), 3U);
    Expr copy = sum;
    const Expr moved = std::move(copy);
    EXPECT_EQ(sum->references.load(), 2U);
    EXPECT_TRUE(moved.same_as(sum));
  }
  EXPECT_EQ(a->references.load(), 1U);
  Expr& self = a;
  a = self;
  EXPECT_EQ(a->references.load(), 1U);
}

TEST(Expr, dropping_a_deep_chain_costs_no_stack) {
  Expr chain = of(DType::f32);
  for (int i = 0; i < 1'000'000; ++i)
    chain = make_unary(Op::negate, std::move(chain), origin);
  chain = {};
  EXPECT_FALSE(chain);
}

TEST(Expr, dropping_a_dag_visits_each_node_once) {
  const Expr leaf = of(DType::f32);
  {
    Expr doubled = leaf;
    for (int i = 0; i < 60; ++i)
      doubled = make_binary(Op::add, doubled, doubled, origin);
  }
  EXPECT_EQ(leaf->references.load(), 1U);
}

}  // namespace
}  // namespace tcc::ir
