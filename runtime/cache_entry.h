// One entry of the disk cache as the bytes of a file, read with distrust.
//
//   bytes     what
//   8         "tcc-cach"
//   4, 4      the version of this layout; zero
//   8, 8      the length of the key, of the value
//   ..        the key, then the value
//   16        XXH3-128 of all that stands before it
//
// Numbers are in the byte order of the machine that wrote them: a machine of the other order reads
// another version. The checksum finds what a disk or a crash did to the file; it is no defence
// against an author, which the folder's rights are (runtime/trusted_folder.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace tcc {

/// What a file has beside the key and the value.
inline constexpr std::size_t entry_overhead = 48;

/// 32 hexadecimal digits: XXH3-128 of the key. Different keys may have the same: `value_of_entry`
/// tells them apart.
std::string hash_name(std::string_view key);

std::string pack_entry(std::string_view key, std::string_view value);

enum class EntryFault : std::uint8_t {
  other_version,  ///< of a tcc with another layout
  other_key,      ///< whole, but of a key with the same hash
  damaged,
};

/// The part of `file` that is the value of `key`.
tl::expected<std::string_view, EntryFault> value_of_entry(std::string_view file,
                                                          std::string_view key);

/// Whether a file that begins so may be an entry. One that a crash left empty, or full of zeros,
/// counts as such.
bool may_be_entry(std::string_view beginning);
/// How much of the beginning that wants.
inline constexpr std::size_t entry_magic_bytes = 8;

}  // namespace tcc
