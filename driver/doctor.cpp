// tcc doctor: what this machine offers, and how to mend what is missing.
#include <cstdlib>
#include <fstream>
#include <memory>
#include <thread>

#include <fmt/format.h>
#include <tcc/tcc.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "driver/cache_report.h"
#include "driver/subcommands.h"
#include "ir/target.h"
#include "runtime/build_identity.h"
#include "runtime/cache_folder.h"
#include "runtime/cpu_jit.h"
#include "runtime/disk_cache.h"
#include "runtime/host_compiler.h"
#include "runtime/library_search.h"

namespace tcc::driver {

namespace {

using Json = nlohmann::ordered_json;

enum class Health : std::uint8_t { good, missing };

struct Finding {
  std::string name;
  Health health;
  std::string found;
  std::string mend;  ///< empty where nothing is to be mended
};

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

Finding examine_processor() {
  const ir::Target host = ir::host_target();
  return {
      "processor", Health::good,
      fmt::format("{}, {} threads, {}-bit vectors, caches of {} KiB and {} KiB", processor_name(),
                  std::thread::hardware_concurrency(), host.limits.vector_bytes * 8,
                  host.limits.l1_bytes / 1024, host.limits.l2_bytes / 1024),
      ""};
}

Finding examine_code_generator() {
  if (TCC_HAS_LLVM) return {"LLVM", Health::good, describe_cpu_jit(), ""};
  return {"LLVM", Health::missing, describe_cpu_jit(),
          "install llvm-22-dev (scripts/install_dependencies.sh) and build tcc again"};
}

/// A program from text to a number, checked; compiled whatever the cache has.
Finding test_cpu_path() {
  const std::string mend = "please report it, with what tcc doctor prints";
  try {
    std::vector<float> x = {1, 2, 3, 4, 5, 6, 7, 8};
    const Program program = Compiler({.cache_folder = ""}).compile("s = sum(x * x)");
    const float sum = *program(Tensor::view(x, {8})).data<float>();
    if (sum == 204) return {"test", Health::good, "a sum of squares on the CPU is right", ""};
    return {"test", Health::missing, fmt::format("a sum of squares is {}, not 204", sum), mend};
  } catch (const Error& error) {
    return {"test", Health::missing, error.what(),
            error.category() == ErrorCategory::environment ? "see LLVM above" : mend};
  }
}

Finding examine_host_compiler() {
  const auto compiler = find_host_compiler();
  if (compiler) {
    return {"host compiler", Health::good,
            fmt::format("{} ({})", compiler->command, compiler->version), ""};
  }
  return {"host compiler", Health::missing, compiler.error(),
          "install g++, or name a compiler in TCC_HOST_CXX; only the emulator needs it"};
}

Finding examine_library(const std::string& name, const std::string& file, const std::string& mend,
                        const std::vector<std::string>& folders) {
  const auto path = find_library(file, folders);
  if (path) return {name, Health::good, *path, ""};
  return {name, Health::missing, fmt::format("no {}", file), mend};
}

Finding examine_cache() {
  DiskCache cache(default_cache_folder());
  if (cache.folder().empty() && std::getenv("TCC_CACHE") != nullptr) {
    return {"cache", Health::good, "none, since TCC_CACHE is empty", ""};
  }
  if (cache.folder().empty()) {
    return {"cache", Health::missing, "no place for it", "set HOME, or name a folder in TCC_CACHE"};
  }
  const auto usage = cache.usage();
  if (usage) {
    return {"cache", Health::good,
            fmt::format("{}, {} entries, {} of at most {}", cache.folder(), usage->entries,
                        size_text(usage->bytes), size_text(cache.limit_bytes())),
            ""};
  }
  const FolderFault& fault = usage.error();
  if (fault.kind == FolderFault::Kind::absent) {
    return {"cache", Health::good, fmt::format("{}, not there yet", cache.folder()), ""};
  }
  return {"cache", Health::missing, fmt::format("not used: {}", fault.message), fault.mend};
}

std::vector<Finding> examine() {
  const auto folders = library_folders();
  const std::string later = "; this version compiles for the CPU only";
  return {
      examine_processor(),
      examine_code_generator(),
      test_cpu_path(),
      examine_host_compiler(),
      examine_library("CUDA driver", "libcuda.so", "install NVIDIA's driver" + later, folders),
      examine_library("CUDA toolkit", "libnvrtc.so",
                      "install NVIDIA's CUDA toolkit, or set CUDA_HOME" + later, folders),
      examine_cache(),
      {"tcc", Health::good, fmt::format("{}, build {}", TCC_VERSION, build_identity()), ""},
  };
}

std::string_view word_for(Health health) { return health == Health::good ? "ok" : "missing"; }

void print_text(const std::vector<Finding>& findings, std::ostream& stream) {
  for (const Finding& finding : findings) {
    stream << fmt::format("{:<8} {:<14} {}\n", word_for(finding.health), finding.name,
                          finding.found);
    if (!finding.mend.empty()) stream << fmt::format("{:<23} to mend: {}\n", "", finding.mend);
  }
}

void print_json(const std::vector<Finding>& findings, std::ostream& stream) {
  Json object = {
      {"version", TCC_VERSION}, {"build", build_identity()}, {"findings", Json::array()}};
  for (const Finding& finding : findings) {
    Json each = {
        {"name", finding.name}, {"status", word_for(finding.health)}, {"found", finding.found}};
    if (!finding.mend.empty()) each["mend"] = finding.mend;
    object["findings"].push_back(std::move(each));
  }
  stream << object.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
}

/// Whether programs run here: what else is missing is no failure.
ExitCode outcome_of(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    if (finding.name == "test" && finding.health != Health::good) return ExitCode::environment;
  }
  return ExitCode::done;
}

}  // namespace

void add_doctor(CLI::App& app, Action& action) {
  auto json = std::make_shared<bool>(false);
  CLI::App* command =
      app.add_subcommand("doctor", "Tell what this machine offers, and mend what is missing");
  command->footer(
      "Example:\n"
      "  tcc doctor\n"
      "has a line for each thing tcc can use, and below what is missing how to mend it.\n"
      "Exits with 0 where programs run on the CPU.");
  command->add_flag("--json", *json, "Print JSON");
  command->final_callback([json, &action] {
    action = [json](Console& console, Reproducer&) {
      const auto findings = examine();
      *json ? print_json(findings, console.out) : print_text(findings, console.out);
      return outcome_of(findings);
    };
  });
}

}  // namespace tcc::driver
