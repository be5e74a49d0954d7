// Composite functions of one element (language section 7) against their formulas in 80 bits, within
// the bounds that docs/accuracy.md states: a relative part in units of 2^-23 (2^-52 of f64), and an
// absolute one of a few of the smallest subnormal.
#include <gtest/gtest.h>
#include <tcc/tcc.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include <fmt/format.h>

#include "dsl/narrow_float.h"

namespace tcc {
namespace {

using Wide = long double;

Wide sigmoid(Wide x) { return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); }
Wide tanh_argument(Wide x) { return 1.5957691216057308L * (x + 0.044715L * x * x * x); }

struct Function {
  const char* name;
  Wide (*exact)(Wide x);
  Wide (*units)(Wide x);  ///< the relative part of the bound
};

const Function functions[] = {
    {"sigmoid", sigmoid, [](Wide) -> Wide { return 2; }},
    {"silu", [](Wide x) { return x * sigmoid(x); }, [](Wide) -> Wide { return 3; }},
    {"gelu", [](Wide x) { return x * std::erfc(-x * std::sqrt(0.5L)) / 2; },
     [](Wide x) { return 4 + (x < 0 ? x * x : 0); }},
    {"gelu_tanh", [](Wide x) { return x * sigmoid(tanh_argument(x)); },
     [](Wide x) { return 4 + (x < 0 ? 2 * std::fabs(tanh_argument(x)) : 0); }},
    {"softplus", [](Wide x) { return std::fmax(x, 0) + std::log1p(std::exp(-std::fabs(x))); },
     [](Wide) -> Wide { return 2; }},
    {"elu", [](Wide x) { return x > 0 ? x : std::expm1(x); }, [](Wide) -> Wide { return 1; }},
    {"leaky_relu", [](Wide x) { return x >= 0 ? x : x / 100; }, [](Wide) -> Wide { return 1; }},
    {"hardswish", [](Wide x) { return x * (std::fmin(std::fmax(x + 3, 0), 6) / 6); },
     [](Wide) -> Wide { return 2; }},
};

Program compiled(const std::string& type) {
  std::string text = fmt::format("input x: {}[N]\n", type);
  for (const Function& function : functions)
    text += fmt::format("output y_{0} = {0}(x)\n", function.name);
  return compile(text);
}

/// What was found of one function.
struct Worst {
  Wide part = 0;  ///< of what is allowed
  Wide at = 0;
  Wide got = 0;
};

struct Precision {
  Wide unit;      ///< 2^-24
  Wide smallest;  ///< subnormal
  Wide largest;   ///< what rounds to infinity begins here
};
const Precision of_f32 = {0x1p-24L, 0x1p-149L, 0x1p128L};
const Precision of_f64 = {0x1p-53L, 0x1p-1074L, 0x1p1024L};

void compare(const Function& function, Wide x, Wide got, const Precision& precision, Worst& worst) {
  const Wide exact = function.exact(x);
  if (std::isnan(exact) || std::isinf(exact)) {
    const bool is_same = std::isnan(exact) ? std::isnan(got) : got == exact;
    EXPECT_TRUE(is_same) << function.name << '(' << x << ") is " << got;
    return;
  }
  const Wide allowed = 2 * precision.unit * function.units(x) * std::fabs(exact) +
                       4 * precision.smallest * std::fmax(1, std::fabs(x));
  if (std::isinf(got) && std::fabs(exact) + allowed >= precision.largest) return;
  const Wide part = std::fabs(got - exact) / allowed;
  if (!(part <= worst.part)) worst = {part, x, got};
}

template <typename T>
void check(const std::vector<T>& inputs, const Precision& precision, const char* type) {
  std::vector<T> values = inputs;
  const Tensor x = Tensor::view(values, {static_cast<std::int64_t>(values.size())});
  const std::vector<Tensor> results = compiled(type).run({&x, 1});
  for (std::size_t f = 0; f < std::size(functions); ++f) {
    Worst worst;
    const auto got = results[f].values<T>();
    for (std::size_t i = 0; i < values.size(); ++i)
      compare(functions[f], values[i], got[i], precision, worst);
    EXPECT_LE(worst.part, 1) << functions[f].name << " of " << type << " at " << worst.at << ": "
                             << worst.got << ", not " << functions[f].exact(worst.at);
    ::testing::Test::RecordProperty(fmt::format("{}_{}", functions[f].name, type),
                                    fmt::format("{:.2f}", static_cast<double>(worst.part)));
  }
}

template <typename T> std::vector<T> special_values() {
  using Limits = std::numeric_limits<T>;
  std::vector<T> values = {0,
                           1,
                           3,
                           6,
                           T(1e-3),
                           20,
                           88,
                           104,
                           709,
                           745,
                           1000,
                           Limits::max(),
                           Limits::min(),
                           Limits::denorm_min(),
                           Limits::infinity()};
  const std::size_t count = values.size();
  for (std::size_t v = 0; v < count; ++v) {
    for (const T toward : {T(0), Limits::infinity()})
      values.push_back(std::nextafter(values[v], toward));
  }
  const std::size_t positive = values.size();
  for (std::size_t v = 0; v < positive; ++v)
    values.push_back(-values[v]);
  values.push_back(Limits::quiet_NaN());
  return values;
}

/// All exponents, and the range in which something happens.
template <typename T, typename Bits> std::vector<T> inputs(std::size_t count) {
  std::vector<T> values = special_values<T>();
  std::mt19937_64 random(7);
  std::uniform_real_distribution<T> near(-110, 30);
  std::uniform_real_distribution<T> far(-800, 100);
  while (values.size() < count) {
    values.push_back(near(random));
    values.push_back(far(random));
    values.push_back(std::bit_cast<T>(static_cast<Bits>(random())));
  }
  return values;
}

TEST(LibraryAccuracy, F32) { check(inputs<float, std::uint32_t>(300'000), of_f32, "f32"); }
TEST(LibraryAccuracy, F64) { check(inputs<double, std::uint64_t>(100'000), of_f64, "f64"); }

/// All of them: computed in f32, rounded once.
void check_narrow(DType dtype, const char* type, const Precision& precision) {
  const Tensor x = Tensor::empty(dtype, {65536});
  auto* bits = static_cast<std::uint16_t*>(x.raw_data());
  for (std::uint32_t i = 0; i < 65536; ++i)
    bits[i] = static_cast<std::uint16_t>(i);
  const std::vector<Tensor> results = compiled(type).run({&x, 1});
  for (std::size_t f = 0; f < std::size(functions); ++f) {
    const auto* got = static_cast<const std::uint16_t*>(results[f].raw_data());
    Worst worst;
    Function rounded = functions[f];
    // Half a unit of the narrow type, and what f32 was off by.
    rounded.units = [](Wide) -> Wide { return 0.51L; };
    for (std::uint32_t i = 0; i < 65536; ++i)
      compare(rounded, number_of(bits[i], dtype), number_of(got[i], dtype), precision, worst);
    EXPECT_LE(worst.part, 1) << functions[f].name << " of " << type << " at " << worst.at << ": "
                             << worst.got;
  }
}
TEST(LibraryAccuracy, AllF16) { check_narrow(DType::f16, "f16", {0x1p-11L, 0x1p-24L, 65520}); }
TEST(LibraryAccuracy, AllBf16) {
  check_narrow(DType::bf16, "bf16", {0x1p-8L, 0x1p-133L, 0x1.ffp127L});
}

/// Integers are computed with as floats: nothing wraps.
template <typename T> void check_integers(const char* type, const Precision& precision) {
  std::vector<T> values;
  for (const T value : {T(0), T(1), T(2), T(3), T(6), T(100), std::numeric_limits<T>::max(),
                        static_cast<T>(std::numeric_limits<T>::max() - 2),
                        std::numeric_limits<T>::min(), static_cast<T>(-1), static_cast<T>(-3)}) {
    values.push_back(value);
  }
  const Tensor x = Tensor::view(values, {static_cast<std::int64_t>(values.size())});
  const std::vector<Tensor> results = compiled(type).run({&x, 1});
  for (std::size_t f = 0; f < std::size(functions); ++f) {
    Worst worst;
    const bool is_wide = sizeof(T) == 8;
    ASSERT_EQ(results[f].dtype(), is_wide ? DType::f64 : DType::f32);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const Wide got = is_wide ? static_cast<Wide>(results[f].template data<double>()[i])
                               : static_cast<Wide>(results[f].template data<float>()[i]);
      // The operand itself is rounded to the float's type.
      const Wide operand = is_wide ? static_cast<Wide>(static_cast<double>(values[i]))
                                   : static_cast<Wide>(static_cast<float>(values[i]));
      compare(functions[f], operand, got, precision, worst);
    }
    EXPECT_LE(worst.part, 1) << functions[f].name << " of " << type << " at " << worst.at;
  }
}
TEST(LibraryAccuracy, Integers) {
  check_integers<std::int8_t>("i8", of_f32);
  check_integers<std::uint8_t>("u8", of_f32);
  check_integers<std::int16_t>("i16", of_f32);
  check_integers<std::int32_t>("i32", of_f32);
  check_integers<std::uint32_t>("u32", of_f32);
  check_integers<std::int64_t>("i64", of_f64);
  check_integers<std::uint64_t>("u64", of_f64);
}

}  // namespace
}  // namespace tcc
