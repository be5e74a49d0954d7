#include "bench/cpu/options.h"

#include <CLI/CLI.hpp>

#include "bench/cpu/peers.h"

namespace bench {

namespace {

std::string peer_names() {
  std::string names;
  for (const NamedPeer& peer : all_peers())
    names += (names.empty() ? "" : ", ") + peer.name;
  return names;
}

std::string check_peer(const std::string& name) {
  for (const NamedPeer& peer : all_peers())
    if (peer.name == name) return "";
  return "there is no peer '" + name + "': " + peer_names();
}

}  // namespace

std::optional<Options> parse(int argc, char** argv, int& code) {
  Options options;
  std::string rows, clock = "wall";
  CLI::App app(
      "tcc against the libraries of this machine, in turns: medians of the rounds, their "
      "spread, and the goals. Tables in Markdown on standard output.");
  app.add_option("--rows", rows, "rows whose name this regular expression is found in");
  app.add_option("--peers", options.peers, "of: " + peer_names())
      ->delimiter(',')
      ->check(check_peer);
  app.add_option("--threads", options.threads, "series to measure (1,2)")
      ->delimiter(',')
      ->check(CLI::Range(1, 1024));
  app.add_option("--rounds", options.turns.rounds, "rounds (5)")->check(CLI::Range(1, 1000));
  app.add_option("--seconds", options.turns.seconds,
                 "for each contender in a round, at least (0.02)")
      ->check(CLI::Range(1e-4, 60.0));
  app.add_option("--clock", clock,
                 "wall, or processor: of the thread, on a machine with other work, for one thread")
      ->check(CLI::IsMember({"wall", "processor"}));
  app.add_option("--core", options.core, "that one thread is pinned to (the last)");
  app.add_option("--json", options.json, "a file for lines of JSON, written row by row");
  app.add_flag("--list", options.list, "prints the names of the rows");
  try {
    app.parse(argc, argv);
    options.rows = std::regex(rows, std::regex::icase);
  } catch (const CLI::ParseError& error) {
    code = app.exit(error) == 0 ? 0 : 2;
    return std::nullopt;
  } catch (const std::regex_error& error) {
    std::cerr << "--rows " << rows << ": " << error.what() << "\n";
    code = 2;
    return std::nullopt;
  }
  options.clock = clock == "wall" ? Clock::wall : Clock::processor;
  if (options.clock == Clock::processor && options.threads != std::vector<int>{1}) {
    std::cerr << "--clock processor is for one thread: give --threads 1 as well\n";
    code = 2;
    return std::nullopt;
  }
  return options;
}

bool is_chosen(const Options& options, const std::string& row) {
  return std::regex_search(row, options.rows);
}

}  // namespace bench
