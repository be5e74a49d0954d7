// What the disk cache costs (runtime/disk_cache.h).
//
//     cmake --build --preset release --target disk_cache
//     build/release/bench/disk_cache FOLDER [FILES]      20000 files where no number is given
//
// FOLDER decides which disk is measured; `FOLDER/tcc-bench` is made there and removed. Prints a
// table in Markdown: the median, the fastest and the slowest tenth of 2000 times, in microseconds,
// with keys of 1 KB and values of 20 KB, as a small program has them; then what a look through all
// files and a removal of a sixteenth of them take, in milliseconds.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "runtime/disk_cache.h"

namespace {

using tcc::DiskCache;
constexpr int repeats = 2000;

std::string key_of(int number) { return fmt::format("{:01000}", number); }

std::string random_value() {
  std::mt19937 random(1);
  std::string value(20'000, '\0');
  for (char& byte : value)
    byte = static_cast<char>(random());
  return value;
}

template <typename Work> double seconds_of(Work work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

template <typename Work> void measure(const char* what, Work work) {
  std::vector<double> times;
  for (int i = 0; i < repeats; ++i)
    times.push_back(1e6 * seconds_of([&] { work(i); }));
  std::sort(times.begin(), times.end());
  fmt::print("| {} | {:.1f} | {:.1f} | {:.1f} |\n", what, times[repeats / 2], times[repeats / 10],
             times[repeats / 10 * 9]);
}

void require(bool condition) {
  if (condition) return;
  fmt::print(stderr, "the cache did not do what it is measured for\n");
  std::exit(1);
}

void measure_all(const std::string& folder, int files) {
  const std::string value = random_value();
  DiskCache cache(folder);
  fmt::print("| µs | median | fastest tenth | slowest tenth |\n| --- | --- | --- | --- |\n");
  measure("store", [&](int i) { cache.store(key_of(i), value); });
  measure("store in place of another", [&](int i) { cache.store(key_of(i), value); });
  measure("find", [&](int i) { require(cache.find(key_of(i)).has_value()); });
  measure("find in vain", [&](int i) { require(!cache.find(key_of(-1 - i))); });
  measure("find, as the first thing of a process",
          [&](int i) { require(DiskCache(folder).find(key_of(i)).has_value()); });
  for (int i = repeats; i < files; ++i)
    cache.store(key_of(i), value);
  const auto usage = cache.usage();
  require(usage.has_value());
  fmt::print("\n{} files: a look through all {:.1f} ms", usage->entries,
             1e3 * seconds_of([&] { require(cache.usage().has_value()); }));
  fmt::print(", a removal of a sixteenth {:.1f} ms\n",
             1e3 * seconds_of([&] { require(cache.prune(usage->bytes / 16 * 15).has_value()); }));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: disk_cache FOLDER [FILES]\n");
    return 2;
  }
  const std::string folder = std::string(argv[1]) + "/tcc-bench";
  measure_all(folder, argc > 2 ? std::atoi(argv[2]) : 20'000);
  std::filesystem::remove_all(folder);
}
