// Attention and rotary positions (language section 7) against their formulas in 80 bits, within the
// bounds that docs/accuracy.md states.
#include <gtest/gtest.h>
#include <tcc/tcc.h>

#include <cmath>
#include <limits>
#include <random>

#include <fmt/format.h>

namespace tcc {
namespace {

using Wide = long double;
using Shape = std::vector<std::int64_t>;

Tensor normal_tensor(const Shape& shape, unsigned seed, double scale) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0, scale);
  const Tensor tensor = Tensor::empty(DType::f32, shape);
  for (std::int64_t i = 0; i < tensor.element_count(); ++i)
    tensor.data<float>()[i] = static_cast<float>(normal(random));
  return tensor;
}

struct Sizes {
  std::int64_t batch, queries, keys, depth, values;
};
enum class Mask : std::uint8_t { none, causal, truths, added, causal_truths };

struct Operands {
  Sizes sizes;
  Tensor q, k, v, truths, added;

  explicit Operands(const Sizes& s, double scale)
      : sizes(s),
        q(normal_tensor({s.batch, s.queries, s.depth}, 1, scale)),
        k(normal_tensor({s.batch, s.keys, s.depth}, 2, scale)),
        v(normal_tensor({s.batch, s.keys, s.values}, 3, 1)),
        truths(Tensor::zeros(DType::boolean, {s.queries, s.keys})),
        added(normal_tensor({s.batch, s.queries, s.keys}, 4, 3)) {
    std::mt19937 random(5);
    for (std::int64_t i = 0; i < truths.element_count(); ++i)
      truths.data<bool>()[i] = random() % 2 == 0;
  }

  bool attends(Mask mask, std::int64_t i, std::int64_t j) const {
    const bool is_past = j <= i;
    const bool is_true = truths.data<bool>()[i * sizes.keys + j];
    if (mask == Mask::causal) return is_past;
    if (mask == Mask::truths) return is_true;
    return mask != Mask::causal_truths || (is_past && is_true);
  }

  static Wide at(const Tensor& tensor, std::int64_t a, std::int64_t b, std::int64_t c) {
    const Shape& shape = tensor.shape();
    return tensor.data<float>()[(a * shape[1] + b) * shape[2] + c];
  }
};

struct Score {
  Wide value, magnitude;
  std::int64_t key;
};

/// What query i of batch b attends.
std::vector<Score> scores(const Operands& x, Mask mask, std::int64_t b, std::int64_t i) {
  std::vector<Score> all;
  const Wide root = std::sqrt(static_cast<Wide>(x.sizes.depth));
  for (std::int64_t j = 0; j < x.sizes.keys; ++j) {
    if (!x.attends(mask, i, j)) continue;
    Score score{0, 0, j};
    for (std::int64_t d = 0; d < x.sizes.depth; ++d) {
      const Wide term = Operands::at(x.q, b, i, d) * Operands::at(x.k, b, j, d) / root;
      score.value += term;
      score.magnitude += std::fabs(term);
    }
    if (mask == Mask::added) {
      score.value += Operands::at(x.added, b, i, j);
      score.magnitude += std::fabs(Operands::at(x.added, b, i, j));
    }
    all.push_back(score);
  }
  return all;
}

/// The row of one query, and how far off it may be.
void expect_row(const Operands& x, Mask mask, std::int64_t b, std::int64_t i, const Tensor& got) {
  const auto attended = scores(x, mask, b, i);
  Wide largest = -std::numeric_limits<Wide>::infinity();
  Wide magnitude = 0;
  for (const Score& score : attended) {
    largest = std::fmax(largest, score.value);
    magnitude = std::fmax(magnitude, score.magnitude);
  }
  Wide total = 0;
  for (const Score& score : attended)
    total += std::exp(score.value - largest);
  for (std::int64_t e = 0; e < x.sizes.values; ++e) {
    Wide y = 0;
    Wide allowed = 0;
    for (const Score& score : attended) {
      const Wide d = score.value - largest;
      const Wide term = std::exp(d) / total * Operands::at(x.v, b, score.key, e);
      y += term;
      allowed += std::fabs(term) * (static_cast<Wide>(x.sizes.keys) + std::fabs(d) + 8 +
                                    (static_cast<Wide>(x.sizes.depth) + 4) * magnitude);
    }
    const Wide result = Operands::at(got, b, i, e);
    ASSERT_LE(std::fabs(result - y), allowed * 0x1p-23L + 0x1p-140L)
        << b << ", " << i << ", " << e << " of mask " << static_cast<int>(mask);
  }
}

TEST(LibraryAttention, IsSoftmaxOfProducts) {
  const Program program = compile(
      "input q: f32[B, T, D], k: f32[B, S, D], v: f32[B, S, E]\n"
      "input truths: bool[T, S], added: f32[B, T, S]\n"
      "output none = attention(q, k, v)\n"
      "output causal = attention(q, k, v, causal = true)\n"
      "output with_truths = attention(q, k, v, truths)\n"
      "output with_added = attention(q, k, v, mask = added, causal = false)\n"
      "output both = attention(q, k, v, truths, true)\n");
  for (const double scale : {1.0, 20.0}) {
    for (const Sizes& sizes : {Sizes{2, 5, 5, 8, 8},
                               {1, 1, 1, 1, 1},
                               {3, 7, 3, 5, 2},
                               {1, 3, 33, 16, 4},
                               {2, 4, 0, 3, 2},
                               {0, 2, 2, 2, 2}}) {
      const Operands x(sizes, scale);
      const Tensor inputs[] = {x.q, x.k, x.v, x.truths, x.added};
      const auto results = program.run(inputs);
      for (std::size_t mask = 0; mask < results.size(); ++mask) {
        for (std::int64_t b = 0; b < sizes.batch; ++b) {
          for (std::int64_t i = 0; i < sizes.queries; ++i)
            expect_row(x, static_cast<Mask>(mask), b, i, results[mask]);
        }
      }
    }
  }
}

/// Neither what is infinite nor what is NaN in values that nobody attends gets into the result.
TEST(LibraryAttention, RowsWithNothingToAttendAreZero) {
  const float inf = std::numeric_limits<float>::infinity();
  for (const char* type : {"f16", "bf16", "f32", "f64"}) {
    const Program program =
        compile(fmt::format("input x: f32[2, 2], v: f32[2, 1], added: f32[2, 2]\n"
                            "output y = f32(attention({0}(x), {0}(x), {0}(v), {0}(added)))\n"
                            "output z = f32(attention({0}(x), {0}(x), {0}(v), added > 0.0))\n",
                            type));
    std::vector<float> x = {1, 2, 3, 4};
    std::vector<float> v = {inf, std::numeric_limits<float>::quiet_NaN()};
    std::vector<float> added(4, -inf);
    const Tensor inputs[] = {Tensor::view(x, {2, 2}), Tensor::view(v, {2, 1}),
                             Tensor::view(added, {2, 2})};
    for (const Tensor& y : program.run(inputs)) {
      EXPECT_EQ(y.data<float>()[0], 0) << type;
      EXPECT_EQ(y.data<float>()[1], 0) << type;
    }
  }
}

/// Any number of dimensions in front, and halves computed in f32: 300 * 300 is more than they hold.
TEST(LibraryAttention, TakesBatchesAndHalves) {
  const Program program = compile(
      "input x: f16[A, B, T, D]\noutput y = attention(x, x, x)\n"
      "output z = attention(x, x[0, 0], x[0, 0], causal = true)\n");
  const Tensor x = Tensor::empty(DType::f16, {2, 1, 3, 4});
  auto* bits = static_cast<std::uint16_t*>(x.raw_data());
  std::fill_n(bits, x.element_count(), std::uint16_t{0x5cb0});  // 300
  for (const Tensor& y : program.run({&x, 1})) {
    ASSERT_EQ(y.shape(), (Shape{2, 1, 3, 4}));
    ASSERT_EQ(y.dtype(), DType::f16);
    for (std::int64_t i = 0; i < y.element_count(); ++i)
      EXPECT_EQ(static_cast<const std::uint16_t*>(y.raw_data())[i], 0x5cb0);
  }
}

/// Places far out are as accurate as the first: angles are computed in f64.
TEST(LibraryAttention, RopeRotatesPairs) {
  const Program program = compile("input x: f32[B, T, D]; output y = rope(x); z = rope(x, 500.0)");
  for (const Shape& shape : {Shape{2, 3, 8}, {1, 4096, 2}, {1, 1, 64}, {2, 0, 4}, {1, 2, 0}}) {
    const Tensor x = normal_tensor(shape, 7, 1);
    const Tensor y = program.run({&x, 1})[0];
    const std::int64_t half = shape[2] / 2;
    for (std::int64_t b = 0; b < shape[0]; ++b) {
      for (std::int64_t t = 0; t < shape[1]; ++t) {
        for (std::int64_t i = 0; i < half; ++i) {
          const Wide exponent = -2 * static_cast<Wide>(i) / static_cast<Wide>(shape[2]);
          const Wide angle = static_cast<Wide>(t) * std::pow(Wide{10000}, exponent);
          const Wide low = Operands::at(x, b, t, i);
          const Wide high = Operands::at(x, b, t, i + half);
          const Wide allowed = 2 * 0x1p-23L * (std::fabs(low) + std::fabs(high));
          EXPECT_NEAR(static_cast<double>(Operands::at(y, b, t, i)),
                      static_cast<double>(low * std::cos(angle) - high * std::sin(angle)),
                      static_cast<double>(allowed));
          EXPECT_NEAR(static_cast<double>(Operands::at(y, b, t, i + half)),
                      static_cast<double>(high * std::cos(angle) + low * std::sin(angle)),
                      static_cast<double>(allowed));
        }
      }
    }
  }
}

}  // namespace
}  // namespace tcc
