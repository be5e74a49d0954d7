// Memory for temporaries: what it is, and what happens where there is none.
#include "runtime/arena.h"

#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/available_memory.h"
#include "runtime/out_of_memory.h"
#include "tests/support/sanitized.h"

namespace tcc {
namespace {

bool is_aligned(const std::byte* data, std::uintptr_t alignment) {
  return reinterpret_cast<std::uintptr_t>(data) % alignment == 0;
}

TEST(Arena, IsAlignedAndWritableToItsEnd) {
  for (const std::int64_t bytes :
       {std::int64_t{1}, std::int64_t{63}, std::int64_t{65}, Arena::mapped_from - 1,
        Arena::mapped_from, Arena::mapped_from + 1, 5 * Arena::mapped_from - 64}) {
    Arena arena;
    ASSERT_TRUE(arena.reserve(bytes)) << bytes;
    EXPECT_GE(arena.bytes(), bytes);
    const bool mapped = bytes >= Arena::mapped_from;
    EXPECT_TRUE(is_aligned(arena.data(), mapped ? 2U << 20 : Arena::alignment)) << bytes;
    std::memset(arena.data(), 0x5a, static_cast<std::size_t>(arena.bytes()));
  }
}

TEST(Arena, KeepsWhatItHasUntilMoreIsNeeded) {
  Arena arena;
  EXPECT_TRUE(arena.reserve(0));
  EXPECT_EQ(arena.data(), nullptr);
  ASSERT_TRUE(arena.reserve(1000));
  std::byte* const first = arena.data();
  first[999] = std::byte{7};
  ASSERT_TRUE(arena.reserve(10));
  EXPECT_EQ(arena.data(), first);
  EXPECT_EQ(arena.data()[999], std::byte{7});
  ASSERT_TRUE(arena.reserve(3 * Arena::mapped_from));
  EXPECT_GE(arena.bytes(), 3 * Arena::mapped_from);
  ASSERT_TRUE(arena.reserve(1000));
  EXPECT_GE(arena.bytes(), 3 * Arena::mapped_from);
}

TEST(Arena, Moves) {
  Arena arena;
  ASSERT_TRUE(arena.reserve(100));
  std::byte* const data = arena.data();
  Arena other = std::move(arena);
  EXPECT_EQ(other.data(), data);
  Arena third;
  ASSERT_TRUE(third.reserve(50));
  third = std::move(other);
  EXPECT_EQ(third.data(), data);
}

TEST(Arena, RefusesWhatNoMachineHas) {
  for (const int power : {47, 55, 60, 62}) {
    Arena arena;
    ASSERT_TRUE(arena.reserve(100));
    const auto reserved = arena.reserve(std::int64_t{1} << power);
    ASSERT_FALSE(reserved) << power;
    EXPECT_EQ(reserved.error().asked, std::int64_t{1} << power);
    EXPECT_TRUE(arena.reserve(200)) << "it goes on";
    arena.data()[199] = std::byte{1};
  }
}

/// Bytes of addresses that this process has.
std::int64_t addresses_used() {
  std::int64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * sysconf(_SC_PAGESIZE);
}

/// In a process of its own, which may have 256 MiB more: 0 if all is as it should be.
int outcome_under_a_limit() {
  constexpr std::int64_t more = std::int64_t{256} << 20;
  const auto most = static_cast<rlim_t>(addresses_used() + more);
  const rlimit limit{most, most};
  if (setrlimit(RLIMIT_AS, &limit) != 0) return 1;
  Arena arena;
  if (!arena.reserve(1 << 20)) return 2;
  if (arena.reserve(2 * more)) return 3;
  if (arena.reserve(more - 4096)) return 4;  // no room for its alignment
  if (!arena.reserve(more / 2)) return 5;
  std::memset(arena.data(), 1, std::size_t{8} << 20);
  return 0;
}

TEST(Arena, FailsCleanlyUnderALimit) {
  if (is_sanitized) GTEST_SKIP() << "sanitizers need more addresses than the limit leaves";
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(outcome_under_a_limit());
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

class MemoryFiles : public testing::Test {
 protected:
  void SetUp() override {
    root_ = std::filesystem::temp_directory_path() / fmt::format("tcc_memory_{}", getpid());
    std::filesystem::create_directories(root_ / "proc");
    std::filesystem::create_directories(root_ / "sys/fs/cgroup/memory");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(root_ / name) << text;
  }
  std::optional<std::int64_t> available() const { return available_memory(root_.string() + "/"); }

 private:
  std::filesystem::path root_;
};

TEST_F(MemoryFiles, SayWhatIsAvailable) {
  EXPECT_EQ(available(), std::nullopt);
  write("proc/meminfo", "MemTotal: 900 kB\nMemAvailable:   600 kB\nSwapFree: 100 kB\n");
  EXPECT_EQ(available(), 700 * 1024);
  write("sys/fs/cgroup/memory.max", "max\n");
  write("sys/fs/cgroup/memory.current", "5000\n");
  EXPECT_EQ(available(), 700 * 1024);
  write("sys/fs/cgroup/memory.max", "50000\n");
  EXPECT_EQ(available(), 45000);
  write("sys/fs/cgroup/memory.stat", "anon 3\ninactive_file 1000\n");
  EXPECT_EQ(available(), 46000);
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", "10\n");
  write("sys/fs/cgroup/memory/memory.usage_in_bytes", "20\n");
  EXPECT_EQ(available(), 0);
}

TEST(OutOfMemory, WritesBytes) {
  struct Case {
    std::int64_t bytes;
    const char* text;
  };
  const Case cases[] = {
      {0, "0 bytes"},
      {1, "1 byte"},
      {1023, "1023 bytes"},
      {1024, "1.0 KiB"},
      {1536, "1.5 KiB"},
      {102'349, "99.9 KiB"},
      {102'400, "100 KiB"},
      {1'048'575, "1.0 MiB"},
      {3'435'973'837, "3.2 GiB"},
      {std::int64_t{1} << 62, "4.0 EiB"},
      {std::int64_t{1023} << 20, "1023 MiB"},
  };
  for (const Case& each : cases)
    EXPECT_EQ(bytes_text(each.bytes), each.text);
}

TEST(OutOfMemory, SaysWhatWasAskedForAndForWhat) {
  constexpr std::int64_t gib = std::int64_t{1} << 30;
  const std::vector<NamedBytes> temporaries = {
      {"h", gib}, {"h.softmax.e", 2 * gib}, {"none", 0}, {"s", 100}, {"t", 200}, {"u", 50}};
  const std::string help =
      "\n  help: smaller sizes need less, as does a batch in slices; 'tcc emit --stage launch' "
      "shows which temporaries are in use when";
  EXPECT_EQ(out_of_memory_message({3 * gib, 2 * gib}, temporaries),
            "there is not enough memory: 3.0 GiB for temporaries, of which 'h.softmax.e' has 2.0 "
            "GiB, 'h' 1.0 GiB, 't' 200 bytes and 2 others less; 2.0 GiB are available" +
                help);
  EXPECT_EQ(out_of_memory_message({gib, {}}, std::span(temporaries).first(1)),
            "there is not enough memory: 1.0 GiB for temporaries, of which 'h' has 1.0 GiB" + help);
  EXPECT_EQ(too_large_message("h"),
            "there is not enough memory: the temporaries need more than any machine has, 'h' the "
            "most" +
                help);
}

}  // namespace
}  // namespace tcc
