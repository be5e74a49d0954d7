// Linux's files that say so; elsewhere they are missing, and nothing is known.
#include "runtime/available_memory.h"

#include <algorithm>
#include <fstream>
#include <string_view>

namespace tcc {

namespace {

/// The number behind a name in a file of lines `name number`, the name with its colon.
std::optional<std::int64_t> number_of(const std::string& path, std::string_view name) {
  std::ifstream file(path);
  for (std::string word; file >> word;) {
    std::int64_t number = 0;
    if (word == name && file >> number) return number;
  }
  return {};
}

/// The only number of a file; nothing where it says "max".
std::optional<std::int64_t> number_in(const std::string& path) {
  std::ifstream file(path);
  std::int64_t number = 0;
  if (file >> number) return number;
  return {};
}

std::optional<std::int64_t> of_system(const std::string& root) {
  const std::string path = root + "proc/meminfo";
  const auto available = number_of(path, "MemAvailable:");
  if (!available) return {};
  return (*available + number_of(path, "SwapFree:").value_or(0)) * 1024;
}

struct ControlGroup {
  const char *limit, *use, *statistics, *cache;
};

/// What a group may use, less what it does; files that it has read can be dropped again.
std::optional<std::int64_t> of_group(const std::string& root, const ControlGroup& group) {
  const auto limit = number_in(root + group.limit);
  const auto use = number_in(root + group.use);
  if (!limit || !use) return {};
  const std::int64_t cache = number_of(root + group.statistics, group.cache).value_or(0);
  return std::max<std::int64_t>(0, *limit - *use + std::min(cache, *use));
}

// As a container sees its own group.
constexpr ControlGroup groups[] = {
    {"sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory.current", "sys/fs/cgroup/memory.stat",
     "inactive_file"},
    {"sys/fs/cgroup/memory/memory.limit_in_bytes", "sys/fs/cgroup/memory/memory.usage_in_bytes",
     "sys/fs/cgroup/memory/memory.stat", "total_inactive_file"},
};

}  // namespace

std::optional<std::int64_t> available_memory(const std::string& root) {
  std::optional<std::int64_t> least = of_system(root);
  for (const ControlGroup& group : groups) {
    const auto left = of_group(root, group);
    if (left) least = std::min(*left, least.value_or(*left));
  }
  return least;
}

std::optional<std::int64_t> available_memory() { return available_memory("/"); }

}  // namespace tcc
