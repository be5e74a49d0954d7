// tcc cache: where compiled programs are kept and how large that is; clears and prunes it.
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "driver/cache_report.h"
#include "driver/program_options.h"
#include "driver/subcommands.h"
#include "runtime/disk_cache.h"

namespace tcc::driver {

namespace {

using Json = nlohmann::ordered_json;

struct CacheOptions {
  std::string action;  ///< "", "clear" or "prune"
  std::string folder;  ///< --cache
  std::uint64_t bytes = default_cache_bytes;
  bool json = false;

  Form form() const { return json ? Form::json : Form::text; }
};

/// A folder that is not there is an empty cache. Throws Error for one that is not to be used.
DiskCacheUsage or_empty(const tl::expected<DiskCacheUsage, FolderFault>& usage) {
  if (usage) return *usage;
  if (usage.error().kind != FolderFault::Kind::absent) throw cache_error(usage.error());
  return {};
}

Json object_of(const DiskCache& cache) {
  return {{"folder", cache.folder().empty() ? Json() : Json(cache.folder())}};
}

void print(const Json& object, Console& console) {
  console.out << object.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
}

void show(DiskCache& cache, Form form, Console& console) {
  const auto usage = cache.usage();
  const DiskCacheUsage found = or_empty(usage);
  if (form == Form::json) {
    Json object = object_of(cache);
    object["entries"] = found.entries;
    object["bytes"] = found.bytes;
    object["limit_bytes"] = cache.limit_bytes();
    return print(object, console);
  }
  console.out << fmt::format("folder   {}{}\nentries  {}\nsize     {} of at most {}\n",
                             cache.folder(), usage ? "" : " (not there yet)", found.entries,
                             size_text(found.bytes), size_text(cache.limit_bytes()));
}

void remove(DiskCache& cache, std::uint64_t bytes, Form form, Console& console) {
  const DiskCacheUsage removed = or_empty(cache.prune(bytes));
  if (form == Form::json) {
    Json object = object_of(cache);
    object["removed_entries"] = removed.entries;
    object["removed_bytes"] = removed.bytes;
    return print(object, console);
  }
  console.out << fmt::format("removed {} entr{}, {}\n", removed.entries,
                             removed.entries == 1 ? "y" : "ies", size_text(removed.bytes));
}

ExitCode act(const CacheOptions& options, Console& console) {
  DiskCache cache(cache_folder_of(options.folder));
  if (cache.folder().empty()) {
    throw Error(
        ErrorCategory::environment,
        "there is no place for a cache\n  help: set HOME, name a folder in TCC_CACHE, which "
        "is empty for no cache, or use --cache DIR");
  }
  if (options.action.empty()) {
    show(cache, options.form(), console);
  } else {
    remove(cache, options.action == "clear" ? 0 : options.bytes, options.form(), console);
  }
  return ExitCode::done;
}

/// The library takes -1 for the largest number there is.
std::string fault_of_sign(std::string& text) {
  return text.starts_with('-') ? fmt::format("'{}' is less than nothing", text) : "";
}

}  // namespace

void add_cache(CLI::App& app, Action& action) {
  auto options = std::make_shared<CacheOptions>();
  CLI::App* command =
      app.add_subcommand("cache", "Tell where compiled programs are kept; clear or prune them");
  command->footer(
      "Examples:\n"
      "  tcc cache                     where it is, how many entries, how large\n"
      "  tcc cache clear               removes all entries\n"
      "  tcc cache prune --size 100M   removes what was not used for longest, until 100 MiB are "
      "left\n"
      "\n"
      "The folder is $TCC_CACHE, $XDG_CACHE_HOME/tcc or $HOME/.cache/tcc. It is used only where\n"
      "nobody else can write it, since what lies there is executed.");
  command->add_option("ACTION", options->action, "clear or prune; without one, tell")
      ->type_name("")
      ->check(CLI::IsMember({"clear", "prune"}).description(""));
  add_cache_folder(*command, options->folder);
  CLI::Option* size =
      command
          ->add_option(
              "--size", options->bytes,
              "For prune: what may be left, as in 100M; without it, the bound of the cache")
          ->type_name("SIZE")
          ->transform(CLI::AsSizeValue(false).description(""))
          ->transform(CLI::Validator(fault_of_sign, ""));  // the last one given is the first to run
  command->add_option("--bytes", options->bytes, "The same, in bytes")
      ->type_name("N")
      ->transform(CLI::Validator(fault_of_sign, ""))
      ->excludes(size);
  command->add_flag("--json", options->json, "Print JSON");
  command->final_callback([options, command, &action] {
    const bool has_size = command->count("--size") + command->count("--bytes") > 0;
    if (has_size && options->action != "prune") {
      throw CLI::ValidationError("--size and --bytes belong to prune",
                                 CLI::ExitCodes::ExcludesError);
    }
    action = [options](Console& console, Reproducer&) { return act(*options, console); };
  });
}

}  // namespace tcc::driver
