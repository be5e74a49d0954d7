// What `--profile` and `bench` show of each kernel.
#include "driver/profile_table.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "driver/quantities.h"
#include "runtime/thread_pool.h"

namespace tcc::driver {

namespace {

using Json = nlohmann::ordered_json;
using Row = std::vector<std::string>;

constexpr std::size_t most_rows = 40;

std::string shortened(const std::string& name) {
  constexpr std::size_t longest = 32;
  return name.size() <= longest ? name : name.substr(0, longest - 2) + "..";
}

std::string rate_text(double amount, double seconds) {
  return seconds > 0 && amount > 0 ? fmt::format("{:.3g}", amount / seconds * 1e-9) : "";
}

double flops_of(const ir::KernelWork& work) { return work.flops + work.flops_f64; }

std::string roofline_text(const RooflineShare& roofline) {
  if (roofline.bound_by.empty()) return "";
  return fmt::format("{} {}", percent_text(roofline.share), roofline.bound_by);
}

Row row_of(const ProfileRow& row, std::size_t runs) {
  const std::string at_most = row.work.is_bound && flops_of(row.work) > 0 ? "<= " : "";
  return {shortened(row.kernel),
          std::to_string(runs),
          duration_text(row.seconds),
          percent_text(row.share),
          bytes_text(row.work.bytes()),
          rate_text(row.work.bytes(), row.seconds),
          at_most + amount_text(flops_of(row.work)),
          amount_text(row.work.calls),
          rate_text(flops_of(row.work), row.seconds),
          roofline_text(row.roofline)};
}

/// Which rows are shown, in order of execution.
std::vector<std::size_t> dearest(const std::vector<ProfileRow>& rows) {
  std::vector<std::size_t> places(rows.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  if (rows.size() <= most_rows) return places;
  std::ranges::sort(places, [&](std::size_t a, std::size_t b) {
    return std::pair(rows[b].seconds, a) < std::pair(rows[a].seconds, b);
  });
  places.resize(most_rows);
  std::ranges::sort(places);
  return places;
}

}  // namespace

MachineLimits limits_for(const ProgramOptions& options) {
  const int cores = usable_cores();  // more threads than these have no higher limits
  LimitsRequest request;
  request.threads = options.threads <= 0 ? cores : std::min(options.threads, cores);
  request.folder = cache_folder_of(options);
  request.freshness = options.no_cache ? Freshness::measured_now : Freshness::kept;
  auto limits = machine_limits(request);
  if (!limits) throw Error(ErrorCategory::environment, limits.error());
  return std::move(*limits);
}

std::string profile_text(const Profile& profile) {
  std::vector<Row> rows = {{"kernel", "calls", "median", "share", "bytes", "GB/s", "flops",
                            "functions", "GFLOP/s", "roofline"}};
  double rest = 0;
  for (const ProfileRow& row : profile.rows)
    rest += row.seconds;
  const auto shown = dearest(profile.rows);
  for (const std::size_t r : shown) {
    rows.push_back(row_of(profile.rows[r], profile.runs));
    rest -= profile.rows[r].seconds;
  }
  const auto share = [&](double seconds) {
    return percent_text(profile.total > 0 ? seconds / profile.total : 0);
  };
  const std::size_t others = profile.rows.size() - shown.size();
  const std::string runs = std::to_string(profile.runs);
  if (others > 0) {
    rest = std::max(0.0, rest);
    rows.push_back({fmt::format("({} others)", others), runs, duration_text(rest), share(rest)});
  }
  rows.push_back(
      {"(between kernels)", runs, duration_text(profile.between), share(profile.between)});
  rows.push_back({"(whole run)", runs, duration_text(profile.total)});
  return aligned(rows);
}

Json profile_json(const Profile& profile) {
  Json kernels = Json::array();
  for (const ProfileRow& row : profile.rows) {
    const auto rate = [&](double amount) { return row.seconds > 0 ? amount / row.seconds : 0; };
    kernels.push_back({{"name", row.kernel},
                       {"calls", profile.runs},
                       {"seconds", row.seconds},
                       {"share", row.share},
                       {"bytes_read", row.work.bytes_read},
                       {"bytes_written", row.work.bytes_written},
                       {"bytes_per_second", rate(row.work.bytes())},
                       {"flops", flops_of(row.work)},
                       {"functions", row.work.calls},
                       {"flops_at_most", row.work.is_bound},
                       {"flops_per_second", rate(flops_of(row.work))},
                       {"roofline", row.roofline.share},
                       {"bound_by", row.roofline.bound_by}});
  }
  return {{"runs", profile.runs},
          {"seconds", profile.total},
          {"between_seconds", profile.between},
          {"kernels", std::move(kernels)}};
}

std::string limits_text(const ThreadLimits& limits) {
  std::string levels;
  for (const MemoryLevel& level : limits.levels) {
    levels += fmt::format(", {} {:.3g}", level.name, level.read * 1e-9);
    if (level.copy > 0) levels += fmt::format(" (copied {:.3g})", level.copy * 1e-9);
  }
  return fmt::format("limits of {} thread{}: {:.3g} GFLOP/s f32, {:.3g} f64; GB/s read{}\n",
                     limits.threads, limits.threads == 1 ? "" : "s", limits.flops_f32 * 1e-9,
                     limits.flops_f64 * 1e-9, levels);
}

Json limits_json(const ThreadLimits& limits) {
  Json levels = Json::array();
  for (const MemoryLevel& level : limits.levels) {
    Json each = {{"name", level.name}, {"read_bytes_per_second", level.read}};
    if (std::isfinite(level.bytes)) each["bytes"] = level.bytes;
    if (level.copy > 0) each["copy_bytes_per_second"] = level.copy;
    levels.push_back(std::move(each));
  }
  return {{"threads", limits.threads},
          {"f32_flops_per_second", limits.flops_f32},
          {"f64_flops_per_second", limits.flops_f64},
          {"levels", std::move(levels)}};
}

std::string specializations_text(const std::vector<std::string>& sizes) {
  std::string text;
  for (const std::string& each : sizes)
    text += fmt::format("code of its own: {}\n", each);
  return text;
}

}  // namespace tcc::driver
