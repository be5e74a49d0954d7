// One entry of the disk cache as the bytes of a file.
#include "runtime/cache_entry.h"

#include <cstring>

#define XXH_INLINE_ALL  // no library to link, and no names that a host program could have too
#include <xxhash.h>

namespace tcc {

namespace {

constexpr std::string_view magic = "tcc-cach";
static_assert(magic.size() == entry_magic_bytes);
constexpr std::uint32_t layout_version = 1;

struct Header {
  char magic[entry_magic_bytes];
  std::uint32_t version;
  std::uint32_t zero;
  std::uint64_t key_bytes;
  std::uint64_t value_bytes;
};
static_assert(sizeof(Header) == 32);
static_assert(sizeof(Header) + sizeof(XXH128_canonical_t) == entry_overhead);

XXH128_canonical_t hash_of(std::string_view bytes) {
  XXH128_canonical_t hash;
  XXH128_canonicalFromHash(&hash, XXH3_128bits(bytes.data(), bytes.size()));
  return hash;
}

}  // namespace

std::string hash_name(std::string_view key) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string name;
  for (const unsigned char byte : hash_of(key).digest) {
    name += digits[byte / 16];
    name += digits[byte % 16];
  }
  return name;
}

std::string pack_entry(std::string_view key, std::string_view value) {
  Header header = {{}, layout_version, 0, key.size(), value.size()};
  std::memcpy(header.magic, magic.data(), magic.size());
  std::string file;
  file.reserve(entry_overhead + key.size() + value.size());
  file.append(reinterpret_cast<const char*>(&header), sizeof header);
  file.append(key);
  file.append(value);
  const XXH128_canonical_t hash = hash_of(file);
  file.append(reinterpret_cast<const char*>(hash.digest), sizeof hash.digest);
  return file;
}

tl::expected<std::string_view, EntryFault> value_of_entry(std::string_view file,
                                                          std::string_view key) {
  if (file.size() < entry_overhead) return tl::unexpected(EntryFault::damaged);
  Header header;
  std::memcpy(&header, file.data(), sizeof header);
  if (std::string_view(header.magic, magic.size()) != magic) {
    return tl::unexpected(EntryFault::damaged);
  }
  if (header.version != layout_version) return tl::unexpected(EntryFault::other_version);
  const std::uint64_t payload = file.size() - entry_overhead;
  if (header.zero != 0 || header.key_bytes > payload ||
      header.value_bytes != payload - header.key_bytes) {
    return tl::unexpected(EntryFault::damaged);
  }
  const std::string_view hashed = file.substr(0, file.size() - sizeof(XXH128_canonical_t));
  const XXH128_canonical_t hash = hash_of(hashed);
  if (std::memcmp(hash.digest, file.data() + hashed.size(), sizeof hash.digest) != 0) {
    return tl::unexpected(EntryFault::damaged);
  }
  if (file.substr(sizeof header, header.key_bytes) != key) {
    return tl::unexpected(EntryFault::other_key);
  }
  return file.substr(sizeof header + header.key_bytes, header.value_bytes);
}

bool may_be_entry(std::string_view beginning) {
  const bool is_blank = beginning.find_first_not_of('\0') == std::string_view::npos;
  return is_blank || beginning.starts_with(magic);
}

}  // namespace tcc
