// What a second thread gains, and what a parallel loop costs.
//
//     cmake --build --preset release --target threads
//     build/release/bench/threads [THREADS]
//
// Each program runs with one thread and with THREADS (2), in turns: 15 rounds. Prints a table in
// Markdown: the median of each one's wall time in milliseconds, and the median of the rounds'
// ratios. Then, of the host alone, the time of a parallel loop of one piece and of a shared one.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <tcc/tcc.h>

#include "runtime/kernel_host.h"
#include "runtime/random_fill.h"

namespace {

constexpr int rounds = 15;

double milliseconds_of(auto&& run) {
  const auto begin = std::chrono::steady_clock::now();
  run();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Row {
  const char* name;
  const char* text;
  std::vector<std::vector<std::int64_t>> inputs;
  std::vector<std::int64_t> output;
};

void measure(const Row& row, int threads) {
  std::vector<tcc::Tensor> inputs;
  for (const auto& shape : row.inputs) {
    inputs.push_back(tcc::Tensor::empty(tcc::DType::f32, shape));
    tcc::random_fill(inputs.back(), inputs.size(), "x");
  }
  const tcc::Tensor outputs[] = {tcc::Tensor::empty(tcc::DType::f32, row.output)};
  tcc::CompileOptions options;
  const tcc::Program one = tcc::compile(row.text, options);
  options.threads = threads;
  const tcc::Program many = tcc::compile(row.text, options);
  std::vector<double> alone, together, ratios;
  for (int r = 0; r <= rounds; ++r) {
    const double a = milliseconds_of([&] { one.run_into(inputs, outputs); });
    const double b = milliseconds_of([&] { many.run_into(inputs, outputs); });
    if (r == 0) continue;  // compiles, and touches the memory
    alone.push_back(a);
    together.push_back(b);
    ratios.push_back(a / b);
  }
  std::cout << fmt::format("| {} | {:.2f} | {:.2f} | {:.2f} |\n", row.name, median(alone),
                           median(together), median(ratios));
}

std::int32_t no_work(const tcc_runtime_table*, const void*, std::int64_t, std::int64_t) {
  return 0;
}
std::int32_t some_work(const tcc_runtime_table*, const void*, std::int64_t begin,
                       std::int64_t end) {
  for (volatile std::int64_t p = begin * 20'000; p < end * 20'000; p = p + 1) {
  }
  return 0;
}
template <tcc_pieces body>
std::int32_t loop(const tcc_runtime_table* runtime, void* const*, const std::int64_t* sizes) {
  return runtime->parallel(runtime->context, sizes[0], body, nullptr);
}

double nanoseconds_of_call(int threads, tcc_kernel kernel, std::int64_t pieces, int calls) {
  tcc::KernelHost host(threads);
  std::vector<double> times;
  for (int r = 0; r < rounds; ++r) {
    times.push_back(milliseconds_of([&] {
      for (int c = 0; c < calls; ++c)
        host.call(kernel, nullptr, &pieces);
    }));
  }
  return median(times) * 1e6 / calls;
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 2;
  std::cout << fmt::format("| program | 1 thread, ms | {} threads, ms | ratio |\n", threads)
            << "| --- | --- | --- | --- |\n";
  const std::int64_t large = std::int64_t{16} << 20;
  for (const Row& row :
       {Row{"matmul 1024^3",
            "input A: f32[M, K], B: f32[K, N]; C = A @ B",
            {{1024, 1024}, {1024, 1024}},
            {1024, 1024}},
        Row{"softmax 4096^2", "input x: f32[M, N]; y = softmax(x)", {{4096, 4096}}, {4096, 4096}},
        Row{"tanh chain 16 Mi", "input x: f32[N]; y = tanh(x * 1.5 + 0.5) * x", {{large}}, {large}},
        Row{"transpose 4096^2",
            "input x: f32[M, N]; y = transpose(x)",
            {{4096, 4096}},
            {4096, 4096}},
        Row{"row sum 4096^2", "input x: f32[M, N]; y = sum(x, axis = 1)", {{4096, 4096}}, {4096}},
        Row{"column sum 4096^2",
            "input x: f32[M, N]; y = sum(x, axis = 0)",
            {{4096, 4096}},
            {4096}}}) {
    measure(row, threads);
  }
  std::cout << fmt::format(
      "a call of a kernel with a loop of one piece: {:.0f} ns; of two without "
      "work on {} threads: {:.0f} ns\n",
      nanoseconds_of_call(threads, loop<no_work>, 1, 100'000), threads,
      nanoseconds_of_call(threads, loop<no_work>, 2, 100'000));
  const double alone = nanoseconds_of_call(1, loop<some_work>, 2, 1'000);
  const double shared = nanoseconds_of_call(threads, loop<some_work>, 2, 1'000);
  std::cout << fmt::format("two pieces that take {:.0f} ns: {:.0f} ns on {} threads\n", alone,
                           shared, threads);
}
