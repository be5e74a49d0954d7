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

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

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

std::optional<double> speedup_goal(const Row& row) {
  const bool is_product = row.work.kind == Kind::matmul || row.work.kind == Kind::relu_matmul;
  if (!is_product || row.threads != 2) return std::nullopt;
  for (std::size_t n = 0; n < 2; ++n) {
    for (const std::int64_t extent : row.work.operands[n].shape)
      if (extent < 512) return std::nullopt;
  }
  return 1.9;
}

std::string verdict(const Spread& ratio, double goal, int threads) {
  if (ratio.most > 2 * ratio.least) return "unsteady";
  if (ratio.median >= goal) return "met";
  return ratio.median >= goal * (1 - resolution(threads)) ? "equal" : "behind";
}

double resolution(int threads) { return threads == 1 ? 0.03 : 0.10; }

}  // namespace bench
