// The property that the whole reference rests on: whatever floats compute, in any order of a
// reduction and fused or not, lies within the bound; and the bound is no larger than it must be.
#include <cmath>
#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include "frontend/reference_elementwise.h"
#include "frontend/reference_reduction.h"

namespace tcc::reference {
namespace {

/// f32 against double, f64 against double-double.
template <typename Float> struct Kind;
template <> struct Kind<float> {
  using Real = double;
  static constexpr DType dtype = DType::f32;
};
template <> struct Kind<double> {
  using Real = DoubleDouble;
  static constexpr DType dtype = DType::f64;
};

template <typename Float> using RealOf = typename Kind<Float>::Real;
template <typename Float> using ApproximateOf = Approximate<RealOf<Float>>;

template <typename Float> class Soundness : public testing::Test {
 public:
  static double error(Float computed, const ApproximateOf<Float>& value) {
    const double number = static_cast<double>(computed);
    if (std::isnan(number) && std::isnan(high_part(value.value))) return 0;
    if (number == high_part(value.value) && low_part(value.value) == 0) return 0;
    const double error = std::fabs((number - high_part(value.value)) - low_part(value.value));
    return std::isnan(error) ? infinity : error;
  }

  /// Numbers of every sort, awkward ones among them.
  Float number() {
    using Limits = std::numeric_limits<Float>;
    const Float awkward[] = {0,
                             -Float{0},
                             1,
                             -1,
                             3,
                             Float(0.1),
                             Limits::infinity(),
                             -Limits::infinity(),
                             Limits::quiet_NaN(),
                             Limits::max(),
                             -Limits::max(),
                             Limits::min(),
                             Limits::denorm_min(),
                             -3 * Limits::denorm_min()};
    const auto choice = random() % 40;
    if (choice < std::size(awkward)) return awkward[choice];
    const Float mantissa = static_cast<Float>(static_cast<int>(random() % 2000001) - 1000000) /
                           static_cast<Float>(1000000);
    const int range = choice < 35 ? 4 : Limits::max_exponent - 2;
    return std::ldexp(mantissa, static_cast<int>(random() % (2 * range)) - range);
  }

  /// More of everything at night.
  static std::size_t scaled(std::size_t count) {
    return std::getenv("TCC_NIGHTLY") ? 50 * count : count;
  }

  std::mt19937_64 random{2026};
};
using Floats = testing::Types<float, double>;
TYPED_TEST_SUITE(Soundness, Floats);

enum class Roundings : std::uint8_t { one, two };

template <typename Float> Float maximum_of(Float a, Float b) {
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<Float>::quiet_NaN();
  return std::fmax(a, b);
}

/// A number as floats compute it, and as the reference does.
template <typename Float> struct Both {
  Float computed;
  ApproximateOf<Float> value;
};

template <typename Float>
ApproximateOf<Float> apply(Op op, const Both<Float>& a, const Both<Float>& b = {}) {
  return Operation<RealOf<Float>>(op, Kind<Float>::dtype)(a.value, b.value, {});
}

/// where(a < b, c, a)
template <typename Float>
Both<Float> choose(const Both<Float>& a, const Both<Float>& b, const Both<Float>& c) {
  const Operation<RealOf<Float>> select(Op::select, Kind<Float>::dtype);
  return {a.computed < b.computed ? c.computed : a.computed,
          select(apply(Op::less, a, b), c.value, a.value)};
}

/// a * b + c with one rounding or with two.
template <typename Float>
Both<Float> multiply_add(const Both<Float>& a, const Both<Float>& b, const Both<Float>& c,
                         Roundings roundings) {
  const Float product = a.computed * b.computed;
  const Both<Float> rounded_product = {product, apply(Op::multiply, a, b)};
  return {roundings == Roundings::one ? std::fma(a.computed, b.computed, c.computed)
                                      : product + c.computed,
          apply(Op::add, rounded_product, c)};
}

template <typename Float>
Both<Float> operate(std::uint64_t choice, const Both<Float>& a, const Both<Float>& b,
                    const Both<Float>& c) {
  const Float x = a.computed;
  const Float y = b.computed;
  switch (choice % 12) {
    case 0: return {x + y, apply(Op::add, a, b)};
    case 1: return {x - y, apply(Op::subtract, a, b)};
    case 2: return {x * y, apply(Op::multiply, a, b)};
    case 3: return {x / y, apply(Op::divide, a, b)};
    case 4: return {std::sqrt(x), apply(Op::square_root, a)};
    case 5: return {std::fabs(x), apply(Op::absolute, a)};
    case 6: return {maximum_of(x, Float{0}), apply(Op::relu, a)};
    case 7: return {-maximum_of(-x, -y), apply(Op::minimum, a, b)};
    case 8: return {-x, apply(Op::negate, a)};
    case 9: return choose(a, b, c);
    case 10: return multiply_add(a, b, c, Roundings::two);
    default: return multiply_add(a, b, c, Roundings::one);
  }
}

TYPED_TEST(Soundness, OfRandomExpressions) {
  using Float = TypeParam;
  const std::size_t programs = this->scaled(50'000);
  std::size_t bounded = 0;
  for (std::size_t program = 0; program < programs; ++program) {
    std::vector<Both<Float>> pool;
    for (int leaf = 0; leaf < 5; ++leaf) {
      const Float number = this->number();
      pool.push_back({number, exactly<RealOf<Float>>(number)});
    }
    const auto any = [&]() -> Both<Float> { return pool[this->random() % pool.size()]; };
    for (int step = 0; step < 10; ++step) {
      pool.push_back(operate(this->random(), any(), any(), any()));
      const auto& [computed, value] = pool.back();
      if (is_anything(value)) continue;
      ++bounded;
      ASSERT_LE(this->error(computed, value), value.bound)
          << computed << ", expected " << high_part(value.value) << ", program " << program
          << ", step " << step;
    }
  }
  EXPECT_GT(bounded, programs * 10 / 2);
}

/// A term of a sum: a product that is not rounded yet, or a number (b = 1, rounded).
template <typename Float> struct Term {
  Float a, b;
  Float rounded() const { return a * b; }
};

TYPED_TEST(Soundness, OfSumsOfProductsInAnyOrder) {
  using Float = TypeParam;
  using Real = RealOf<Float>;
  const Operation<Real> multiply(Op::multiply, Kind<Float>::dtype);
  const std::size_t repeats = this->scaled(5000);
  std::size_t bounded = 0;
  for (std::size_t repeat = 0; repeat < repeats; ++repeat) {
    const auto count = this->random() % 20;
    std::vector<Term<Float>> terms;
    Reduction<Real> sum(ReducerKind::sum, Kind<Float>::dtype);
    for (std::size_t t = 0; t < count; ++t) {
      terms.push_back({this->number(), this->number()});
      sum.include(multiply(exactly<Real>(terms[t].a), exactly<Real>(terms[t].b), {}));
    }
    while (terms.size() > 1) {  // join two at random
      std::swap(terms[this->random() % terms.size()], terms.back());
      const Term<Float> last = terms.back();
      terms.pop_back();
      Term<Float>& other = terms[this->random() % terms.size()];
      const bool fused = this->random() % 2 == 0;
      other = {fused ? std::fma(last.a, last.b, other.rounded()) : last.rounded() + other.rounded(),
               1};
    }
    const Float computed = terms.empty() ? Float{0} : terms[0].rounded();
    const auto result = sum.result();
    if (result.bound == infinity) continue;
    ++bounded;
    ASSERT_LE(this->error(computed, result), result.bound) << "repeat " << repeat;
  }
  EXPECT_GT(bounded, repeats / 2);
}

TYPED_TEST(Soundness, OfProductsMaximaAndMinimaInAnyOrder) {
  using Float = TypeParam;
  using Real = RealOf<Float>;
  const std::size_t repeats = this->scaled(5000);
  for (const ReducerKind kind : {ReducerKind::prod, ReducerKind::max, ReducerKind::min}) {
    std::size_t bounded = 0;
    for (std::size_t repeat = 0; repeat < repeats; ++repeat) {
      std::vector<Float> terms(1 + this->random() % 8);
      Reduction<Real> reduction(kind, Kind<Float>::dtype);
      for (Float& term : terms) {
        term = this->number();
        reduction.include(exactly<Real>(term));
      }
      while (terms.size() > 1) {
        std::swap(terms[this->random() % terms.size()], terms.back());
        const Float last = terms.back();
        terms.pop_back();
        Float& other = terms[this->random() % terms.size()];
        other = kind == ReducerKind::prod  ? last * other
                : kind == ReducerKind::max ? maximum_of(last, other)
                                           : -maximum_of(-last, -other);
      }
      const auto result = reduction.result();
      if (result.bound == infinity) continue;
      ++bounded;
      ASSERT_LE(this->error(terms[0], result), result.bound) << name_of(kind) << " " << repeat;
    }
    EXPECT_GT(bounded, repeats / 2) << name_of(kind);
  }
}

TEST(ReferenceBound, OfALongDotProductIsNoLargerThanTheWorstOrder) {
  std::mt19937_64 random(11);
  std::uniform_real_distribution<float> uniform(-1, 1);
  const Operation<double> multiply(Op::multiply, DType::f32);
  for (int repeat = 0; repeat < 20; ++repeat) {
    Reduction<double> sum(ReducerKind::sum, DType::f32);
    double magnitude_of_terms = 0;
    float computed = 0;
    for (int k = 0; k < 512; ++k) {
      const float a = uniform(random);
      const float b = uniform(random);
      computed += a * b;
      magnitude_of_terms += std::fabs(static_cast<double>(a) * b);
      sum.include(multiply(exactly<double>(a), exactly<double>(b), {}));
    }
    const Approximate<double> result = sum.result();
    const double error = std::fabs(static_cast<double>(computed) - result.value);
    EXPECT_LT(error, result.bound);
    // 511 u (S + |sum|) / 2 + u S: all positive terms may come first.
    const double worst =
        0x1p-24 * (511 * (magnitude_of_terms + std::fabs(result.value)) / 2 + magnitude_of_terms);
    EXPECT_LT(result.bound, worst * 1.001);
    EXPECT_LT(result.bound, 3e-3);  // a term that is dropped changes the sum by 0.25
  }
}

TEST(ReferenceBound, SumsOfSmallIntegersAreCertain) {
  Reduction<double> sum(ReducerKind::sum, DType::f32);
  for (int k = 1; k <= 8; ++k)
    sum.include(exactly<double>(k));
  EXPECT_EQ(sum.result().value, 36);
  EXPECT_EQ(sum.result().bound, 0);
  sum.include(exactly<double>(16777216));  // some order may round now
  EXPECT_GT(sum.result().bound, 0);
}

TEST(ReferenceBound, OfInfiniteTermsAndIdentities) {
  struct Case {
    ReducerKind kind;
    std::vector<double> terms;
    double expected;
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Case cases[] = {
      {ReducerKind::sum, {}, 0},
      {ReducerKind::prod, {}, 1},
      {ReducerKind::max, {}, -infinity},
      {ReducerKind::sum, {1, infinity, 2}, infinity},
      {ReducerKind::sum, {infinity, -infinity}, nan},
      {ReducerKind::sum, {1, nan, infinity}, nan},
      {ReducerKind::prod, {2, -infinity, 3}, -infinity},
      {ReducerKind::prod, {0, infinity}, nan},
      {ReducerKind::prod, {2, 3, 7}, 42},
      {ReducerKind::max, {1, 5, 3}, 5},
      {ReducerKind::min, {1, nan, 3}, nan},
  };
  for (const Case& c : cases) {
    Reduction<double> reduction(c.kind, DType::f32);
    for (const double term : c.terms)
      reduction.include(exactly<double>(term));
    const Approximate<double> result = reduction.result();
    EXPECT_EQ(result.bound, 0) << name_of(c.kind);
    EXPECT_TRUE(result.value == c.expected || (std::isnan(result.value) && std::isnan(c.expected)))
        << name_of(c.kind) << ": " << result.value;
  }
}

}  // namespace
}  // namespace tcc::reference
