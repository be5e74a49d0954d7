// The disk cache: what it gives back, what it refuses, what it keeps within its bound.
#include "runtime/disk_cache.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/cache_contents.h"
#include "runtime/cache_entry.h"
#include "tests/support/child_process.h"
#include "tests/support/run_tcc.h"

namespace tcc {
namespace {

namespace fs = std::filesystem;
using tests::TemporaryFolder;
using Found = std::optional<std::string>;

std::string path_of(const DiskCache& cache, const std::string& key) {
  return cache.folder() + "/" + entry_file(hash_name(key));
}

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
}

void set_last_use(const std::string& path, std::int64_t seconds) {
  const timespec times[] = {{seconds, 0}, {seconds, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
}

std::int64_t last_use(const std::string& path) {
  struct stat status = {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mtim.tv_sec;
}

std::size_t count_of(const std::string& folder, const std::string& suffix) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(folder))
    count += entry.path().extension() == suffix ? 1 : 0;
  return count;
}

TEST(DiskCache, GivesBackWhatWasStored) {
  const TemporaryFolder folder;
  DiskCache cache(folder / "cache");
  EXPECT_EQ(cache.find("key"), Found());
  EXPECT_FALSE(fs::exists(cache.folder()));
  const std::string large(300'000, 'x');
  const std::string binary("\0\xff\n", 3);
  cache.store("key", "value");
  cache.store("", binary);
  cache.store(binary, "");
  cache.store(large, large);
  DiskCache other(folder / "cache");  // as another process
  EXPECT_EQ(other.find("key"), Found("value"));
  EXPECT_EQ(other.find(""), Found(binary));
  EXPECT_EQ(other.find(binary), Found(""));
  EXPECT_EQ(other.find(large), Found(large));
  EXPECT_EQ(other.find("kex"), Found());
  cache.store("key", "another");
  EXPECT_EQ(other.find("key"), Found("another"));
  EXPECT_EQ(cache.last_fault(), "");
  EXPECT_EQ(other.last_fault(), "");
  EXPECT_EQ(other.counts().hits, 5U);
  EXPECT_EQ(other.counts().misses, 1U);
  EXPECT_EQ(cache.counts().stores, 5U);
  EXPECT_EQ(cache.usage()->entries, 4U);
  EXPECT_EQ(count_of(cache.folder(), ".part"), 0U);
}

TEST(DiskCache, FilesAreThisUsersAlone) {
  const TemporaryFolder folder;
  DiskCache cache(folder / "cache");
  const mode_t before = ::umask(0);
  cache.store("key", "value");
  ::umask(before);
  for (const auto& entry : fs::directory_iterator(cache.folder())) {
    EXPECT_EQ(entry.status().permissions(), fs::perms::owner_read | fs::perms::owner_write)
        << entry.path();
  }
}

TEST(DiskCache, WithoutAFolderKeepsNothing) {
  DiskCache cache("");
  cache.store("key", "value");
  EXPECT_EQ(cache.find("key"), Found());
  EXPECT_EQ(cache.last_fault(), "");
  EXPECT_EQ(cache.counts().stores, 0U);
}

TEST(DiskCache, FindsItsFolderAgainThatWasRemoved) {
  const TemporaryFolder folder;
  DiskCache cache(folder / "cache");
  cache.store("key", "value");
  fs::remove_all(cache.folder());
  EXPECT_EQ(cache.find("key"), Found());
  cache.store("key", "value");
  EXPECT_EQ(cache.find("key"), Found("value"));
  EXPECT_EQ(cache.last_fault(), "");
}

TEST(DiskCache, ARelativeFolderStaysWhereItIs) {
  const TemporaryFolder folder;
  EXPECT_EQ(tests::run_in_child([&] {
              fs::current_path(folder / "");
              DiskCache cache("cache");
              fs::current_path("/");
              cache.store("key", "value");
              return cache.folder() + ", " + cache.last_fault();
            }),
            folder / "cache" + ", ");
  EXPECT_TRUE(fs::exists(folder / "cache"));
}

TEST(DiskCache, ComparesTheWholeKey) {
  const TemporaryFolder folder;
  DiskCache cache(folder / "cache");
  cache.store("key", "value");
  write(path_of(cache, "key"), pack_entry("kez", "another"));
  EXPECT_EQ(cache.find("key"), Found());
  EXPECT_NE(cache.last_fault().find("another key with the same hash"), std::string::npos);
  EXPECT_EQ(cache.counts().damaged, 0U);
  cache.store("key", "value");
  EXPECT_EQ(cache.find("key"), Found("value"));
}

TEST(DiskCache, DamagedFilesAreNotThere) {
  const TemporaryFolder folder;
  DiskCache cache(folder / "cache");
  cache.store("key", "some value");
  const std::string path = path_of(cache, "key");
  const std::string whole = contents(path);
  std::size_t tried = 0;
  const auto expect_none = [&](const std::string& text) {
    write(path, text);
    EXPECT_EQ(cache.find("key"), Found());
    EXPECT_EQ(cache.counts().misses, ++tried);
  };
  for (std::size_t size = 0; size < whole.size(); ++size)
    expect_none(whole.substr(0, size));
  for (std::size_t bit = 0; bit < whole.size() * 8; bit += 3) {
    std::string text = whole;
    text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << bit % 8));
    expect_none(text);
  }
  expect_none(whole + "x");
  write(path, whole);
  EXPECT_EQ(cache.find("key"), Found("some value"));
  write(path, "");
  cache.store("key", "some value");
  EXPECT_EQ(cache.find("key"), Found("some value"));
}

TEST(DiskCache, RefusesWhatOthersCanWrite) {
  const TemporaryFolder folder;
  DiskCache cache(folder / "cache");
  cache.store("key", "value");
  const std::string path = path_of(cache, "key");
  ::chmod(path.c_str(), 0622);
  EXPECT_EQ(cache.find("key"), Found());
  EXPECT_NE(cache.last_fault().find("this user's alone"), std::string::npos);
  ::chmod(path.c_str(), 0600);
  EXPECT_EQ(cache.find("key"), Found("value"));

  ::chmod(cache.folder().c_str(), 0777);  // while it is open, and then anew
  DiskCache anew(cache.folder());
  for (DiskCache* each : {&cache, &anew}) {
    each->store("new", "value");
    EXPECT_EQ(each->find("key"), Found());
    EXPECT_NE(each->last_fault().find("others can write"), std::string::npos);
    EXPECT_EQ(each->usage().error().kind, FolderFault::Kind::unsafe);
    EXPECT_EQ(each->clear().error().kind, FolderFault::Kind::unsafe);
  }
  EXPECT_EQ(count_of(cache.folder(), ".entry"), 1U);
  ::chmod(cache.folder().c_str(), 0700);
  EXPECT_EQ(cache.find("key"), Found("value"));
  EXPECT_EQ(cache.find("new"), Found());
}

TEST(DiskCache, RefusesLinksAndPipes) {
  const TemporaryFolder folder;
  DiskCache cache(folder / "cache");
  cache.store("key", "value");
  const std::string path = path_of(cache, "key");
  fs::rename(path, folder / "elsewhere");
  fs::create_symlink(folder / "elsewhere", path);
  EXPECT_EQ(cache.find("key"), Found());
  fs::remove(path);
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(cache.find("key"), Found());
  cache.store("key", "value");  // takes the name
  EXPECT_EQ(cache.find("key"), Found("value"));
  fs::remove(path);
  fs::create_directory(path);
  cache.store("key", "value");
  EXPECT_EQ(cache.find("key"), Found());
  EXPECT_NE(cache.last_fault(), "");
  EXPECT_EQ(count_of(cache.folder(), ".part"), 0U);
}

TEST(DiskCache, RefusesFilesOfOthers) {
  if (!tests::may_change_user()) GTEST_SKIP() << "only root can make a file of another user";
  const TemporaryFolder folder;
  DiskCache cache(folder / "cache");
  cache.store("key", "value");
  ASSERT_EQ(::chown(path_of(cache, "key").c_str(), tests::stranger, tests::stranger), 0);
  EXPECT_EQ(cache.find("key"), Found());
  ASSERT_EQ(::chown(path_of(cache, "key").c_str(), ::geteuid(), ::getegid()), 0);
  EXPECT_EQ(cache.find("key"), Found("value"));
  ASSERT_EQ(::chown(cache.folder().c_str(), tests::stranger, tests::stranger), 0);
  EXPECT_EQ(cache.find("key"), Found());
  EXPECT_NE(cache.last_fault().find("belongs to user 54321"), std::string::npos);
}

std::string found_text(const Found& found) { return found ? *found : "nothing"; }

/// A folder whose files may be read, and none be made: as a user to whom rights apply.
TEST(DiskCache, ReadsAFolderThatIsReadOnly) {
  const TemporaryFolder folder;
  const auto test = [&] {
    DiskCache cache(folder / "cache");
    cache.store("key", "value");
    ::chmod(cache.folder().c_str(), 0500);
    ::chmod(path_of(cache, "key").c_str(), 0400);
    ::chmod((cache.folder() + "/usage.tcc-cache").c_str(), 0400);
    DiskCache anew(cache.folder());
    anew.store("new", "value");
    std::string text = fmt::format("{}, {}; {}", found_text(anew.find("key")),
                                   found_text(anew.find("new")), anew.last_fault());
    ::chmod(cache.folder().c_str(), 0700);
    return text;
  };
  ASSERT_EQ(::chmod((folder / "").c_str(), 01777), 0);
  EXPECT_EQ(tests::may_change_user() ? tests::run_as_user(tests::stranger, test) : test(),
            "value, nothing; cannot write 'usage.tcc-cache': Permission denied");
}

/// A file system of its own of 256 KiB, in a child that alone sees it.
TEST(DiskCache, FullDiskKeepsWhatItCan) {
  const TemporaryFolder folder;
  const std::string outcome = tests::run_in_child([&]() -> std::string {
    const std::string at = folder / "";
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", at.c_str(), "tmpfs", 0, "size=256k,mode=700") != 0) {
      return "no mount";
    }
    DiskCache cache(folder / "cache");
    std::string right;
    for (int i = 0; i < 20; ++i)
      cache.store(fmt::format("key {}", i), std::string(40'000, static_cast<char>('a' + i)));
    for (int i = 0; i < 20; ++i) {
      const Found value = cache.find(fmt::format("key {}", i));
      if (value && *value != std::string(40'000, static_cast<char>('a' + i))) return "wrong";
      right += value ? 'x' : '.';
    }
    if (!right.starts_with("xxxx") || !right.ends_with("..........")) return right;
    return fmt::format("{} parts; {}", count_of(cache.folder(), ".part"),
                       cache.last_fault().substr(0, 12));
  });
  if (outcome == "no mount") GTEST_SKIP() << "a small file system cannot be mounted here";
  EXPECT_EQ(outcome, "0 parts; cannot write");
}

/// A write past that limit kills the process, unless it is not tried.
TEST(DiskCache, ObeysTheLimitOfFileSizes) {
  const TemporaryFolder folder;
  EXPECT_EQ(tests::run_in_child([&] {
              const rlimit limit = {8192, 8192};
              ::setrlimit(RLIMIT_FSIZE, &limit);
              DiskCache cache(folder / "cache");
              cache.store("large", std::string(10'000, 'x'));
              cache.store("small", "value");
              return fmt::format("{}, {}; {}", found_text(cache.find("large")),
                                 found_text(cache.find("small")), cache.last_fault());
            }),
            "nothing, value; this process may not write files of that size (ulimit -f)");
}

TEST(DiskCache, RemovesWhatWasNotUsedForLongest) {
  const TemporaryFolder folder;
  constexpr std::uint64_t limit = 64 * 4096;
  DiskCache cache(folder / "cache", limit);
  const std::string value(3 * 4096, 'x');  // four blocks with what a file has beside it
  const auto key = [](int i) { return fmt::format("key {}", i); };
  for (int i = 0; i < 16; ++i) {
    cache.store(key(i), value);
    set_last_use(path_of(cache, key(i)), 1'000'000 + i);
  }
  EXPECT_EQ(cache.usage()->entries, 16U);
  EXPECT_EQ(cache.usage()->bytes, limit);
  EXPECT_EQ(cache.find(key(1)), Found(value));  // used now
  cache.store(key(16), value);
  EXPECT_EQ(cache.usage()->entries, 15U);
  EXPECT_EQ(cache.usage()->bytes, limit / 16 * 15);
  for (int i = 0; i < 17; ++i) {
    const bool is_gone = i == 0 || i == 2;
    EXPECT_EQ(cache.find(key(i)).has_value(), !is_gone) << i;
  }
}

TEST(DiskCache, StaysWithinItsBound) {
  const TemporaryFolder folder;
  constexpr std::uint64_t limit = 100 * 4096;
  DiskCache cache(folder / "cache", limit);
  for (int i = 0; i < 500; ++i) {
    cache.store(fmt::format("key {}", i % 97), std::string(static_cast<std::size_t>(i * 20), 'x'));
    ASSERT_LE(cache.usage()->bytes, limit) << i;
  }
  EXPECT_GE(cache.usage()->bytes, limit / 2);
  cache.store("too large", std::string(limit / 8, 'x'));
  EXPECT_EQ(cache.find("too large"), Found());
  EXPECT_NE(cache.last_fault().find("too many for a cache"), std::string::npos);
}

TEST(DiskCache, CountsAnewWhatItLostCountOf) {
  const TemporaryFolder folder;
  constexpr std::uint64_t limit = 16 * 4096;
  DiskCache cache(folder / "cache", limit);
  for (int i = 0; i < 15; ++i)
    cache.store(fmt::format("key {}", i), "value");
  const std::string usage = cache.folder() + "/usage.tcc-cache";
  EXPECT_EQ(fs::file_size(usage), 15U);
  fs::remove(usage);
  cache.store("key 15", "value");
  EXPECT_EQ(fs::file_size(usage), 16U);
  cache.store("key 16", "value");
  EXPECT_EQ(fs::file_size(usage), 15U);
  EXPECT_EQ(cache.usage()->entries, 15U);
  fs::resize_file(usage, 1'000'000);  // more than there can be: counted, and room enough found
  cache.store("key 17", "value");
  EXPECT_EQ(cache.usage()->entries, 16U);
  fs::remove(usage);
  fs::create_symlink(folder / "elsewhere", usage);
  cache.store("key 18", "value");  // what cannot be counted is not kept
  EXPECT_EQ(cache.usage()->entries, 16U);
  EXPECT_FALSE(fs::exists(folder / "elsewhere"));
}

TEST(DiskCache, NotesUseToTheMinute) {
  const TemporaryFolder folder;
  DiskCache cache(folder / "cache");
  cache.store("key", "value");
  const std::string path = path_of(cache, "key");
  const std::int64_t now = std::time(nullptr);
  set_last_use(path, now - 20);
  cache.find("key");
  EXPECT_EQ(last_use(path), now - 20);
  for (const std::int64_t before : {now - 1000, now + 1000}) {
    set_last_use(path, before);
    cache.find("key");
    EXPECT_GE(last_use(path), now);
    EXPECT_LE(last_use(path), now + 100);
  }
}

TEST(DiskCache, ClearsItsOwnFilesOnly) {
  const TemporaryFolder folder;
  DiskCache cache(folder / "cache");
  cache.store("one", "value");
  cache.store("two", "value");
  write(path_of(cache, "two"), "");  // as a crash leaves it
  const std::string at = cache.folder() + "/";
  const std::string foreign[] = {
      at + "notes.txt",
      at + "0123.entry",
      at + "0123456789abcdef0123456789ABCDEF.entry",
      at + "0123456789abcdef0123456789abcdef.entry~",
      at + "0123456789abcdef0123456789abcdee.entry",  // by its name an entry, but not inside
  };
  for (const std::string& path : foreign)
    write(path, "somebody's text");
  write(at + "0123456789abcdef0123456789abcdef.part", "left behind");
  fs::create_directory(at + "0123456789abcdef0123456789abcdea.entry");
  const auto removed = cache.clear();
  ASSERT_TRUE(removed.has_value());
  EXPECT_EQ(removed->entries, 2U);
  EXPECT_EQ(count_of(cache.folder(), ".part"), 0U);
  for (const std::string& path : foreign)
    EXPECT_EQ(contents(path), "somebody's text") << path;
  EXPECT_TRUE(fs::exists(at + "0123456789abcdef0123456789abcdea.entry"));
  EXPECT_EQ(cache.find("one"), Found());
  cache.store("one", "value");
  EXPECT_EQ(cache.find("one"), Found("value"));
}

TEST(DiskCache, PrunesToASize) {
  const TemporaryFolder folder;
  DiskCache cache(folder / "cache");
  EXPECT_EQ(cache.prune(0).error().kind, FolderFault::Kind::absent);
  for (int i = 0; i < 10; ++i) {
    cache.store(fmt::format("key {}", i), "value");
    set_last_use(path_of(cache, fmt::format("key {}", i)), 1000 + i);
  }
  EXPECT_EQ(cache.prune(std::uint64_t{1} << 40)->entries, 0U);
  EXPECT_EQ(cache.prune(4096 * 3 + 1)->entries, 7U);
  EXPECT_EQ(cache.find("key 6"), Found());
  EXPECT_EQ(cache.find("key 7"), Found("value"));
}

TEST(DiskCache, LeavesToOthersWhatTheyWrite) {
  const TemporaryFolder folder;
  DiskCache cache(folder / "cache");
  cache.store("other", "value");
  const std::string part = cache.folder() + "/" + part_file(hash_name("key"));
  const FileHandle writer(::open(part.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_EQ(::flock(writer.get(), LOCK_EX), 0);
  cache.store("key", "value");
  cache.clear();
  EXPECT_EQ(cache.find("key"), Found());
  EXPECT_EQ(cache.last_fault(), "");
  EXPECT_TRUE(fs::exists(part));
  ::flock(writer.get(), LOCK_UN);  // as if its process had died: the file is taken over
  write(part, std::string(1000, 'x'));
  cache.store("key", "value");
  EXPECT_EQ(cache.find("key"), Found("value"));
  EXPECT_FALSE(fs::exists(part));
}

TEST(DiskCache, ManyThreadsUseOne) {
  const TemporaryFolder folder;
  DiskCache cache(folder / "cache", 200 * 4096);
  std::atomic<int> wrong = 0;
  const auto work = [&](int seed) {
    for (int i = 0; i < 200; ++i) {
      const int k = (i * seed) % 31;
      const std::string key = fmt::format("key {}", k);
      const std::string value(static_cast<std::size_t>(k * 500), static_cast<char>('a' + k % 26));
      const Found found = cache.find(key);
      if (found && *found != value) ++wrong;
      cache.store(key, value);
      if (i % 50 == 0) cache.prune(50 * 4096);
    }
  };
  std::vector<std::thread> threads;
  for (int t = 1; t <= 8; ++t)
    threads.emplace_back(work, t);
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(cache.counts().damaged, 0U);
  EXPECT_GT(cache.counts().hits, 0U);
  EXPECT_EQ(count_of(cache.folder(), ".part"), 0U);
}

}  // namespace
}  // namespace tcc
