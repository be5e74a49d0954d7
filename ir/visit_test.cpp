// Tests of ir/visit.h.
#include "ir/visit.h"

#include "tests/support/parsed_program.h"

namespace tcc::ir {
namespace {

constexpr OriginId origin{1};

Expr variable(std::uint32_t id, std::string name) {
  return make_var(VarId{id}, std::move(name), origin, {DType::f32, 1});
}

const Expr a = variable(1, "a");
const Expr b = variable(2, "b");

Expr add(const Expr& x, const Expr& y) { return make_binary(Op::add, x, y, origin); }

TEST(Visit, post_order_has_operands_first_and_each_node_once) {
  const Expr sum = add(a, b);
  const Expr square = make_binary(Op::multiply, sum, sum, origin);
  std::string order;
  for (const Expr& node : post_order(square))
    order += print(node) + "; ";
  EXPECT_EQ(order, "a; b; a + b; (a + b) * (a + b); ");
  const Expr roots[] = {sum, b, square};
  EXPECT_EQ(post_order(roots).size(), 4U);
}

TEST(Visit, children_include_the_predicate) {
  const Expr i = make_var(VarId{3}, "i", origin);
  const Expr p = make_var(VarId{4}, "p", origin, {DType::boolean, 1});
  std::string seen;
  const auto note = [&seen](const Expr& child) { seen += print(child) + ";"; };
  for_each_child(*make_load(DType::f32, {}, {i, i}, origin, p), note);
  for_each_child(*make_load(DType::f32, {}, {i}, origin), note);
  for_each_child(*make_select(p, a, b, origin), note);
  for_each_child(*make_call(Op::fma, {a, b, a}, origin), note);
  EXPECT_EQ(seen, "i;i;p;i;p;a;b;a;b;a;");
}

TEST(Visit, map_children_keeps_what_does_not_change) {
  const Expr i = make_var(VarId{3}, "i", origin);
  const Expr j = make_var(VarId{5}, "j", origin);
  const Expr p = make_binary(Op::less, i, i, origin);
  const Expr vector = make_broadcast(a, 4, origin);
  const Expr nodes[] = {
      make_int(1, origin),
      make_float(1, DType::f32, origin),
      a,
      make_cast(DType::f64, a, origin),
      make_unary(Op::negate, a, origin),
      add(a, b),
      make_select(p, a, b, origin),
      make_call(Op::fma, {a, b, a}, origin),
      make_load(DType::f32, {}, {i}, origin, p),
      make_load(DType::f32, {}, {i}, origin),
      make_ramp(i, i, 4, origin),
      vector,
      make_shuffle(vector, {3, 0}, origin),
  };
  const Substitution swapped = {{VarId{1}, b}, {VarId{3}, j}};
  for (const Expr& node : nodes) {
    EXPECT_TRUE(map_children(node, [](const Expr& child) { return child; }).same_as(node));
    std::string expected = print(node);
    for (char& c : expected) {
      const bool part_of_word = expected.size() > 1 && (&c)[1] >= 'a' && (&c)[1] <= 'z';
      if (c == 'a' && !part_of_word && (&c == expected.data() || (&c)[-1] < 'a')) c = 'b';
      if (c == 'i' && !part_of_word && (&c == expected.data() || (&c)[-1] < 'a')) c = 'j';
    }
    EXPECT_EQ(print(substitute(node, swapped)), expected);
  }
}

TEST(Visit, rewriting_a_dag_meets_each_node_once) {
  Expr doubled = a;
  for (int i = 0; i < 60; ++i)
    doubled = add(doubled, doubled);
  int calls = 0;
  const Expr rebuilt = rewrite(doubled, [&calls](const Expr& node) {
    ++calls;
    return as<Var>(node) ? b : node;
  });
  EXPECT_EQ(calls, 61);
  EXPECT_EQ(post_order(rebuilt).size(), 61U);
  EXPECT_TRUE(uses_var(rebuilt, VarId{2}));
  EXPECT_FALSE(uses_var(rebuilt, VarId{1}));
}

TEST(Visit, deep_expressions_cost_no_stack) {
  Expr chain = a;
  for (int i = 0; i < 300'000; ++i)
    chain = make_unary(Op::negate, std::move(chain), origin);
  EXPECT_EQ(post_order(chain).size(), 300'001U);
  EXPECT_TRUE(uses_var(substitute(chain, {{VarId{1}, b}}), VarId{2}));
}

constexpr const char* nest = R"(size M
input A: f32[M]
output C: f32[M]

kernel C {
  for i in 0:M {
    let x = A[i]
    if i < M {
      C[i] = x
    }
    assert 0 <= i, "below"
  }
}
)";

TEST(Visit, statements_come_parents_first) {
  const LoopProgram program = parsed_valid(nest);
  std::string kinds;
  for_each_statement(program.kernels[0].body, [&kinds](const Stmt& stmt) {
    kinds += match(
        stmt, [](const For&) { return "for "; }, [](const If&) { return "if "; },
        [](const Let&) { return "let "; }, [](const Allocate&) { return "allocate "; },
        [](const Block&) { return "block "; }, [](const Store&) { return "store "; },
        [](const Prefetch&) { return "prefetch"; }, [](const Assert&) { return "assert "; });
  });
  EXPECT_EQ(kinds, "for block let if store assert ");
  std::string exprs;
  for_each_expression(program.kernels[0].body,
                      [&](const Expr& expr) { exprs += print(program, expr) + "; "; });
  EXPECT_EQ(exprs, "0; M; A[i]; i < M; i; x; 0 <= i; ");
}

TEST(Visit, substitutes_in_statements) {
  const LoopProgram program = parsed_valid(nest);
  const VarId size = as<Var>(program.sizes[0])->id;
  const Stmt& body = program.kernels[0].body;
  const Stmt eight = substitute(body, {{size, make_int(8, origin)}});
  EXPECT_FALSE(uses_var(eight, size));
  EXPECT_TRUE(uses_var(body, size));
  EXPECT_EQ(substitute(body, {{VarId{99}, make_int(8, origin)}}), body);
}

TEST(Visit, removing_statements_removes_what_is_empty_without_them) {
  const LoopProgram program = parsed_valid(nest);
  const auto without = [&program](const std::function<bool(const Stmt&)>& gone) {
    return print(program, rewrite(program.kernels[0].body, {}, [&gone](const Stmt& stmt) {
                   return gone(stmt) ? nullptr : stmt;
                 }));
  };
  EXPECT_EQ(without([](const Stmt& s) { return as<Store>(s) || as<Let>(s); }),
            "for i in 0:M {\n  assert 0 <= i, \"below\"\n}\n");
  EXPECT_EQ(without([](const Stmt& s) { return as<Store>(s) || as<Let>(s) || as<Assert>(s); }),
            "{\n}\n");
}

TEST(Visit, finds_loads) {
  const LoopProgram program = parsed_valid(nest);
  const Expr i = make_var(VarId{50}, "i", origin);
  const Expr load = make_load(DType::f32, BufferId{0}, {i}, origin);
  EXPECT_TRUE(loads_from(add(a, load), BufferId{0}));
  EXPECT_FALSE(loads_from(add(a, load), BufferId{1}));
}

}  // namespace
}  // namespace tcc::ir
