// Contenders in turns: what else the machine does slows all of them alike.
#pragma once

#include <string>
#include <vector>

#include "bench/cpu/machine_limit.h"
#include "bench/cpu/peer.h"

namespace bench {

struct Turns {
  int rounds = 5;
  double seconds = 0.02;  ///< at least, of each contender in a round
  double pause = 0;       ///< before each, for threads of the one before to fall asleep
};

/// What was measured of one contender: seconds of a call, in each round the shortest.
struct Times {
  std::string peer, name;
  std::vector<double> rounds;
};

struct Measured {
  std::vector<Times> contenders;
  std::vector<double> limit;  ///< flops or bytes a second that the machine reached in each round
};

/// Each round begins with the next contender, and measures the limit at its end.
Measured measure(const Work& work, std::vector<Contender>& contenders, const MachineLimit& limit,
                 const Turns& turns);

double median(std::vector<double> values);

}  // namespace bench
