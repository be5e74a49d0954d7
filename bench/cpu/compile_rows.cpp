#include "bench/cpu/compile_rows.h"

#include "bench/compiled_texts.h"
#include "bench/new_process.h"

namespace bench {

namespace {

struct Measurement {
  const char* name;
  double goal;
  std::function<double()> milliseconds;
};

}  // namespace

std::vector<CompileRow> measure_compile_rows(
    int rounds, Clock clock, const std::function<bool(const std::string& name)>& filter) {
  const CacheFolder folder;
  const auto cold = [clock](const CompiledText& text) {
    return [&text, clock] {
      const double begin = now(clock);
      compile_new(text);
      return (now(clock) - begin) * 1e3;
    };
  };
  const auto cached = [&](const CompiledText& text) {
    return [&] { return first_result_in_new_process(text, folder).inside * 1e3; };
  };
  const Measurement measurements[] = {
      {"compile, elementwise", 20, cold(elementwise_text)},
      {"compile, relu(A @ B + bias) of any size", 60, cold(matmul_text)},
      {"compile, matmul 512^3", 60, cold(matmul_512_text)},
      {"compile, elementwise in a new process, cached", 5, cached(elementwise_text)},
      {"compile, relu(A @ B + bias) in a new process, cached", 5, cached(matmul_text)},
  };
  std::vector<CompileRow> rows;
  for (const Measurement& measurement : measurements) {
    if (!filter(measurement.name)) continue;
    CompileRow row{measurement.name, measurement.goal, {}};
    measurement.milliseconds();  // fills the cache, and the processor's
    for (int round = 0; round < rounds; ++round)
      row.milliseconds.push_back(measurement.milliseconds());
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace bench
