#include "bench/cpu/report.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace bench {

namespace {

using nlohmann::json;

std::string text_of(const Spread& spread) {
  return fmt::format("{:.2f} ({:.2f}..{:.2f})", spread.median, spread.least, spread.most);
}

/// "1.01 (0.98..1.03), equal": a gap that the machine does not resolve is none.
std::string ratio_text(const Spread& ratio, int threads) {
  const bool is_equal = std::abs(ratio.median - 1) < resolution(threads);
  return text_of(ratio) + (is_equal ? ", equal" : "");
}

/// With three digits, from nanoseconds to seconds.
std::string milliseconds(double seconds) {
  const double value = seconds * 1e3;
  return value < 0.1 ? fmt::format("{:.5f}", value)
                     : fmt::format("{:.{}f}", value, value < 10 ? 3 : 1);
}

void print_comparison(const std::vector<const Row*>& rows) {
  fmt::print(
      "| work | tcc, ms | GFLOP/s or GB/s | of the limit | best peer | its ms | its time / ours | "
      "goal | |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
  for (const Row* row : rows) {
    const Comparison found = compare(*row);
    fmt::print("| {} | {} | {:.1f} | {:.0f} % |", row->work.name, milliseconds(found.seconds),
               found.rate * 1e-9, found.share.median * 100);
    if (!found.ratio) {
      fmt::print(" none | | | {:.2f} | |\n", row->work.goal);
      continue;
    }
    fmt::print(" {} | {} | {} | {:.2f} | {} |\n", found.best_peer->name,
               milliseconds(found.peer_seconds), ratio_text(*found.ratio, row->threads),
               row->work.goal, verdict(*found.ratio, row->work.goal, row->threads));
  }
}

/// The quickest way that a peer has, of those measured; "-" where it has none.
std::string best_of(const Row& row, const std::string& peer) {
  double best = 0;
  for (const Times& times : row.measured.contenders) {
    if (times.peer != peer) continue;
    const double seconds = median(times.rounds);
    if (best == 0 || seconds < best) best = seconds;
  }
  return best == 0 ? "-" : milliseconds(best);
}

void print_all_times(const std::vector<const Row*>& rows) {
  std::vector<std::string> peers;
  for (const Row* row : rows) {
    for (const Times& times : row->measured.contenders)
      if (std::ranges::find(peers, times.peer) == peers.end()) peers.push_back(times.peer);
  }
  std::string rule = "| --- |";
  fmt::print("| milliseconds |");
  for (const std::string& peer : peers) {
    fmt::print(" {} |", peer);
    rule += " --- |";
  }
  fmt::print("\n{}\n", rule);
  for (const Row* row : rows) {
    fmt::print("| {} |", row->work.name);
    for (const std::string& peer : peers)
      fmt::print(" {} |", best_of(*row, peer));
    fmt::print("\n");
  }
}

void print_speedups(const std::vector<const Row*>& rows, int threads) {
  fmt::print("| work | {} threads over one | goal | |\n| --- | --- | --- | --- |\n", threads);
  for (const Row* row : rows) {
    const auto speedup = compare(*row).speedup;
    if (!speedup) continue;
    const auto goal = speedup_goal(*row);
    fmt::print("| {} | {} | {} | {} |\n", row->work.name, text_of(*speedup),
               goal ? fmt::format("{:.2f}", *goal) : "",
               goal ? verdict(*speedup, *goal, threads) : "");
  }
}

void print_compile_rows(const std::vector<CompileRow>& rows) {
  fmt::print("| text to machine code | ms | goal | |\n| --- | --- | --- | --- |\n");
  for (const CompileRow& row : rows) {
    const auto [least, most] = std::ranges::minmax(row.milliseconds);
    const double middle = median(row.milliseconds);
    fmt::print("| {} | {:.2f} ({:.2f}..{:.2f}) | {:.0f} | {} |\n", row.name, middle, least, most,
               row.goal, middle <= row.goal ? "met" : "behind");
  }
}

json to_json(const Spread& spread) {
  return {{"median", spread.median}, {"min", spread.least}, {"max", spread.most}};
}

}  // namespace

std::string summary(const Row& row) {
  const Comparison found = compare(row);
  const std::string ours =
      fmt::format("{} ms, {:.1f} G/s, {:.0f} % of the limit", milliseconds(found.seconds),
                  found.rate * 1e-9, found.share.median * 100);
  if (!found.ratio) return ours + "; no peer";
  return fmt::format("{}; {} {} ms, ratio {} of {:.2f}, {}", ours, found.best_peer->name,
                     milliseconds(found.peer_seconds), text_of(*found.ratio), row.work.goal,
                     verdict(*found.ratio, row.work.goal, row.threads));
}

JsonLines::JsonLines(const std::string& file) {
  if (file.empty()) return;
  file_.open(file);
  if (!file_) throw std::runtime_error("cannot write " + file);
}

void JsonLines::begin(const Turns& turns, Clock clock, const std::vector<std::string>& settings) {
  if (!file_.is_open()) return;
  const json line = {{"machine", machine_name()},
                     {"load", load()},
                     {"rounds", turns.rounds},
                     {"seconds", turns.seconds},
                     {"clock", clock == Clock::wall ? "wall" : "processor"},
                     {"settings", settings}};
  file_ << line.dump() << std::endl;
}

void JsonLines::add(const Row& row) {
  if (!file_.is_open()) return;
  const Comparison found = compare(row);
  json line = {{"work", row.work.name},
               {"threads", row.threads},
               {"flops", row.work.flops},
               {"bytes", row.work.bytes},
               {"goal", row.work.goal},
               {"limit_per_second", row.measured.limit},
               {"limit_is", row.work.limit == Limit::arithmetic ? "flops" : "bytes"},
               {"share_of_limit", to_json(found.share)}};
  for (const Times& times : row.measured.contenders) {
    line["contenders"].push_back(
        {{"peer", times.peer}, {"name", times.name}, {"seconds", times.rounds}});
  }
  if (found.ratio) {
    line["best_peer"] = found.best_peer->name;
    line["ratio"] = to_json(*found.ratio);
  }
  if (found.speedup) line["speedup"] = to_json(*found.speedup);
  file_ << line.dump() << std::endl;
}

void JsonLines::add(const CompileRow& row) {
  if (!file_.is_open()) return;
  const json line = {
      {"work", row.name}, {"milliseconds", row.milliseconds}, {"goal_milliseconds", row.goal}};
  file_ << line.dump() << std::endl;
}

void print_tables(const std::vector<Row>& rows, const std::vector<CompileRow>& compile_rows) {
  std::set<int> thread_counts;
  for (const Row& row : rows)
    thread_counts.insert(row.threads);
  for (const int threads : thread_counts) {
    std::vector<const Row*> chosen;
    for (const Row& row : rows)
      if (row.threads == threads) chosen.push_back(&row);
    fmt::print("\n{} {}:\n\n", threads, threads == 1 ? "thread" : "threads");
    print_comparison(chosen);
    fmt::print("\n");
    print_all_times(chosen);
    fmt::print("\n");
    if (threads > 1) print_speedups(chosen, threads);
  }
  if (!compile_rows.empty()) {
    fmt::print("\n");
    print_compile_rows(compile_rows);
  }
}

double load() {
  double average = 0;
  getloadavg(&average, 1);
  return average;
}

std::string machine_name() {
  std::ifstream info("/proc/cpuinfo");
  std::string name = "unknown CPU";
  for (std::string line; std::getline(info, line);) {
    if (!line.starts_with("model name")) continue;
    name = line.substr(line.find(':') + 2);
    break;
  }
  return fmt::format("{}, {} cores", name, std::thread::hardware_concurrency());
}

}  // namespace bench
