// tcc against every library of the machine that computes the same: bench/cpu/rows.cpp has the works
// and the goals, peers/ the libraries. docs/performance.md says how to run it and what came out.
#include <algorithm>
#include <csignal>
#include <iostream>

#include <fmt/format.h>

#include "bench/cpu/options.h"
#include "bench/cpu/peers.h"
#include "bench/cpu/report.h"
#include "bench/cpu/series.h"
#include "bench/new_process.h"

namespace {

using namespace bench;

volatile std::sig_atomic_t interrupted = 0;

void print_names() {
  for (const Work& work : all_works())
    fmt::print("{}\n", work.name);
}

/// Everything asked for; after an interrupt, what there is so far.
int run(const Options& options) {
  set_environment(*std::ranges::max_element(options.threads));
  JsonLines json(options.json);
  std::vector<Row> rows;
  std::vector<std::string> settings, faults;
  for (const int threads : options.threads) {
    if (interrupted != 0) break;
    if (const double others = load(); threads > 1 && others > 1) {
      settings.push_back(
          fmt::format("{} threads: the load of the machine was {:.1f}; threads that wait for each "
                      "other then wait "
                      "for other work, so that these figures mean little",
                      threads, others));
      std::cerr << settings.back() << "\n";
    }
    SeriesRun series(options, threads);
    json.begin(options.turns, options.clock, series.series().settings);
    series.run(
        [&](const Row& row) {
          std::cerr << fmt::format("{}, {} thread{}: {}\n", row.work.name, threads,
                                   threads == 1 ? "" : "s", summary(row));
          json.add(row);
          rows.push_back(row);
        },
        [] { return interrupted != 0; });
    settings.insert(settings.end(), series.series().settings.begin(),
                    series.series().settings.end());
    faults.insert(faults.end(), series.series().faults.begin(), series.series().faults.end());
  }
  std::vector<CompileRow> compile_rows;
  if (interrupted == 0) {
    compile_rows =
        measure_compile_rows(options.turns.rounds, options.clock,
                             [&](const std::string& name) { return is_chosen(options, name); });
  }
  for (const CompileRow& row : compile_rows)
    json.add(row);
  fmt::print("{}, {} rounds of at least {} ms\n\n", machine_name(), options.turns.rounds,
             options.turns.seconds * 1e3);
  for (const std::string& line : settings)
    fmt::print("- {}\n", line);
  print_tables(rows, compile_rows);
  for (const std::string& fault : faults)
    fmt::print("\nnot measured: {}\n", fault);
  return faults.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (const auto code = serve_new_process(argc, argv)) return *code;
  int code = 0;
  const auto options = parse(argc, argv, code);
  if (!options) return code;
  if (options->list) {
    print_names();
    return 0;
  }
  std::signal(SIGINT, [](int) { interrupted = 1; });
  try {
    return run(*options);
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 3;
  }
}
