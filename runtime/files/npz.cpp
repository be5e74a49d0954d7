// Several arrays in one of NumPy's .npz files.
#include "runtime/files/npz.h"

#include <algorithm>
#include <deque>

#include <fmt/format.h>

#include "runtime/files/file_errors.h"
#include "runtime/files/npy.h"
#include "runtime/files/replace_file.h"
#include "runtime/files/zip_member.h"
#include "runtime/files/zip_writer.h"

namespace tcc {

namespace {

constexpr std::string_view ending = ".npy";

std::string without_ending(const std::string& name) {
  return name.ends_with(ending) ? name.substr(0, name.size() - ending.size()) : name;
}

/// The member of this name, with the ending or as it stands.
const zip::Member* find(const std::vector<zip::Member>& members, const std::string& name) {
  for (const std::string& wanted : {name + std::string(ending), name}) {
    const auto found = std::find_if(members.begin(), members.end(),
                                    [&](const zip::Member& each) { return each.name == wanted; });
    if (found != members.end()) return &*found;
  }
  return nullptr;
}

std::vector<std::string> names_of(const std::vector<zip::Member>& members) {
  std::vector<std::string> names;
  for (const zip::Member& member : members)
    names.push_back(without_ending(member.name));
  return names;
}

}  // namespace

tl::expected<std::vector<std::string>, Error> npz_members(const std::string& path) {
  const auto file = InputFile::open(path);
  if (!file) return tl::make_unexpected(file.error());
  const auto members = zip::read_directory(*file);
  if (!members) return tl::make_unexpected(malformed_file(path, members.error()));
  return names_of(*members);
}

tl::expected<Tensor, Error> read_npz(const std::string& path, const std::string& member) {
  const auto file = InputFile::open(path);
  if (!file) return tl::make_unexpected(file.error());
  const auto members = zip::read_directory(*file);
  if (!members) return tl::make_unexpected(malformed_file(path, members.error()));
  const zip::Member* found = find(*members, member);
  if (found == nullptr) {
    return tl::make_unexpected(no_such_member(path, member, names_of(*members)));
  }
  zip::MemberReader reader(*file, *found);
  const std::string name = fmt::format("{}:{}", path, member);
  auto tensor =
      read_npy({[&](std::span<char> into) { return reader.read(into); }, found->size}, name);
  // What is damaged is said before what that made of the array.
  std::string fault = reader.fault();
  if (fault.empty() && tensor && reader.unread() > 0) fault = "more follows the array";
  if (!fault.empty()) return tl::make_unexpected(malformed_file(name, fault));
  return tensor;
}

tl::expected<void, Error> write_npz(const std::string& path, std::span<const NamedTensor> tensors) {
  std::vector<Tensor> dense;
  std::deque<std::string> headers;
  std::vector<zip::NewMember> members;
  for (const NamedTensor& each : tensors) {
    auto parts = npy_parts(each.tensor);
    if (!parts) {
      return tl::make_unexpected(
          Error(ErrorCategory::program,
                fmt::format("cannot write '{}' to '{}': {}", each.name, path, parts.error())));
    }
    dense.push_back(std::move(parts->tensor));
    headers.push_back(std::move(parts->header));
    members.push_back({each.name + std::string(ending), {headers.back(), bytes_of(dense.back())}});
  }
  return replace_file(path, zip::make_archive(members).pieces);
}

}  // namespace tcc
