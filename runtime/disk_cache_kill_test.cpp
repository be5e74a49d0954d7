// Processes that are killed while they write the cache: two at once, at random moments.
#include <filesystem>
#include <random>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "runtime/disk_cache.h"
#include "tests/support/child_process.h"
#include "tests/support/run_tcc.h"
#include "tests/support/sanitized.h"

namespace tcc {
namespace {

namespace fs = std::filesystem;

constexpr int key_count = 8;
constexpr std::uint64_t limit = std::uint64_t{4} << 20;

std::string key_of(int k) { return fmt::format("the key of number {}", k); }

/// A value says of which key and which generation it is, all the way.
std::string value_of(int k, std::uint32_t generation) {
  const std::string part = fmt::format("[{} of {}]", generation, k);
  std::string value = fmt::format("{} ", generation);
  const std::size_t size = 20'000 + generation * 7919 % 100'000;
  while (value.size() < size)
    value += part;
  return value;
}

bool is_right(int k, const std::string& value) {
  return value == value_of(k, static_cast<std::uint32_t>(std::stoul(value)));
}

void store_for_ever(const std::string& folder, std::uint32_t seed) {
  DiskCache cache(folder, limit);
  std::mt19937 random(seed);
  for (;;) {
    const int k = static_cast<int>(random() % key_count);
    cache.store(key_of(k), value_of(k, random() % 1000));
  }
}

struct Files {
  int entries = 0;
  int parts = 0;
};

Files count_files(const std::string& folder) {
  Files files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    files.entries += entry.path().extension() == ".entry" ? 1 : 0;
    files.parts += entry.path().extension() == ".part" ? 1 : 0;
  }
  return files;
}

TEST(DiskCacheKill, EveryValueIsWholeAfterwards) {
  const tests::TemporaryFolder folder;
  const std::string at = folder / "cache";
  constexpr int kills = 200;
  std::mt19937 random(5);
  const auto start = [&] {
    const std::uint32_t seed = random();
    return tests::start_child([&] { store_for_ever(at, seed); });
  };
  DiskCache cache(at, limit);
  std::uint64_t generations_seen = 0;
  pid_t children[] = {start(), start()};
  constexpr std::uint32_t longest = is_sanitized ? 20'000 : 5'000;  // in microseconds
  for (int kill = 0; kill < kills; ++kill) {
    std::this_thread::sleep_for(std::chrono::microseconds(random() % longest));
    pid_t& child = children[kill % 2];
    tests::kill_child(child);
    for (int k = 0; k < key_count; ++k) {
      const auto value = cache.find(key_of(k));
      if (!value) continue;
      ASSERT_TRUE(is_right(k, *value)) << "key " << k << " after kill " << kill;
      ++generations_seen;
    }
    child = start();
  }
  for (const pid_t child : children)
    tests::kill_child(child);
  EXPECT_GT(generations_seen, std::uint64_t{kills});  // else nothing was stored, or kept
  EXPECT_EQ(cache.counts().damaged, 0U) << cache.last_fault();
  // One part a key at most is left behind; the next store of the key takes it over.
  const Files left = count_files(at);
  EXPECT_LE(left.parts, key_count);
  EXPECT_LE(left.entries, key_count);
  for (int k = 0; k < key_count; ++k)
    cache.store(key_of(k), value_of(k, 1));
  EXPECT_EQ(count_files(at).parts, 0);
  for (int k = 0; k < key_count; ++k)
    EXPECT_EQ(cache.find(key_of(k)), value_of(k, 1));
  EXPECT_LE(cache.usage()->bytes, limit);
}

}  // namespace
}  // namespace tcc
