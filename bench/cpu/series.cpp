#include "bench/cpu/series.h"

#include <sched.h>

#include <algorithm>
#include <iostream>

#include <fmt/format.h>

#include "bench/cpu/agreement.h"
#include "bench/cpu/peers.h"
#include "bench/cpu/tensors.h"

namespace bench {

namespace {

/// OpenBLAS's threads spin for up to 20 ms when they have nothing to do.
constexpr double pause_of_threads = 0.03;

/// Pins this thread to a core while it lives.
class Pinned {
 public:
  explicit Pinned(int core) {
    sched_getaffinity(0, sizeof(before_), &before_);
    if (core < 0) return;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(core), &one);
    if (sched_setaffinity(0, sizeof(one), &one) != 0)
      throw std::runtime_error(fmt::format("cannot run on core {}", core));
  }
  ~Pinned() { sched_setaffinity(0, sizeof(before_), &before_); }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;

 private:
  cpu_set_t before_{};
};

}  // namespace

int core_of(const Options& options) {
  if (options.core >= 0) return options.core;
  cpu_set_t allowed;
  sched_getaffinity(0, sizeof(allowed), &allowed);
  int last = 0;
  for (int core = 0; core < CPU_SETSIZE; ++core)
    if (CPU_ISSET(static_cast<std::size_t>(core), &allowed)) last = core;
  return last;
}

SeriesRun::SeriesRun(const Options& options, int threads)
    : options_(options), setting_{threads, options.clock, threads == 1 ? core_of(options) : -1} {
  ours_ = open_tcc(setting_);
  if (threads > 1) ours_with_one_thread_ = open_tcc({1, options.clock, -1});
  open_peers();  // before this thread is pinned: they count the cores that it may use
}

void SeriesRun::open_peers() {
  const auto note = [&](const std::string& name, const std::string& text) {
    series_.settings.push_back(fmt::format("{} thread{}, {}: {}", setting_.threads,
                                           setting_.threads == 1 ? "" : "s", name, text));
    std::cerr << series_.settings.back() << "\n";
  };
  for (const NamedPeer& named : all_peers()) {
    const bool is_asked_for = options_.peers.empty() ||
                              std::ranges::find(options_.peers, named.name) != options_.peers.end();
    if (!is_asked_for) continue;
    try {
      peers_.push_back(named.open(setting_));
      note(peers_.back()->name(), peers_.back()->settings());
    } catch (const std::exception& error) {
      note(named.name, std::string("left out: ") + error.what());
    }
  }
}

std::vector<Contender> SeriesRun::prepare(Peer& peer, const Work& work, const Data& data) {
  std::vector<Contender> made;
  try {
    made = peer.prepare(work, data);
  } catch (const std::exception& error) {
    series_.faults.push_back(
        fmt::format("{}: {} cannot: {}", work.name, peer.name(), error.what()));
    std::cerr << series_.faults.back() << "\n";
  }
  for (Contender& contender : made)
    contender.peer = peer.name();
  return made;
}

/// Ours first; none where ours fails.
std::vector<Contender> SeriesRun::contenders_of(const Work& work, const Tensors& tensors) {
  std::vector<Contender> all = prepare(*ours_, work, tensors.ours());
  if (all.empty()) return all;
  const auto add = [&](std::vector<Contender> more) {
    for (Contender& contender : more)
      all.push_back(std::move(contender));
  };
  if (ours_with_one_thread_) {
    std::vector<Contender> alone = prepare(*ours_with_one_thread_, work, tensors.theirs());
    for (Contender& contender : alone)
      contender.peer = contender.name = one_thread;
    add(std::move(alone));
  }
  for (const auto& peer : peers_)
    add(prepare(*peer, work, tensors.theirs()));
  return all;
}

void SeriesRun::keep_right_ones(std::vector<Contender>& contenders, const Work& work,
                                const Tensors& tensors) {
  contenders.front().first_call = contenders.front().seconds(1);
  contenders.front().fetch();
  std::erase_if(contenders, [&](Contender& contender) {
    if (&contender == &contenders.front()) return false;
    spoil(work.result, tensors.theirs().result);
    contender.first_call = contender.seconds(1);
    contender.fetch();
    const std::string difference =
        disagreement(work, tensors.ours().result, tensors.theirs().result);
    if (difference.empty()) return false;
    series_.faults.push_back(
        fmt::format("{}: {} differs: {}", work.name, contender.name, difference));
    std::cerr << series_.faults.back() << "\n";
    return true;
  });
}

void SeriesRun::run(const std::function<void(const Row&)>& on_row,
                    const std::function<bool()>& is_stopped) {
  const Pinned pinned(setting_.core);
  const MachineLimit limit(setting_);
  Turns turns = options_.turns;
  if (setting_.threads > 1) turns.pause = pause_of_threads;
  for (const Work& work : all_works()) {
    if (!is_chosen(options_, work.name)) continue;
    if (is_stopped()) return;
    const Tensors tensors(work);
    std::vector<Contender> contenders = contenders_of(work, tensors);
    if (contenders.empty()) continue;
    keep_right_ones(contenders, work, tensors);
    on_row({work, setting_.threads, measure(work, contenders, limit, turns)});
  }
}

}  // namespace bench
