// The table of operators: complete, in order, and found by what is written.
#include "dsl/operators.h"

#include <set>

#include <gtest/gtest.h>

namespace tcc {
namespace {

TEST(Operators, EachHasItsRow) {
  const auto operators = all_operators();
  ASSERT_EQ(operators.size(), static_cast<std::size_t>(Op::two_over_pi_word) + 1);
  for (std::size_t i = 0; i < operators.size(); ++i) {
    EXPECT_EQ(operators[i].op, static_cast<Op>(i)) << operators[i].name;
    EXPECT_EQ(&info_of(operators[i].op), &operators[i]);
  }
}

TEST(Operators, FoundByNameAndNotation) {
  std::set<std::pair<std::string_view, Notation>> names;
  for (const OpInfo& info : all_operators()) {
    EXPECT_EQ(find_operator(info.name, info.notation), info.op) << info.name;
    EXPECT_TRUE(names.insert({info.name, info.notation}).second) << info.name << " is there twice";
  }
  EXPECT_EQ(find_operator("-", Notation::infix), Op::subtract);
  EXPECT_EQ(find_operator("-", Notation::prefix), Op::negate);
  EXPECT_EQ(find_operator("-", Notation::function), std::nullopt);
  EXPECT_EQ(find_operator("where", Notation::function), Op::select);
  EXPECT_EQ(find_operator("float_bits", Notation::function), std::nullopt);
  EXPECT_EQ(find_operator("", Notation::infix), std::nullopt);
  EXPECT_EQ(find_operator("@", Notation::infix), std::nullopt);
}

TEST(Operators, ArityAndPrecedenceGoWithTheNotation) {
  for (const OpInfo& info : all_operators()) {
    SCOPED_TRACE(info.name);
    const bool is_written_between = info.notation == Notation::infix;
    const bool is_written_before = info.notation == Notation::prefix;
    EXPECT_TRUE(!is_written_between || info.arity == 2);
    EXPECT_TRUE(!is_written_before || info.arity == 1);
    EXPECT_EQ(info.precedence > 0, is_written_between || is_written_before);
    EXPECT_EQ(info.precedence == precedence_comparison, info.typing == OpTyping::comparison);
  }
}

/// Section 4, loosest first.
TEST(Operators, Precedence) {
  const Op order[] = {Op::logical_or, Op::logical_and, Op::logical_not, Op::equal,
                      Op::bit_or,     Op::bit_xor,     Op::bit_and,     Op::shift_left,
                      Op::add,        Op::multiply,    Op::negate,      Op::power};
  for (std::size_t i = 1; i < std::size(order); ++i) {
    EXPECT_LT(info_of(order[i - 1]).precedence, info_of(order[i]).precedence)
        << info_of(order[i]).name;
  }
  EXPECT_EQ(info_of(Op::add).precedence, info_of(Op::subtract).precedence);
  for (const Op op : {Op::multiply, Op::divide, Op::floor_divide, Op::modulo}) {
    EXPECT_EQ(info_of(op).precedence, precedence_matmul) << info_of(op).name;
  }
}

TEST(Operators, Reducers) {
  for (const auto kind :
       {ReducerKind::sum, ReducerKind::prod, ReducerKind::max, ReducerKind::min, ReducerKind::any,
        ReducerKind::all, ReducerKind::argmax, ReducerKind::argmin}) {
    EXPECT_EQ(find_reducer(name_of(kind)), kind) << name_of(kind);
  }
  EXPECT_EQ(name_of(ReducerKind::prod), "prod");
  EXPECT_EQ(find_reducer("mean"), std::nullopt);
  EXPECT_EQ(find_reducer(""), std::nullopt);
}

}  // namespace
}  // namespace tcc
