// The bytes of one member of a ZIP archive.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "runtime/files/zip_directory.h"

namespace tcc::zip {

/// Reads a member from its first byte to its last, and unpacks it on the way.
class MemberReader {
 public:
  /// `file` must outlive the reader.
  MemberReader(const InputFile& file, const Member& member);
  ~MemberReader();

  /// Fills `into` with the bytes that come next; returns how many, fewer only at the end or where
  /// something is wrong.
  std::size_t read(std::span<char> into);

  /// Bytes that no one has asked for yet.
  std::uint64_t unread() const { return member_.size - read_; }

  /// Why what was read is not what was packed; empty where nothing is known against it. The
  /// checksum is compared once all is read.
  std::string fault();

 private:
  struct Inflater;

  std::size_t read_packed(std::span<char> into);
  std::size_t inflate_some(std::span<char> into);

  const InputFile& file_;
  Member member_;
  std::uint64_t packed_read_ = 0;
  std::uint64_t read_ = 0;
  std::uint32_t crc_ = 0;
  std::string fault_;
  std::unique_ptr<Inflater> inflater_;
};

}  // namespace tcc::zip
