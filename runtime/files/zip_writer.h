// ZIP archives of members that are not packed.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tcc::zip {

/// A member to be written: its bytes are the parts, one after the other, which must outlive the
/// archive.
struct NewMember {
  std::string name;
  std::vector<std::string_view> parts;
};

/// The pieces of an archive, in order; `headers` owns those that are not the members' own.
/// ZIP64 numbers stand where the others are too small, so that any size can be written. The time
/// of every member is that of the format's beginning: the same arrays give the same bytes.
struct Archive {
  std::deque<std::string> headers;
  std::vector<std::string_view> pieces;
};
Archive make_archive(std::span<const NewMember> members);

}  // namespace tcc::zip
