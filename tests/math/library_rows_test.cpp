// Composite functions of rows (language section 7) against their formulas in 80 bits, within the
// bounds that docs/accuracy.md states, at every size and magnitude.
#include <gtest/gtest.h>
#include <tcc/tcc.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include <fmt/format.h>

namespace tcc {
namespace {

using Wide = long double;
using Row = std::vector<Wide>;

constexpr Wide infinity = std::numeric_limits<Wide>::infinity();

template <typename T> struct Precision;
template <> struct Precision<float> {
  static constexpr Wide unit = 0x1p-23L;
  static constexpr Wide smallest = 0x1p-149L;
  static constexpr const char* type = "f32";
};
template <> struct Precision<double> {
  static constexpr Wide unit = 0x1p-52L;
  static constexpr Wide smallest = 0x1p-1074L;
  static constexpr const char* type = "f64";
};

struct Expected {
  Wide value;
  Wide units;  ///< allowed difference, in units of 2^-23 or 2^-52
};

/// What the formulas take from a whole row.
struct Sums {
  Wide n, largest, mean, exponentials, squares, deviation;

  explicit Sums(const Row& x)
      : n(static_cast<Wide>(x.size())), largest(*std::max_element(x.begin(), x.end())) {
    mean = std::accumulate(x.begin(), x.end(), Wide{0}) / n;
    squares = std::inner_product(x.begin(), x.end(), x.begin(), Wide{0});
    exponentials = 0;
    Wide variance = 0;
    for (const Wide each : x) {
      exponentials += std::exp(each - largest);
      variance += (each - mean) * (each - mean) / n;
    }
    deviation = std::sqrt(variance + 1e-5L);
  }
};

Expected softmax(const Sums& row, Wide x) {
  const Wide d = x - row.largest;
  const Wide y = std::exp(d) / row.exponentials;
  return {y, y * (row.n / 2 + std::fabs(d) + 6)};
}
Expected log_softmax(const Sums& row, Wide x) {
  const Wide y = x - row.largest - std::log(row.exponentials);
  return {y, 2 * std::fabs(y) + row.n / 2 + 6};
}
Expected logsumexp(const Sums& row, Wide) {
  const Wide y = row.largest + std::log(row.exponentials);
  return {y, std::fabs(row.largest) + std::fabs(y) + row.n / 2 + 6};
}
Expected layer_norm(const Sums& row, Wide x) {
  const Wide y = (x - row.mean) / row.deviation;
  return {y, (row.n / 2 + 4) * (1 + std::fabs(y)) + std::fabs(row.mean) / row.deviation};
}
Expected rms_norm(const Sums& row, Wide x) {
  const Wide y = x / std::sqrt(row.squares / row.n + 1e-5L);
  return {y, std::fabs(y) * (row.n / 2 + 5)};
}
Expected l2_norm(const Sums& row, Wide) {
  const Wide y = std::sqrt(row.squares);
  return {y, y * (row.n / 4 + 2)};
}

struct Function {
  const char* name;
  const char* call;
  bool is_of_row;  ///< one result for each row
  Expected (*expected)(const Sums& row, Wide x);
  Wide largest;  ///< of what squares may be summed: beyond, the result is infinite, or 0
};
const Function functions[] = {
    {"softmax", "softmax(x)", false, softmax, infinity},
    {"log_softmax", "log_softmax(x)", false, log_softmax, infinity},
    {"logsumexp", "logsumexp(x, -1)", true, logsumexp, infinity},
    {"layer_norm", "layer_norm(x, 1.0, 0.0)", false, layer_norm, 1e17L},
    {"rms_norm", "rms_norm(x, 1.0)", false, rms_norm, 1e17L},
    {"l2_norm", "l2_norm(x, -1)", true, l2_norm, 1e17L},
};

template <typename T> Program compiled() {
  std::string text = fmt::format("input x: {}[M, N]\n", Precision<T>::type);
  for (const Function& function : functions)
    text += fmt::format("output y_{} = {}\n", function.name, function.call);
  return compile(text);
}

/// Rows of one size: of every magnitude, with an offset, equal ones.
template <typename T> std::vector<T> rows(std::size_t count, std::size_t size) {
  std::mt19937 random(static_cast<unsigned>(size));
  std::normal_distribution<double> normal;
  std::vector<T> values;
  for (std::size_t row = 0; row < count; ++row) {
    const double magnitudes[] = {1, 30, 1e3, 1e-3, 1e-20, 1e16, 1e30};
    const double offsets[] = {0, 1, -100, 1e4, 0.1};
    const double magnitude = row % 8 == 7 ? 0 : magnitudes[row % 8];
    const double offset = offsets[row % 5];
    for (std::size_t i = 0; i < size; ++i)
      values.push_back(static_cast<T>(offset + magnitude * normal(random)));
  }
  return values;
}

/// The largest part of what is allowed that a function makes use of.
template <typename T>
Wide check(const Function& function, const std::vector<T>& x, std::size_t size,
           std::span<const T> got) {
  Wide worst = 0;
  for (std::size_t row = 0; row * size < x.size(); ++row) {
    const auto begin = x.begin() + static_cast<std::ptrdiff_t>(row * size);
    const Row values(begin, begin + static_cast<std::ptrdiff_t>(size));
    if (std::any_of(values.begin(), values.end(),
                    [&](Wide each) { return std::fabs(each) > function.largest; })) {
      continue;
    }
    const Sums sums(values);
    // Squares below the smallest normal number have an absolute error.
    const Wide of_squares = std::sqrt(sums.n * Precision<T>::smallest);
    for (std::size_t i = 0; i < (function.is_of_row ? 1 : size); ++i) {
      const Expected expected = function.expected(sums, values[i]);
      const Wide result = got[function.is_of_row ? row : row * size + i];
      const Wide allowed = expected.units * Precision<T>::unit + 8 * Precision<T>::smallest +
                           (function.is_of_row ? of_squares : 0);
      const Wide part = std::fabs(result - expected.value) / allowed;
      EXPECT_LE(part, 1) << function.name << " of " << Precision<T>::type << '[' << size
                         << "], row " << row << ": " << result << ", not " << expected.value;
      worst = std::fmax(worst, part);
      if (!(part <= 1)) return part;
    }
  }
  return worst;
}

template <typename T> void check_all() {
  const Program program = compiled<T>();
  for (const std::size_t size : {1U, 2U, 3U, 31U, 33U, 1000U}) {
    const std::size_t count = 40;
    std::vector<T> x = rows<T>(count, size);
    const Tensor tensor =
        Tensor::view(x, {static_cast<std::int64_t>(count), static_cast<std::int64_t>(size)});
    const std::vector<Tensor> results = program.run({&tensor, 1});
    for (std::size_t f = 0; f < std::size(functions); ++f) {
      const Wide worst = check<T>(functions[f], x, size, results[f].values<T>());
      ::testing::Test::RecordProperty(fmt::format("{}_{}", functions[f].name, size),
                                      fmt::format("{:.2f}", static_cast<double>(worst)));
    }
  }
}
TEST(LibraryRows, F32) { check_all<float>(); }
TEST(LibraryRows, F64) { check_all<double>(); }

/// Logits of every magnitude, those in the thousands among them.
TEST(LibraryRows, CrossEntropyIsTheMeanOfWhatRightClassesHave) {
  const Program program = compile("input x: f32[M, N], ids: i64[M]; y = cross_entropy(x, ids)");
  for (const std::size_t size : {1U, 3U, 33U, 1000U}) {
    const std::size_t count = 16;
    std::vector<float> x = rows<float>(count, size);
    std::vector<std::int64_t> ids(count);
    Wide sum = 0;
    for (std::size_t row = 0; row < count; ++row) {
      ids[row] = static_cast<std::int64_t>(row * 7 % size);
      const auto begin = x.begin() + static_cast<std::ptrdiff_t>(row * size);
      const Row values(begin, begin + static_cast<std::ptrdiff_t>(size));
      sum -= log_softmax(Sums(values), values[static_cast<std::size_t>(ids[row])]).value;
    }
    const Tensor inputs[] = {
        Tensor::view(x, {static_cast<std::int64_t>(count), static_cast<std::int64_t>(size)}),
        Tensor::view(ids, {static_cast<std::int64_t>(count)})};
    const Wide exact = sum / static_cast<Wide>(count);
    const Wide units = static_cast<Wide>(size) / 2 + 6 + (count / 2.0L + 3) * exact;
    EXPECT_LE(std::fabs(program.run(inputs)[0].data<float>()[0] - exact),
              units * Precision<float>::unit)
        << size;
  }
}

TEST(LibraryRows, BatchNormScalesEachChannel) {
  const Program program = compile(
      "input x: f32[B, C, H, W], m: f32[C], v: f32[C], w: f32[C], b: f32[C]\n"
      "y = batch_norm(x, m, v, w, b)\n"
      "z = f32(batch_norm(f16(x), f16(m), f16(v), f16(w), f16(b)))\n");
  const std::int64_t channels = 5;
  std::vector<float> x = rows<float>(6, 70);
  std::vector<float> m, v, w, b;
  for (int c = 0; c < channels; ++c) {
    m.push_back(static_cast<float>(c) * 0.3F - 1);
    v.push_back(c == 4 ? 0 : 0.25F * static_cast<float>(c + 1));
    w.push_back(2 - static_cast<float>(c));
    b.push_back(0.125F * static_cast<float>(c));
  }
  const Tensor inputs[] = {Tensor::view(x, {6, channels, 7, 2}), Tensor::view(m, {channels}),
                           Tensor::view(v, {channels}), Tensor::view(w, {channels}),
                           Tensor::view(b, {channels})};
  const auto results = program.run(inputs);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t c = i / 14 % static_cast<std::size_t>(channels);
    const Wide scaled = (Wide{x[i]} - m[c]) * w[c] / std::sqrt(v[c] + 1e-5L);
    const Wide y = scaled + b[c];
    EXPECT_LE(std::fabs(results[0].data<float>()[i] - y),
              (4 * std::fabs(scaled) + std::fabs(y)) * Precision<float>::unit);
    const bool is_half = std::fabs(x[i]) < 1e3F && c < 4;
    if (is_half) {
      EXPECT_LE(std::fabs(results[1].data<float>()[i] - y),
                (4 * std::fabs(scaled) + std::fabs(y) + std::fabs(w[c]) * 4) * 0x1p-9L);
    }
  }
}

// --- what is special

constexpr float inf = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

void expect_values(const std::string& call, std::vector<float> x, const std::vector<float>& wanted,
                   const char* type = "f32") {
  SCOPED_TRACE(fmt::format("{} of {}", call, type));
  const Program program =
      compile(fmt::format("input a: f32[N]\nx = {}(a)\noutput y = f32({})\n", type, call));
  const Tensor tensor = Tensor::view(x, {static_cast<std::int64_t>(x.size())});
  const Tensor y = program.run({&tensor, 1})[0];
  ASSERT_EQ(static_cast<std::size_t>(y.element_count()), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const float got = y.data<float>()[i];
    EXPECT_TRUE(std::isnan(wanted[i]) ? std::isnan(got) : got == wanted[i])
        << i << ": " << got << ", not " << wanted[i];
  }
}

TEST(LibraryRows, InfinitiesAndNaN) {
  for (const char* type : {"f16", "bf16", "f32", "f64"}) {
    expect_values("softmax(x)", {0, -inf, -inf}, {1, 0, 0}, type);
    expect_values("softmax(x)", {-inf, -inf}, {nan, nan}, type);
    expect_values("softmax(x)", {inf, 0}, {nan, nan}, type);
    expect_values("softmax(x)", {nan, 0}, {nan, nan}, type);
    expect_values("log_softmax(x)", {0, -inf}, {0, -inf}, type);
    expect_values("log_softmax(x)", {-inf, -inf}, {nan, nan}, type);
    expect_values("logsumexp(x)", {-inf, -inf}, {-inf}, type);
    expect_values("logsumexp(x)", {inf, 3, -inf}, {inf}, type);
    expect_values("logsumexp(x)", {nan, inf}, {nan}, type);
    expect_values("l2_norm(x)", {inf, 1}, {inf}, type);
    expect_values("layer_norm(x, 1, 0)", {inf, 1}, {nan, nan}, type);
  }
}

/// No term of a half overflows on the way: 300^2 is more than it holds.
TEST(LibraryRows, HalvesAreComputedInF32) {
  expect_values("l2_norm(x)", {30000, -40000}, {49984}, "f16");
  expect_values("rms_norm(x, 1)", {30000, -30000, 30000, -30000}, {1, -1, 1, -1}, "f16");
  expect_values("layer_norm(x, 1, 0)", {60000, -60000}, {1, -1}, "f16");
  // Rounded once: 1.41421 times 1000 less 1414, where the nearest half of 1414.21 is 1414.
  expect_values("where(abs(f32(layer_norm(x, 1000, -1414))[0] - 0.21) < 0.001, 1.0, 0.0)",
                {3, 0, 0}, {1}, "f16");
  expect_values("where(abs(f32(rms_norm(x, 1000))[0] - 1732.05) < 1, 1.0, 0.0)", {3, 0, 0}, {1},
                "f16");
  std::vector<float> one_large(100, 0);
  one_large.front() = 600;
  expect_values("var(x)", one_large, {3564}, "f16");
  std::vector<float> equal(1 << 17, 5);
  expect_values("sum(f32(softmax(x)))", equal, {1}, "f16");
  expect_values("l2_norm(x)", {127, -128, 127, -128}, {std::sqrt(65026.0F)}, "i8");
  expect_values("softmax(x)", {-128, 127}, {0, 1}, "i8");
}

TEST(LibraryRows, RowsOfEqualNumbersHaveNoDeviations) {
  for (const float value : {0.1F, 1e4F, -12345.678F, 1e15F, 3e30F})
    expect_values("layer_norm(x, 1, 2)", std::vector<float>(1000, value),
                  std::vector<float>(1000, 2));
}

TEST(LibraryRows, WithoutElements) {
  expect_values("softmax(x)", {}, {});
  expect_values("log_softmax(x)", {}, {});
  expect_values("layer_norm(x, 1, 0)", {}, {});
  expect_values("rms_norm(x, 1)", {}, {});
  expect_values("l2_norm(x)", {}, {0});
  expect_values("sigmoid(x)", {}, {});
}

}  // namespace
}  // namespace tcc
