// For tests: loop IR on machine code and on the interpreter, with the same data.
#pragma once

#include <cmath>
#include <cstring>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "dsl/narrow_float.h"
#include "ir/affine/simplify.h"
#include "ir/interpreter.h"
#include "ir/memory_sharing.h"
#include "ir/visit.h"
#include "runtime/cpu_jit.h"
#include "tests/support/parsed_program.h"

namespace tcc {

/// A way of compiling. The targets are what this machine may run as: the oldest has 16-byte
/// vectors, neither fma nor conversions of f16.
struct CodeVariant {
  const char* target;
  int optimization;
};
inline constexpr CodeVariant code_variants[] = {
    {"cpu", 0}, {"cpu", 1}, {"cpu", 2}, {"cpu", 3}, {"cpu:x86-64", 2}, {"cpu:x86-64-v3", 3},
};

/// Memory of a tensor that lies between two margins, aligned as its elements and no better.
class GuardedTensor {
 public:
  GuardedTensor(DType dtype, const std::vector<std::int64_t>& shape) {
    std::int64_t count = 1;
    for (const std::int64_t extent : shape)
      count *= extent;
    bytes_ = static_cast<std::size_t>(count) * size_in_bytes(dtype);
    begin_ = margin + size_in_bytes(dtype);
    memory_.assign(begin_ + bytes_ + margin, mark);
    std::memset(memory_.data() + begin_, 0xff, bytes_);  // as the interpreter poisons
    tensor_ = Tensor::view(dtype, memory_.data() + begin_, count, shape);
  }

  const Tensor& tensor() const { return tensor_; }
  bool margins_are_intact() const {
    for (std::size_t b = 0; b < memory_.size(); ++b) {
      const bool inside = b >= begin_ && b < begin_ + bytes_;
      if (!inside && memory_[b] != mark) return false;
    }
    return true;
  }

 private:
  static constexpr std::size_t margin = 128;
  static constexpr std::uint8_t mark = 0xa5;
  std::vector<std::uint8_t> memory_;
  std::size_t begin_ = 0, bytes_ = 0;
  Tensor tensor_;
};

/// What generated code asks for, counted; no memory is given after `allocations_left`.
struct RuntimeRecord {
  int allocations_left = 1000;
  int allocated = 0, released = 0;
  std::string failure;

  tcc_runtime_table table() {
    return {TCC_RUNTIME_TABLE_VERSION, this,
            [](void* context, std::size_t bytes) -> void* {
              auto& record = *static_cast<RuntimeRecord*>(context);
              if (record.allocations_left-- <= 0 || bytes > (std::size_t{1} << 40)) return nullptr;
              ++record.allocated;
              return std::aligned_alloc(64, (bytes + 63) / 64 * 64);
            },
            [](void* context, void* memory) {
              ++static_cast<RuntimeRecord*>(context)->released;
              std::free(memory);
            },
            [](void* context, const char* message, std::int64_t) {
              static_cast<RuntimeRecord*>(context)->failure = message;
            }};
  }
};

inline std::vector<std::int64_t> shape_of(const ir::LoopProgram& program, const ir::Buffer& buffer,
                                          const std::vector<std::int64_t>& sizes) {
  ir::Substitution values;
  for (std::size_t s = 0; s < sizes.size(); ++s) {
    const ir::Expr& size = program.sizes[s];
    values[ir::as<ir::Var>(size)->id] = ir::make_int(sizes[s], size->origin);
  }
  std::vector<std::int64_t> shape;
  for (const ir::Expr& extent : buffer.shape) {
    const auto value = ir::constant_of(ir::simplify(ir::substitute(extent, values)));
    shape.push_back(value.value_or(-1));
  }
  return shape;
}

/// A program with its data.
struct LoopIrRun {
  ir::LoopProgram program;
  std::vector<Tensor> inputs;  ///< in the order of the program's input buffers
  std::vector<std::int64_t> sizes;

  LoopIrRun(const std::string& text, std::vector<Tensor> given, std::vector<std::int64_t> values)
      : program(ir::parsed_valid(text)), inputs(std::move(given)), sizes(std::move(values)) {}

  std::vector<std::unique_ptr<GuardedTensor>> new_outputs() const {
    std::vector<std::unique_ptr<GuardedTensor>> outputs;
    for (const ir::Buffer& buffer : program.buffers) {
      if (buffer.use != ir::BufferUse::output) continue;
      outputs.push_back(
          std::make_unique<GuardedTensor>(buffer.dtype, shape_of(program, buffer, sizes)));
    }
    return outputs;
  }

  std::vector<std::unique_ptr<GuardedTensor>> interpret() const {
    auto outputs = new_outputs();
    std::vector<Tensor> tensors;
    std::size_t next_input = 0, next_output = 0;
    for (const ir::Buffer& buffer : program.buffers) {
      if (buffer.use == ir::BufferUse::input) tensors.push_back(inputs.at(next_input++));
      if (buffer.use == ir::BufferUse::output) tensors.push_back(outputs[next_output++]->tensor());
    }
    ir::interpret(program, tensors, sizes);
    return outputs;
  }

  /// The outputs of machine code, and what its kernels returned last.
  int run(const CpuCode& code, const std::vector<std::unique_ptr<GuardedTensor>>& outputs,
          RuntimeRecord& record) const {
    std::vector<void*> pointers;
    std::vector<std::unique_ptr<GuardedTensor>> temporaries;
    std::size_t next_input = 0, next_output = 0;
    for (const ir::Buffer& buffer : program.buffers) {
      void* pointer = nullptr;
      if (buffer.use == ir::BufferUse::input) pointer = inputs.at(next_input++).raw_data();
      if (buffer.use == ir::BufferUse::output) {
        pointer = outputs[next_output++]->tensor().raw_data();
      }
      if (buffer.use == ir::BufferUse::temporary) {
        temporaries.push_back(
            std::make_unique<GuardedTensor>(buffer.dtype, shape_of(program, buffer, sizes)));
        pointer = temporaries.back()->tensor().raw_data();
      }
      pointers.push_back(pointer);
    }
    const std::vector<ir::BufferId> memories = ir::memories_of(program);
    for (std::size_t b = 0; b < pointers.size(); ++b)
      pointers[b] = pointers[memories[b].value];
    const tcc_runtime_table table = record.table();
    for (const tcc_kernel kernel : code.kernels()) {
      if (const int result = kernel(&table, pointers.data(), sizes.data()); result != 0) {
        return result;
      }
    }
    return 0;
  }
};

/// Equal bits, or two NaNs.
inline bool same_element(const Tensor& a, const Tensor& b, std::size_t at) {
  const std::size_t bytes = size_in_bytes(a.dtype());
  const char* left = static_cast<const char*>(a.raw_data()) + at * bytes;
  const char* right = static_cast<const char*>(b.raw_data()) + at * bytes;
  if (std::memcmp(left, right, bytes) == 0) return true;
  const auto both_nan = [&]<typename T>(T x, T y) {
    std::memcpy(&x, left, sizeof x);
    std::memcpy(&y, right, sizeof y);
    return std::isnan(x) && std::isnan(y);
  };
  const DType dtype = a.dtype();
  if (dtype == DType::f16 || dtype == DType::bf16) {
    std::uint16_t x = 0, y = 0;
    std::memcpy(&x, left, sizeof x);
    std::memcpy(&y, right, sizeof y);
    return std::isnan(number_of(x, dtype)) && std::isnan(number_of(y, dtype));
  }
  if (a.dtype() == DType::f32) return both_nan(0.0F, 0.0F);
  return a.dtype() == DType::f64 && both_nan(0.0, 0.0);
}

inline std::string hexadecimal(const Tensor& tensor, std::size_t at) {
  std::uint64_t bits = 0;
  const std::size_t bytes = size_in_bytes(tensor.dtype());
  std::memcpy(&bits, static_cast<const char*>(tensor.raw_data()) + at * bytes, bytes);
  return fmt::format("{:#x}", bits);
}

/// The first element in which the tensors differ, in words.
inline std::string difference(const Tensor& got, const Tensor& wanted) {
  const auto count = static_cast<std::size_t>(wanted.element_count());
  for (std::size_t at = 0; at < count; ++at) {
    if (same_element(got, wanted, at)) continue;
    return fmt::format("element {} is {}, not {}", at, hexadecimal(got, at),
                       hexadecimal(wanted, at));
  }
  return "";
}

/// Machine code of every variant gives what the interpreter gives, and writes nowhere else.
inline void expect_agreement(const std::string& text, const std::vector<Tensor>& inputs,
                             const std::vector<std::int64_t>& sizes = {}) {
  const LoopIrRun run(text, inputs, sizes);
  if (testing::Test::HasFailure()) return;
  const auto wanted = run.interpret();
  int compiled = 0;
  for (const CodeVariant& variant : code_variants) {
    SCOPED_TRACE(fmt::format("{} -O{}\n{}", variant.target, variant.optimization, text));
    const auto code =
        compile_for_cpu(run.program, {*ir::find_target(variant.target), variant.optimization});
    if (!code) continue;  // not a CPU that this one is
    ++compiled;
    const auto outputs = run.new_outputs();
    RuntimeRecord record;
    EXPECT_EQ(run.run(**code, outputs, record), 0) << record.failure;
    EXPECT_EQ(record.allocated, record.released);
    for (std::size_t o = 0; o < outputs.size(); ++o) {
      EXPECT_EQ(difference(outputs[o]->tensor(), wanted[o]->tensor()), "") << "output " << o;
      EXPECT_TRUE(outputs[o]->margins_are_intact()) << "output " << o;
    }
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GE(compiled, 4) << "the host's own variants";
}

}  // namespace tcc
