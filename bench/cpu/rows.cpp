// The rows of the comparison with their goals: time of the best peer over ours.
#include <fmt/format.h>

#include "bench/cpu/work.h"

namespace bench {

namespace {

using tcc::DType;

constexpr std::int64_t mebi = 1 << 20;

struct Shape {
  std::int64_t m, k, n;
};

std::string text_of(const Operand& operand) {
  std::string extents;
  for (const std::int64_t extent : operand.shape)
    extents += fmt::format("{}{}", extents.empty() ? "" : ", ", extent);
  return fmt::format("{} {}: {}[{}]\n", operand.role == Role::param ? "param" : "input",
                     operand.name, tcc::name_of(operand.dtype), extents);
}

/// With the declarations of its operands in front of the program, and bytes for each touched once.
Work complete(Work work) {
  std::string declarations;
  work.bytes = static_cast<double>(work.result.count()) *
               static_cast<double>(tcc::size_in_bytes(work.result.dtype));
  for (const Operand& operand : work.operands) {
    declarations += text_of(operand);
    work.bytes += static_cast<double>(operand.count()) *
                  static_cast<double>(tcc::size_in_bytes(operand.dtype));
  }
  work.program = declarations + work.program;
  return work;
}

std::string name_of(const Shape& shape) {
  if (shape.m == shape.k && shape.k == shape.n) return fmt::format("{}^3", shape.m);
  return fmt::format("{} x {} x {}", shape.m, shape.k, shape.n);
}

double tolerance_of(DType dtype) {
  switch (dtype) {
    case DType::f64: return 1e-12;
    case DType::f16: return 4e-3;
    case DType::bf16: return 3e-2;
    default: return 1e-4;
  }
}

Work matmul(const Shape& shape, DType dtype, Role role, double goal) {
  Work work;
  work.name = fmt::format("matmul {}{}{}",
                          dtype == DType::f32 ? "" : fmt::format("{} ", tcc::name_of(dtype)),
                          name_of(shape), role == Role::param ? ", B a param" : "");
  work.program = "C = A @ B\n";
  work.operands = {{"A", dtype, {shape.m, shape.k}}, {"B", dtype, {shape.k, shape.n}, role}};
  work.result = {"C", dtype, {shape.m, shape.n}};
  work.flops = 2.0 * static_cast<double>(shape.m * shape.k * shape.n);
  work.limit = shape.m == 1 ? Limit::reading : Limit::arithmetic;
  work.goal = goal;
  work.tolerance = tolerance_of(dtype);
  return complete(std::move(work));
}

void add_matmuls(std::vector<Work>& works) {
  const std::vector<std::pair<Shape, double>> shapes = {
      {{64, 64, 64}, 1},       {{128, 128, 128}, 1},     {{256, 256, 256}, 1},
      {{512, 256, 512}, 1},    {{512, 512, 512}, 1},     {{1024, 1024, 1024}, 1},
      {{2048, 2048, 2048}, 1}, {{4096, 4096, 4096}, 1},  {{100, 100, 100}, 1},
      {{1000, 1000, 1000}, 1}, {{127, 255, 511}, 1},     {{1, 4096, 4096}, 1.10},
      {{8, 4096, 4096}, 1.15}, {{32, 4096, 4096}, 1.10},
  };
  for (const auto& [shape, goal] : shapes)
    works.push_back(matmul(shape, DType::f32, Role::input, goal));
  for (const auto& [shape, goal] : shapes)
    works.push_back(matmul(shape, DType::f32, Role::param, 1));
  for (const std::int64_t n : {1024, 2048})
    works.push_back(matmul({n, n, n}, DType::f64, Role::input, 1.03));
  for (const DType dtype : {DType::f16, DType::bf16}) {
    for (const Role role : {Role::input, Role::param})
      works.push_back(matmul({1024, 1024, 1024}, dtype, role, 1));
  }
}

Work relu_matmul(std::int64_t n, Role role) {
  Work work = matmul({n, n, n}, DType::f32, role, 1.03);
  work.kind = Kind::relu_matmul;
  work.name = fmt::format("relu(A @ B + bias) {}^3{}", n, role == Role::param ? ", params" : "");
  work.operands.push_back({"bias", DType::f32, {n}, role});
  work.program = "C = relu(A @ B + bias)\n";
  return complete(std::move(work));
}

/// One that waits for memory.
Work stream(Kind kind, std::string name, std::string program, std::vector<Operand> operands,
            Operand result, Limit limit, double goal) {
  Work work;
  work.kind = kind;
  work.name = std::move(name);
  work.program = std::move(program);
  work.operands = std::move(operands);
  work.result = std::move(result);
  work.limit = limit;
  work.goal = goal;
  return complete(std::move(work));
}

void add_streams(std::vector<Work>& works) {
  const auto f32 = DType::f32;
  const Operand x16{"x", f32, {16 * mebi}}, c16{"c", f32, {16 * mebi}, Role::input, -4, 4};
  const Operand x64{"x", f32, {64 * mebi}, Role::input, 0, 1};  // sums of them are not near zero
  const Operand square{"x", f32, {4096, 4096}}, weight{"w", f32, {4096}}, bias{"b", f32, {4096}};
  const Operand large{"x", f32, {8192, 8192}, Role::input, 0, 1};
  works.push_back(stream(Kind::tanh_chain, "1.7 x + 0.3 tanh(c), 16M",
                         "y = 1.7 * x + 0.3 * tanh(c)\n", {x16, c16}, {"y", f32, {16 * mebi}},
                         Limit::copying, 1.25));
  works.push_back(
      stream(Kind::sum, "sum of 64M", "y = sum(x)\n", {x64}, {"y", f32, {}}, Limit::reading, 0.98));
  works.push_back(
      stream(Kind::max, "max of 64M", "y = max(x)\n", {x64}, {"y", f32, {}}, Limit::reading, 0.98));
  works.push_back(stream(Kind::softmax, "softmax 4096^2", "y = softmax(x)\n", {square},
                         {"y", f32, {4096, 4096}}, Limit::copying, 1.35));
  works.push_back(stream(Kind::layer_norm, "layer norm 4096^2", "y = layer_norm(x, w, b)\n",
                         {square, weight, bias}, {"y", f32, {4096, 4096}}, Limit::copying, 1.35));
  works.push_back(stream(Kind::row_sum, "row sum 8192^2", "y = sum(x, axis = 1)\n", {large},
                         {"y", f32, {8192}}, Limit::reading, 0.98));
  works.push_back(stream(Kind::column_sum, "column sum 8192^2", "y = sum(x, axis = 0)\n", {large},
                         {"y", f32, {8192}}, Limit::reading, 1.25));
  works.push_back(stream(Kind::transpose, "transpose 8192^2", "y = x.T\n", {large},
                         {"y", f32, {8192, 8192}}, Limit::copying, 1.8));
}

/// Weights such that the signal neither dies nor grows.
Work perceptron() {
  constexpr std::int64_t layers = 24, width = 512, batch = 128;
  Work work;
  work.kind = Kind::perceptron;
  work.name = "perceptron, 24 layers of 512 x 512, batch 128";
  work.operands.push_back({"x", DType::f32, {batch, width}});
  std::string last = "x";
  for (std::int64_t n = 0; n < layers; ++n) {
    work.operands.push_back(
        {fmt::format("W{}", n), DType::f32, {width, width}, Role::param, -0.108, 0.108});
    work.operands.push_back({fmt::format("b{}", n), DType::f32, {width}, Role::param, -0.1, 0.1});
    work.program += fmt::format("y{} = relu({} @ W{} + b{})\n", n, last, n, n);
    last = fmt::format("y{}", n);
  }
  work.program += "output " + last + "\n";
  work.result = {last, DType::f32, {batch, width}};
  work.flops = 2.0 * layers * batch * width * width;
  work.goal = 1.1;
  work.tolerance = 1e-3;
  return complete(std::move(work));
}

Work attention() {
  constexpr std::int64_t heads = 8, length = 1024, depth = 64;
  Work work;
  work.kind = Kind::attention;
  work.name = "attention, 8 heads, T = 1024, d = 64";
  work.program = "o = attention(q, k, v)\n";
  for (const char* name : {"q", "k", "v"})
    work.operands.push_back({name, DType::f32, {heads, length, depth}});
  work.result = {"o", DType::f32, {heads, length, depth}};
  work.flops = 4.0 * heads * length * length * depth;
  work.goal = 1.1;
  return complete(std::move(work));
}

}  // namespace

std::vector<Work> all_works() {
  std::vector<Work> works;
  add_matmuls(works);
  works.push_back(relu_matmul(1024, Role::input));
  works.push_back(relu_matmul(1024, Role::param));
  add_streams(works);
  works.push_back(perceptron());
  works.push_back(attention());
  return works;
}

}  // namespace bench
