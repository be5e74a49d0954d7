// The reference evaluator on whole programs: values computed by hand, and faults that it must see.
#include "frontend/reference.h"

#include <chrono>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "tests/support/checked_program.h"

namespace tcc {
namespace {

using checked::NodeId;
using checked::ProgramBuilder;
using checked::TensorId;
using checked::VariableRole;
using Values = std::vector<double>;

const Extent size_m = Extent::size_name("M");

std::vector<float> uniform(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> distribution(-1, 1);
  std::vector<float> values(count);
  for (float& value : values)
    value = distribution(random);
  return values;
}

/// a: f32[M, K] and b: f32[K, N] and C = a @ b.
ProgramBuilder matmul_program(DType dtype = DType::f32) {
  ProgramBuilder build;
  const Extent k = Extent::size_name("K");
  const Extent n = Extent::size_name("N");
  const TensorId a = build.input("a", dtype, {size_m, k});
  const TensorId b = build.input("b", dtype, {k, n});
  const NodeId left = build.whole(a);
  build.define("C", build.matmul(left, build.whole(b), {size_m, n}));
  return build;
}

TEST(Reference, ElementwiseBroadcasts) {
  ProgramBuilder build;  // y = relu(a + b * 0.5), a: [2, 3], b: [3]
  const TensorId a = build.input("a", DType::f32, {2, 3});
  const TensorId b = build.input("b", DType::f32, {3});
  const NodeId left = build.whole(a);
  const NodeId right = build.whole(b);
  const NodeId half = build.apply(Op::multiply, {right, build.number(0.5)});
  build.define("y", build.apply(Op::relu, {build.apply(Op::add, {left, half})}));
  std::vector<float> a_values = {1, -2, 3, -4, 5, -6};
  std::vector<float> b_values = {2, 4, 8};
  const Tensor inputs[] = {Tensor::view(a_values, {2, 3}), Tensor::view(b_values, {3})};
  const auto results = evaluate_reference(build.program, inputs, {});
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].value, (Values{2, 0, 7, 0, 7, 0}));
  EXPECT_EQ(results[0].bound, Values(6, 0.0));
  EXPECT_TRUE(results[0].value_low.empty());
}

TEST(Reference, StridedInputsAndTransposition) {
  ProgramBuilder build;  // y = x.T
  const TensorId x = build.input("x", DType::f32, {2, 3});
  build.define("y", build.transpose(build.whole(x), {1, 0}));
  std::vector<float> memory = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  // Every second element, rows backwards.
  const Tensor inputs[] = {Tensor::strided(DType::f32, memory.data() + 6, {2, 3}, {-6, 2})};
  const auto result = evaluate_reference(build.program, inputs, {}).at(0);
  EXPECT_EQ(result.shape, (std::vector<std::int64_t>{3, 2}));
  EXPECT_EQ(result.value, (Values{6, 0, 8, 2, 10, 4}));
}

TEST(Reference, ReductionsOverAxes) {
  struct Case {
    ReducerKind kind;
    std::vector<std::uint32_t> axes;
    checked::KeepAxes keep;
    Shape shape;
    Values expected;
  };
  const Case cases[] = {
      {ReducerKind::sum, {0, 1}, checked::KeepAxes::no, {}, {21}},
      {ReducerKind::sum, {0}, checked::KeepAxes::no, {3}, {5, 7, 9}},
      {ReducerKind::max, {1}, checked::KeepAxes::yes, {2, 1}, {3, 6}},
      {ReducerKind::min, {1}, checked::KeepAxes::no, {2}, {1, 4}},
      {ReducerKind::prod, {0, 1}, checked::KeepAxes::yes, {1, 1}, {720}},
  };
  for (const Case& c : cases) {
    ProgramBuilder build;
    const TensorId x = build.input("x", DType::f32, {2, 3});
    build.define("y", build.reduce(c.kind, build.whole(x), c.axes, c.shape, c.keep));
    std::vector<float> values = {1, 2, 3, 4, 5, 6};
    const Tensor inputs[] = {Tensor::view(values, {2, 3})};
    const auto result = evaluate_reference(build.program, inputs, {}).at(0);
    EXPECT_EQ(result.value, c.expected) << name_of(c.kind);
    EXPECT_EQ(result.shape.size(), c.shape.size());
  }
}

TEST(Reference, MatMulOfEveryRank) {
  struct Case {
    Shape a, b, result;
    Values expected;
  };
  // a counts 1, 2, ..; b counts 1, 2, ..
  const Case cases[] = {
      {{2, 2}, {2, 2}, {2, 2}, {7, 10, 15, 22}},
      {{2}, {2}, {}, {5}},
      {{2}, {2, 3}, {3}, {9, 12, 15}},
      {{3, 2}, {2}, {3}, {5, 11, 17}},
      {{2, 1, 2}, {2, 2}, {2, 1, 2}, {7, 10, 15, 22}},
      {{1, 2}, {2, 2, 1}, {2, 1, 1}, {5, 11}},
      {{2, 2}, {2}, {2}, {5, 11}},
      {{2, 0}, {0, 2}, {2, 2}, {0, 0, 0, 0}},
      {{0, 2}, {2, 2}, {0, 2}, {}},
  };
  for (const Case& c : cases) {
    for (const DType dtype : {DType::f32, DType::f64, DType::i64}) {
      ProgramBuilder build;
      const TensorId a = build.input("a", dtype, c.a);
      const TensorId b = build.input("b", dtype, c.b);
      const NodeId left = build.whole(a);
      build.define("y", build.matmul(left, build.whole(b), c.result));
      std::vector<Tensor> inputs;
      for (const Shape& shape : {c.a, c.b}) {
        std::vector<std::int64_t> extents;
        for (const Extent& extent : shape)
          extents.push_back(extent.evaluate({}).value());
        inputs.push_back(Tensor::empty(dtype, extents));
        for (std::int64_t e = 0; e < inputs.back().element_count(); ++e) {
          if (dtype == DType::f32) inputs.back().data<float>()[e] = static_cast<float>(e + 1);
          if (dtype == DType::f64) inputs.back().data<double>()[e] = static_cast<double>(e + 1);
          if (dtype == DType::i64) inputs.back().data<std::int64_t>()[e] = e + 1;
        }
      }
      const auto result = evaluate_reference(build.program, inputs, {}).at(0);
      EXPECT_EQ(result.value, c.expected) << name_of(dtype);
      EXPECT_EQ(result.bound, Values(c.expected.size(), 0.0)) << name_of(dtype);
    }
  }
}

TEST(Reference, IndexNotation) {
  ProgramBuilder build;  // y[i] = sum[k](x[i, k] * w[k + 1]) + i
  const TensorId x = build.input("x", DType::f32, {2, 2});
  const TensorId w = build.input("w", DType::f32, {3});
  const auto i = build.variable(VariableRole::axis, 2);
  const auto k = build.variable(VariableRole::reduction, 2);
  const NodeId x_base = build.whole(x);
  const NodeId x_i = build.index(i);
  const NodeId left = build.element(x_base, {x_i, build.index(k)});
  const NodeId w_base = build.whole(w);
  const NodeId w_k = build.index(k);
  const NodeId next = build.apply(Op::add, {w_k, build.integer(1)});
  const NodeId body = build.apply(Op::multiply, {left, build.element(w_base, {next})});
  const NodeId sum = build.reduce_points(ReducerKind::sum, {k}, body);
  const NodeId row = build.convert(DType::f32, build.index(i));
  build.define_points("y", {i}, build.apply(Op::add, {sum, row}));
  std::vector<float> x_values = {1, 2, 3, 4};
  std::vector<float> w_values = {100, 10, 1};
  const Tensor inputs[] = {Tensor::view(x_values, {2, 2}), Tensor::view(w_values, {3})};
  const auto result = evaluate_reference(build.program, inputs, {}).at(0);
  EXPECT_EQ(result.value, (Values{12, 35}));
  EXPECT_EQ(result.bound, Values(2, 0.0));
}

TEST(Reference, WholeTensorsInsideIndexNotation) {
  ProgramBuilder build;  // y[i] = (a + a)[i] / sum(a), and z = sum[k](a[k]) * M
  const TensorId a = build.input("a", DType::f32, {size_m});
  const auto i = build.variable(VariableRole::axis, size_m);
  const NodeId a_left = build.whole(a);
  const NodeId twice = build.apply(Op::add, {a_left, build.whole(a)});
  const NodeId at = build.element(twice, {build.index(i)});
  const NodeId total = build.reduce(ReducerKind::sum, build.whole(a), {0}, {});
  build.define_points("y", {i}, build.apply(Op::divide, {at, total}));
  const auto k = build.variable(VariableRole::reduction, size_m - Extent(1), 1);
  const NodeId base = build.whole(a);
  const NodeId body = build.element(base, {build.index(k)});
  const NodeId sum = build.reduce_points(ReducerKind::sum, {k}, body);
  const NodeId size = build.convert(DType::f32, build.size(size_m));
  build.define("z", build.apply(Op::multiply, {sum, size}));
  std::vector<float> values = {1, 3, 4};
  const Tensor inputs[] = {Tensor::view(values, {3})};
  const auto results = evaluate_reference(build.program, inputs, {{"M", 3}});
  EXPECT_EQ(results[0].value, (Values{0.25, 0.75, 1}));
  EXPECT_EQ(results[1].value, (Values{21}));  // k from 1
  EXPECT_TRUE(results[1].shape.empty());
}

TEST(Reference, SizeZero) {
  const ProgramBuilder build = matmul_program();
  std::vector<float> none;
  const SizeValues sizes = {{"M", 2}, {"K", 0}, {"N", 2}};
  const Tensor inputs[] = {Tensor::view(none, {2, 0}), Tensor::view(none, {0, 2})};
  const auto result = evaluate_reference(build.program, inputs, sizes).at(0);
  EXPECT_EQ(result.value, Values(4, 0.0));
  EXPECT_EQ(result.bound, Values(4, 0.0));
}

TEST(Reference, ComparisonsThatStraddleAreCounted) {
  ProgramBuilder build;  // y = where(x / 3 > 1 / 3, 1, 0): at x = 1 both are right
  const TensorId x = build.input("x", DType::f32, {3});
  const NodeId left = build.whole(x);
  const NodeId quotient = build.apply(Op::divide, {left, build.number(3)});
  const NodeId one = build.number(1);
  const NodeId third = build.apply(Op::divide, {one, build.number(3)});
  const NodeId condition = build.apply(Op::greater, {quotient, third});
  const NodeId yes = build.number(1);
  build.define("y", build.apply(Op::select, {condition, yes, build.number(0)}));
  std::vector<float> values = {1, 2, 0};
  const Tensor inputs[] = {Tensor::view(values, {3})};
  const auto result = evaluate_reference(build.program, inputs, {}).at(0);
  EXPECT_EQ(result.discontinuities, 1);
  EXPECT_EQ(result.bound[1], 0);
  for (float either : {0.0F, 1.0F}) {
    std::vector<float> output = {either, 1, 0};
    EXPECT_TRUE(compare(Tensor::view(output, {3}), result).within_bounds) << either;
  }
  std::vector<float> neither = {3, 1, 0};
  EXPECT_FALSE(compare(Tensor::view(neither, {3}), result).within_bounds);
}

TEST(Reference, DoublesAreKeptInTwoParts) {
  ProgramBuilder build;  // y = x * x
  const TensorId x = build.input("x", DType::f64, {1});
  const NodeId left = build.whole(x);
  build.define("y", build.apply(Op::multiply, {left, build.whole(x)}));
  std::vector<double> values = {1 + 0x1p-30};
  const Tensor inputs[] = {Tensor::view(values, {1})};
  const auto result = evaluate_reference(build.program, inputs, {}).at(0);
  EXPECT_EQ(result.value_low, Values{0x1p-60});
  EXPECT_NEAR(result.bound[0] / 0x1p-53, 1, 1e-5);
}

TEST(Reference, ASumOfAHundredThousandTerms) {
  ProgramBuilder build;
  const TensorId x = build.input("x", DType::f32, {});
  NodeId sum = build.whole(x);
  for (int term = 1; term < 100'000; ++term)
    sum = build.apply(Op::add, {sum, build.whole(x)});
  build.define("y", sum);
  std::vector<float> values = {1};
  const Tensor inputs[] = {Tensor::view(values, {})};
  EXPECT_EQ(evaluate_reference(build.program, inputs, {}).at(0).value, Values{100'000});
}

/// C = A @ B in f32 by a loop over k from `begin` to `end`, starting with `identity`.
std::vector<float> loops(const std::vector<float>& a, const std::vector<float>& b, int n, int begin,
                         int end, float identity) {
  std::vector<float> c(static_cast<std::size_t>(n * n), identity);
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      for (int k = begin; k < end; ++k)
        c[i * n + j] += a[i * n + k] * b[k * n + j];
    }
  }
  return c;
}

TEST(Reference, PlantedFaultsOfAMatMulAreSeen) {
  constexpr int n = 65;
  const ProgramBuilder build = matmul_program();
  std::vector<float> a = uniform(n * n, 1);
  std::vector<float> b = uniform(n * n, 2);
  const Tensor inputs[] = {Tensor::view(a, {n, n}), Tensor::view(b, {n, n})};
  const SizeValues sizes = {{"M", n}, {"K", n}, {"N", n}};
  const auto expected = evaluate_reference(build.program, inputs, sizes).at(0);
  const auto is_right = [&expected](std::vector<float> c) {
    return compare(Tensor::view(c, {n, n}), expected).within_bounds;
  };
  EXPECT_TRUE(is_right(loops(a, b, n, 0, n, 0)));
  EXPECT_FALSE(is_right(loops(a, b, n, 0, n, 1)));      // wrong identity
  EXPECT_FALSE(is_right(loops(a, b, n, 0, n - 1, 0)));  // wrong tail guard: the last k is missing
  EXPECT_FALSE(is_right(loops(a, b, n, 1, n, 0)));      // the first one
  std::vector<float> last_element = loops(a, b, n, 0, n, 0);
  last_element.back() = 0;  // not written
  EXPECT_FALSE(is_right(last_element));
}

TEST(Reference, ALargeMatMulTakesSeconds) {
  const ProgramBuilder build = matmul_program();
  std::vector<float> a = uniform(512 * 256, 1);
  std::vector<float> b = uniform(256 * 512, 2);
  const Tensor inputs[] = {Tensor::view(a, {512, 256}), Tensor::view(b, {256, 512})};
  const auto begin = std::chrono::steady_clock::now();
  const auto result =
      evaluate_reference(build.program, inputs, {{"M", 512}, {"K", 256}, {"N", 512}}).at(0);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  EXPECT_LT(seconds.count(), 20);
  EXPECT_LT(result.bound[0], 1e-3);
}

}  // namespace
}  // namespace tcc
