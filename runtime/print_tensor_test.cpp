// Expected texts are what NumPy 2.4.6 prints.
#include "runtime/print_tensor.h"

#include <gtest/gtest.h>

#include <limits>

#include "dsl/narrow_float.h"

namespace tcc {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

struct FloatCase {
  const char* name;
  DType dtype;
  std::vector<std::int64_t> shape;
  std::vector<double> values;
  const char* text;
};

Tensor tensor_of(DType dtype, std::vector<std::int64_t> shape, const std::vector<double>& values) {
  const Tensor tensor = Tensor::empty(dtype, std::move(shape));
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (dtype == DType::f32) {
      tensor.data<float>()[i] = static_cast<float>(values[i]);
    } else if (dtype == DType::f64) {
      tensor.data<double>()[i] = values[i];
    } else {
      static_cast<std::uint16_t*>(tensor.raw_data())[i] = narrow_bits(values[i], dtype);
    }
  }
  return tensor;
}

template <typename T> Tensor whole(std::vector<std::int64_t> shape, std::vector<T> values) {
  const Tensor tensor = Tensor::empty(DTypeOf<T>::value, std::move(shape));
  std::copy(values.begin(), values.end(), tensor.data<T>());
  return tensor;
}

/// 0, step, 2 * step, ..
Tensor counting(std::vector<std::int64_t> shape, double step = 1) {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape)
    count *= extent;
  std::vector<double> values;
  for (std::int64_t i = 0; i < count; ++i)
    values.push_back(static_cast<double>(i) * step);
  return tensor_of(DType::f32, std::move(shape), values);
}

const FloatCase float_cases[] = {
    {"one_number", DType::f32, {}, {1.5}, "1.5"},
    {"scalar_small", DType::f32, {}, {1e-05}, "1e-05"},
    {"scalar_large_f32", DType::f32, {}, {1234567.0}, "1.234567e+06"},
    {"scalar_large_f64", DType::f64, {}, {1234567.0}, "1234567.0"},
    {"scalar_third", DType::f32, {}, {0.3333333333333333}, "0.33333334"},
    {"scalar_third_f64", DType::f64, {}, {0.3333333333333333}, "0.3333333333333333"},
    {"scalar_nan", DType::f32, {}, {nan}, "nan"},
    {"scalar_negative_zero", DType::f64, {}, {-0.0}, "-0.0"},
    {"scalar_huge", DType::f64, {}, {1e+300}, "1e+300"},
    {"halves", DType::f32, {3}, {0.5, 0.25, -3.0}, "[ 0.5   0.25 -3.  ]"},
    {"thirds_f32",
     DType::f32,
     {2},
     {0.3333333333333333, 0.6666666666666666},
     "[0.33333334 0.6666667 ]"},
    {"thirds_f64",
     DType::f64,
     {2},
     {0.3333333333333333, 0.6666666666666666},
     "[0.33333333 0.66666667]"},
    {"whole", DType::f32, {2, 3}, {1.0, 2.0, 3.0, 4.0, 5.0, 6.0}, "[[1. 2. 3.]\n [4. 5. 6.]]"},
    {"specials", DType::f32, {4}, {nan, 1.5, -infinity, infinity}, "[ nan  1.5 -inf  inf]"},
    {"all_nan", DType::f32, {2}, {nan, nan}, "[nan nan]"},
    {"only_negative_infinity", DType::f64, {1}, {-infinity}, "[-inf]"},
    {"wide_range", DType::f32, {2}, {1e-10, 1.5}, "[1.0e-10 1.5e+00]"},
    {"common_digits", DType::f32, {2}, {1e-10, 1.23456789e-5}, "[1.0000000e-10 1.2345679e-05]"},
    {"three_digit_exponent", DType::f64, {2}, {1e-10, 1e+100}, "[1.e-010 1.e+100]"},
    {"just_below_limit", DType::f32, {1}, {999999.0}, "[999999.]"},
    {"at_limit", DType::f32, {1}, {1000000.0}, "[1.e+06]"},
    {"at_limit_f64", DType::f64, {1}, {100000000.0}, "[1.e+08]"},
    {"below_limit_f64", DType::f64, {1}, {99999999.5}, "[99999999.5]"},
    {"at_small_limit", DType::f32, {1}, {0.0001}, "[0.0001]"},
    {"below_small_limit", DType::f32, {1}, {9.9e-05}, "[9.9e-05]"},
    {"eight_digits_f64",
     DType::f64,
     {2},
     {123.456789012, 0.1234567891},
     "[123.45678901   0.12345679]"},
    {"long_scientific",
     DType::f64,
     {2},
     {12345678901.234, 0.001},
     "[1.23456789e+10 1.00000000e-03]"},
    {"zeros", DType::f32, {3}, {0.0, -0.0, 0.0}, "[ 0. -0.  0.]"},
    {"scientific_with_zero",
     DType::f32,
     {3},
     {0.0, 1e-07, -2.5e-07},
     "[ 0.0e+00  1.0e-07 -2.5e-07]"},
    {"scientific_with_nan", DType::f32, {2}, {10000000000.0, nan}, "[1.e+10    nan]"},
    {"empty", DType::f32, {0}, {}, "[]"},
    {"empty_matrix", DType::f32, {0, 3}, {}, "[]"},
    {"one_by_one", DType::f32, {1, 1}, {7.0}, "[[7.]]"},
    {"subnormal", DType::f32, {2}, {1e-45, 1.0}, "[1.e-45 1.e+00]"},
    {"f16_third", DType::f16, {2}, {0.3333333333333333, -2.0}, "[ 0.3333 -2.    ]"},
    {"f16_at_limit", DType::f16, {2}, {1000.0, 1.0}, "[1.e+03 1.e+00]"},
    {"f16_below_limit", DType::f16, {2}, {999.5, 1.0}, "[999.5   1. ]"},
    {"f16_largest", DType::f16, {}, {65504.0}, "6.55e+04"},
    {"f16_smallest", DType::f16, {1}, {6e-08}, "[6.e-08]"},
    {"f16_small_limit", DType::f16, {}, {0.0001}, "0.0001"},
    {"f16_power_of_two", DType::f16, {1}, {0.015625}, "[0.01563]"},
    {"f16_specials", DType::f16, {3}, {nan, infinity, 0.1}, "[nan inf 0.1]"},
    {"bf16_third", DType::bf16, {2}, {0.3333333333333333, 2.0}, "[0.334 2.   ]"},
    {"bf16_large", DType::bf16, {}, {1e30}, "1e+30"},
    {"bf16_below_limit", DType::bf16, {1}, {123456.0}, "[123400.]"},
    {"largest", DType::f64, {1}, {1.7976931348623157e+308}, "[1.79769313e+308]"},
};

TEST(PrintTensor, FloatsAsNumPy) {
  for (const FloatCase& each : float_cases) {
    EXPECT_EQ(print_tensor(tensor_of(each.dtype, each.shape, each.values)), each.text) << each.name;
  }
}

TEST(PrintTensor, IntegersAndBools) {
  EXPECT_EQ(print_tensor(whole<std::int64_t>({2, 2}, {1, -20, 300, 4})), "[[  1 -20]\n [300   4]]");
  EXPECT_EQ(print_tensor(whole<std::uint8_t>({2}, {255, 0})), "[255   0]");
  EXPECT_EQ(print_tensor(whole<std::int8_t>({2}, {-128, 5})), "[-128    5]");
  EXPECT_EQ(print_tensor(whole<std::uint64_t>({2}, {~std::uint64_t{0}, 1})),
            "[18446744073709551615                    1]");
  EXPECT_EQ(print_tensor(whole<std::int32_t>({}, {-7})), "-7");
  EXPECT_EQ(print_tensor(whole<bool>({2}, {true, false})), "[ True False]");
  EXPECT_EQ(print_tensor(whole<bool>({2}, {true, true})), "[ True  True]");
  EXPECT_EQ(print_tensor(whole<bool>({}, {true})), "True");
}

TEST(PrintTensor, LinesEndAtSeventyFive) {
  EXPECT_EQ(print_tensor(counting({40})),
            "[ 0.  1.  2.  3.  4.  5.  6.  7.  8.  9. 10. 11. 12. 13. 14. 15. 16. 17.\n"
            " 18. 19. 20. 21. 22. 23. 24. 25. 26. 27. 28. 29. 30. 31. 32. 33. 34. 35.\n"
            " 36. 37. 38. 39.]");
  EXPECT_EQ(print_tensor(counting({12}, 1e5)),
            "[0.0e+00 1.0e+05 2.0e+05 3.0e+05 4.0e+05 5.0e+05 6.0e+05 7.0e+05 8.0e+05\n"
            " 9.0e+05 1.0e+06 1.1e+06]");
}

TEST(PrintTensor, Nesting) {
  EXPECT_EQ(print_tensor(counting({2, 2, 2})), "[[[0. 1.]\n  [2. 3.]]\n\n [[4. 5.]\n  [6. 7.]]]");
  EXPECT_EQ(print_tensor(counting({2, 1, 1, 1})), "[[[[0.]]]\n\n\n [[[1.]]]]");
}

TEST(PrintTensor, LongOnesAreShortened) {
  const std::string full = print_tensor(counting({1000}));
  EXPECT_EQ(full.find("..."), std::string::npos);
  EXPECT_NE(full.find("499."), std::string::npos);
  EXPECT_EQ(print_tensor(counting({1001})), "[   0.    1.    2. ...  998.  999. 1000.]");
  EXPECT_EQ(print_tensor(counting({3, 400})),
            "[[0.000e+00 1.000e+00 2.000e+00 ... 3.970e+02 3.980e+02 3.990e+02]\n"
            " [4.000e+02 4.010e+02 4.020e+02 ... 7.970e+02 7.980e+02 7.990e+02]\n"
            " [8.000e+02 8.010e+02 8.020e+02 ... 1.197e+03 1.198e+03 1.199e+03]]");
}

TEST(PrintTensor, InnerAxesAreShortenedToo) {
  EXPECT_EQ(print_tensor(counting({9, 200})),
            "[[0.000e+00 1.000e+00 2.000e+00 ... 1.970e+02 1.980e+02 1.990e+02]\n"
            " [2.000e+02 2.010e+02 2.020e+02 ... 3.970e+02 3.980e+02 3.990e+02]\n"
            " [4.000e+02 4.010e+02 4.020e+02 ... 5.970e+02 5.980e+02 5.990e+02]\n"
            " ...\n"
            " [1.200e+03 1.201e+03 1.202e+03 ... 1.397e+03 1.398e+03 1.399e+03]\n"
            " [1.400e+03 1.401e+03 1.402e+03 ... 1.597e+03 1.598e+03 1.599e+03]\n"
            " [1.600e+03 1.601e+03 1.602e+03 ... 1.797e+03 1.798e+03 1.799e+03]]");
  EXPECT_EQ(print_tensor(counting({8, 1, 200})),
            "[[[0.000e+00 1.000e+00 2.000e+00 ... 1.970e+02 1.980e+02 1.990e+02]]\n"
            "\n"
            " [[2.000e+02 2.010e+02 2.020e+02 ... 3.970e+02 3.980e+02 3.990e+02]]\n"
            "\n"
            " [[4.000e+02 4.010e+02 4.020e+02 ... 5.970e+02 5.980e+02 5.990e+02]]\n"
            "\n"
            " ...\n"
            "\n"
            " [[1.000e+03 1.001e+03 1.002e+03 ... 1.197e+03 1.198e+03 1.199e+03]]\n"
            "\n"
            " [[1.200e+03 1.201e+03 1.202e+03 ... 1.397e+03 1.398e+03 1.399e+03]]\n"
            "\n"
            " [[1.400e+03 1.401e+03 1.402e+03 ... 1.597e+03 1.598e+03 1.599e+03]]]");
}

TEST(PrintTensor, StridedAndBroadcast) {
  std::vector<float> values = {1, 2, 3, 4, 5, 6};
  EXPECT_EQ(print_tensor(Tensor::strided(DType::f32, values.data(), {3, 2}, {1, 3})),
            "[[1. 4.]\n [2. 5.]\n [3. 6.]]");
  EXPECT_EQ(print_tensor(Tensor::strided(DType::f32, values.data(), {2, 2}, {0, 1})),
            "[[1. 2.]\n [1. 2.]]");
}

TEST(PrintTensor, ManyAxes) {
  const std::string text = print_tensor(counting(std::vector<std::int64_t>(2000, 1)));
  EXPECT_EQ(text, std::string(2000, '[') + "0." + std::string(2000, ']'));
}

}  // namespace
}  // namespace tcc
