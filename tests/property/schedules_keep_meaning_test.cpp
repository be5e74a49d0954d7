// Random programs with random legal schedules give what their plain nests give, at awkward sizes:
// by the interpreter alone, which checks every access, so that there may be many. Sizes are names
// in one half and numbers in the other: some rewrites need to know them.
#include <cstdlib>
#include <map>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "api/interpreted_run.h"
#include "api/pipeline.h"
#include "api/random_schedule.h"
#include "frontend/reference.h"
#include "ir/rewrites/rewrite.h"
#include "ir/rewrites/split_tails.h"
#include "tests/property/programs.h"

namespace tcc::property {
namespace {

constexpr std::uint64_t first_seed = 20260201;
constexpr int draws = 2;  // of sizes, for each schedule

std::uint64_t triple_count() { return std::getenv("TCC_NIGHTLY") ? 100'000 : 1000; }

SizeValues random_sizes(const Program& program, std::mt19937_64& random) {
  const std::int64_t choices[] = {0, 1, 2, 3, 7, 8, 9, 31, 33};
  SizeValues sizes;
  for (const std::string& name : size_names(program))
    sizes[name] = choices[random() % std::size(choices)];
  return sizes;
}

/// The program after the schedule and the passes.
ir::LoopProgram scheduled(const ir::LoopProgram& plain, const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const SourceId source = sources.add("schedule", text);
  const ir::Schedule schedule = ir::parse_schedule(
      sources, {source, 0, static_cast<std::uint32_t>(text.size())}, diagnostics);
  ir::LoopProgram program = ir::apply_schedule(schedule, plain, {}, diagnostics);
  if (diagnostics.has_errors()) throw std::runtime_error(render(diagnostics, sources));
  return ir::run_passes(std::move(program), {});
}

/// What is wrong with a run; "" for nothing. Runs that a program's own values stop are not judged.
std::string fault_of(const Lowered& lowered, const ir::LoopProgram& final, const SizeValues& sizes,
                     std::uint64_t seed) {
  Diagnostics diagnostics;
  const Run run = random_run(lowered.checked, sizes, seed, diagnostics);
  if (diagnostics.has_errors()) return "";
  const auto results = new_results(lowered.checked, run.sizes, diagnostics);
  if (diagnostics.has_errors()) return "";
  try {
    interpret(final, lowered.checked, run, results);
  } catch (const Error& error) {
    return error.category() == ErrorCategory::program ? "" : error.what();
  }
  const auto expected = evaluate_reference(lowered.checked, run.inputs, run.sizes);
  for (std::size_t r = 0; r < results.size(); ++r) {
    const Comparison comparison = compare(results[r], expected[r]);
    if (comparison.within_bounds) continue;
    return fmt::format("result {} is {}, expected {} +- {}", r, comparison.got, comparison.expected,
                       comparison.allowed);
  }
  return "";
}

std::vector<std::string> counted_words() {
  std::vector<std::string> words;
  for (const ir::Rewrite& rewrite : ir::all_rewrites())
    words.push_back(fmt::format(" {}(", rewrite.name));
  for (const ir::SplitTail& tail : ir::all_split_tails())
    words.push_back(fmt::format(" = {})", tail.name));
  return words;
}

/// How often each rewrite and each tail is in the text.
using Uses = std::map<std::string, int>;

void count_uses(const std::string& schedule, Uses& uses) {
  for (const std::string& word : counted_words()) {
    for (std::size_t at = 0; (at = schedule.find(word, at)) != std::string::npos; ++at)
      ++uses[word];
  }
}

enum class Sizes : std::uint8_t { names, numbers };

/// The number of triples that one program with one schedule made.
std::uint64_t check_program(std::uint64_t seed, Sizes kind, Uses& uses) {
  std::mt19937_64 random(seed);
  const Program program = seed % 4 == 0 ? random_long_program(seed) : random_program(seed);
  const std::string text = text_of(program);
  SizeValues sizes = random_sizes(program, random);
  const SizeValues numbers = kind == Sizes::numbers ? sizes : SizeValues{};
  Diagnostics diagnostics;
  PipelineOptions options;
  options.compile.scheduling = Scheduling::none;
  options.compile.sizes = numbers;
  const Lowered lowered =
      lower(parse_text(text, {}, diagnostics), {}, ir::host_target(), options, diagnostics);
  const std::string schedule = random_schedule(lowered.loops, seed);
  if (schedule.empty()) return 0;
  count_uses(schedule, uses);
  std::uint64_t triples = 0;
  try {
    const ir::LoopProgram final = scheduled(lowered.loops, schedule);
    for (; triples < draws; ++triples) {
      const std::string fault = fault_of(lowered, final, sizes, seed);
      if (!fault.empty()) throw std::runtime_error(fault);
      if (kind == Sizes::numbers) return 1;
      sizes = random_sizes(program, random);
    }
  } catch (const std::exception& failure) {
    std::string where;
    for (const auto& [name, value] : sizes)
      where += fmt::format(" --set {}={}", name, value);
    ADD_FAILURE() << "seed " << seed << ":" << where << "\n"
                  << failure.what() << "\n"
                  << text << schedule;
  }
  return triples;
}

TEST(Property, RandomSchedulesKeepTheMeaning) {
  Uses uses;
  std::uint64_t triples = 0;
  std::uint64_t seed = first_seed;
  for (; triples < triple_count() && seed < first_seed + 10 * triple_count(); ++seed) {
    triples += check_program(seed, seed % 2 == 0 ? Sizes::names : Sizes::numbers, uses);
    if (HasFailure()) break;
  }
  std::string counts;
  for (const std::string& word : counted_words()) {
    counts += fmt::format(", {} of '{}'", uses[word], word.substr(1));
    EXPECT_TRUE(uses[word] > 0 || HasFailure()) << "no schedule has '" << word << "'";
  }
  fmt::print("{} triples of {} programs from seed {}{}\n", triples, seed - first_seed, first_seed,
             counts);
  EXPECT_GE(triples, HasFailure() ? 0 : triple_count());
}

}  // namespace
}  // namespace tcc::property
