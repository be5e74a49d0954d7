#include "runtime/cache_folder.h"

#include <gtest/gtest.h>

#include "tests/support/environment.h"

namespace tcc {
namespace {

using Value = std::optional<std::string>;
using tests::ScopedVariable;

struct Case {
  Value tcc_cache;
  Value xdg_cache_home;
  Value home;
  const char* folder;
};

TEST(CacheFolder, FollowsTheEnvironment) {
  const Case cases[] = {
      {{}, "/x", "/h", "/x/tcc"},
      {{}, {}, "/h", "/h/.cache/tcc"},
      {{}, "", "/h", "/h/.cache/tcc"},
      {{}, "relative", "/h", "/h/.cache/tcc"},
      {{}, "relative", "", ""},
      {{}, {}, "h", ""},
      {{}, {}, {}, ""},
      {"/t", "/x", "/h", "/t"},
      {"t", {}, {}, "t"},
      {"", "/x", "/h", ""},
  };
  for (const Case& each : cases) {
    const ScopedVariable tcc_cache("TCC_CACHE", each.tcc_cache);
    const ScopedVariable xdg_cache_home("XDG_CACHE_HOME", each.xdg_cache_home);
    const ScopedVariable home("HOME", each.home);
    EXPECT_EQ(default_cache_folder(), each.folder);
  }
}

}  // namespace
}  // namespace tcc
