// All rows with one number of threads.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/cpu/comparison.h"
#include "bench/cpu/options.h"

namespace bench {

struct Series {
  std::vector<std::string> settings;  ///< "1 thread, OpenBLAS: 0.3.21, core SKYLAKEX"
  std::vector<std::string> faults;    ///< what computed something else, or failed
};

/// Opens the peers, then measures the rows asked for; `on_row` gets each when it is done. Stops
/// after a row where `is_stopped` says so.
class SeriesRun {
 public:
  SeriesRun(const Options& options, int threads);

  const Series& series() const { return series_; }
  void run(const std::function<void(const Row&)>& on_row, const std::function<bool()>& is_stopped);

 private:
  void open_peers();
  std::vector<Contender> contenders_of(const Work& work, const class Tensors& tensors);
  std::vector<Contender> prepare(Peer& peer, const Work& work, const Data& data);
  void keep_right_ones(std::vector<Contender>& contenders, const Work& work,
                       const class Tensors& tensors);

  const Options& options_;
  Setting setting_;
  std::unique_ptr<Peer> ours_, ours_with_one_thread_;
  std::vector<std::unique_ptr<Peer>> peers_;
  Series series_;
};

/// The core that one thread is pinned to.
int core_of(const Options& options);

}  // namespace bench
