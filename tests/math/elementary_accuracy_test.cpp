// Elementary functions against exact ones: at most 4 representable numbers from the correctly
// rounded result, over all inputs (language section 7).
//
// f32 is held against libm's functions of f64: every 4099th of the 2^32 inputs, all of them with
// TCC_NIGHTLY. f64 is held against MPFR: random inputs of every magnitude, and hard ones.
#include <bit>
#include <cmath>
#include <cstdlib>
#include <map>
#include <random>

#include <mpfr.h>

#include "tests/support/run_loop_ir.h"
#include "tests/support/sanitized.h"

namespace tcc {
namespace {

using MpfrUnary = int (*)(mpfr_t, mpfr_srcptr, mpfr_rnd_t);
using MpfrBinary = int (*)(mpfr_t, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);

int mpfr_rsqrt(mpfr_t result, mpfr_srcptr x, mpfr_rnd_t rounding) {
  return mpfr_rec_sqrt(result, x, rounding);
}

struct Unary {
  const char* name;
  double (*libm)(double);
  MpfrUnary exact;
};
constexpr Unary unary_functions[] = {
    {"sqrt", std::sqrt, mpfr_sqrt},
    {"rsqrt", [](double x) { return 1 / std::sqrt(x); }, mpfr_rsqrt},
    {"cbrt", std::cbrt, mpfr_cbrt},
    {"exp", std::exp, mpfr_exp},
    {"exp2", std::exp2, mpfr_exp2},
    {"expm1", std::expm1, mpfr_expm1},
    {"log", std::log, mpfr_log},
    {"log2", std::log2, mpfr_log2},
    {"log10", std::log10, mpfr_log10},
    {"log1p", std::log1p, mpfr_log1p},
    {"sin", std::sin, mpfr_sin},
    {"cos", std::cos, mpfr_cos},
    {"tan", std::tan, mpfr_tan},
    {"asin", std::asin, mpfr_asin},
    {"acos", std::acos, mpfr_acos},
    {"atan", std::atan, mpfr_atan},
    {"sinh", std::sinh, mpfr_sinh},
    {"cosh", std::cosh, mpfr_cosh},
    {"tanh", std::tanh, mpfr_tanh},
    {"erf", std::erf, mpfr_erf},
    {"erfc", std::erfc, mpfr_erfc},
};

struct Binary {
  const char* name;
  double (*libm)(double, double);
  MpfrBinary exact;
};
constexpr Binary binary_functions[] = {
    {"atan2", std::atan2, mpfr_atan2},
    {"pow", std::pow, mpfr_pow},
    {"hypot", [](double x, double y) { return std::hypot(x, y); }, mpfr_hypot},
};

/// Machine code of `R[i] = name(X[i], ..)`, 16 elements at a time.
class Kernel {
 public:
  Kernel(std::string_view name, DType dtype, int arguments) {
    const std::string type(name_of(dtype));
    const std::string at = "[ramp(i * 16, 1, 16)]";
    const std::string call = arguments == 1 ? fmt::format("{}(X{})", name, at)
                                            : fmt::format("{}(X{}, Y{})", name, at, at);
    program_ = ir::parsed_valid(fmt::format(
        "size N\n{}output R: {}[N]\nkernel R {{\n for i in 0:N // 16 {{\n  R{} = {}\n }}\n}}",
        arguments == 1 ? fmt::format("input X: {}[N]\n", type)
                       : fmt::format("input X: {0}[N]\ninput Y: {0}[N]\n", type),
        type, at, call));
    const auto compiled = compile_for_cpu(program_, {ir::host_target(), 2});
    if (compiled) code_ = *compiled;
  }

  bool is_there() const { return code_ != nullptr; }

  template <typename Float> void run(std::vector<Float*> buffers, std::size_t count) const {
    std::vector<void*> pointers(buffers.begin(), buffers.end());
    const auto size = static_cast<std::int64_t>(count);
    RuntimeRecord record;
    const tcc_runtime_table table = record.table();
    ASSERT_EQ(code_->kernels()[0](&table, pointers.data(), &size), 0);
  }

 private:
  ir::LoopProgram program_;
  std::shared_ptr<const CpuCode> code_;
};

/// The place of a float among all of its type; neighbours are 1 apart, both zeros are 0.
std::int64_t place_of(float x) {
  const auto bits = std::bit_cast<std::int32_t>(x);
  return bits < 0 ? -static_cast<std::int64_t>(bits & 0x7fffffff) : bits;
}
std::int64_t place_of(double x) {
  const auto bits = std::bit_cast<std::int64_t>(x);
  return bits < 0 ? -(bits & INT64_MAX) : bits;
}

/// How many numbers a result is from the right one; a wrong sign of zero counts.
template <typename Float> std::int64_t distance(Float got, Float right) {
  if (std::isnan(got) || std::isnan(right)) return std::isnan(got) == std::isnan(right) ? 0 : 1000;
  const bool wrong_zero = got == 0 && right == 0 && std::signbit(got) != std::signbit(right);
  return wrong_zero ? 1000 : std::abs(place_of(got) - place_of(right));
}

/// The worst of many.
template <typename Float> struct Worst {
  std::int64_t distance = 0;
  Float x = 0, y = 0, got = 0, right = 0;
  void include(std::int64_t d, Float at_x, Float at_y, Float g, Float r) {
    if (d > distance) *this = {d, at_x, at_y, g, r};
  }
  std::string describe(std::string_view name) const {
    return fmt::format("{}: at most {} off, at {} ({:a}), {}: {} and not {}", name, distance, x, x,
                       y, got, right);
  }
};

/// Between inputs: all of them take 2 minutes a function, many times that under a sanitizer.
std::uint64_t step_between_inputs() {
  if (!std::getenv("TCC_NIGHTLY")) return 4099;
  return is_sanitized ? 257 : 1;
}

class ElementaryAccuracyOf : public testing::TestWithParam<Unary> {};

TEST_P(ElementaryAccuracyOf, F32OverAllInputs) {
  const Unary& function = GetParam();
  const std::uint64_t step = step_between_inputs();
  constexpr std::size_t block = 1 << 16;
  std::vector<float> x(block), result(block);
  const Kernel kernel(function.name, DType::f32, 1);
  if (!kernel.is_there()) GTEST_SKIP() << "this build has no LLVM";
  Worst<float> worst;
  for (std::uint64_t first = 0; first < (std::uint64_t{1} << 32); first += block * step) {
    for (std::size_t i = 0; i < block; ++i) {
      x[i] = std::bit_cast<float>(static_cast<std::uint32_t>(first + i * step));
    }
    kernel.run<float>({x.data(), result.data()}, block);
    for (std::size_t i = 0; i < block; ++i) {
      const auto right = static_cast<float>(function.libm(x[i]));
      worst.include(distance(result[i], right), x[i], 0, result[i], right);
    }
  }
  EXPECT_LE(worst.distance, 4) << worst.describe(function.name);
  RecordProperty("largest_distance", static_cast<int>(worst.distance));
}

INSTANTIATE_TEST_SUITE_P(CpuJit, ElementaryAccuracyOf, testing::ValuesIn(unary_functions),
                         [](const auto& test) { return std::string(test.param.name); });

/// Random numbers of every magnitude, and of those near 1 more.
double random_number(std::mt19937_64& random) {
  const std::uint64_t bits = random();
  const double any = std::bit_cast<double>(bits);
  const double unit = static_cast<double>(bits >> 11) * 0x1p-53;
  switch (random() % 6) {
    case 0: return any;
    case 1: return 4 * unit - 2;
    case 2: return 60 * unit - 30;
    case 3: return 1600 * unit - 800;
    case 4: return std::copysign(std::exp2(20 * unit - 10), any);
    default: return std::copysign(std::exp2(120 * unit - 60), any);
  }
}

struct Scaled {
  double whole;
  int exponent;
};
/// whole * 2^exponent comes as near to a multiple of pi/2 as an f64 with this exponent does: the
/// denominators below 2^53 of the best fractions for 2^exponent * 2/pi.
constexpr Scaled near_right_angles[] = {
    {6132322300111610., -20},
    {366744378809255., 11},
    {6311013172270677., 42},
    {4285979164650416., 73},
    {5072741893404345., 104},
    {7692466514840728., 135},
    {6546176571801786., 166},
    {6366906923947931., 197},
    {6753863953930802., 228},
    {1212581056034852., 259},
    {3585344939605255., 290},
    {2577071957316488., 321},
    {5981583900581634., 352},
    {5238884822832002., 383},
    {2215233808254364., 414},
    {6618233849056765., 445},
    {875675253546774., 476},
    {6951690029616219., 507},
    {2738263646280497., 538},
    {5594110759307088., 569},
    {1744753258361953., 600},
    {8360820580228475., 631},
    {3051193328017899., 662},
    {8323522270234789., 693},
    {3642027377968971., 724},
    {46585895884828., 755},
    {6398481270746183., 786},
    {8224763680418012., 817},
    {1806485364926299., 848},
    {8952459693915715., 879},
    {8462504814703225., 910},
    {8444920710073313., 941},
    // Here the product with 2/pi carries from its lower word into the upper one.
    {8160916332164516., 606},
    {8641904396809598., 108},
};

std::vector<double> hard_numbers() {
  std::vector<double> numbers = {
      0.0,
      0x1p-1074,
      0x1p-1022,
      0x1.fffffffffffffp-1023,
      0x1p-54,
      0x1p-28,
      0.25,
      0.5,
      1,
      2,
      3,
      8,
      10,
      1000,
      22,
      40,
      700,
      709.78271289338397,
      709.8,
      710.4758600739439,
      711,
      745.1332191019411,
      745.2,
      746,
      1022,
      1023,
      1024,
      1074,
      1075,
      26.5,
      27.2,
      28,
      5.9,
      6,
      0x1p20,
      0x1p30,
      1e15,
      1e22,
      1e30,
      0x1p52,
      0x1p53,
      0x1p1023,
      0x1.fffffffffffffp1023,
      6381956970095103.0 * 0x1p797,  // the f64 nearest to a multiple of pi/2 (Muller 2016)
      0x1.6a09e667f3bcdp-1,
      0x1.6a09e667f3bccp-1,
      0.41421356237309503,
      2.414213562373095,
      INFINITY,
      NAN};
  const std::size_t count = numbers.size();
  for (std::size_t i = 0; i < count; ++i) {
    for (const double toward : {0.0, 1e308})
      numbers.push_back(std::nextafter(numbers[i], toward));
  }
  for (int n = 1; n < 40; ++n) {
    numbers.push_back(n * 1.5707963267948966);
    numbers.push_back(std::ldexp(1.5707963267948966, n * 25));
  }
  for (const Scaled& each : near_right_angles) {
    numbers.push_back(std::ldexp(each.whole, each.exponent));
    numbers.push_back(std::ldexp(each.whole, each.exponent + 1));
  }
  const std::size_t positive = numbers.size();
  for (std::size_t i = 0; i < positive; ++i)
    numbers.push_back(-numbers[i]);
  return numbers;
}

std::size_t random_count() { return std::getenv("TCC_NIGHTLY") ? 1'000'000 : 4000; }

/// A number of 120 bits: enough to round from, but for ties that no transcendental function has.
class Exact {
 public:
  Exact() { mpfr_inits2(120, result_, x_, y_, nullptr); }
  ~Exact() { mpfr_clears(result_, x_, y_, nullptr); }
  Exact(const Exact&) = delete;
  Exact& operator=(const Exact&) = delete;

  double apply(MpfrUnary function, double x) {
    mpfr_set_d(x_, x, MPFR_RNDN);
    function(result_, x_, MPFR_RNDN);
    return mpfr_get_d(result_, MPFR_RNDN);
  }
  double apply(MpfrBinary function, double x, double y) {
    mpfr_set_d(x_, x, MPFR_RNDN);
    mpfr_set_d(y_, y, MPFR_RNDN);
    function(result_, x_, y_, MPFR_RNDN);
    return mpfr_get_d(result_, MPFR_RNDN);
  }

 private:
  mpfr_t result_, x_, y_;
};

TEST(ElementaryAccuracy, OfF64AgainstMpfr) {
  std::mt19937_64 random(1);
  std::vector<double> x = hard_numbers();
  for (std::size_t i = 0; i < random_count(); ++i)
    x.push_back(random_number(random));
  x.resize((x.size() + 15) / 16 * 16);
  std::vector<double> result(x.size());
  Exact exact;
  for (const Unary& function : unary_functions) {
    const Kernel kernel(function.name, DType::f64, 1);
    if (!kernel.is_there()) GTEST_SKIP() << "this build has no LLVM";
    kernel.run<double>({x.data(), result.data()}, x.size());
    Worst<double> worst;
    for (std::size_t i = 0; i < x.size(); ++i) {
      double right = exact.apply(function.exact, x[i]);
      if (function.exact == &mpfr_rsqrt && x[i] == 0) right = 1 / x[i];  // MPFR drops its sign
      worst.include(distance(result[i], right), x[i], 0, result[i], right);
    }
    EXPECT_LE(worst.distance, 4) << worst.describe(function.name);
  }
}

/// Pairs of hard numbers, and random ones; for powers also such that the result is in range.
template <typename Float> void fill_pairs(std::vector<Float>& x, std::vector<Float>& y) {
  std::mt19937_64 random(2);
  for (const double a : hard_numbers()) {
    for (const double b : {0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.0, 1e10, 1e300, -1e300, 0x1p-1074,
                           double{INFINITY}, -double{INFINITY}, double{NAN}}) {
      x.push_back(static_cast<Float>(a));
      y.push_back(static_cast<Float>(b));
    }
  }
  for (std::size_t i = 0; i < random_count(); ++i) {
    x.push_back(static_cast<Float>(random_number(random)));
    y.push_back(static_cast<Float>(random_number(random)));
    const double base = std::fabs(random_number(random));
    const double exponent = (static_cast<double>(random() % 2001) - 1000) / std::log2(base);
    x.push_back(static_cast<Float>(base));
    y.push_back(static_cast<Float>(exponent));
    x.push_back(static_cast<Float>(1 + std::ldexp(static_cast<double>(random() % 1000), -12)));
    y.push_back(static_cast<Float>(random_number(random)));
  }
  x.resize((x.size() + 15) / 16 * 16);
  y.resize(x.size());
}

template <typename Float> void check_binary_functions(DType dtype) {
  std::vector<Float> x, y;
  fill_pairs(x, y);
  std::vector<Float> result(x.size());
  Exact exact;
  for (const Binary& function : binary_functions) {
    const Kernel kernel(function.name, dtype, 2);
    if (!kernel.is_there()) GTEST_SKIP() << "this build has no LLVM";
    kernel.run<Float>({x.data(), y.data(), result.data()}, x.size());
    Worst<Float> worst;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const auto right =
          static_cast<Float>(dtype == DType::f64 ? exact.apply(function.exact, x[i], y[i])
                                                 : function.libm(x[i], y[i]));
      worst.include(distance(result[i], right), x[i], y[i], result[i], right);
    }
    EXPECT_LE(worst.distance, 4) << worst.describe(function.name);
  }
}

TEST(ElementaryAccuracy, OfTwoF32) { check_binary_functions<float>(DType::f32); }
TEST(ElementaryAccuracy, OfTwoF64) { check_binary_functions<double>(DType::f64); }

}  // namespace
}  // namespace tcc
