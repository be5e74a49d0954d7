// What the scheduler chooses is applied as it stands: of random programs, at sizes that are open,
// 0, 1 and prime, no command of it is refused.
#include <cstdlib>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "api/pipeline.h"
#include "ir/schedulers/choose_schedule.h"
#include "tests/property/programs.h"

namespace tcc::property {
namespace {

constexpr std::uint64_t first_seed = 20260701;

std::uint64_t program_count() { return std::getenv("TCC_NIGHTLY") ? 3000 : 200; }

using Sizes = std::map<std::string, std::int64_t>;

/// The plain nests of a program; nothing where it is not for these sizes.
std::optional<Lowered> plain(const std::string& text, const Sizes& sizes) {
  PipelineOptions options;
  Diagnostics diagnostics;
  const ParsedText parsed = parse_text(text, options, diagnostics);
  options.compile.scheduling = Scheduling::none;
  options.compile.sizes = sizes;
  if (diagnostics.has_errors()) return {};
  Lowered lowered = lower(parsed, {}, *ir::find_target("cpu"), options, diagnostics);
  if (diagnostics.has_errors()) return {};
  return lowered;
}

/// The refusal of what is chosen, "" for none. A read that folds away, as in `b - b` of integers,
/// is known to the rewrites alone: the pipeline then keeps what it concerned.
std::string refusal_of(const Lowered& lowered, const std::string& target, ir::Reassociation order) {
  Diagnostics diagnostics;
  const ir::Schedule schedule =
      ir::choose_schedule(lowered.graph, *ir::find_target(target), ir::Schedule(), {}, order);
  ir::apply_schedule(schedule, lowered.loops, {ir::TargetKind::cpu, order}, diagnostics);
  const std::string text = render(diagnostics, SourceMap());
  const bool folded = text.find("does not read") != std::string::npos;
  return diagnostics.has_errors() && !folded ? text : "";
}

TEST(Property, ChosenSchedulesAreNeverRefused) {
  std::uint64_t applied = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + program_count(); ++seed) {
    const Program program = seed % 4 == 0 ? random_long_program(seed) : random_program(seed);
    const std::string text = text_of(program);
    for (const std::int64_t size : {-1, 0, 1, 7, 37}) {
      Sizes sizes;
      for (const std::string& name : size_names(program))
        if (size >= 0) sizes[name] = size;
      const auto lowered = plain(text, sizes);
      if (!lowered) continue;
      using ir::Reassociation;
      const std::pair<const char*, Reassociation> ways[] = {
          {"cpu:x86-64", Reassociation::allowed},
          {"cpu:x86-64-v4", Reassociation::allowed},
          {"cpu:x86-64-v4", Reassociation::forbidden}};
      for (const auto& [target, order] : ways) {
        const std::string refusal = refusal_of(*lowered, target, order);
        ASSERT_EQ(refusal, "") << "seed " << seed << ", sizes " << size << "\n" << text;
        ++applied;
      }
    }
  }
  fmt::print("{} programs from seed {}, {} schedules\n", program_count(), first_seed, applied);
  EXPECT_GT(applied, program_count() * 5);
}

}  // namespace
}  // namespace tcc::property
