// The cache as the command line speaks of it.
#pragma once

#include <cstdint>
#include <string>

#include <tcc/error.h>

#include "runtime/trusted_folder.h"

namespace tcc::driver {

/// "0 bytes", "20.0 KiB", "1.0 GiB"
std::string size_text(std::uint64_t bytes);

/// A folder that cannot be the cache: Error (environment), with how to mend it.
Error cache_error(const FolderFault& fault);

}  // namespace tcc::driver
