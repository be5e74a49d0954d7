// Text to machine code: no peer does that, the goals are times.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/cpu/peer.h"

namespace bench {

struct CompileRow {
  std::string name;
  double goal = 0;                   ///< milliseconds
  std::vector<double> milliseconds;  ///< one a round
};

/// The rows whose names pass the filter, measured; in a new process always by the wall's clock.
std::vector<CompileRow> measure_compile_rows(
    int rounds, Clock clock, const std::function<bool(const std::string& name)>& filter);

}  // namespace bench
