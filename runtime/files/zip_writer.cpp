// ZIP archives of members that are not packed.
#include "runtime/files/zip_writer.h"

#include <zlib.h>

#include "runtime/files/zip_directory.h"

namespace tcc::zip {

namespace {

constexpr std::uint16_t version64 = 45;
constexpr std::uint16_t first_day = 1 << 5 | 1;  // 1980-01-01
constexpr std::uint64_t max32 = see64 - 1;
constexpr std::uint64_t max16 = 0xfffe;

/// Little-endian numbers, one after the other.
class Bytes {
 public:
  Bytes& u16(std::uint64_t value) { return number(value, 2); }
  Bytes& u32(std::uint64_t value) { return number(value, 4); }
  Bytes& u64(std::uint64_t value) { return number(value, 8); }
  Bytes& text(std::string_view value) {
    bytes_ += value;
    return *this;
  }
  std::string take() { return std::move(bytes_); }

 private:
  Bytes& number(std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i, value >>= 8)
      bytes_ += static_cast<char>(value & 0xff);
    return *this;
  }
  std::string bytes_;
};

struct Written {
  std::string_view name;
  std::uint32_t crc;
  std::uint64_t size;
  std::uint64_t offset;
};

std::uint64_t size_of(const NewMember& member) {
  std::uint64_t size = 0;
  for (const std::string_view part : member.parts)
    size += part.size();
  return size;
}

std::uint32_t crc_of(const NewMember& member) {
  unsigned long crc = 0;
  for (const std::string_view part : member.parts) {
    crc = ::crc32_z(crc, reinterpret_cast<const unsigned char*>(part.data()), part.size());
  }
  return static_cast<std::uint32_t>(crc);
}

/// The common part of a member's header and its entry, up to its sizes. Sizes always stand in the
/// ZIP64 extra: readers take it, and there is one form only.
void add_core(Bytes& bytes, std::uint32_t crc) {
  bytes.u16(version64).u16(0).u16(0).u16(0).u16(first_day).u32(crc).u32(see64).u32(see64);
}

std::string local_header(const Written& member) {
  Bytes bytes;
  bytes.u32(local_signature);
  add_core(bytes, member.crc);
  bytes.u16(member.name.size()).u16(20).text(member.name);
  bytes.u16(extra64).u16(16).u64(member.size).u64(member.size);
  return bytes.take();
}

std::string directory_entry(const Written& member) {
  Bytes bytes;
  bytes.u32(entry_signature).u16(version64);
  add_core(bytes, member.crc);
  bytes.u16(member.name.size()).u16(28).u16(0).u16(0).u16(0).u32(0).u32(see64);
  bytes.text(member.name);
  bytes.u16(extra64).u16(24).u64(member.size).u64(member.size).u64(member.offset);
  return bytes.take();
}

std::string end_records(std::uint64_t count, std::uint64_t directory, std::uint64_t size) {
  Bytes bytes;
  const bool is_large = count > max16 || directory > max32 || size > max32;
  if (is_large) {
    bytes.u32(end64_signature).u64(end64_size - 12).u16(version64).u16(version64).u32(0).u32(0);
    bytes.u64(count).u64(count).u64(size).u64(directory);
    bytes.u32(locator64_signature).u32(0).u64(directory + size).u32(1);
  }
  const std::uint64_t shown = is_large ? 0xffff : count;
  bytes.u32(end_signature).u16(0).u16(0).u16(shown).u16(shown);
  bytes.u32(is_large ? see64 : size).u32(is_large ? see64 : directory).u16(0);
  return bytes.take();
}

}  // namespace

Archive make_archive(std::span<const NewMember> members) {
  Archive archive;
  std::string directory;
  std::uint64_t offset = 0;
  const auto add = [&](std::string_view piece) {
    archive.pieces.push_back(piece);
    offset += piece.size();
  };
  for (const NewMember& member : members) {
    const Written written{member.name, crc_of(member), size_of(member), offset};
    add(archive.headers.emplace_back(local_header(written)));
    for (const std::string_view part : member.parts)
      add(part);
    directory += directory_entry(written);
  }
  const std::uint64_t directory_offset = offset;
  const std::uint64_t directory_size = directory.size();
  add(archive.headers.emplace_back(std::move(directory)));
  add(archive.headers.emplace_back(end_records(members.size(), directory_offset, directory_size)));
  return archive;
}

}  // namespace tcc::zip
