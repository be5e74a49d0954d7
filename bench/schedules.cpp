// Two or more schedules of one program, timed against each other.
//
//     cmake --build --preset release --target schedules
//     build/release/bench/schedules FILE [NAME=SIZE ..] SCHEDULE..
//
// A SCHEDULE is a file for `--schedule`, `auto` for what the compiler chooses, or `plain` for the
// plain nests. Inputs are random. The schedules take turns, so that what else the machine does
// slows all alike: 15 rounds, each a run of every schedule. Prints a table in Markdown: the median
// of each one's processor time in milliseconds, the fastest round, and the median of the rounds'
// ratios to the first schedule (more is faster). One thread; pin it with `taskset -c 1`.
#include <algorithm>
#include <ctime>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "api/executable.h"
#include "api/interpreted_run.h"

namespace {

constexpr int rounds = 15;

std::string read(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// One schedule of the program, compiled, with memory for its results.
struct Contender {
  std::string name;
  std::shared_ptr<const tcc::Executable> code;
  std::vector<tcc::Tensor> results;
  std::vector<double> milliseconds;
};

Contender compile(const std::string& text, const tcc::SizeValues& sizes,
                  const std::string& schedule) {
  tcc::Diagnostics diagnostics;
  tcc::PipelineOptions options;
  options.compile.sizes = sizes;
  if (schedule == "plain") options.compile.scheduling = tcc::Scheduling::none;
  if (schedule != "plain" && schedule != "auto") options.compile.schedule = read(schedule);
  auto parsed =
      std::make_shared<const tcc::ParsedText>(tcc::parse_text(text, options, diagnostics));
  if (diagnostics.has_errors()) throw tcc::to_error(diagnostics, parsed->sources);
  return {schedule, tcc::Executable::compile(parsed, {}, tcc::ir::host_target(), options), {}, {}};
}

/// Of this process: others on the machine do not count.
double processor_milliseconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

double run_once(Contender& contender, const tcc::Run& run) {
  const std::span<const tcc::Tensor> results = contender.results;
  const std::size_t outputs = contender.code->signature().outputs.size();
  const double begin = processor_milliseconds();
  contender.code->run(run.inputs, {results.first(outputs), results.subspan(outputs)});
  return processor_milliseconds() - begin;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void print(const std::vector<Contender>& contenders) {
  fmt::print(
      "| schedule | median ms | fastest ms | speed against {} |\n| --- | --- | --- | --- |\n",
      contenders.front().name);
  for (const Contender& contender : contenders) {
    std::vector<double> ratios;
    for (std::size_t r = 0; r < contender.milliseconds.size(); ++r)
      ratios.push_back(contenders.front().milliseconds[r] / contender.milliseconds[r]);
    fmt::print("| {} | {:.3f} | {:.3f} | {:.2f} |\n", contender.name,
               median(contender.milliseconds), *std::ranges::min_element(contender.milliseconds),
               median(ratios));
  }
}

void compare(const std::string& text, const tcc::SizeValues& sizes,
             const std::vector<std::string>& schedules) {
  std::vector<Contender> contenders;
  for (const std::string& schedule : schedules)
    contenders.push_back(compile(text, sizes, schedule));
  tcc::Diagnostics diagnostics;
  const tcc::checked::Program& program = contenders.front().code->lowered().checked;
  const tcc::Run run = tcc::random_run(program, sizes, 1, diagnostics);
  for (Contender& contender : contenders) {
    if (!diagnostics.has_errors())
      contender.results = tcc::new_results(program, run.sizes, diagnostics);
    if (diagnostics.has_errors()) throw std::runtime_error(diagnostics.reports().front().message);
    run_once(contender, run);  // touches its memory
  }
  for (int round = 0; round < rounds; ++round) {
    for (Contender& contender : contenders)
      contender.milliseconds.push_back(run_once(contender, run));
  }
  print(contenders);
}

}  // namespace

int main(int argc, char** argv) {
  std::string file;
  tcc::SizeValues sizes;
  std::vector<std::string> schedules;
  for (int a = 1; a < argc; ++a) {
    const std::string argument = argv[a];
    const auto equals = argument.find('=');
    if (file.empty())
      file = argument;
    else if (equals != std::string::npos)
      sizes[argument.substr(0, equals)] = std::atoll(argument.c_str() + equals + 1);
    else
      schedules.push_back(argument);
  }
  if (schedules.empty()) {
    std::cerr << "usage: schedules FILE [NAME=SIZE ..] SCHEDULE..\n";
    return 2;
  }
  try {
    compare(read(file), sizes, schedules);
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
  return 0;
}
