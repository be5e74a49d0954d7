// What is said of files that are there and not as they should be. All are Errors (program).
#pragma once

#include <span>
#include <string>

#include <tcc/error.h>

namespace tcc {

/// "cannot read 'PATH': REASON"
Error malformed_file(const std::string& path, const std::string& reason);

/// "cannot write 'PATH': REASON"
Error unwritable_file(const std::string& path, const std::string& reason);

/// An archive lacks `wanted`: says which of `names` was meant, or what there is.
Error no_such_member(const std::string& path, const std::string& wanted,
                     std::span<const std::string> names);

}  // namespace tcc
