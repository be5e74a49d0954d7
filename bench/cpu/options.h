// The command line of bench_cpu.
#pragma once

#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "bench/cpu/measure.h"

namespace bench {

struct Options {
  std::regex rows{""};             ///< found anywhere in a row's name, whatever its case
  std::vector<std::string> peers;  ///< by name; empty for all
  std::vector<int> threads = {1, 2};
  Clock clock = Clock::wall;
  Turns turns;
  std::string json;
  int core = -1;  ///< for one thread; -1 for the last that this process may use
  bool list = false;
};

/// Nothing where the command line is wrong or asks for help; the exit code is then in `code`.
std::optional<Options> parse(int argc, char** argv, int& code);

/// Whether the row is asked for.
bool is_chosen(const Options& options, const std::string& row);

}  // namespace bench
