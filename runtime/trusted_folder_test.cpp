// Which folders and files are believed, and which are not.
#include "runtime/trusted_folder.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/child_process.h"
#include "tests/support/run_tcc.h"

namespace tcc {
namespace {

namespace fs = std::filesystem;
using tests::run_as_user;
using tests::TemporaryFolder;

/// "trusted", or the kind of the fault and what it says.
std::string judgement(const std::string& path, MissingFolder missing = MissingFolder::report) {
  const auto folder = TrustedFolder::open(path, missing);
  if (folder) return "trusted";
  switch (folder.error().kind) {
    case FolderFault::Kind::absent: return "absent: " + folder.error().message;
    case FolderFault::Kind::unsafe:
      return fmt::format("unsafe: {}; {}", folder.error().message, folder.error().mend);
    case FolderFault::Kind::unusable: return "unusable: " + folder.error().message;
  }
  return "";
}

void make(const std::string& path, mode_t mode) {
  fs::create_directories(path);
  ASSERT_EQ(::chmod(path.c_str(), mode), 0);
}

TEST(TrustedFolder, IsMadeForThisUserAlone) {
  const TemporaryFolder folder;
  const std::string path = folder / "a/b/c";
  EXPECT_EQ(judgement(path), fmt::format("absent: there is no '{}'", path));
  EXPECT_FALSE(fs::exists(folder / "a"));
  EXPECT_EQ(judgement(path, MissingFolder::create), "trusted");
  EXPECT_EQ(judgement(path), "trusted");
  for (const char* made : {"a", "a/b", "a/b/c"}) {
    EXPECT_EQ(fs::status(folder / made).permissions(), fs::perms::owner_all) << made;
  }
}

TEST(TrustedFolder, OthersMustNotWriteIt) {
  const TemporaryFolder folder;
  const std::string path = folder / "it's";
  for (const mode_t mode : {0720, 0702, 0777, 01777}) {
    make(path, mode);
    const std::string quoted = folder / "it'\\''s";
    EXPECT_EQ(judgement(path, MissingFolder::create),
              fmt::format("unsafe: others can write '{}'; chmod go-w '{}'", path, quoted))
        << mode;
  }
  for (const mode_t mode : {0700, 0755, 0711}) {
    make(path, mode);
    EXPECT_EQ(judgement(path), "trusted") << mode;
  }
}

TEST(TrustedFolder, OthersMustNotReplaceIt) {
  const TemporaryFolder folder;
  make(folder / "parent/middle/cache", 0700);
  const std::string path = folder / "parent/middle/cache";
  for (const mode_t mode : {0720, 0702, 0777}) {
    make(folder / "parent", mode);
    EXPECT_EQ(judgement(path),
              fmt::format("unsafe: others can replace what is in '{0}'; chmod go-w '{0}'",
                          folder / "parent"))
        << mode;
  }
  make(folder / "parent", 01777);
  EXPECT_EQ(judgement(path), "trusted");
  make(folder / "parent", 0777);
  EXPECT_EQ(judgement(folder / "parent/new", MissingFolder::create).substr(0, 6), "unsafe");
  EXPECT_FALSE(fs::exists(folder / "parent/new"));
}

TEST(TrustedFolder, LinkIsAsGoodAsItsTarget) {
  const TemporaryFolder folder;
  make(folder / "good", 0700);
  make(folder / "open", 0777);
  make(folder / "open/inner", 0700);
  fs::create_directory_symlink(folder / "good", folder / "to-good");
  fs::create_directory_symlink(folder / "open", folder / "to-open");
  fs::create_directory_symlink(folder / "open/inner", folder / "to-inner");
  fs::create_directory_symlink(folder / "absent", folder / "to-nothing");
  fs::create_directory_symlink(folder / "loop", folder / "loop");
  EXPECT_EQ(judgement(folder / "to-good"), "trusted");
  EXPECT_EQ(judgement(folder / "to-good/"), "trusted");
  EXPECT_EQ(judgement(folder / "to-open").substr(0, 6), "unsafe");
  EXPECT_EQ(judgement(folder / "to-inner").substr(0, 6), "unsafe");
  EXPECT_EQ(judgement(folder / "to-nothing", MissingFolder::create).substr(0, 6), "absent");
  EXPECT_EQ(judgement(folder / "loop", MissingFolder::create).substr(0, 8), "unusable");
}

TEST(TrustedFolder, SaysWhatCannotBeUsed) {
  const TemporaryFolder folder;
  std::ofstream(folder / "file") << "text";
  EXPECT_NE(judgement(folder / "file").find("Not a directory"), std::string::npos);
  EXPECT_NE(judgement(folder / "file/below", MissingFolder::create).find("Not a directory"),
            std::string::npos);
  EXPECT_NE(judgement(folder / std::string(5000, 'x'), MissingFolder::create).find("too long"),
            std::string::npos);
  EXPECT_EQ(judgement("", MissingFolder::create).substr(0, 8), "unusable");
  EXPECT_EQ(judgement(std::string("/tmp\0x", 6)).substr(0, 8), "unusable");
}

TEST(TrustedFolder, NoticesWhenItChanges) {
  const TemporaryFolder folder;
  make(folder / "cache", 0700);
  auto opened = TrustedFolder::open(folder / "cache", MissingFolder::report);
  ASSERT_TRUE(opened.has_value());
  EXPECT_TRUE(opened->is_as_opened());
  make(folder / "cache", 0770);
  EXPECT_FALSE(opened->is_as_opened());
  make(folder / "cache", 0700);
  EXPECT_TRUE(opened->is_as_opened());
  fs::remove(folder / "cache");
  EXPECT_FALSE(opened->is_as_opened());
}

/// Root may read what others keep to themselves, so these are tried as somebody else.
TEST(TrustedFolder, IsOfThisUser) {
  if (!tests::may_change_user()) GTEST_SKIP() << "only root can make a folder of another user";
  const TemporaryFolder folder;
  make(folder / "mine", 0700);
  make(folder / "open", 0755);
  make(folder / "theirs", 0700);
  ASSERT_EQ(::chown((folder / "theirs").c_str(), tests::stranger, tests::stranger), 0);
  make(folder / "theirs/inner", 0700);
  const auto as_stranger = [&](const std::string& name) {
    return run_as_user(tests::stranger, [&] { return judgement(folder / name); });
  };
  EXPECT_EQ(as_stranger("theirs"), "trusted");
  EXPECT_EQ(as_stranger("open").substr(0, 6), "unsafe");
  EXPECT_NE(as_stranger("open").find("belongs to user 0, and this is user 54321"),
            std::string::npos);
  EXPECT_NE(as_stranger("mine").find("Permission denied"), std::string::npos);
  EXPECT_NE(as_stranger("mine/inner").find("Permission denied"), std::string::npos);
  EXPECT_NE(run_as_user(tests::stranger,
                        [&] { return judgement(folder / "open/new", MissingFolder::create); })
                .find("Permission denied"),
            std::string::npos);
  EXPECT_EQ(judgement(folder / "theirs").substr(0, 6), "unsafe");
  EXPECT_NE(judgement(folder / "theirs/inner").find("who can replace what is in it"),
            std::string::npos);
}

struct FileCase {
  const char* name;
  int error;  ///< 0 where it is opened
};

TEST(TrustedFolder, OpensRegularFilesOfThisUserOnly) {
  const TemporaryFolder folder;
  make(folder / "cache", 0700);
  const std::string at = folder / "cache/";
  for (const char* name : {"good", "group", "all", "read"})
    std::ofstream(at + name) << "text";
  ::chmod((at + "good").c_str(), 0600);
  ::chmod((at + "group").c_str(), 0620);
  ::chmod((at + "all").c_str(), 0602);
  ::chmod((at + "read").c_str(), 0644);
  fs::create_symlink(at + "good", at + "link");
  fs::create_directory(at + "folder");
  ASSERT_EQ(::mkfifo((at + "pipe").c_str(), 0600), 0);
  const auto opened = TrustedFolder::open(at, MissingFolder::report);
  ASSERT_TRUE(opened.has_value());
  for (const FileCase& each : {FileCase{"good", 0},
                               {"read", 0},
                               {"group", EPERM},
                               {"all", EPERM},
                               {"link", ELOOP},
                               {"folder", EPERM},
                               {"pipe", EPERM},
                               {"absent", ENOENT}}) {
    errno = 0;
    const FileHandle file = opened->open_file(each.name, O_RDONLY);
    EXPECT_EQ(static_cast<bool>(file), each.error == 0) << each.name;
    if (each.error != 0) EXPECT_EQ(errno, each.error) << each.name;
  }
  if (!tests::may_change_user()) GTEST_SKIP() << "only root can make a file of another user";
  ASSERT_EQ(::chown((at + "read").c_str(), tests::stranger, tests::stranger), 0);
  EXPECT_FALSE(opened->open_file("read", O_RDONLY));
}

}  // namespace
}  // namespace tcc
