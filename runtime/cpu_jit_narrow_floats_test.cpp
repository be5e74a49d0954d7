// f16 and bf16 of machine code against exact arithmetic.
#include <bit>
#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/run_loop_ir.h"

namespace tcc {
namespace {

/// A 16-bit float, sign included.
struct Format {
  DType dtype;
  int mantissa_bits;
  int bias;

  int infinity() const { return 0x7fff >> mantissa_bits << mantissa_bits; }

  /// Exact: the value of finite bits without a sign; the one behind the largest is 2^(bias + 1).
  double decode(int bits) const {
    const int exponent = bits >> mantissa_bits;
    const int mantissa = bits & ((1 << mantissa_bits) - 1);
    if (exponent == 0) return std::ldexp(mantissa, 1 - bias - mantissa_bits);
    return std::ldexp(mantissa + (1 << mantissa_bits), exponent - bias - mantissa_bits);
  }

  /// The nearest bits, ties to even, of a number that is not NaN.
  std::uint16_t encode(double value) const {
    const std::uint16_t sign = std::signbit(value) ? 0x8000 : 0;
    const double magnitude = std::fabs(value);
    if (magnitude >= std::ldexp(1.0, bias + 1))
      return static_cast<std::uint16_t>(sign | infinity());
    const int exponent = std::max(magnitude > 0 ? std::ilogb(magnitude) : -2000, 1 - bias);
    const double units = std::nearbyint(std::ldexp(magnitude, mantissa_bits - exponent));
    const int base = (exponent + bias - 1) << mantissa_bits;  // of a normal number, less its 1.
    return static_cast<std::uint16_t>(sign | (base + static_cast<int>(units)));
  }

  bool is_nan(std::uint16_t bits) const { return (bits & 0x7fff) > infinity(); }
  double value(std::uint16_t bits) const {
    const int magnitude = bits & 0x7fff;
    double result = magnitude == infinity() ? INFINITY : decode(magnitude);
    if (is_nan(bits)) result = NAN;
    return (bits & 0x8000) != 0 ? -result : result;
  }
};

constexpr Format f16{DType::f16, 10, 15};
constexpr Format bf16{DType::bf16, 7, 127};

template <typename T> Tensor tensor_of(DType dtype, const std::vector<T>& values) {
  const Tensor tensor = Tensor::empty(dtype, {static_cast<std::int64_t>(values.size())});
  std::memcpy(tensor.raw_data(), values.data(), values.size() * sizeof(T));
  return tensor;
}

/// `R[i] = expression` over all elements on every variant, whose results `check` sees.
template <typename F>
void run_over(const std::string& declarations, std::string_view result, const std::string& lane,
              const std::vector<Tensor>& inputs, F&& check) {
  const std::int64_t count = inputs[0].element_count();
  for (const int lanes : {1, 8}) {
    const std::string at = lanes == 1 ? "i" : "ramp(i * 8, 1, 8)";
    std::string expression = lane;
    for (std::size_t p = 0; (p = expression.find('@', p)) != std::string::npos;) {
      expression.replace(p, 1, at);
    }
    const std::string text = fmt::format(
        "size N\n{}output R: {}[N]\nkernel R {{\n for i in 0:N // {} {{\n  R[{}] = {}\n }}\n}}",
        declarations, result, lanes, at, expression);
    const LoopIrRun run(text, inputs, {count});
    for (const CodeVariant& variant : code_variants) {
      SCOPED_TRACE(fmt::format("{} -O{}\n{}", variant.target, variant.optimization, text));
      const auto code =
          compile_for_cpu(run.program, {*ir::find_target(variant.target), variant.optimization});
      if (!code) continue;
      const auto outputs = run.new_outputs();
      RuntimeRecord record;
      ASSERT_EQ(run.run(**code, outputs, record), 0);
      for (std::int64_t i = 0; i < count / lanes * lanes; ++i) {
        check(outputs[0]->tensor(), static_cast<std::size_t>(i));
        if (testing::Test::HasFailure()) return;
      }
    }
  }
}

class NarrowFloats : public testing::TestWithParam<Format> {
 protected:
  void SetUp() override {
    if (!TCC_HAS_LLVM) GTEST_SKIP() << "built without LLVM";
  }
  static std::uint16_t bits_at(const Tensor& tensor, std::size_t at) {
    return static_cast<const std::uint16_t*>(tensor.raw_data())[at];
  }
  /// NaN where NaN is wanted, the same bits elsewhere.
  static void expect_bits(const Tensor& got, std::size_t at, double wanted) {
    const Format format = GetParam();
    const std::uint16_t bits = bits_at(got, at);
    if (std::isnan(wanted)) {
      EXPECT_TRUE(format.is_nan(bits)) << fmt::format("element {}: {:#x}", at, bits);
    } else {
      EXPECT_EQ(bits, format.encode(wanted))
          << fmt::format("element {}: {:#x} for {:a}", at, bits, wanted);
    }
  }
  static std::string name() { return std::string(name_of(GetParam().dtype)); }
};

TEST_P(NarrowFloats, EveryValueWidensExactly) {
  const Format format = GetParam();
  std::vector<std::uint16_t> all(65536);
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = static_cast<std::uint16_t>(i);
  run_over(fmt::format("input A: {}[N]\n", name()), "f32", "f32(A[@])",
           {tensor_of(format.dtype, all)}, [&](const Tensor& got, std::size_t at) {
             const auto wanted = static_cast<float>(format.value(all[at]));
             const float value = got.data<float>()[at];
             if (std::isnan(wanted)) {
               EXPECT_TRUE(std::isnan(value)) << at;
             } else {
               EXPECT_EQ(std::bit_cast<std::uint32_t>(value), std::bit_cast<std::uint32_t>(wanted))
                   << at;
             }
           });
}

/// The middle between every two neighbours, and what lies next to it: of f64 too close for f32.
template <typename T> std::vector<T> around_ties(const Format& format) {
  std::vector<T> values = {T(NAN), T(INFINITY), -T(INFINITY), T(0), -T(0)};
  values.push_back(std::numeric_limits<T>::denorm_min());
  values.push_back(std::numeric_limits<T>::max());
  for (int bits = 0; bits < format.infinity(); ++bits) {
    const double middle = (format.decode(bits) + format.decode(bits + 1)) / 2;
    if (middle > static_cast<double>(std::numeric_limits<T>::max())) continue;
    const T tie = static_cast<T>(middle);
    for (const T value : {tie, std::nextafter(tie, T(0)), std::nextafter(tie, T(INFINITY))}) {
      values.push_back(value);
      values.push_back(-value);
    }
  }
  while (values.size() % 8 != 0)
    values.push_back(T(1));
  return values;
}

TEST_P(NarrowFloats, NarrowsToTheNearest) {
  const auto singles = around_ties<float>(GetParam());
  run_over("input A: f32[N]\n", name(), name() + "(A[@])", {tensor_of(DType::f32, singles)},
           [&](const Tensor& got, std::size_t at) { expect_bits(got, at, singles[at]); });
  const auto doubles = around_ties<double>(GetParam());
  run_over("input A: f64[N]\n", name(), name() + "(A[@])", {tensor_of(DType::f64, doubles)},
           [&](const Tensor& got, std::size_t at) { expect_bits(got, at, doubles[at]); });
}

/// Pairs of bits that a multiplicative generator gives, the same each time.
std::vector<std::uint16_t> scattered(std::uint64_t seed) {
  std::vector<std::uint16_t> bits(4096);
  for (std::uint16_t& each : bits) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    each = static_cast<std::uint16_t>(seed >> 48);
  }
  return bits;
}

TEST_P(NarrowFloats, OperatorsRoundOnce) {
  const Format format = GetParam();
  const std::vector<std::uint16_t> a = scattered(1), b = scattered(2);
  struct Row {
    const char* text;
    double (*exact)(double, double);
  };
  const Row rows[] = {
      {"A[@] + B[@]", [](double x, double y) { return x + y; }},
      {"A[@] - B[@]", [](double x, double y) { return x - y; }},
      {"A[@] * B[@]", [](double x, double y) { return x * y; }},
      {"A[@] / B[@]", [](double x, double y) { return x / y; }},
      {"sqrt(A[@])", [](double x, double) { return std::sqrt(x); }},
      {"-A[@]", [](double x, double) { return -x; }},
      {"relu(A[@])", [](double x, double) { return x != x || x > 0 ? x : 0.0; }},
      {"minimum(A[@], B[@])",
       [](double x, double y) { return x != x || y != y ? NAN : std::min(x, y); }},
      {"select(A[@] < B[@], A[@], B[@])", [](double x, double y) { return x < y ? x : y; }},
  };
  for (const Row& row : rows) {
    run_over(fmt::format("input A: {0}[N]\ninput B: {0}[N]\n", name()), name(), row.text,
             {tensor_of(format.dtype, a), tensor_of(format.dtype, b)},
             [&](const Tensor& got, std::size_t at) {
               expect_bits(got, at, row.exact(format.value(a[at]), format.value(b[at])));
             });
    if (HasFailure()) return;
  }
}

/// x * x is a tie; the addend decides, however small.
TEST_P(NarrowFloats, FmaRoundsOnce) {
  const Format format = GetParam();
  const double unit = std::ldexp(1.0, -format.mantissa_bits);
  const double smallest = format.decode(1);
  const double x = 1 + unit;
  const double y = 1.5;  // x * y = 1.5 + unit + unit / 2
  struct Row {
    double a, b, c, nearest;
  };
  const Row rows[] = {
      {x, y, 0, 1.5 + 2 * unit},
      {x, y, smallest, 1.5 + 2 * unit},
      {x, y, -smallest, 1.5 + unit},
      {-x, y, smallest, -1.5 - unit},
      {-x, y, -smallest, -1.5 - 2 * unit},
      {x, 1.0, INFINITY, INFINITY},
      {0, INFINITY, 1.0, NAN},
      {2.0, 3.0, -6.0, 0.0},
  };
  std::vector<std::uint16_t> a, b, c;
  for (const Row& row : rows) {
    a.push_back(format.encode(row.a));
    b.push_back(format.encode(row.b));
    c.push_back(format.encode(row.c));
  }
  run_over(fmt::format("input A: {0}[N]\ninput B: {0}[N]\ninput C: {0}[N]\n", name()), name(),
           "fma(A[@], B[@], C[@])",
           {tensor_of(format.dtype, a), tensor_of(format.dtype, b), tensor_of(format.dtype, c)},
           [&](const Tensor& got, std::size_t at) { expect_bits(got, at, rows[at].nearest); });
}

TEST_P(NarrowFloats, IntegersRoundOnce) {
  const Format format = GetParam();
  std::vector<std::int64_t> values;
  for (int power = 1; power <= 61; ++power) {
    const std::int64_t base = std::int64_t{1} << power;
    const std::int64_t half = base >> (format.mantissa_bits + 1);  // of a unit
    for (const std::int64_t tie : {base + half, base + 3 * half}) {
      for (const std::int64_t value : {tie - 1, tie, tie + 1}) {
        values.push_back(value);
        values.push_back(-value);
      }
    }
  }
  while (values.size() % 8 != 0)
    values.push_back(0);
  const auto wanted = [&](std::int64_t value) {
    // Exact in two parts; the lower one only breaks ties.
    const auto high = static_cast<double>(value & ~std::int64_t{0xfff});
    const double low = static_cast<double>(value & 0xfff);
    const double sum = high + low;
    if (static_cast<std::int64_t>(sum) == value) return sum;
    return high + 1024;  // not on a tie of 11 bits, and on the same side of each
  };
  run_over("input A: i64[N]\n", name(), name() + "(A[@])", {tensor_of(DType::i64, values)},
           [&](const Tensor& got, std::size_t at) { expect_bits(got, at, wanted(values[at])); });
}

TEST_P(NarrowFloats, ToIntegersTruncatesAndSaturates) {
  const Format format = GetParam();
  const std::vector<std::uint16_t> a = scattered(3);
  run_over(fmt::format("input A: {}[N]\n", name()), "i16", "i16(A[@])",
           {tensor_of(format.dtype, a)}, [&](const Tensor& got, std::size_t at) {
             const double value = format.value(a[at]);
             const double whole = std::isnan(value) ? 0 : std::clamp(value, -32768.0, 32767.0);
             EXPECT_EQ(got.data<std::int16_t>()[at], static_cast<std::int16_t>(whole)) << value;
           });
}

INSTANTIATE_TEST_SUITE_P(CpuJit, NarrowFloats, testing::Values(f16, bf16),
                         [](const auto& test) { return std::string(name_of(test.param.dtype)); });

}  // namespace
}  // namespace tcc
