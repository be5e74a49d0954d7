// Operators and casts of machine code against the interpreter, bit for bit, over the corners of
// every type; and what the JIT says and refuses.
#include "runtime/cpu_jit.h"

#include <limits>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "dsl/dtypes.h"
#include "tests/support/run_loop_ir.h"

namespace tcc {
namespace {

constexpr DType interpreted_types[] = {
    DType::boolean, DType::i8,  DType::i16, DType::i32,  DType::i64, DType::u8,  DType::u16,
    DType::u32,     DType::u64, DType::f16, DType::bf16, DType::f32, DType::f64,
};

template <typename T> std::vector<T> corner_values() {
  using Limits = std::numeric_limits<T>;
  if constexpr (std::is_same_v<T, bool>) {
    return {false, true};
  } else if constexpr (std::is_integral_v<T>) {
    std::vector<T> values = {0, 1, 2, 3, 7, 8, 100, Limits::max(), Limits::min()};
    for (const int step : {1, 2, 6}) {
      values.push_back(static_cast<T>(Limits::max() - step));
      values.push_back(static_cast<T>(Limits::min() + step));
      values.push_back(static_cast<T>(-step));
    }
    values.push_back(static_cast<T>(Limits::max() / 2 + 1));
    return values;
  } else {
    std::vector<T> values = {T(0.0),
                             T(1.0),
                             T(-1.0),
                             T(0.5),
                             T(1.5),
                             T(2.5),
                             T(3.99),
                             T(255.5),
                             T(1e10),
                             T(65504.0),
                             Limits::min(),
                             Limits::max(),
                             Limits::denorm_min(),
                             Limits::infinity(),
                             Limits::quiet_NaN(),
                             T(0.1),
                             T(10),
                             T(88.7),
                             T(709.5),
                             T(1e30),
                             T(1e-5)};
    for (const int power : {7, 8, 15, 16, 31, 32, 63, 64}) {
      values.push_back(std::ldexp(T(1), power));
      values.push_back(std::nextafter(std::ldexp(T(1), power), T(0)));
    }
    const std::size_t positive = values.size();
    for (std::size_t v = 0; v < positive; ++v)
      values.push_back(-values[v]);
    return values;
  }
}

/// A tensor of as many elements as `pick` has numbers: the corners that they name.
template <typename T>
Tensor tensor_of(const std::vector<T>& corners, const std::vector<std::size_t>& pick) {
  const Tensor tensor = Tensor::empty(DTypeOf<T>::value, {static_cast<std::int64_t>(pick.size())});
  for (std::size_t i = 0; i < pick.size(); ++i)
    tensor.data<T>()[i] = corners[pick[i]];
  return tensor;
}

template <typename F> auto with_type(DType dtype, F f) {
  switch (dtype) {
    case DType::boolean: return f.template operator()<bool>();
    case DType::i8: return f.template operator()<std::int8_t>();
    case DType::i16: return f.template operator()<std::int16_t>();
    case DType::i32: return f.template operator()<std::int32_t>();
    case DType::i64: return f.template operator()<std::int64_t>();
    case DType::u8: return f.template operator()<std::uint8_t>();
    case DType::u16: return f.template operator()<std::uint16_t>();
    case DType::u32: return f.template operator()<std::uint32_t>();
    case DType::u64: return f.template operator()<std::uint64_t>();
    case DType::f64: return f.template operator()<double>();
    default: return f.template operator()<float>();
  }
}

/// The corners of f32 as far as they are some of a narrow float, and every 997th of its numbers.
std::vector<std::uint16_t> narrow_corners(DType dtype) {
  std::vector<std::uint16_t> corners;
  for (const float value : corner_values<float>()) {
    const std::uint16_t bits = narrow_bits(value, dtype);
    if (std::find(corners.begin(), corners.end(), bits) == corners.end()) corners.push_back(bits);
  }
  for (int bits = 1; bits < 0x10000; bits += 1997)
    corners.push_back(static_cast<std::uint16_t>(bits));
  return corners;
}

Tensor narrow_tensor(DType dtype, const std::vector<std::uint16_t>& corners,
                     const std::vector<std::size_t>& pick) {
  const Tensor tensor = Tensor::empty(dtype, {static_cast<std::int64_t>(pick.size())});
  for (std::size_t i = 0; i < pick.size(); ++i)
    static_cast<std::uint16_t*>(tensor.raw_data())[i] = corners[pick[i]];
  return tensor;
}

/// Places of pairs among `count` corners, and of a third value beside each.
std::array<std::vector<std::size_t>, 3> pairs_of(std::size_t count) {
  std::array<std::vector<std::size_t>, 3> places;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      places[0].push_back(i);
      places[1].push_back(j);
      places[2].push_back((i * 7 + j * 3) % count);
    }
  }
  return places;
}

/// Three tensors that hold every pair of corners, and a third value beside each.
std::vector<Tensor> all_pairs(DType dtype) {
  if (dtype == DType::f16 || dtype == DType::bf16) {
    const std::vector<std::uint16_t> corners = narrow_corners(dtype);
    std::vector<Tensor> tensors;
    for (const auto& places : pairs_of(corners.size()))
      tensors.push_back(narrow_tensor(dtype, corners, places));
    return tensors;
  }
  return with_type(dtype, []<typename T>() {
    const std::vector<T> corners = corner_values<T>();
    std::vector<Tensor> tensors;
    for (const auto& places : pairs_of(corners.size()))
      tensors.push_back(tensor_of(corners, places));
    return tensors;
  });
}

/// An operator's application as IR text.
std::string applied(const OpInfo& op, const std::string& a, const std::string& b,
                    const std::string& c) {
  if (op.notation == Notation::infix) return fmt::format("{} {} {}", a, op.name, b);
  if (op.notation == Notation::prefix) return fmt::format("{} {}", op.name, a);
  if (op.arity == 1) return fmt::format("{}({})", op.name, a);
  if (op.arity == 2) return fmt::format("{}({}, {})", op.name, a, b);
  return fmt::format("{}({}, {}, {})", op.name, a, b, c);
}

std::string_view result_type(const OpInfo& op, DType operands) {
  const bool gives_bool = op.typing == OpTyping::comparison || op.typing == OpTyping::logical ||
                          op.typing == OpTyping::classification;
  if (gives_bool) return "bool";
  if (op.op == Op::float_bits) return operands == DType::f64 ? "i64" : "i32";
  if (op.op == Op::float_from_bits) return operands == DType::i64 ? "f64" : "f32";
  return name_of(operands);
}

std::string declarations(DType dtype, std::int64_t count) {
  std::string text;
  for (const char* name : {"A", "B", "C"}) {
    text += fmt::format("input {}: {}[{}]\n", name, name_of(dtype), count);
  }
  return text;
}

/// A kernel `name` over all elements, `lanes` at a time, of an expression over three operands.
template <typename F>
std::string kernel(const std::string& name, std::string_view dtype, std::int64_t count, int lanes,
                   F&& expression) {
  const std::string at = lanes == 1 ? "i" : fmt::format("ramp(i * {}, 1, {})", lanes, lanes);
  const auto operand = [&](const char* buffer) { return fmt::format("{}[{}]", buffer, at); };
  return fmt::format(
      "output {0}: {1}[{2}]\nkernel {0} {{\n  for i in 0:{3} {{\n    {0}[{4}] = {5}\n"
      "  }}\n}}\n",
      name, dtype, count, count / lanes, at, expression(operand("A"), operand("B"), operand("C")));
}

bool parses(const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  ir::parse_loop_program(sources, sources.add("test.ir", text), diagnostics);
  return !diagnostics.has_errors();
}

/// Kernels of every operator that takes the type, with these numbers of lanes.
std::string operator_kernels(DType dtype, std::int64_t count, std::span<const int> lane_counts,
                             int& number) {
  std::string kernels;
  for (const OpInfo& op : all_operators()) {
    if (op.op == Op::select) continue;
    const std::string_view result = result_type(op, dtype);
    for (const int lanes : lane_counts) {
      const std::string text = kernel(fmt::format("R{}", number), result, count, lanes,
                                      [&](const std::string& a, const std::string& b,
                                          const std::string& c) { return applied(op, a, b, c); });
      if (!parses(declarations(dtype, count) + text)) break;
      kernels += text;
      ++number;
    }
  }
  return kernels;
}

class OperatorsOf : public testing::TestWithParam<DType> {};

TEST_P(OperatorsOf, AgreeWithInterpreter) {
  const DType dtype = GetParam();
  const std::vector<Tensor> operands = all_pairs(dtype);
  const std::int64_t count = operands[0].element_count();
  constexpr int lane_counts[] = {1, 3, 16};
  int number = 0;
  const std::string kernels = operator_kernels(dtype, count, lane_counts, number);
  EXPECT_GE(number, dtype == DType::boolean ? 15 : 45) << "operators that take the type";
  expect_agreement(declarations(dtype, count) + kernels, operands);
}

TEST_P(OperatorsOf, CastsAgreeWithInterpreter) {
  const DType from = GetParam();
  const std::vector<Tensor> operands = all_pairs(from);
  const std::int64_t count = operands[0].element_count();
  std::string text = declarations(from, count);
  for (const DType to : interpreted_types) {
    for (const int lanes : {1, 5, 8}) {
      text += kernel(fmt::format("R_{}_{}", name_of(to), lanes), name_of(to), count, lanes,
                     [&](const std::string& a, const std::string&, const std::string&) {
                       return fmt::format("{}({})", name_of(to), a);
                     });
    }
  }
  expect_agreement(text, operands);
}

TEST_P(OperatorsOf, DivisionsByLiteralsAgreeWithInterpreter) {
  const DType dtype = GetParam();
  if (!is_integer(dtype)) return;
  const std::vector<Tensor> operands = all_pairs(dtype);
  const std::int64_t count = operands[0].element_count();
  std::string text = declarations(dtype, count);
  int number = 0;
  for (const int divisor : {0, 1, 2, 3, 64, -1, -2, -128}) {
    if (divisor < 0 && !is_signed_integer(dtype)) continue;
    for (const char* op : {"//", "%"}) {
      text += kernel(fmt::format("R{}", number++), name_of(dtype), count, 1,
                     [&](const std::string& a, const std::string&, const std::string&) {
                       const std::string suffix =
                           dtype == DType::i64 ? "" : std::string(name_of(dtype));
                       return fmt::format("{} {} {}{}", a, op, divisor, suffix);
                     });
    }
  }
  expect_agreement(text, operands);
}

INSTANTIATE_TEST_SUITE_P(CpuJit, OperatorsOf, testing::ValuesIn(interpreted_types),
                         [](const auto& test) { return std::string(name_of(test.param)); });

const char* const sum_text = R"(
size N
input A: f32[N]
output S: f32[]
kernel S {
  S[] = 0.0
  for i in 0:N {
    S[] = S[] + A[i]
  }
}
)";

ir::Target named_cpu(const std::string& cpu) {
  ir::Target target = ir::host_target();
  target.name = "cpu:" + cpu;
  target.cpu = cpu;
  return target;
}

TEST(CpuJit, RefusesUnknownCpu) {
  const ir::LoopProgram program = ir::parsed_valid(sum_text);
  const auto code = compile_for_cpu(program, {named_cpu("z80"), 3});
  ASSERT_FALSE(code);
  EXPECT_NE(code.error().find("knows no CPU called 'z80'"), std::string::npos) << code.error();
  EXPECT_FALSE(cpu_code_text(program, {named_cpu("z80"), 3}, CpuText::llvm));
}

TEST(CpuJit, ShowsCodeThatThisMachineCannotRun) {
  const ir::LoopProgram program = ir::parsed_valid(sum_text);
  for (const char* name : {"x86-64", "x86-64-v4", "sapphirerapids", "znver5", "bdver4"}) {
    const CpuCodeOptions options{named_cpu(name), 3};
    EXPECT_TRUE(cpu_code_text(program, options, CpuText::assembly)) << name;
  }
  // Of no machine that is made now: FMA4 and XOP went with AMD's Bulldozer family.
  const auto code = compile_for_cpu(program, {named_cpu("bdver4"), 3});
  ASSERT_FALSE(code);
  EXPECT_NE(code.error().find("this CPU lacks"), std::string::npos) << code.error();
  EXPECT_NE(code.error().find("fma4"), std::string::npos) << code.error();
}

TEST(CpuJit, TextIsTheSameEachTime) {
  const ir::LoopProgram program = ir::parsed_valid(sum_text);
  for (const CpuText form : {CpuText::llvm, CpuText::assembly}) {
    const auto first = cpu_code_text(program, {ir::host_target(), 3}, form);
    const auto second = cpu_code_text(program, {ir::host_target(), 3}, form);
    ASSERT_TRUE(first && second);
    EXPECT_EQ(*first, *second);
    EXPECT_NE(first->find("kernel_0"), std::string::npos);
  }
}

TEST(CpuJit, KeepsTheOrderOfFloatingPointSums) {
  for (int optimization = 0; optimization <= 3; ++optimization) {
    const auto text =
        cpu_code_text(ir::parsed_valid(sum_text), {ir::host_target(), optimization}, CpuText::llvm);
    ASSERT_TRUE(text);
    for (const char* flag : {" fast ", " reassoc ", " contract ", " nnan ", " nsz "}) {
      EXPECT_EQ(text->find(flag), std::string::npos) << flag;
    }
  }
}

TEST(CpuJit, FactsReachTheCode) {
  const char* const text = R"(
size M, N
input A: f32[M, N]
output O: f32[M, N]
kernel O {
  for i in 0:M { O[i, ramp(0, 1, 16)] = A[i, ramp(0, 1, 16)] }
}
)";
  ir::LoopProgram program = ir::parsed_valid(text);
  const CpuCodeOptions options{*ir::find_target("cpu:x86-64-v4"), 3};
  const auto unknown = cpu_code_text(program, options, CpuText::llvm);
  program.facts.buffers = {{*program.find_buffer("A"), 64, {}},
                           {*program.find_buffer("O"), 64, {}}};
  program.facts.sizes[1].divisor = 16;
  const auto known = cpu_code_text(program, options, CpuText::llvm);
  ASSERT_TRUE(unknown && known);
  EXPECT_EQ(unknown->find(", align 64, !alias.scope"), std::string::npos) << *unknown;
  for (const char* wanted : {"load <16 x float>", ", align 64, !alias.scope", ", !noalias"}) {
    EXPECT_NE(known->find(wanted), std::string::npos) << wanted << "\n" << *known;
  }
}

TEST(CpuJit, CompilesInManyThreadsAtOnce) {
  const Tensor input = Tensor::zeros(DType::f32, {100});
  for (int i = 0; i < 100; ++i)
    input.data<float>()[i] = static_cast<float>(i);
  const LoopIrRun run(sum_text, {input}, {100});
  std::vector<float> sums(8);
  std::vector<std::thread> threads;
  for (float& sum : sums) {
    threads.emplace_back([&run, &sum] {
      const auto code = compile_for_cpu(run.program, {ir::host_target(), 3});
      const auto outputs = run.new_outputs();
      RuntimeRecord record;
      if (code && run.run(**code, outputs, record) == 0) {
        sum = *outputs[0]->tensor().data<float>();
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(sums, std::vector<float>(8, 4950.0F));
}

TEST(CpuJit, DescribesItself) {
  EXPECT_TRUE(describe_cpu_jit().starts_with("LLVM ")) << describe_cpu_jit();
  EXPECT_NE(describe_cpu_jit().find("-bit vectors"), std::string::npos) << describe_cpu_jit();
}

}  // namespace
}  // namespace tcc
