// The directory of a ZIP archive.
#include "runtime/files/zip_directory.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

#include <fmt/format.h>

namespace tcc::zip {

namespace {

constexpr std::size_t max_comment = 65535;
constexpr std::uint64_t max_directory = std::uint64_t{64} << 20;
constexpr std::uint16_t flag_encrypted = 1;

using Fault = std::string;  ///< empty where there is none

auto wrong(std::string message) { return tl::make_unexpected(std::move(message)); }

/// Little-endian numbers out of bytes that are known to be there.
std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;)
    value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}
std::uint16_t u16_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(number_at(bytes, at, 2));
}
std::uint32_t u32_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint32_t>(number_at(bytes, at, 4));
}
std::uint64_t u64_at(std::string_view bytes, std::size_t at) { return number_at(bytes, at, 8); }

std::optional<std::string> bytes_at(const InputFile& file, std::uint64_t offset,
                                    std::uint64_t size) {
  if (offset > file.size() || size > file.size() - offset) return {};
  std::string bytes(static_cast<std::size_t>(size), '\0');
  if (!file.read_at(offset, bytes)) return {};
  return bytes;
}

struct Place {
  std::uint64_t offset;
  std::uint64_t size;
  std::uint64_t count;
  std::uint64_t end;  ///< where what follows the directory begins
};

/// The end record stands last, but for a comment of its own.
std::optional<std::uint64_t> find_end(const InputFile& file, std::string& record) {
  const std::uint64_t length = std::min<std::uint64_t>(file.size(), end_size + max_comment);
  const auto tail = bytes_at(file, file.size() - length, length);
  if (!tail || tail->size() < end_size) return {};
  for (std::size_t at = tail->size() - end_size + 1; at-- > 0;) {
    if (u32_at(*tail, at) != end_signature) continue;
    if (u16_at(*tail, at + 20) != tail->size() - at - end_size) continue;
    record = tail->substr(at, end_size);
    return file.size() - length + at;
  }
  return {};
}

/// What the ZIP64 records say in place of the end record.
tl::expected<Place, std::string> place64(const InputFile& file, std::uint64_t locator_at) {
  const auto locator = bytes_at(file, locator_at, locator64_size);
  const std::uint64_t at = u64_at(*locator, 8);
  const auto record = bytes_at(file, at, end64_size);
  if (!record || u32_at(*record, 0) != end64_signature || at + end64_size > locator_at) {
    return wrong("its ZIP64 record is not where it should be");
  }
  if (u32_at(*record, 16) != 0 || u32_at(*record, 20) != 0 || u32_at(*locator, 4) != 0) {
    return wrong("it is one of several parts");
  }
  return Place{u64_at(*record, 48), u64_at(*record, 40), u64_at(*record, 32), at};
}

tl::expected<Place, std::string> find_directory(const InputFile& file) {
  std::string record;
  const auto end = find_end(file, record);
  if (!end) return wrong("it is no archive, or ends too early\n  help: write or copy it again");
  if (*end >= locator64_size) {
    const auto locator = bytes_at(file, *end - locator64_size, locator64_size);
    if (locator && u32_at(*locator, 0) == locator64_signature) {
      return place64(file, *end - locator64_size);
    }
  }
  if (u16_at(record, 4) != 0 || u16_at(record, 6) != 0) return wrong("it is one of several parts");
  return Place{u32_at(record, 16), u32_at(record, 12), u16_at(record, 10), *end};
}

/// Numbers too large for their place stand in the entry's ZIP64 extra, in this order.
Fault widen(std::string_view extra, std::span<std::uint64_t* const> numbers) {
  const bool needed = std::any_of(numbers.begin(), numbers.end(),
                                  [](const std::uint64_t* number) { return *number == see64; });
  if (!needed) return "";
  while (extra.size() >= 4) {
    const std::size_t size = u16_at(extra, 2);
    if (size > extra.size() - 4) break;
    std::string_view body = extra.substr(4, size);
    const bool found = u16_at(extra, 0) == extra64;
    extra.remove_prefix(4 + size);
    if (!found) continue;
    for (std::uint64_t* const number : numbers) {
      if (*number != see64) continue;
      if (body.size() < 8) return "its directory lacks a ZIP64 size";
      *number = u64_at(body, 0);
      body.remove_prefix(8);
    }
    return "";
  }
  return "";  // 0xffffffff itself
}

/// Names that would lead out of a folder, were the archive unpacked, or are cut by a zero byte.
bool is_harmless(std::string_view name) {
  if (name.empty() || name.front() == '/') return false;
  if (name.find('\0') != std::string_view::npos || name.find('\\') != std::string_view::npos)
    return false;
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    if (name.substr(begin, end - begin) == "..") return false;
    begin = end + 1;
  }
  return true;
}

/// A name as it may stand in a message.
std::string shown(std::string_view name) {
  std::string text(name.substr(0, 80));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, '?');
  return text;
}

/// A member as the directory has it, with where its own header lies.
struct Entry {
  Member member;
  std::uint64_t header_offset;
};

Fault parse_method(std::string_view entry, Member& member) {
  const std::uint16_t flags = u16_at(entry, 8);
  const std::uint16_t method = u16_at(entry, 10);
  if ((flags & flag_encrypted) != 0) return fmt::format("'{}' is encrypted", shown(member.name));
  if (method != 0 && method != 8) {
    return fmt::format("'{}' is packed by method {}, tcc reads 0 (stored) and 8 (deflated)",
                       shown(member.name), method);
  }
  member.method = method == 0 ? Method::stored : Method::deflated;
  return "";
}

/// Sizes that cannot be true: nothing is asked of memory for them.
Fault check_sizes(const Member& member) {
  constexpr std::uint64_t most_for_a_byte = 1032;  // of deflate (zlib's technical details)
  const bool fits = member.method == Method::stored
                        ? member.size == member.packed_size
                        : member.size / most_for_a_byte <= member.packed_size;
  if (fits) return "";
  return fmt::format("'{}' claims {} bytes, packed into {}", shown(member.name), member.size,
                     member.packed_size);
}

/// Takes an entry off the front of the directory.
tl::expected<Entry, std::string> take_entry(std::string_view& directory) {
  if (directory.size() < entry_size || u32_at(directory, 0) != entry_signature) {
    return wrong("its directory is damaged");
  }
  const std::size_t name_size = u16_at(directory, 28);
  const std::size_t extra_size = u16_at(directory, 30);
  const std::size_t size = entry_size + name_size + extra_size + u16_at(directory, 32);
  if (size > directory.size()) return wrong("its directory is damaged");
  Entry entry{{std::string(directory.substr(entry_size, name_size)), Method::stored,
               u32_at(directory, 16), u32_at(directory, 20), u32_at(directory, 24)},
              u32_at(directory, 42)};
  Member& member = entry.member;
  if (!is_harmless(member.name)) {
    return wrong(fmt::format("it has a member of the name '{}'", shown(member.name)));
  }
  std::uint64_t* const numbers[] = {&member.size, &member.packed_size, &entry.header_offset};
  Fault fault = widen(directory.substr(entry_size + name_size, extra_size), numbers);
  if (fault.empty()) fault = parse_method(directory, member);
  if (fault.empty()) fault = check_sizes(member);
  if (!fault.empty()) return wrong(std::move(fault));
  directory.remove_prefix(size);
  return entry;
}

/// Follows an entry to its member, whose own header must agree with it.
Fault locate(const InputFile& file, Entry& entry) {
  Member& member = entry.member;
  const auto header = bytes_at(file, entry.header_offset, local_size);
  if (!header || u32_at(*header, 0) != local_signature) {
    return fmt::format("'{}' is not where its directory says", shown(member.name));
  }
  const std::uint64_t name_size = u16_at(*header, 26);
  const auto name = bytes_at(file, entry.header_offset + local_size, name_size);
  if (!name || *name != member.name ||
      u16_at(*header, 8) != (member.method == Method::stored ? 0 : 8)) {
    return fmt::format("'{}' has a header of its own that says otherwise", shown(member.name));
  }
  member.data_offset = entry.header_offset + local_size + name_size + u16_at(*header, 28);
  return "";
}

/// From one header to the next, and to the directory, no two overlap.
Fault check_places(std::vector<Entry>& entries, std::uint64_t directory_offset) {
  std::vector<const Entry*> sorted;
  for (const Entry& entry : entries)
    sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(),
            [](const Entry* a, const Entry* b) { return a->header_offset < b->header_offset; });
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const std::uint64_t end =
        i + 1 < sorted.size() ? sorted[i + 1]->header_offset : directory_offset;
    const Member& member = sorted[i]->member;
    if (member.data_offset > end || member.packed_size > end - member.data_offset) {
      return fmt::format("'{}' overlaps what follows it", shown(member.name));
    }
  }
  return "";
}

}  // namespace

tl::expected<std::vector<Member>, std::string> read_directory(const InputFile& file) {
  const auto place = find_directory(file);
  if (!place) return wrong(place.error());
  if (place->offset > place->end || place->size > place->end - place->offset) {
    return wrong("its directory is not where it should be");
  }
  if (place->size > max_directory || place->count > place->size / entry_size) {
    return wrong(
        fmt::format("its directory claims {} members in {} bytes", place->count, place->size));
  }
  const auto bytes = bytes_at(file, place->offset, place->size);
  if (!bytes) return wrong("its directory cannot be read");
  std::string_view rest = *bytes;
  std::vector<Entry> entries;
  std::set<std::string> names;
  for (std::uint64_t i = 0; i < place->count; ++i) {
    auto entry = take_entry(rest);
    if (!entry) return wrong(entry.error());
    if (Fault fault = locate(file, *entry); !fault.empty()) return wrong(std::move(fault));
    if (!names.insert(entry->member.name).second) {
      return wrong(fmt::format("it has '{}' twice", shown(entry->member.name)));
    }
    entries.push_back(std::move(*entry));
  }
  if (!rest.empty()) return wrong("its directory goes on behind the last member");
  if (Fault fault = check_places(entries, place->offset); !fault.empty())
    return wrong(std::move(fault));
  std::vector<Member> members;
  for (Entry& entry : entries)
    members.push_back(std::move(entry.member));
  return members;
}

}  // namespace tcc::zip
