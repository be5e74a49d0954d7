// The directory of a ZIP archive: what its members are called and where they lie (PKWARE,
// APPNOTE.TXT 6.3.10, as far as Python's zipfile writes it; ZIP64 included).
//
// Read with distrust: archives whose parts do not lie one after the other inside the file are
// refused, so that no byte is read twice and no size is believed that the file cannot hold.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/files/input_file.h"

namespace tcc::zip {

enum class Method : std::uint8_t { stored, deflated };

struct Member {
  std::string name;
  Method method;
  std::uint32_t crc;              ///< of what is packed
  std::uint64_t packed_size;      ///< bytes in the file
  std::uint64_t size;             ///< bytes once unpacked
  std::uint64_t data_offset = 0;  ///< where the packed bytes begin
};

/// All members, in the order of the directory. Errors say what is wrong with the archive.
tl::expected<std::vector<Member>, std::string> read_directory(const InputFile& file);

// Fixed parts of the format, which the writer shares.
inline constexpr std::uint32_t local_signature = 0x04034b50;
inline constexpr std::uint32_t entry_signature = 0x02014b50;
inline constexpr std::uint32_t end_signature = 0x06054b50;
inline constexpr std::uint32_t end64_signature = 0x06064b50;
inline constexpr std::uint32_t locator64_signature = 0x07064b50;
inline constexpr std::size_t local_size = 30;
inline constexpr std::size_t entry_size = 46;
inline constexpr std::size_t end_size = 22;
inline constexpr std::size_t end64_size = 56;
inline constexpr std::size_t locator64_size = 20;
inline constexpr std::uint16_t extra64 = 1;
inline constexpr std::uint32_t see64 = 0xffffffff;  ///< the number stands in a ZIP64 part

}  // namespace tcc::zip
