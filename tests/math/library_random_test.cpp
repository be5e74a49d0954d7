// Random numbers (language section 7): the generator against its published answers, what is made of
// its words, and the normal distribution against its inverse in 80 bits.
#include <gtest/gtest.h>
#include <tcc/tcc.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>

namespace tcc {
namespace {

using Words = std::array<std::uint32_t, 4>;

/// Philox 4x32-10, after the paper.
Words philox(Words counter, std::uint32_t key0, std::uint32_t key1) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t q = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {
        static_cast<std::uint32_t>(q >> 32) ^ counter[1] ^ key0, static_cast<std::uint32_t>(q),
        static_cast<std::uint32_t>(p >> 32) ^ counter[3] ^ key1, static_cast<std::uint32_t>(p)};
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  return counter;
}

std::uint32_t bits_at(std::uint64_t place, std::uint64_t seed) {
  const std::uint64_t counter = place / 4;
  const Words words =
      philox({static_cast<std::uint32_t>(counter), static_cast<std::uint32_t>(counter >> 32), 0, 0},
             static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32));
  return words[place % 4] >> 8;
}

std::uint64_t joined(std::uint32_t low, std::uint32_t high) {
  return std::uint64_t{high} << 32 | low;
}

/// The vectors of Random123 1.14 (kat_vectors): counter, key, result.
TEST(LibraryRandom, GeneratorGivesThePublishedAnswers) {
  struct Vector {
    Words counter;
    std::array<std::uint32_t, 2> key;
    Words result;
  };
  const std::uint32_t ones = 0xFFFFFFFF;
  const std::vector<Vector> vectors = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{ones, ones, ones, ones}, {ones, ones}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}};
  std::vector<std::uint64_t> x, y, key;
  for (const Vector& vector : vectors) {
    x.push_back(joined(vector.counter[0], vector.counter[1]));
    y.push_back(joined(vector.counter[2], vector.counter[3]));
    key.push_back(joined(vector.key[0], vector.key[1]));
  }
  const auto count = static_cast<std::int64_t>(vectors.size());
  const Tensor inputs[] = {Tensor::view(x, {count}), Tensor::view(y, {count}),
                           Tensor::view(key, {count})};
  const auto results =
      compile("input x: u64[N], y: u64[N], key: u64[N]; a, b = philox4x32(x, y, key)").run(inputs);
  for (std::size_t v = 0; v < vectors.size(); ++v) {
    const Words& wanted = vectors[v].result;
    EXPECT_EQ(results[0].data<std::uint64_t>()[v], joined(wanted[0], wanted[1]));
    EXPECT_EQ(results[1].data<std::uint64_t>()[v], joined(wanted[2], wanted[3]));
    EXPECT_EQ(philox(vectors[v].counter, vectors[v].key[0], vectors[v].key[1]), wanted);
  }
}

Tensor seed_of(std::int64_t seed) {
  const Tensor tensor = Tensor::empty(DType::i64, {});
  tensor.data<std::int64_t>()[0] = seed;
  return tensor;
}

/// Word place % 4 of counter place / 4, whatever the shape, the schedule and the strictness.
TEST(LibraryRandom, UniformNumbersAreTheGeneratorsWords) {
  for (const Scheduling scheduling : {Scheduling::automatic, Scheduling::none}) {
    CompileOptions options;
    options.scheduling = scheduling;
    options.strict = scheduling == Scheduling::none;
    const Program program = compile(
        "input x: f16[M, N], seed: i64\n"
        "output u = random_uniform([M, N, 3], seed)\noutput v = random_uniform(x.shape, 7)\n"
        "output w = random_uniform([], -1)\n",
        options);
    for (const auto& [m, n] : {std::pair{0, 3}, {1, 1}, {5, 7}, {3, 129}}) {
      for (const std::int64_t seed : {std::int64_t{0}, std::int64_t{-3}, std::int64_t{1} << 40}) {
        const Tensor inputs[] = {Tensor::zeros(DType::f16, {m, n}), seed_of(seed)};
        const auto results = program.run(inputs);
        const auto key = static_cast<std::uint64_t>(seed);
        ASSERT_EQ(results[0].shape(), (std::vector<std::int64_t>{m, n, 3}));
        const auto u = results[0].values<float>();
        const auto v = results[1].values<float>();
        for (std::size_t i = 0; i < u.size(); ++i)
          ASSERT_EQ(u[i], static_cast<float>(bits_at(i, key)) * 0x1p-24F) << i;
        for (std::size_t i = 0; i < v.size(); ++i)
          ASSERT_EQ(v[i], static_cast<float>(bits_at(i, 7)) * 0x1p-24F) << i;
        EXPECT_EQ(results[2].data<float>()[0],
                  static_cast<float>(bits_at(0, ~std::uint64_t{0})) * 0x1p-24F);
      }
    }
  }
}

/// By Newton's method on erfc, in 80 bits.
long double normal_quantile(std::uint32_t k) {
  const long double tail = (static_cast<long double>(k) + 0.5L) * 0x1p-24L;  // below 1/2
  long double x = std::sqrt(-2 * std::log(2 * tail)) * 0.7L;
  for (int round = 0; round < 30; ++round) {
    const long double slope = -std::exp(-x * x) * 1.128379167095512574L;
    const long double step = (std::erfc(x) - 2 * tail) / slope;
    x -= step;
    if (std::fabs(step) < 1e-18L) break;
  }
  return -x * std::sqrt(2.0L);
}

/// docs/accuracy.md: 4 units of 2^-23 relative, 2^-24 absolute. TCC_NIGHTLY=1 takes all 2^24.
TEST(LibraryRandom, NormalNumbersAreTheInverseOfTheDistribution) {
  const std::uint32_t step = std::getenv("TCC_NIGHTLY") ? 1 : 101;
  std::vector<std::uint32_t> below;
  for (std::uint32_t k = 0; k < 1U << 23; k += k < 2000 ? 1 : step)
    below.push_back(k);
  below.push_back((1U << 23) - 1);
  std::vector<std::uint32_t> k = below;
  for (const std::uint32_t each : below)
    k.push_back((1U << 24) - 1 - each);
  const Tensor tensor = Tensor::view(k, {static_cast<std::int64_t>(k.size())});
  const Tensor z = compile("input k: u32[N]; z = normal_of(k)").run({&tensor, 1})[0];
  long double worst = 0;
  for (std::size_t i = 0; i < below.size(); ++i) {
    const float got = z.data<float>()[i];
    EXPECT_EQ(z.data<float>()[below.size() + i], -got) << "the other half is this one mirrored";
    const long double exact = normal_quantile(below[i]);
    const long double allowed = 4 * 0x1p-23L * std::fabs(exact) + 0x1p-24L;
    worst = std::fmax(worst, std::fabs(got - exact) / allowed);
    ASSERT_LE(worst, 1) << below[i] << ": " << got << ", not " << exact;
  }
  RecordProperty("worst", std::to_string(static_cast<double>(worst)));
}

/// Moments of a million numbers within five of their standard deviations, and shares of quantiles.
TEST(LibraryRandom, MomentsAndQuantiles) {
  const std::size_t count = 1'000'000;
  const auto results = compile(
                           "const N = 1000000\noutput u = random_uniform([N], 11)\noutput z = "
                           "random_normal([N], 12)\n")
                           .run({});
  const auto u = results[0].values<float>();
  const auto z = results[1].values<float>();
  double sums[5] = {};
  std::array<std::size_t, 10> tenths = {};
  std::size_t beyond = 0;
  double products = 0;
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_TRUE(u[i] >= 0 && u[i] < 1);
    sums[0] += static_cast<double>(u[i]);
    ++tenths[static_cast<std::size_t>(u[i] * 10)];
    double power = 1;
    for (int p = 1; p <= 4; ++p)
      sums[p] += power *= static_cast<double>(z[i]);
    beyond += std::fabs(z[i]) > 1.959964F;
    if (i > 0) products += static_cast<double>(z[i]) * static_cast<double>(z[i - 1]);
  }
  const double n = static_cast<double>(count);
  const double root = std::sqrt(n);
  EXPECT_NEAR(sums[0] / n, 0.5, 5 * std::sqrt(1.0 / 12) / root);
  EXPECT_NEAR(sums[1] / n, 0, 5 / root);
  EXPECT_NEAR(sums[2] / n, 1, 5 * std::sqrt(2.0) / root);
  EXPECT_NEAR(sums[3] / n, 0, 5 * std::sqrt(15.0) / root);
  EXPECT_NEAR(sums[4] / n, 3, 5 * std::sqrt(96.0) / root);
  EXPECT_NEAR(products / n, 0, 5 / root);
  EXPECT_NEAR(static_cast<double>(beyond) / n, 0.05, 5 * std::sqrt(0.05 * 0.95) / root);
  for (const std::size_t share : tenths)
    EXPECT_NEAR(static_cast<double>(share) / n, 0.1, 5 * 0.3 / root);
}

TEST(LibraryRandom, DropoutKeepsAndScales) {
  const Program program = compile(
      "input x: f32[M, N]\noutput y = dropout(x, 0.25, 5)\noutput all = dropout(x, 0.0, 5)\n"
      "output none = dropout(x, 1.0, 5)\noutput half = dropout(f16(x), 0.25, 5)\n");
  const Tensor x = Tensor::empty(DType::f32, {33, 7});
  for (std::int64_t i = 0; i < x.element_count(); ++i)
    x.data<float>()[i] = static_cast<float>(i) - 100;
  const auto results = program.run({&x, 1});
  EXPECT_EQ(results[3].dtype(), DType::f16);
  for (std::int64_t i = 0; i < x.element_count(); ++i) {
    const float value = x.data<float>()[i];
    const bool keeps =
        static_cast<double>(bits_at(static_cast<std::uint64_t>(i), 5)) * 0x1p-24 >= 0.25;
    EXPECT_EQ(results[0].data<float>()[i], keeps ? value / 0.75F : 0.0F) << i;
    EXPECT_EQ(results[1].data<float>()[i], value);
    EXPECT_EQ(results[2].data<float>()[i], 0.0F);
  }
}

}  // namespace
}  // namespace tcc
