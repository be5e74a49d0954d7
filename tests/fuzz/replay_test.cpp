// The fuzzers' properties without libFuzzer: on every program of the tests, on what the fuzzers
// once failed at (tests/fuzz/corpus), and on mutations of both, the same ones in every run.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "api/random_schedule.h"
#include "tests/fuzz/properties.h"

namespace tcc::fuzz {
namespace {

namespace fs = std::filesystem;

std::string contents_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The files below a folder of the source tree, in order.
std::vector<std::string> texts_of(const std::string& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(TCC_SOURCE_DIR) / folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> texts;
  for (const fs::path& path : paths)
    texts.push_back(contents_of(path));
  return texts;
}

/// The words of the dictionary.
std::vector<std::string> words() {
  std::vector<std::string> found;
  std::ifstream file(fs::path(TCC_SOURCE_DIR) / "tests/fuzz/tcc.dict");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('"')) found.push_back(line.substr(1, line.size() - 2));
  }
  return found;
}

/// Changes texts as a fuzzer does: bytes, words, parts of the text itself and of others.
class Mutator {
 public:
  Mutator(std::vector<std::string> seeds, std::uint64_t seed)
      : seeds_(std::move(seeds)), words_(words()), random_(seed) {}

  std::string next() {
    std::string text = seeds_[below(seeds_.size())];
    for (std::size_t steps = 1 + below(4); steps > 0; --steps)
      mutate(text);
    return text;
  }

 private:
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(random_() % end); }

  void mutate(std::string& text) {
    const std::size_t at = below(text.size() + 1);
    const std::string& other = seeds_[below(seeds_.size())];
    const std::size_t from = below(other.size() + 1);
    switch (below(12)) {
      case 0: text.erase(at, 1 + below(20)); return;
      case 1: text.insert(at, text.substr(below(text.size() + 1), 1 + below(30))); return;
      case 2: text.insert(at, other.substr(from, 1 + below(60))); return;
      case 3: text.insert(at, words_[below(words_.size())]); return;
      case 4: text.replace(at, below(4), words_[below(words_.size())]); return;
      case 5:
        if (at < text.size()) text[at] = static_cast<char>(random_());
        return;
      case 6:
      case 7: text.insert(line_begin(text, at), line(other, from)); return;
      case 8: text.insert(line_begin(text, at), line(text, below(text.size() + 1))); return;
      case 9: text.erase(line_begin(text, at), line(text, at).size()); return;
      default: change_number(text, at);
    }
  }

  static std::size_t line_begin(const std::string& text, std::size_t at) {
    const std::size_t before = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
    return before == std::string::npos ? 0 : before + 1;
  }
  static std::string line(const std::string& text, std::size_t at) {
    const std::size_t begin = line_begin(text, at);
    return text.substr(begin, text.find('\n', begin) - begin) + "\n";
  }

  /// The first digit from a place on.
  void change_number(std::string& text, std::size_t at) {
    const std::size_t digit = text.find_first_of("0123456789", at);
    if (digit != std::string::npos) text[digit] = static_cast<char>('0' + below(10));
  }

  std::vector<std::string> seeds_, words_;
  std::mt19937_64 random_;
};

using Property = Reached (*)(std::string_view);

/// How many texts came how far.
using Counts = std::map<Reached, int>;

void expect_holds(Property property, const std::string& text, Counts& counts) {
  try {
    ++counts[property(text)];
  } catch (const std::exception& failure) {
    ADD_FAILURE() << failure.what() << "\nof this text:\n" << text << "\n-- end";
  }
}

void expect_holds_of_mutants(Property property, std::vector<std::string> seeds) {
  Counts counts;
  for (const std::string& text : seeds)
    expect_holds(property, text, counts);
  EXPECT_GT(counts[Reached::ran], 0) << "no seed of the corpus is run";
  counts.clear();
  const int count = std::getenv("TCC_NIGHTLY") ? 50'000 : 1'500;
  Mutator mutator(std::move(seeds), 20260101);
  for (int mutant = 0; mutant < count && !testing::Test::HasFailure(); ++mutant)
    expect_holds(property, mutator.next(), counts);
  fmt::print("{} mutants: {} refused, {} compiled, {} run\n", count, counts[Reached::refused],
             counts[Reached::compiled], counts[Reached::ran]);
  EXPECT_GT(counts[Reached::ran], count / 50) << "mutants are no programs any more";
}

TEST(Fuzz, Sources) {
  std::vector<std::string> seeds = texts_of("tests/fuzz/corpus/source");
  for (const char* folder : {"tests/golden", "tests/errors", "examples"}) {
    for (std::string& text : texts_of(folder)) {
      if (text.size() < 3'000) seeds.push_back(std::move(text));
    }
  }
  EXPECT_GT(seeds.size(), 100u);
  expect_holds_of_mutants(check_source, std::move(seeds));
}

/// From schedules that are legal: most random changes are not.
TEST(Fuzz, Schedules) {
  std::vector<std::string> seeds = texts_of("tests/fuzz/corpus/schedule");
  const auto programs = scheduled_programs();
  for (std::size_t p = 0; p < programs.size(); ++p) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      seeds.push_back(static_cast<char>(p) + tcc::random_schedule(std::string(programs[p]), seed));
    }
  }
  expect_holds_of_mutants(check_schedule, std::move(seeds));
}

}  // namespace
}  // namespace tcc::fuzz
