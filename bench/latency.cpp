// What lies between a caller and a kernel, by Google Benchmark: a call, a compile of a text that
// was compiled before, in this process and in another, and a cold compile.
//
//     cmake --build --preset release --target latency
//     taskset -c 1 build/release/bench/latency
//
// The goals: 200 ns for a call on 16 elements with the caller's outputs, 5 us for a second compile
// of the same text, 5 ms from the disk cache in a new process, and from cold 20 ms (elementwise)
// and 60 ms (matmul).
#include <algorithm>

#include <benchmark/benchmark.h>

#include "bench/compiled_texts.h"
#include "bench/new_process.h"

namespace {

using namespace bench;

/// Keeps programs in memory alone.
tcc::Compiler& compiler() {
  static tcc::Compiler kept({.cache_folder = ""});
  return kept;
}

/// A program of one output, called with tensors that are there.
void call(benchmark::State& state, const char* text, const std::vector<tcc::Tensor>& inputs) {
  const tcc::Program program = compiler().compile(text);
  const std::vector<tcc::Tensor> outputs = program.run(inputs);
  for (auto _ : state)
    program.run_into(inputs, outputs);
}

void call_on_16_elements(benchmark::State& state) {
  call(state, "input x: f32[N], y: f32[N]; z = x * 2.0 + y",
       {tcc::Tensor::zeros(tcc::DType::f32, {16}), tcc::Tensor::zeros(tcc::DType::f32, {16})});
}

void call_on_16_elements_size_set(benchmark::State& state) {
  call(state, "input x: f32[16], y: f32[16]; z = x * 2.0 + y",
       {tcc::Tensor::zeros(tcc::DType::f32, {16}), tcc::Tensor::zeros(tcc::DType::f32, {16})});
}

/// Three kernels, with temporaries between them.
void call_on_16_elements_softmax_of_product(benchmark::State& state) {
  call(state, "input x: f32[4, 4], y: f32[4, 4]; z = softmax(x @ y) @ y",
       {tcc::Tensor::zeros(tcc::DType::f32, {4, 4}), tcc::Tensor::zeros(tcc::DType::f32, {4, 4})});
}

void second_compile(benchmark::State& state, const CompiledText& text) {
  const std::string program = program_of(text);
  const tcc::Program first = compiler().compile(program);
  for (auto _ : state)
    benchmark::DoNotOptimize(compiler().compile(program));
}

void cold_compile(benchmark::State& state, const CompiledText& text) {
  for (auto _ : state)
    benchmark::DoNotOptimize(compile_new(text));
}

/// Measured from the start of main(); the whole process, its start and end included, is a counter.
void new_process(benchmark::State& state, const CompiledText& text) {
  const CacheFolder folder;
  first_result_in_new_process(text, folder);  // leaves the code in the cache
  std::vector<double> whole;
  for (auto _ : state) {
    const FirstResult took = first_result_in_new_process(text, folder);
    state.SetIterationTime(took.inside);
    whole.push_back(took.whole * 1e3);
  }
  std::ranges::nth_element(whole, whole.begin() + static_cast<std::ptrdiff_t>(whole.size() / 2));
  state.counters["whole_ms"] = whole[whole.size() / 2];
}

BENCHMARK(call_on_16_elements);
BENCHMARK(call_on_16_elements_size_set);
BENCHMARK(call_on_16_elements_softmax_of_product);
BENCHMARK_CAPTURE(second_compile, elementwise, elementwise_text)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(second_compile, matmul, matmul_text)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(cold_compile, elementwise, elementwise_text)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(cold_compile, matmul, matmul_text)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(cold_compile, matmul_512, matmul_512_text)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(new_process, elementwise, elementwise_text)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(new_process, matmul, matmul_text)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace

int main(int argc, char** argv) {
  if (const auto code = bench::serve_new_process(argc, argv)) return *code;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
