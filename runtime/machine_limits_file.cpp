// Limits as JSON. A number that is none, or not positive, makes the file a broken one.
#include "runtime/machine_limits_file.h"

#include <cmath>
#include <fstream>
#include <limits>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include "runtime/cpu_jit.h"
#include "runtime/files/replace_file.h"
#include "runtime/trusted_folder.h"

namespace tcc {

namespace {

using Json = nlohmann::ordered_json;

constexpr int format_version = 1;
constexpr std::int64_t days_30 = std::int64_t{30} * 24 * 3600;

std::string path_in(const std::string& folder) { return folder + "/machine-limits.json"; }

std::string processor_name() {
  std::ifstream info("/proc/cpuinfo");
  std::string line;
  while (std::getline(info, line)) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown processor";
}

Json json_of(const ThreadLimits& limits) {
  Json levels = Json::array();
  for (const MemoryLevel& level : limits.levels) {
    levels.push_back({{"name", level.name},
                      {"bytes", std::isfinite(level.bytes) ? Json(level.bytes) : Json(nullptr)},
                      {"read_bytes_per_second", level.read},
                      {"copy_bytes_per_second", level.copy}});
  }
  return {{"threads", limits.threads},
          {"f32_flops_per_second", limits.flops_f32},
          {"f64_flops_per_second", limits.flops_f64},
          {"levels", levels}};
}

/// Throws where it is none, as the library does.
double positive(const Json& value) {
  const double number = value.get<double>();
  if (!std::isfinite(number) || number <= 0) throw std::domain_error("not a rate");
  return number;
}

ThreadLimits limits_of(const Json& json) {
  ThreadLimits limits{json.at("threads").get<int>(),
                      positive(json.at("f32_flops_per_second")),
                      positive(json.at("f64_flops_per_second")),
                      {}};
  for (const Json& level : json.at("levels")) {
    const Json& bytes = level.at("bytes");
    limits.levels.push_back(
        {level.at("name").get<std::string>(),
         bytes.is_null() ? std::numeric_limits<double>::infinity() : positive(bytes),
         positive(level.at("read_bytes_per_second")),
         level.at("copy_bytes_per_second").get<double>()});
  }
  if (limits.levels.empty()) throw std::domain_error("no memory");
  return limits;
}

MachineLimits parse_limits(const Json& json, int threads, std::int64_t now) {
  const auto age = now - json.at("measured").get<std::int64_t>();
  MachineLimits limits{json.at("machine").get<std::string>(), limits_of(json.at("one")),
                       limits_of(json.at("all"))};
  const bool fits = json.at("version").get<int>() == format_version && age >= 0 && age <= days_30 &&
                    limits.machine == machine_identity() && limits.one.threads == 1 &&
                    limits.all.threads == threads;
  if (!fits) throw std::domain_error("of another machine or time");
  return limits;
}

}  // namespace

std::string machine_identity() {
  return fmt::format("{}; {}; {} threads; caches of {}, {} and {} bytes", processor_name(),
                     host_cpu_identity(), std::thread::hardware_concurrency(),
                     sysconf(_SC_LEVEL1_DCACHE_SIZE), sysconf(_SC_LEVEL2_CACHE_SIZE),
                     sysconf(_SC_LEVEL3_CACHE_SIZE));
}

std::optional<MachineLimits> load_limits(const std::string& folder, int threads, std::int64_t now) {
  if (!TrustedFolder::open(folder, MissingFolder::report)) return {};
  std::ifstream file(path_in(folder));
  if (!file) return {};
  try {
    return parse_limits(Json::parse(file), threads, now);
  } catch (const std::exception&) {
    return {};
  }
}

void keep_limits(const std::string& folder, const MachineLimits& limits, std::int64_t now) {
  if (!TrustedFolder::open(folder, MissingFolder::create)) return;
  const Json json = {{"version", format_version},
                     {"machine", limits.machine},
                     {"measured", now},
                     {"one", json_of(limits.one)},
                     {"all", json_of(limits.all)}};
  const std::string text = json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  const std::string_view parts[] = {text};
  [[maybe_unused]] const auto written = replace_file(path_in(folder), parts);
}

}  // namespace tcc
