// The file that machine limits are kept in: `machine-limits.json`.
#pragma once

#include <optional>
#include <string>

#include "runtime/machine_limits.h"

namespace tcc {

/// What distinguishes this machine from others whose home folder may be the same.
std::string machine_identity();

/// Nothing where the folder is not this user's alone (runtime/trusted_folder.h), where the file is
/// missing or broken, of another machine or number of threads, of more than 30 days before `now`
/// (seconds since 1970) or of the future.
std::optional<MachineLimits> load_limits(const std::string& folder, int threads, std::int64_t now);

/// Makes the folder where it is missing. Does nothing where others can write there, or it cannot be
/// written to.
void keep_limits(const std::string& folder, const MachineLimits& limits, std::int64_t now);

}  // namespace tcc
