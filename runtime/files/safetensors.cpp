// Tensors in .safetensors files.
#include "runtime/files/safetensors.h"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runtime/files/file_errors.h"
#include "runtime/files/input_file.h"

namespace tcc {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t length_size = 8;
constexpr std::uint64_t max_header = 100'000'000;  // as the format's own library has it
constexpr std::uint64_t max_bytes = std::uint64_t{1} << 62;
constexpr std::size_t max_rank = 64;

/// All element types of the format; those that tcc lacks have a size only.
struct Code {
  std::string_view name;
  std::uint64_t size;
  std::optional<DType> dtype;
};
constexpr Code codes[] = {
    {"BOOL", 1, DType::boolean}, {"U8", 1, DType::u8},     {"I8", 1, DType::i8},
    {"U16", 2, DType::u16},      {"I16", 2, DType::i16},   {"U32", 4, DType::u32},
    {"I32", 4, DType::i32},      {"U64", 8, DType::u64},   {"I64", 8, DType::i64},
    {"F16", 2, DType::f16},      {"BF16", 2, DType::bf16}, {"F32", 4, DType::f32},
    {"F64", 8, DType::f64},      {"F8_E4M3", 1, {}},       {"F8_E5M2", 1, {}},
};

auto wrong(std::string message) { return tl::make_unexpected(std::move(message)); }

struct Entry {
  std::string name;
  const Code* code;
  std::vector<std::int64_t> shape;
  std::uint64_t begin;  ///< from the header's end
  std::uint64_t end;
};

struct Header {
  std::vector<Entry> entries;
  std::uint64_t data_offset;
};

/// Without exceptions, without names that come twice, and no deeper than headers are.
tl::expected<Json, std::string> parse_json(const std::string& text) {
  constexpr int deepest = 3;
  std::vector<std::set<std::string>> keys;
  std::string fault;
  const auto follow = [&](int depth, Json::parse_event_t event, Json& value) {
    if (depth > deepest && fault.empty()) fault = "its header is nested too deep";
    if (!fault.empty()) return false;
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key) {
      const auto& name = value.get_ref<const std::string&>();
      if (!keys.back().insert(name).second) fault = fmt::format("its header has '{}' twice", name);
    }
    return true;
  };
  constexpr bool allow_exceptions = false;
  Json parsed = Json::parse(text, follow, allow_exceptions);
  if (!fault.empty()) return wrong(fault);
  if (!parsed.is_object()) return wrong("its header is no JSON object");
  return parsed;
}

const Code* find_code(const Json& value) {
  if (!value.is_string()) return nullptr;
  for (const Code& code : codes) {
    if (code.name == value.get_ref<const std::string&>()) return &code;
  }
  return nullptr;
}

std::optional<std::vector<std::int64_t>> parse_shape(const Json& value) {
  if (!value.is_array() || value.size() > max_rank) return {};
  std::vector<std::int64_t> shape;
  for (const Json& extent : value) {
    if (!extent.is_number_unsigned() || extent.get<std::uint64_t>() > max_bytes) return {};
    shape.push_back(extent.get<std::int64_t>());
  }
  return shape;
}

/// Nothing where an extent of zero hides what no memory could hold, or nothing hides it.
std::optional<std::uint64_t> byte_count(std::uint64_t bytes,
                                        const std::vector<std::int64_t>& shape) {
  bool is_empty = false;
  for (const std::int64_t extent : shape) {
    const auto count = static_cast<std::uint64_t>(extent);
    is_empty = is_empty || count == 0;
    if (count != 0 && bytes > max_bytes / count) return {};
    bytes *= std::max<std::uint64_t>(count, 1);
  }
  return is_empty ? 0 : bytes;
}

tl::expected<Entry, std::string> parse_entry(const std::string& name, const Json& value) {
  const auto member = [&](const char* key) {
    return value.is_object() && value.contains(key) ? value.at(key) : Json();
  };
  const Code* code = find_code(member("dtype"));
  if (code == nullptr) {
    return wrong(fmt::format("'{}' has the element type {}, which is none", name,
                             member("dtype").dump(-1, ' ', false, Json::error_handler_t::replace)));
  }
  auto shape = parse_shape(member("shape"));
  if (!shape) return wrong(fmt::format("the shape of '{}' is no list of at most 64 sizes", name));
  const Json offsets = member("data_offsets");
  if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
      !offsets[1].is_number_unsigned()) {
    return wrong(fmt::format("'{}' does not say where it begins and ends", name));
  }
  Entry entry{name, code, std::move(*shape), offsets[0].get<std::uint64_t>(),
              offsets[1].get<std::uint64_t>()};
  const auto bytes = byte_count(code->size, entry.shape);
  if (!bytes) return wrong(fmt::format("'{}' claims more than 2^62 bytes", name));
  if (entry.end < entry.begin || entry.end - entry.begin != *bytes) {
    return wrong(fmt::format("'{}' has {} bytes by its type and shape, but lies from {} to {}",
                             name, *bytes, entry.begin, entry.end));
  }
  return entry;
}

/// From the first byte behind the header to the file's last, one after the other.
std::string check_places(const std::vector<Entry>& entries, std::uint64_t size) {
  std::vector<const Entry*> sorted;
  for (const Entry& entry : entries)
    sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(), [](const Entry* a, const Entry* b) {
    return std::pair(a->begin, a->end) < std::pair(b->begin, b->end);
  });
  std::uint64_t at = 0;
  for (const Entry* entry : sorted) {
    if (entry->begin < at) return fmt::format("'{}' overlaps what stands before it", entry->name);
    if (entry->begin > at) return fmt::format("there is a gap before '{}'", entry->name);
    at = entry->end;
  }
  if (at > size) {
    return fmt::format(
        "it ends too early: its header asks for {} bytes of data, there are {}"
        "\n  help: write or copy the file again",
        at, size);
  }
  return at < size ? "more follows the last tensor" : "";
}

tl::expected<Header, std::string> read_header(const InputFile& file) {
  unsigned char bytes[length_size];
  if (!file.read_at(0, {reinterpret_cast<char*>(bytes), length_size})) {
    return wrong("it is no .safetensors file");
  }
  std::uint64_t length = 0;
  for (std::size_t i = length_size; i-- > 0;)
    length = length << 8 | bytes[i];
  if (length > max_header) return wrong(fmt::format("its header claims {} bytes", length));
  std::string text(static_cast<std::size_t>(std::min(length, file.size())), '\0');
  if (text.size() != length || !file.read_at(length_size, text)) {
    return wrong("it ends within its header");
  }
  if (!text.starts_with('{')) return wrong("its header is no JSON object");
  const auto parsed = parse_json(text);
  if (!parsed) return wrong(parsed.error());
  Header header{{}, length_size + length};
  for (const auto& [name, value] : parsed->items()) {
    if (name == "__metadata__") continue;
    auto entry = parse_entry(name, value);
    if (!entry) return wrong(entry.error());
    header.entries.push_back(std::move(*entry));
  }
  std::string fault = check_places(header.entries, file.size() - header.data_offset);
  if (!fault.empty()) return wrong(std::move(fault));
  return header;
}

/// A bool is 0 or 1 in memory; a file may hold anything.
void normalize_bools(const Tensor& tensor) {
  auto* bytes = static_cast<unsigned char*>(tensor.raw_data());
  std::for_each(bytes, bytes + tensor.element_count(), [](unsigned char& b) { b = b != 0; });
}

tl::expected<Tensor, Error> read_entry(const std::string& path, const InputFile& file,
                                       const Entry& entry, std::uint64_t data_offset) {
  if (!entry.code->dtype) {
    return tl::make_unexpected(malformed_file(
        path, fmt::format("'{}' is {}, which tcc lacks\n  help: convert it, to F32 for example",
                          entry.name, entry.code->name)));
  }
  Tensor tensor;
  try {
    tensor = Tensor::empty(*entry.code->dtype, entry.shape);
  } catch (const Error& no_memory) {
    return tl::make_unexpected(Error(ErrorCategory::environment,
                                     fmt::format("cannot read '{}': {}", path, no_memory.what())));
  }
  const std::span<char> into(static_cast<char*>(tensor.raw_data()),
                             static_cast<std::size_t>(entry.end - entry.begin));
  if (!file.read_at(data_offset + entry.begin, into)) {
    return tl::make_unexpected(malformed_file(path, "it ends too early"));
  }
  if (tensor.dtype() == DType::boolean) normalize_bools(tensor);
  return tensor;
}

}  // namespace

tl::expected<Tensor, Error> read_safetensors(const std::string& path, const std::string& tensor) {
  const auto file = InputFile::open(path);
  if (!file) return tl::make_unexpected(file.error());
  const auto header = read_header(*file);
  if (!header) return tl::make_unexpected(malformed_file(path, header.error()));
  std::vector<std::string> names;
  for (const Entry& entry : header->entries) {
    if (entry.name == tensor) return read_entry(path, *file, entry, header->data_offset);
    names.push_back(entry.name);
  }
  return tl::make_unexpected(no_such_member(path, tensor, names));
}

}  // namespace tcc
