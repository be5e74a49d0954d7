#include "bench/cpu/measure.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <thread>

namespace bench {

namespace {

constexpr double shortest_batch = 1e-3;  ///< seconds; the clock's own cost is nothing beside it
constexpr double quick = 0.05;           ///< a call that may be done once more, to warm up
constexpr double long_round = 5;         ///< all contenders' calls; then there are fewer rounds
constexpr int rounds_of_long = 3;

/// As many calls as take about a millisecond; one where `once`, the seconds of a first call, are
/// more.
long batch_of(const Contender& contender, double once) {
  if (once > quick) return 1;
  for (long calls = 1;; calls *= 4) {
    const double took = contender.seconds(calls);
    if (took > shortest_batch / 4 || calls > (1L << 30))
      return std::max(1L, std::lround(static_cast<double>(calls) * shortest_batch / took));
  }
}

/// The shortest of the batches: what interrupts one makes it longer, nothing makes it shorter.
double best(const Contender& contender, long batch, double at_least) {
  double shortest = std::numeric_limits<double>::infinity(), total = 0;
  while (total < at_least) {
    const double took = contender.seconds(batch);
    total += std::max(took, 1e-9);
    shortest = std::min(shortest, took / static_cast<double>(batch));
  }
  return shortest;
}

}  // namespace

Measured measure(const Work& work, std::vector<Contender>& contenders, const MachineLimit& limit,
                 const Turns& turns) {
  Measured measured;
  std::vector<long> batches;
  double slow = 0;
  for (const Contender& contender : contenders) {
    measured.contenders.push_back({contender.peer, contender.name, {}});
    batches.push_back(batch_of(contender, contender.first_call));
    if (contender.first_call > quick) slow += contender.first_call;
  }
  const int rounds = slow > long_round ? std::min(turns.rounds, rounds_of_long) : turns.rounds;
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t turn = 0; turn < contenders.size(); ++turn) {
      const std::size_t n = (turn + static_cast<std::size_t>(round)) % contenders.size();
      const auto& earlier = measured.contenders[n].rounds;
      std::this_thread::sleep_for(std::chrono::duration<double>(turns.pause));
      if (earlier.empty() || earlier.front() < quick) contenders[n].seconds(1);
      measured.contenders[n].rounds.push_back(best(contenders[n], batches[n], turns.seconds));
    }
    measured.limit.push_back(limit.of(work));
  }
  return measured;
}

}  // namespace bench
