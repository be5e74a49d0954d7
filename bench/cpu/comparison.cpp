#include "bench/cpu/comparison.h"

#include <algorithm>

namespace bench {

namespace {

Spread spread(const std::vector<double>& values) {
  const auto [least, most] = std::ranges::minmax(values);
  return {median(values), least, most};
}

/// In each round, since the machine is another in the next.
Spread ratio(const Times& theirs, const Times& ours) {
  std::vector<double> ratios;
  for (std::size_t round = 0; round < ours.rounds.size(); ++round)
    ratios.push_back(theirs.rounds[round] / ours.rounds[round]);
  return spread(ratios);
}

}  // namespace

Comparison compare(const Row& row) {
  const auto& contenders = row.measured.contenders;
  const Times& ours = contenders.front();
  const double amount = row.work.limit == Limit::arithmetic ? row.work.flops : row.work.bytes;
  Comparison comparison;
  comparison.seconds = median(ours.rounds);
  comparison.rate = amount / comparison.seconds;
  std::vector<double> shares;
  const double limit = *std::ranges::max_element(row.measured.limit);
  for (const double seconds : ours.rounds)
    shares.push_back(amount / seconds / limit);
  comparison.share = spread(shares);
  for (const Times& times : contenders) {
    if (times.peer == one_thread) comparison.speedup = ratio(times, ours);
    if (times.peer == ours.peer || times.peer == one_thread) continue;
    if (comparison.best_peer == nullptr || median(times.rounds) < comparison.peer_seconds) {
      comparison.best_peer = &times;
      comparison.peer_seconds = median(times.rounds);
    }
  }
  if (comparison.best_peer != nullptr) comparison.ratio = ratio(*comparison.best_peer, ours);
  return comparison;
}

double resolution(int threads) { return threads == 1 ? 0.03 : 0.10; }

}  // namespace bench
