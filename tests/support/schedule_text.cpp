// For tests: IR text in, a schedule applied, IR text out.
#include "tests/support/schedule_text.h"

#include <cmath>
#include <cstring>
#include <functional>
#include <random>
#include <regex>

#include <gtest/gtest.h>

#include "ir/affine/simplify.h"
#include "ir/interpreter.h"
#include "ir/parser.h"
#include "ir/printer.h"
#include "ir/verifier.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

struct Applied {
  LoopProgram program;
  SourceMap sources;
  Diagnostics diagnostics;
};

Applied apply(std::string_view program_text, std::string_view schedule_text,
              Reassociation reassociation) {
  Applied applied;
  applied.sources.add("program", std::string(program_text));
  const SourceId schedule = applied.sources.add("schedule", std::string(schedule_text));
  applied.program = parse_loop_program(applied.sources, 0, applied.diagnostics);
  const Span span = {schedule, 0, static_cast<std::uint32_t>(schedule_text.size())};
  const Schedule parsed = parse_schedule(applied.sources, span, applied.diagnostics);
  if (applied.diagnostics.has_errors()) return applied;
  applied.program = apply_schedule(parsed, std::move(applied.program),
                                   {TargetKind::cpu, reassociation}, applied.diagnostics);
  return applied;
}

std::vector<std::int64_t> shape_of(const Buffer& buffer, const LoopProgram& program,
                                   const std::vector<std::int64_t>& sizes) {
  Substitution values;
  for (std::size_t s = 0; s < sizes.size(); ++s) {
    const Expr& size = program.sizes[s];
    values[as<Var>(size)->id] = make_int(sizes[s], size->origin);
  }
  std::vector<std::int64_t> shape;
  for (const Expr& extent : buffer.shape) {
    shape.push_back(constant_of(simplify(substitute(extent, values))).value());
  }
  return shape;
}

void fill(const tcc::Tensor& tensor, std::uint32_t seed) {
  std::mt19937 random(seed);
  for (std::int64_t e = 0; e < tensor.element_count(); ++e) {
    const double value = static_cast<double>(random() % 2001) / 1000.0 - 1.0;
    const auto small = static_cast<int>(random() % 19) - 9;
    switch (tensor.dtype()) {
      case DType::f32: tensor.data<float>()[e] = static_cast<float>(value); break;
      case DType::f64: tensor.data<double>()[e] = value; break;
      case DType::i32: tensor.data<std::int32_t>()[e] = small; break;
      case DType::i64: tensor.data<std::int64_t>()[e] = small; break;
      case DType::boolean: tensor.data<bool>()[e] = small > 0; break;
      default: FAIL() << "a test with inputs of a type that fill() does not know";
    }
  }
}

std::vector<tcc::Tensor> run(const LoopProgram& program, const std::vector<std::int64_t>& sizes) {
  std::vector<tcc::Tensor> buffers;
  for (const Buffer& buffer : program.buffers) {
    if (buffer.use != BufferUse::input && buffer.use != BufferUse::output) continue;
    buffers.push_back(tcc::Tensor::zeros(buffer.dtype, shape_of(buffer, program, sizes)));
    if (buffer.use == BufferUse::input) fill(buffers.back(), 17);
  }
  interpret(program, buffers, sizes);
  return buffers;
}

void expect_same_bits(const std::vector<tcc::Tensor>& a, const std::vector<tcc::Tensor>& b,
                      const std::string& where) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t t = 0; t < a.size(); ++t) {
    const auto bytes = static_cast<std::size_t>(a[t].element_count()) * size_in_bytes(a[t].dtype());
    EXPECT_TRUE(bytes == 0 || std::memcmp(a[t].raw_data(), b[t].raw_data(), bytes) == 0)
        << "buffer " << t << " differs at sizes " << where;
  }
}

void expect_near(const std::vector<tcc::Tensor>& a, const std::vector<tcc::Tensor>& b,
                 double tolerance, const std::string& where) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t t = 0; t < a.size(); ++t) {
    if (a[t].dtype() != DType::f32) continue;
    for (std::int64_t e = 0; e < a[t].element_count(); ++e) {
      const double left = a[t].data<float>()[e];
      const double right = b[t].data<float>()[e];
      const double allowed = tolerance * std::max(1.0, std::abs(left));
      const bool near = left == right || (std::isnan(left) && std::isnan(right)) ||
                        std::abs(left - right) <= allowed;
      ASSERT_TRUE(near) << "buffer " << t << " element " << e << " at sizes " << where << ": "
                        << left << " and " << right;
    }
  }
}

using Compare = std::function<void(const std::vector<tcc::Tensor>&, const std::vector<tcc::Tensor>&,
                                   const std::string&)>;

/// Runs both for every combination of sizes.
void compare_results(const LoopProgram& a, const LoopProgram& b,
                     const std::vector<std::int64_t>& size_values, const Compare& compare) {
  std::vector<std::size_t> choice(a.sizes.size(), 0);
  while (true) {
    std::vector<std::int64_t> sizes;
    std::string where;
    for (const std::size_t c : choice) {
      sizes.push_back(size_values[c]);
      where += std::to_string(size_values[c]) + " ";
    }
    compare(run(a, sizes), run(b, sizes), where);
    std::size_t digit = 0;
    while (digit < choice.size() && ++choice[digit] == size_values.size())
      choice[digit++] = 0;
    if (digit == choice.size()) return;
  }
}

}  // namespace

std::string without_comments(std::string_view text) {
  return std::regex_replace(std::string(text), std::regex(" *#.*"), "");
}

LoopProgram program_from(std::string_view text) {
  Applied applied = apply(text, "", Reassociation::allowed);
  EXPECT_FALSE(applied.diagnostics.has_errors()) << render(applied.diagnostics, applied.sources);
  return std::move(applied.program);
}

LoopProgram scheduled(std::string_view program_text, std::string_view schedule_text) {
  Applied applied = apply(program_text, schedule_text, Reassociation::allowed);
  EXPECT_FALSE(applied.diagnostics.has_errors()) << render(applied.diagnostics, applied.sources);
  const auto breaches = verify(applied.program);
  EXPECT_TRUE(breaches.empty()) << breaches.front() << "\n" << print(applied.program);
  return std::move(applied.program);
}

std::string scheduled_text(std::string_view program_text, std::string_view schedule_text) {
  const LoopProgram program = scheduled(program_text, schedule_text);
  std::string text;
  for (const Kernel& kernel : program.kernels)
    text += print(program, kernel);
  return text;
}

std::string refusal_of(std::string_view program_text, std::string_view schedule_text,
                       Reassociation reassociation) {
  const Applied applied = apply(program_text, schedule_text, reassociation);
  return applied.diagnostics.has_errors() ? applied.diagnostics.reports().front().message : "";
}

void expect_same_results(const LoopProgram& a, const LoopProgram& b,
                         const std::vector<std::int64_t>& size_values) {
  compare_results(a, b, size_values, expect_same_bits);
}

void expect_near_results(const LoopProgram& a, const LoopProgram& b,
                         const std::vector<std::int64_t>& size_values, double tolerance) {
  compare_results(a, b, size_values, [&](const auto& left, const auto& right, const auto& where) {
    expect_near(left, right, tolerance, where);
  });
}

}  // namespace tcc::ir
