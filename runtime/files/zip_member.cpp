// The bytes of one member of a ZIP archive.
#include "runtime/files/zip_member.h"

#include <algorithm>
#include <array>
#include <limits>

#include <zlib.h>

namespace tcc::zip {

namespace {

// zlib counts in 32 bits.
constexpr std::size_t max_step = std::size_t{1} << 30;

std::uint32_t crc_of(std::uint32_t crc, std::span<const char> bytes) {
  return static_cast<std::uint32_t>(
      ::crc32_z(crc, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

}  // namespace

struct MemberReader::Inflater {
  Inflater() { is_ready = ::inflateInit2(&stream, -MAX_WBITS) == Z_OK; }
  ~Inflater() { ::inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  z_stream stream = {};
  std::array<char, 65536> packed = {};
  bool is_ready = false;
  bool at_end = false;
};

MemberReader::MemberReader(const InputFile& file, const Member& member)
    : file_(file), member_(member) {
  if (member.method == Method::deflated) inflater_ = std::make_unique<Inflater>();
  if (inflater_ && !inflater_->is_ready) fault_ = "there is not enough memory to unpack it";
}

MemberReader::~MemberReader() = default;

std::size_t MemberReader::read_packed(std::span<char> into) {
  const std::uint64_t left = member_.packed_size - packed_read_;
  into = into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), left)));
  if (!file_.read_at(member_.data_offset + packed_read_, into)) {
    fault_ = "the file ends too early";
    return 0;
  }
  packed_read_ += into.size();
  return into.size();
}

/// A step: some bytes, or the end of the packed data, or a fault.
std::size_t MemberReader::inflate_some(std::span<char> into) {
  z_stream& stream = inflater_->stream;
  if (stream.avail_in == 0) {
    const std::size_t count = read_packed(inflater_->packed);
    stream.next_in = reinterpret_cast<unsigned char*>(inflater_->packed.data());
    stream.avail_in = static_cast<unsigned>(count);
  }
  into = into.first(std::min(into.size(), max_step));
  stream.next_out = reinterpret_cast<unsigned char*>(into.data());
  stream.avail_out = static_cast<unsigned>(into.size());
  const int status = ::inflate(&stream, Z_NO_FLUSH);
  if (status == Z_STREAM_END) {
    inflater_->at_end = true;
  } else if (status != Z_OK && fault_.empty()) {
    fault_ = status == Z_BUF_ERROR ? "it ends too early" : "its packed data is damaged";
  }
  return into.size() - stream.avail_out;
}

std::size_t MemberReader::read(std::span<char> into) {
  const std::uint64_t left = member_.size - read_;
  into = into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), left)));
  std::size_t done = 0;
  while (done < into.size() && fault_.empty()) {
    const std::span<char> rest = into.subspan(done);
    if (inflater_ && inflater_->at_end) break;
    done += inflater_ ? inflate_some(rest) : read_packed(rest);
  }
  crc_ = crc_of(crc_, into.first(done));
  read_ += done;
  return done;
}

std::string MemberReader::fault() {
  if (!fault_.empty()) return fault_;
  if (unread() > 0) {
    return inflater_ && inflater_->at_end ? "it is shorter than its directory says" : "";
  }
  if (inflater_ && !inflater_->at_end) {
    // The mark of the end follows the last byte.
    char more = 0;
    if (inflate_some({&more, 1}) != 0) return "it is longer than its directory says";
    if (!fault_.empty()) return fault_;
  }
  return crc_ == member_.crc ? "" : "its checksum is wrong: the file is damaged";
}

}  // namespace tcc::zip
