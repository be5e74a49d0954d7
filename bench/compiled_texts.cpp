#include "bench/compiled_texts.h"

#include <chrono>

namespace bench {

namespace {

std::string with_digits(const CompiledText& text, const std::string& digits) {
  std::string program = text.program;
  program.replace(program.find('#'), 1, digits);
  return program;
}

}  // namespace

const CompiledText elementwise_text = {
    "elementwise",
    "input x: f32[N], c: f32[N]\ny = 1.7# * x + 0.3 * tanh(c)\n",
    {{16}, {16}},
};

const CompiledText matmul_text = {
    "matmul",
    "input A: f32[M, K], B: f32[K, N], bias: f32[N]\nC# = relu(A @ B + bias)\n",
    {{16, 16}, {16, 16}, {16}},
};

const CompiledText matmul_512_text = {
    "matmul-512",
    "input A: f32[512, 512], B: f32[512, 512]\nC# = A @ B\n",
    {{512, 512}, {512, 512}},
};

std::string program_of(const CompiledText& text) { return with_digits(text, "0"); }

tcc::Program compile_new(const CompiledText& text) {
  const auto time = std::chrono::system_clock::now().time_since_epoch();
  static tcc::Compiler compiler({.cache_folder = ""});
  return compiler.compile(with_digits(text, std::to_string(time.count())));
}

std::vector<tcc::Tensor> inputs_of(const CompiledText& text) {
  std::vector<tcc::Tensor> inputs;
  for (const auto& shape : text.shapes)
    inputs.push_back(tcc::Tensor::zeros(tcc::DType::f32, shape));
  return inputs;
}

}  // namespace bench
