// What a row's measurements say: how we stand to the best peer.
#pragma once

#include <optional>
#include <string>

#include "bench/cpu/times.h"
#include "bench/cpu/work.h"

namespace bench {

/// A median with what the rounds gave at least and at most.
struct Spread {
  double median = 0, least = 0, most = 0;
};

struct Row {
  Work work;
  int threads = 1;
  Measured measured;  ///< ours first
};

/// Of a kind where more is better.
struct Comparison {
  double seconds = 0;                ///< ours, of a call
  double rate = 0;                   ///< flops or bytes a second, as the work is limited
  Spread share;                      ///< of the most that the machine could in one of the rounds
  const Times* best_peer = nullptr;  ///< by the median; none where no peer does this work
  double peer_seconds = 0;
  std::optional<Spread> ratio;    ///< its time over ours
  std::optional<Spread> speedup;  ///< one thread's time over that of several
};

/// The name of the contender that is ours with one thread, in a row of several.
inline constexpr const char* one_thread = "tcc, one thread";

Comparison compare(const Row& row);

/// What two threads should gain: 1.9 for products whose sides all are 512 and more. The others have
/// no goal.
std::optional<double> speedup_goal(const Row& row);

/// "met" where a ratio reaches the goal, "equal" where it misses it by less than the machine
/// resolves, "behind" otherwise; "unsteady" where the rounds differ by more than a factor of two,
/// which says nothing.
std::string verdict(const Spread& ratio, double goal, int threads);

/// What a ratio must differ from 1 by to be more than noise: 3 % with one thread, 10 % with more.
double resolution(int threads);

}  // namespace bench
