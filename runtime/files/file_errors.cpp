// What is said of files that are there and not as they should be.
#include "runtime/files/file_errors.h"

#include <fmt/format.h>

#include "dsl/diagnostic.h"

namespace tcc {

namespace {

constexpr std::size_t most_names = 10;

std::string list_of(std::span<const std::string> names) {
  std::string list;
  for (const std::string& name : names.first(std::min(names.size(), most_names)))
    list += (list.empty() ? "" : ", ") + name;
  if (names.size() > most_names) list += fmt::format(" and {} more", names.size() - most_names);
  return list.empty() ? "nothing" : list;
}

}  // namespace

Error malformed_file(const std::string& path, const std::string& reason) {
  return Error(ErrorCategory::program, fmt::format("cannot read '{}': {}", path, reason));
}

Error unwritable_file(const std::string& path, const std::string& reason) {
  return Error(ErrorCategory::program, fmt::format("cannot write '{}': {}", path, reason));
}

Error no_such_member(const std::string& path, const std::string& wanted,
                     std::span<const std::string> names) {
  const auto closest = closest_name(wanted, names);
  const std::string help = closest ? fmt::format("did you mean '{}'?", *closest)
                                   : fmt::format("it has {}", list_of(names));
  return malformed_file(path, fmt::format("it has no '{}'\n  help: {}", wanted, help));
}

}  // namespace tcc
