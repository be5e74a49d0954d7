// Limits are plausible, kept, and what shares of them are made of.
#include "runtime/machine_limits.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include <gtest/gtest.h>

#include "runtime/machine_limits_file.h"
#include "tests/support/run_tcc.h"

namespace tcc {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::int64_t now = 1'700'000'000;
constexpr std::int64_t day = 24 * 3600;

MachineLimits some_limits() {
  const ThreadLimits one = {1, 100e9, 50e9, {{"L1", 32e3, 400e9}, {"memory", infinity, 10e9, 8e9}}};
  ThreadLimits two = one;
  two.threads = 2;
  return {machine_identity(), one, two};
}

/// Bounds that hold for any machine of the last twenty years, however busy.
TEST(MachineLimits, ArePlausible) {
  const auto limits = machine_limits({2, "", Freshness::measured_now});
  ASSERT_TRUE(limits.has_value()) << limits.error();
  EXPECT_EQ(limits->machine, machine_identity());
  for (const ThreadLimits& each : {limits->one, limits->all}) {
    EXPECT_GT(each.flops_f32, 1e8);
    EXPECT_LT(each.flops_f32, 1e13);
    EXPECT_GT(each.flops_f64, 1e8);
    EXPECT_LT(each.flops_f64, each.flops_f32 * 4);
    ASSERT_GE(each.levels.size(), 3u);
    EXPECT_EQ(each.levels.front().name, "L1");
    EXPECT_EQ(each.levels.back().name, "memory");
    EXPECT_EQ(each.levels.back().bytes, infinity);
    EXPECT_GT(each.levels.back().copy, 1e7);
    for (const MemoryLevel& level : each.levels) {
      EXPECT_GT(level.read, 1e7) << level.name;
      EXPECT_LT(level.read, 1e14) << level.name;
    }
  }
  EXPECT_EQ(limits->one.threads, 1);
  EXPECT_EQ(limits->all.threads, 2);
}

TEST(MachineLimits, AreKept) {
  const tests::TemporaryFolder folder;
  const std::string path = folder / "limits";
  EXPECT_FALSE(load_limits(path, 2, now));
  keep_limits(path, some_limits(), now);
  const auto kept = load_limits(path, 2, now + 29 * day);
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(kept->one.flops_f32, 100e9);
  EXPECT_EQ(kept->all.threads, 2);
  ASSERT_EQ(kept->one.levels.size(), 2u);
  EXPECT_EQ(kept->one.levels[0].bytes, 32e3);
  EXPECT_EQ(kept->one.levels[1].bytes, infinity);
  EXPECT_EQ(kept->one.levels[1].best(), 10e9);

  EXPECT_FALSE(load_limits(path, 1, now)) << "of another number of threads";
  EXPECT_FALSE(load_limits(path, 2, now + 31 * day)) << "too old";
  EXPECT_FALSE(load_limits(path, 2, now - 1)) << "of the future";
  MachineLimits other = some_limits();
  other.machine += " II";
  keep_limits(path, other, now);
  EXPECT_FALSE(load_limits(path, 2, now)) << "of another machine";
}

TEST(MachineLimits, OfABrokenFileAreNone) {
  const tests::TemporaryFolder folder;
  const std::string path = folder / "limits";
  keep_limits(path, some_limits(), now);
  const std::string file = path + "/machine-limits.json";
  std::ifstream stream(file);
  const std::string whole{std::istreambuf_iterator<char>(stream), {}};
  ASSERT_GT(whole.size(), 100u);
  for (std::size_t length = 0; length + 2 < whole.size(); length += 7) {
    std::ofstream(file) << whole.substr(0, length);
    EXPECT_FALSE(load_limits(path, 2, now)) << length;
  }
  for (const char* wrong : {"[]", "{}", "null", "-1", "{\"version\": 1}"}) {
    std::ofstream(file) << wrong;
    EXPECT_FALSE(load_limits(path, 2, now)) << wrong;
  }
  std::string negative = whole;
  negative.replace(negative.find("100000000000"), 12, "-10000000000");
  std::ofstream(file) << negative;
  EXPECT_FALSE(load_limits(path, 2, now));
  std::ofstream(file) << whole;
  EXPECT_TRUE(load_limits(path, 2, now));
}

TEST(MachineLimits, AreNotMeasuredTwice) {
  const tests::TemporaryFolder folder;
  const std::string path = folder / "limits";
  MachineLimits made_up = some_limits();
  made_up.one.flops_f32 = 12345;
  keep_limits(path, made_up, std::time(nullptr));
  const auto kept = machine_limits({2, path, Freshness::kept});
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(kept->one.flops_f32, 12345);
  EXPECT_GT(machine_limits({2, path, Freshness::measured_now})->one.flops_f32, 12345);
  EXPECT_GT(machine_limits({2, path, Freshness::kept})->one.flops_f32, 12345) << "kept anew";
}

TEST(MachineLimits, BindWhatNeedsMoreTime) {
  struct Row {
    ir::KernelWork work;
    double seconds, share;
    const char* bound_by;
  };
  const auto work = [](double flops, double f64, double calls, double bytes) {
    ir::KernelWork each;
    each.flops = flops;
    each.flops_f64 = f64;
    each.calls = calls;
    each.bytes_read = bytes;
    return each;
  };
  const Row rows[] = {
      {work(50e9, 0, 0, 1e6), 1, 0.5, "arithmetic"},
      {work(0, 25e9, 0, 0), 1, 0.5, "arithmetic"},
      {work(40e9, 0, 10e9, 0), 1, 0.5, "arithmetic"},
      {work(1e9, 0, 0, 5e9), 1, 0.5, "memory"},
      {work(0, 0, 0, 20e3), 1e-6, 0.05, "L1"},
      {work(0, 0, 0, 0), 1, 0, ""},
      {work(1, 0, 0, 1), 0, 0, ""},
  };
  for (const Row& row : rows) {
    const RooflineShare share = roofline_share(row.work, row.seconds, some_limits().one);
    EXPECT_NEAR(share.share, row.share, 1e-9);
    EXPECT_EQ(share.bound_by, row.bound_by);
  }
}

}  // namespace
}  // namespace tcc
