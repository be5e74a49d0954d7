// What `--profile` and `bench` show of each kernel.
#pragma once

#include <ostream>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "api/profile.h"
#include "driver/program_options.h"

namespace tcc::driver {

/// Of as many threads as the options ask for, measured, or kept where compiled programs are.
/// Throws Error (environment) where they cannot be measured.
MachineLimits limits_for(const ProgramOptions& options);

/// A row for each kernel, the 40 dearest where there are more, one for what lies between them, and
/// one for the whole:
///   kernel   calls   median   share    bytes  GB/s   flops  functions  GFLOP/s  roofline
///   C           99  1.23 ms  98.1 %  12.6 MB  10.2  2.15 G          0     1740  81.2 % arithmetic
std::string profile_text(const Profile& profile);

/// {"runs": .., "seconds": .., "between_seconds": .., "kernels": [{"name": .., "calls": ..,
///  "seconds": .., "share": .., "bytes_read": .., ..}]}
nlohmann::ordered_json profile_json(const Profile& profile);

/// One line for a number of threads:
///   limits of 1 thread: 140 GFLOP/s (f32), 70.1 GFLOP/s (f64); GB/s: L1 380, ..
std::string limits_text(const ThreadLimits& limits);
nlohmann::ordered_json limits_json(const ThreadLimits& limits);

/// A line for each combination of sizes that has code of its own: "code of its own: M = 512".
std::string specializations_text(const std::vector<std::string>& sizes);

}  // namespace tcc::driver
