// Files that are either the old one or the new one, never half of it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <tcc/error.h>
#include <tl/expected.hpp>

namespace tcc {

/// Writes `parts`, one after the other, as the contents of `path`: into a new file beside it, which
/// then takes its name. What is no regular file (a pipe, /dev/null) is written directly.
/// Errors (environment): what the system says, with the path.
[[nodiscard]] tl::expected<void, Error> replace_file(const std::string& path,
                                                     std::span<const std::string_view> parts);

}  // namespace tcc
