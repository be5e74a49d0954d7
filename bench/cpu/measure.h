// Contenders in turns: what else the machine does slows all of them alike.
#pragma once

#include <vector>

#include "bench/cpu/machine_limit.h"
#include "bench/cpu/peer.h"
#include "bench/cpu/times.h"

namespace bench {

struct Turns {
  int rounds = 5;
  double seconds = 0.02;  ///< at least, of each contender in a round
  double pause = 0;       ///< before each, for threads of the one before to fall asleep
};

/// Each round begins with the next contender, and measures the limit at its end. Works of which a
/// round takes more than 5 s get at most 3.
Measured measure(const Work& work, std::vector<Contender>& contenders, const MachineLimit& limit,
                 const Turns& turns);

}  // namespace bench
