// The header of NumPy's .npy files.
#include "runtime/files/npy_header.h"

#include <bit>
#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace tcc::npy {

namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t max_text_length = std::size_t{1} << 20;
constexpr std::int64_t max_bytes = std::int64_t{1} << 62;
constexpr char native_mark = std::endian::native == std::endian::little ? '<' : '>';

/// NumPy's code of an element type, without the byte order.
struct Code {
  DType dtype;
  std::string_view text;
};
constexpr Code codes[] = {
    {DType::boolean, "b1"}, {DType::i8, "i1"},  {DType::i16, "i2"}, {DType::i32, "i4"},
    {DType::i64, "i8"},     {DType::u8, "u1"},  {DType::u16, "u2"}, {DType::u32, "u4"},
    {DType::u64, "u8"},     {DType::f16, "f2"}, {DType::f32, "f4"}, {DType::f64, "f8"},
};

auto wrong(std::string message) { return tl::make_unexpected(std::move(message)); }

/// Reads the literal of a Python dictionary as far as headers have it.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  /// True, and past it, if the next character that is no space is `wanted`.
  bool accept(char wanted) {
    skip_spaces();
    if (at_ == text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  bool at_end() {
    skip_spaces();
    return at_ == text_.size();
  }

  std::optional<std::string_view> quoted() {
    skip_spaces();
    if (at_ == text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) return {};
    const std::size_t end = text_.find(text_[at_], at_ + 1);
    if (end == std::string_view::npos) return {};
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return inside;
  }

  std::optional<std::string_view> word() {
    skip_spaces();
    const std::size_t begin = at_;
    while (at_ < text_.size() && ((text_[at_] | 0x20) >= 'a' && (text_[at_] | 0x20) <= 'z'))
      ++at_;
    if (at_ == begin) return {};
    return text_.substr(begin, at_ - begin);
  }

  /// A number without sign that fits; Python 2 wrote an L behind it.
  std::optional<std::int64_t> extent() {
    skip_spaces();
    std::int64_t value = 0;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc() || value < 0) return {};
    at_ += static_cast<std::size_t>(end - begin);
    if (at_ < text_.size() && text_[at_] == 'L') ++at_;
    return value;
  }

 private:
  void skip_spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n'))
      ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

struct ElementType {
  DType dtype;
  ByteOrder byte_order;
};

tl::expected<ElementType, std::string> element_type(std::string_view descr) {
  const char mark = descr.empty() ? ' ' : descr.front();
  const std::string_view text = descr.empty() ? descr : descr.substr(1);
  for (const Code& code : codes) {
    if (code.text != text) continue;
    const bool single = size_in_bytes(code.dtype) == 1;
    if (mark == native_mark || mark == '=' || (single && (mark == '|' || mark == '<'))) {
      return ElementType{code.dtype, ByteOrder::native};
    }
    if (mark == '<' || mark == '>') {
      return ElementType{code.dtype, single ? ByteOrder::native : ByteOrder::swapped};
    }
  }
  return wrong(
      fmt::format("its element type '{}' is none of tcc's\n"
                  "  help: convert it in NumPy, as in a.astype('float32')",
                  descr));
}

std::optional<std::vector<std::int64_t>> parse_shape(Parser& parser) {
  std::vector<std::int64_t> shape;
  if (!parser.accept('(')) return {};
  while (!parser.accept(')')) {
    const auto extent = parser.extent();
    if (!extent || shape.size() == max_rank) return {};
    shape.push_back(*extent);
    if (parser.accept(',')) continue;
    if (!parser.accept(')')) return {};
    break;
  }
  return shape;
}

std::optional<std::int64_t> byte_count(DType dtype, const std::vector<std::int64_t>& shape) {
  auto bytes = static_cast<std::int64_t>(size_in_bytes(dtype));
  // An extent of zero must not hide one that no memory could hold.
  for (const std::int64_t extent : shape) {
    if (extent != 0 && bytes > max_bytes / extent) return {};
    bytes *= extent == 0 ? 1 : extent;
  }
  for (const std::int64_t extent : shape)
    bytes = extent == 0 ? 0 : bytes;
  return bytes;
}

/// The three entries, in any order; those seen are set.
struct Entries {
  std::optional<std::string_view> descr;
  std::optional<Order> order;
  std::optional<std::vector<std::int64_t>> shape;
};

std::string parse_entry(Parser& parser, Entries& entries) {
  const auto key = parser.quoted();
  if (!key || !parser.accept(':')) return "its header is no dictionary";
  if (*key == "descr" && !entries.descr) {
    entries.descr = parser.quoted();
    return entries.descr ? "" : "its elements are records\n  help: save one field, as in a['x']";
  }
  if (*key == "fortran_order" && !entries.order) {
    const auto value = parser.word();
    if (value != "True" && value != "False") return "its 'fortran_order' is neither True nor False";
    entries.order = value == "True" ? Order::column_major : Order::row_major;
    return "";
  }
  if (*key == "shape" && !entries.shape) {
    entries.shape = parse_shape(parser);
    return entries.shape ? "" : "its 'shape' is no tuple of at most 64 sizes";
  }
  return fmt::format("its header has '{}' where it should not", *key);
}

}  // namespace

tl::expected<Preamble, std::string> parse_preamble(std::string_view start) {
  if (!start.starts_with(magic)) {
    return wrong("it is no .npy file\n  help: write one by numpy.save");
  }
  if (start.size() < magic.size() + 4) return wrong("it ends within its header");
  const auto byte = [&](std::size_t i) {
    return std::size_t{static_cast<unsigned char>(start[magic.size() + i])};
  };
  const std::size_t version = byte(0);
  if (version < 1 || version > 3 || byte(1) != 0) {
    return wrong(
        fmt::format("its format has version {}.{}, tcc reads 1.0 to 3.0", version, byte(1)));
  }
  Preamble preamble{magic.size() + 4, byte(2) | byte(3) << 8};
  if (version > 1) {
    if (start.size() < preamble_capacity) return wrong("it ends within its header");
    preamble = {preamble_capacity, preamble.text_length | byte(4) << 16 | byte(5) << 24};
  }
  if (preamble.text_length > max_text_length) {
    return wrong(fmt::format("its header claims {} bytes", preamble.text_length));
  }
  return preamble;
}

tl::expected<Header, std::string> parse_header(std::string_view text) {
  Parser parser(text);
  Entries entries;
  if (!parser.accept('{')) return wrong("its header is no dictionary");
  while (!parser.accept('}')) {
    if (std::string error = parse_entry(parser, entries); !error.empty()) return wrong(error);
    if (parser.accept(',')) continue;
    if (!parser.accept('}')) return wrong("its header is no dictionary");
    break;
  }
  if (!parser.at_end()) return wrong("its header goes on behind the dictionary");
  if (!entries.descr || !entries.order || !entries.shape) {
    return wrong("its header lacks one of 'descr', 'fortran_order' and 'shape'");
  }
  const auto type = element_type(*entries.descr);
  if (!type) return wrong(type.error());
  const auto bytes = byte_count(type->dtype, *entries.shape);
  if (!bytes) return wrong("its header claims more than 2^62 bytes of data");
  return Header{type->dtype, type->byte_order, *entries.order, std::move(*entries.shape), *bytes};
}

bool has_numpy_type(DType dtype) {
  for (const Code& code : codes) {
    if (code.dtype == dtype) return true;
  }
  return false;
}

std::string make_header(DType dtype, const std::vector<std::int64_t>& shape) {
  std::string code;
  for (const Code& each : codes) {
    if (each.dtype == dtype) code = each.text;
  }
  std::string extents;
  for (const std::int64_t extent : shape)
    extents += fmt::format("{}, ", extent);
  // NumPy's own form: (), (3,), (3, 4).
  if (shape.size() == 1) extents.pop_back();
  if (shape.size() > 1) extents.resize(extents.size() - 2);
  std::string text = fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': ({}), }}",
                                 size_in_bytes(dtype) == 1 ? '|' : native_mark, code, extents);
  constexpr std::size_t preamble = 10;
  constexpr std::size_t alignment = 64;
  const std::size_t used = (preamble + text.size() + 1) % alignment;
  text.append((alignment - used) % alignment, ' ');
  text += '\n';
  std::string header(magic);
  header += {1, 0, static_cast<char>(text.size() & 0xff), static_cast<char>(text.size() >> 8)};
  return header + text;
}

}  // namespace tcc::npy
