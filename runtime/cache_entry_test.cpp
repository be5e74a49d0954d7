// Every byte of a file is looked at: no change of one goes unseen.
#include "runtime/cache_entry.h"

#include <set>

#include <gtest/gtest.h>

namespace tcc {
namespace {

std::string zeros_and(std::string_view text) { return std::string(3, '\0') + std::string(text); }

TEST(CacheEntry, GivesBackTheValueOfItsKey) {
  for (const std::string& key : {std::string(), std::string("k"), zeros_and("key")}) {
    for (const std::string& value : {std::string(), zeros_and("value"), std::string(70000, 'v')}) {
      const std::string file = pack_entry(key, value);
      EXPECT_EQ(file.size(), entry_overhead + key.size() + value.size());
      EXPECT_TRUE(may_be_entry(std::string_view(file).substr(0, entry_magic_bytes)));
      const auto found = value_of_entry(file, key);
      ASSERT_TRUE(found.has_value());
      EXPECT_EQ(*found, value);
    }
  }
}

TEST(CacheEntry, TellsKeysApart) {
  const std::string file = pack_entry("key", "value");
  for (const char* other : {"", "ke", "kez", "keyv", "keyvalue"}) {
    const auto found = value_of_entry(file, other);
    ASSERT_FALSE(found.has_value()) << other;
    EXPECT_EQ(found.error(), EntryFault::other_key) << other;
  }
}

TEST(CacheEntry, OneChangedBitIsSeen) {
  const std::string whole = pack_entry("a key of some length", "a value of some length");
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string file = whole;
    file[bit / 8] = static_cast<char>(file[bit / 8] ^ (1 << bit % 8));
    const auto found = value_of_entry(file, "a key of some length");
    ASSERT_FALSE(found.has_value()) << "bit " << bit;
    const bool is_version = bit / 32 == 2;
    EXPECT_EQ(found.error(), is_version ? EntryFault::other_version : EntryFault::damaged)
        << "bit " << bit;
  }
}

TEST(CacheEntry, AnyOtherLengthIsSeen) {
  const std::string whole = pack_entry("key", "value");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto found = value_of_entry(std::string_view(whole).substr(0, size), "key");
    ASSERT_FALSE(found.has_value()) << size;
    EXPECT_EQ(found.error(), EntryFault::damaged);
  }
  EXPECT_FALSE(value_of_entry(whole + '\0', "key").has_value());
  EXPECT_FALSE(value_of_entry(whole + whole, "key").has_value());
}

/// Lengths that wrap around when they are added.
TEST(CacheEntry, LengthsBeyondTheFileAreSeen) {
  for (const std::size_t at : {16U, 24U}) {
    std::string file = pack_entry("key", "value");
    for (std::size_t byte = at; byte < at + 8; ++byte)
      file[byte] = '\xff';
    const auto found = value_of_entry(file, "key");
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error(), EntryFault::damaged);
  }
}

TEST(CacheEntry, NamesAreHashes) {
  std::set<std::string> names;
  for (int i = 0; i < 1000; ++i)
    names.insert(hash_name(std::to_string(i)));
  EXPECT_EQ(names.size(), 1000U);
  EXPECT_EQ(hash_name(""), "99aa06d3014798d86001c324468d497f");  // as xxhsum -H2 prints it
}

TEST(CacheEntry, KnowsWhatMayBeOne) {
  EXPECT_TRUE(may_be_entry(""));
  EXPECT_TRUE(may_be_entry(std::string(entry_magic_bytes, '\0')));
  EXPECT_FALSE(may_be_entry("tcc-cac"));
  EXPECT_FALSE(
      may_be_entry("\x7f"
                   "ELF\1\1\1\0"));
}

}  // namespace
}  // namespace tcc
