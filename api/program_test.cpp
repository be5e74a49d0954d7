// The library as a host program meets it: one compiled program at every size, tensors of every
// layout, mistakes as exceptions, many threads.
#include <tcc/tcc.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <thread>

#include <gtest/gtest.h>

namespace tcc {
namespace {

using Shape = std::vector<std::int64_t>;

template <typename T> Tensor filled(const Shape& shape, double start) {
  Tensor tensor = Tensor::empty(DTypeOf<T>::value, shape);
  for (std::int64_t i = 0; i < tensor.element_count(); ++i) {
    tensor.data<T>()[i] = static_cast<T>(std::sin(start + static_cast<double>(i)));
  }
  return tensor;
}

template <typename T> void expect_layer(const Program& program, const Shape& sizes) {
  const std::int64_t m = sizes[0];
  const std::int64_t k = sizes[1];
  const std::int64_t n = sizes[2];
  const Tensor a = filled<T>({m, k}, 0);
  const Tensor b = filled<T>({k, n}, 1);
  const Tensor bias = filled<T>({n}, 2);
  const Tensor c = program(a, b, bias);
  ASSERT_EQ(c.shape(), (Shape{m, n}));
  const double unit = std::is_same_v<T, float> ? 0x1p-24 : 0x1p-53;
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      long double sum = bias.data<T>()[j];
      long double magnitude = std::fabs(sum);
      for (std::int64_t p = 0; p < k; ++p) {
        const long double term =
            static_cast<long double>(a.data<T>()[i * k + p]) * b.data<T>()[p * n + j];
        sum += term;
        magnitude += std::fabs(term);
      }
      const double allowed = static_cast<double>(magnitude) * static_cast<double>(k + 2) * unit;
      ASSERT_NEAR(c.data<T>()[i * n + j], std::max<double>(static_cast<double>(sum), 0), allowed)
          << m << 'x' << k << 'x' << n << " at " << i << ", " << j;
    }
  }
}

/// Sizes 0, 1, odd ones, tiles and their neighbours, from one compiled program.
TEST(Program, OneProgramServesEverySize) {
  const std::string layer = "C = relu(A @ B + bias)";
  const std::string f32 = "input A: f32[M, K], B: f32[K, N], bias: f32[N]\n";
  const std::string f64 = "input A: f64[M, K], B: f64[K, N], bias: f64[N]\n";
  for (const Scheduling scheduling : {Scheduling::automatic, Scheduling::none}) {
    CompileOptions options;
    options.scheduling = scheduling;
    const Program single = compile(f32 + layer, options);
    const Program twice = compile(f64 + layer, options);
    const Program free = compile(layer, options);
    for (const std::int64_t size : {0, 1, 3, 31, 64, 127}) {
      expect_layer<float>(single, {size, size, size});
      expect_layer<double>(twice, {size, size, size});
      expect_layer<float>(free, {size, size, size});
      expect_layer<double>(free, {size, size, size});
    }
    for (const Shape& sizes : {Shape{0, 3, 2}, {2, 0, 3}, {3, 2, 0}, {1, 7, 33}, {17, 1, 5}}) {
      expect_layer<float>(single, sizes);
    }
  }
}

TEST(Program, MatmulOf512By256By512) {
  expect_layer<float>(compile("C = relu(A @ B + bias)"), {512, 256, 512});
}

/// A temporary that is inlined, of 4 TiB here, has no memory.
TEST(Program, AllocatesNoTemporaryThatIsInlined) {
  const Program program = compile(
      "input x: f32[N]\n"
      "a[i, j] = x[i] * x[j]\n"
      "output y[i] = a[i, i]\n");
  const Tensor y = program(filled<float>({1 << 20}, 0));
  const auto square = [](float value) { return value * value; };
  EXPECT_EQ(y.data<float>()[7], square(static_cast<float>(std::sin(7.0))));
}

TEST(Program, TakesTensorsOfAnyLayout) {
  const Program program = compile("input x: f32[M, N]; y = x + 1.0");
  std::vector<float> memory(12);
  std::iota(memory.begin(), memory.end(), 0.0F);
  // The transpose of 3 x 4, and every other row of 4 x 3 from the last one.
  const Tensor columns = Tensor::strided(DType::f32, memory.data(), {4, 3}, {1, 4});
  const Tensor reversed = Tensor::strided(DType::f32, memory.data() + 9, {2, 3}, {-6, 1});
  const Tensor y = program(columns);
  EXPECT_EQ(y.values<float>()[1], memory[4] + 1);
  const Tensor z = program(reversed);
  EXPECT_EQ(z.values<float>()[0], 10.0F);
  EXPECT_EQ(z.values<float>()[3], 4.0F);
}

TEST(Program, WritesIntoMemoryOfTheCaller) {
  const Program program = compile("input x: f32[N], y: f32[N]; z = x * 2.0; w = x + y");
  std::vector<float> x = {1, 2, 3};
  std::vector<float> y = {10, 20, 30};
  std::vector<float> z(3);
  const Tensor inputs[] = {Tensor::view(x, {3}), Tensor::view(y, {3})};
  // The second output lies where the first input does.
  const Tensor outputs[] = {Tensor::view(z, {3}), Tensor::view(x, {3})};
  program.run_into(inputs, outputs);
  EXPECT_EQ(z, (std::vector<float>{2, 4, 6}));
  EXPECT_EQ(x, (std::vector<float>{11, 22, 33}));
  const Tensor wrong[] = {Tensor::view(z, {3}), Tensor::view(z, {3})};
  EXPECT_THROW(program.run_into(inputs, wrong), Error);
  const Tensor small[] = {Tensor::view(z, {3})};
  EXPECT_THROW(program.run_into(inputs, small), Error);
}

std::string kind_of(const std::variant<std::vector<Tensor>, Error>& result) {
  const Error* error = std::get_if<Error>(&result);
  return error && !error->diagnostics().empty() ? error->diagnostics()[0].kind : "";
}

TEST(Program, SaysWhatIsWrongWithItsInputs) {
  const Program program = compile("input A: f32[M, K], B: f32[K, N]; C = A @ B");
  const Tensor a = filled<float>({2, 3}, 0);
  const auto run = [&](std::vector<Tensor> inputs) { return kind_of(program.try_run(inputs)); };
  EXPECT_EQ(run({a, filled<float>({3, 4}, 0)}), "");
  EXPECT_EQ(run({a}), "missing-input");
  EXPECT_EQ(run({a, Tensor()}), "missing-input");
  EXPECT_EQ(run({a, a, a}), "bad-argument");
  EXPECT_EQ(run({a, filled<double>({3, 4}, 0)}), "dtype-mismatch");
  EXPECT_EQ(run({a, filled<float>({3}, 0)}), "rank-mismatch");
  EXPECT_EQ(run({a, filled<float>({4, 4}, 0)}), "size-mismatch");
}

TEST(Program, ReportsItsMistakesAsValuesAndExceptions) {
  const auto result = try_compile("y = q(1)\nz = x +");
  ASSERT_TRUE(std::holds_alternative<Error>(result));
  EXPECT_EQ(std::get<Error>(result).category(), ErrorCategory::program);
  EXPECT_FALSE(std::get<Error>(result).diagnostics().empty());
  EXPECT_THROW(compile("z = x +"), Error);
  CompileOptions unknown;
  unknown.target = "cpu:no-such-processor";
  const auto other = try_compile("input x: f32[3]; y = x", unknown);
  ASSERT_TRUE(std::holds_alternative<Error>(other));
  EXPECT_EQ(std::get<Error>(other).category(), ErrorCategory::environment);
}

TEST(Program, DescribesItself) {
  const Program program = compile("input x: f32[N]; param w: f64[N, 3]; y = sum(x)\nz = w.T");
  ASSERT_EQ(program.inputs().size(), 2U);
  EXPECT_EQ(program.inputs()[1].name, "w");
  EXPECT_EQ(program.inputs()[1].type, "f64[N, 3]");
  ASSERT_EQ(program.outputs().size(), 2U);
  EXPECT_EQ(program.outputs()[0].type, "f32");
  EXPECT_EQ(program.outputs()[1].type, "f64[3, N]");
  EXPECT_THROW(program(filled<float>({2}, 0), filled<double>({2, 3}, 0)), Error);  // two outputs
}

TEST(Program, TakesAndGivesSchedules) {
  const char* text = "input A: i32[M, K], B: i32[K, N]\nC = A @ B\nD = C + 1";
  CompileOptions options;
  options.schedule = "schedule C {\n  reorder(i0, k0, i1)\n}\n";
  const Program given = compile(text, options);
  EXPECT_TRUE(given.schedule().starts_with(options.schedule)) << given.schedule();
  const Program chosen = compile(text);
  EXPECT_NE(chosen.schedule(), given.schedule());
  options.schedule = chosen.schedule();
  EXPECT_EQ(compile(text, options).schedule(), chosen.schedule());
  const Tensor a = filled<std::int32_t>({3, 5}, 0);
  const Tensor b = filled<std::int32_t>({5, 2}, 1);
  const Tensor inputs[] = {a, b};
  const Tensor expected = chosen.run(inputs).front();
  const Tensor got = given.run(inputs).front();
  EXPECT_TRUE(std::ranges::equal(got.values<std::int32_t>(), expected.values<std::int32_t>()));
  EXPECT_EQ(compile("C = A @ B").schedule(), "");
}

/// The place of a mistake is in the schedule, which has a name of its own.
TEST(Program, ReportsWrongSchedules) {
  CompileOptions options;
  options.schedule = "schedule y {\n  vectorize(k0)\n}\n";
  options.schedule_file = "fast.schedule";
  try {
    compile("input x: f32[N]\ny = sum(x)", options);
    FAIL() << "the schedule is wrong";
  } catch (const Error& error) {
    ASSERT_EQ(error.diagnostics().size(), 1U);
    EXPECT_EQ(error.diagnostics()[0].kind, "bad-schedule");
    EXPECT_EQ(error.diagnostics()[0].file, "fast.schedule");
    EXPECT_EQ(error.diagnostics()[0].line, 2U);
  }
}

TEST(Program, IsCalledFromManyThreads) {
  const Program program = compile("C = A @ B");
  std::vector<std::thread> threads;
  std::vector<double> sums(8);
  for (std::size_t t = 0; t < sums.size(); ++t) {
    threads.emplace_back([&, t] {
      const std::int64_t size = 8 + static_cast<std::int64_t>(t % 2);
      const Tensor c = program(filled<float>({size, size}, 0), filled<float>({size, size}, 1));
      for (const float value : c.values<float>())
        sums[t] += static_cast<double>(value);
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  for (std::size_t t = 2; t < sums.size(); ++t)
    EXPECT_EQ(sums[t], sums[t % 2]);
}

}  // namespace
}  // namespace tcc
