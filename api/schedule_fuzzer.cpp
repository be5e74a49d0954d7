// Random legal schedules of one program, run at awkward sizes.
#include "api/schedule_fuzzer.h"

#include <algorithm>
#include <random>
#include <set>

#include <fmt/format.h>

#include "api/iteration_count.h"
#include "api/pipeline.h"
#include "api/random_schedule.h"

namespace tcc {

namespace {

/// The numbers of a schedule's commands: factors of splits, widths of tiles.
std::set<std::int64_t> factors_in(const ir::Schedule& schedule) {
  std::set<std::int64_t> factors;
  for (const ir::ScheduleBlock& block : schedule.blocks) {
    ir::for_each_command(block, [&](const ir::ScheduleCommand& command) {
      for (const ir::ScheduleArgument& argument : command.arguments) {
        if (const auto* number = std::get_if<std::int64_t>(&argument.value)) {
          factors.insert(*number);
        }
      }
    });
  }
  return factors;
}

ir::Schedule schedule_of(const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const SourceId source = sources.add("<schedule>", text);
  const auto length = static_cast<std::uint32_t>(text.size());
  return ir::parse_schedule(sources, {source, 0, length}, diagnostics);
}

/// Every schedule with one command or one block less.
std::vector<ir::Schedule> shorter(const ir::Schedule& schedule) {
  std::vector<ir::Schedule> result;
  const auto without = [&](std::size_t block, auto list_of) {
    const auto& list = list_of(schedule.blocks[block]);
    for (std::size_t c = list.size(); c-- > 0;) {
      ir::Schedule less = schedule;
      auto& commands = list_of(less.blocks[block]);
      commands.erase(commands.begin() + static_cast<std::ptrdiff_t>(c));
      result.push_back(std::move(less));
    }
  };
  for (std::size_t b = 0; b < schedule.blocks.size(); ++b) {
    ir::Schedule less = schedule;
    less.blocks.erase(less.blocks.begin() + static_cast<std::ptrdiff_t>(b));
    result.push_back(std::move(less));
    without(b, [](auto& block) -> auto& { return block.commands; });
    for (std::size_t v = 0; v < schedule.blocks[b].variants.size(); ++v)
      without(b, [v](auto& block) -> auto& { return block.variants[v].commands; });
  }
  return result;
}

/// Every failure with one command, block or step of a size less.
std::vector<FuzzFailure> smaller_than(const FuzzFailure& failure) {
  std::vector<FuzzFailure> result;
  for (const ir::Schedule& less : shorter(schedule_of(failure.schedule))) {
    result.push_back(failure);
    result.back().schedule = ir::print(less);
  }
  for (const auto& [name, value] : failure.sizes) {
    for (const std::int64_t less : {std::int64_t{0}, std::int64_t{1}, value / 2, value - 1}) {
      if (less < 0 || less >= value) continue;
      result.push_back(failure);
      result.back().sizes[name] = less;
    }
  }
  return result;
}

class Fuzzer {
 public:
  Fuzzer(const Subject& subject, const FuzzOptions& options)
      : subject_(subject), options_(options) {}

  FuzzReport run() {
    base_ = base_for(subject_.compile.sizes);
    for (const std::string& name : base_.lowered.checked.size_names)
      smallest_[name] = 0;
    if (iteration_count(base_.lowered.loops, smallest_) > options_.most_iterations) {
      Diagnostics diagnostics;
      diagnostics
          .error(DiagnosticKind::limit, {},
                 fmt::format("one run takes more than {} steps, too many to try schedules with",
                             options_.most_iterations))
          .suggest("give the inputs sizes by name, as f32[M, N], so that small ones can be tried");
      throw to_error(diagnostics, SourceMap());
    }
    for (std::int64_t t = 0; t < options_.tries && !report_.failure; ++t) {
      if (options_.on_try) options_.on_try(t);
      try_schedule(options_.seed + static_cast<std::uint64_t>(t));
    }
    return std::move(report_);
  }

 private:
  static constexpr int runs_of_a_schedule = 3;

  /// The program for some sizes, and its nests after the general variant of its own schedule.
  struct Base {
    Lowered lowered;
    ir::LoopProgram nests;
  };
  Base base_for(const SizeValues& sizes) const {
    Diagnostics diagnostics;
    PipelineOptions options;
    options.compile = subject_.compile;
    options.compile.scheduling = Scheduling::none;
    options.compile.sizes = sizes;
    const ParsedText parsed = parse_text(subject_.text, options, diagnostics);
    Base base;
    if (!diagnostics.has_errors()) {
      base.lowered = lower(parsed, subject_.free_names, ir::host_target(), options, diagnostics);
    }
    if (!diagnostics.has_errors()) {
      base.nests = nests_to_schedule(parsed, base.lowered, sizes, legality(), diagnostics);
    }
    if (diagnostics.has_errors()) throw to_error(diagnostics, parsed.sources);
    return base;
  }

  /// One schedule: for any sizes, run at several, or for sizes that are constants, run at those.
  void try_schedule(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    FuzzFailure attempt{"", {}, random() % 2 == 0, seed, ""};
    if (attempt.sizes_are_constants) {
      attempt.sizes = random_sizes({2, 4, 8}, random);
      try {
        attempt.schedule =
            random_schedule(base_for(with_given(attempt.sizes)).nests, seed, legality());
      } catch (const Error& error) {
        if (error.category() != ErrorCategory::program) throw;
        ++report_.rejected;  // the program does not allow these sizes
        return;
      }
    } else {
      attempt.schedule = random_schedule(base_.nests, seed, legality());
    }
    const ir::Schedule schedule = schedule_of(attempt.schedule);
    count(schedule);
    const auto factors = factors_in(schedule);
    const int runs = attempt.sizes_are_constants ? 1 : runs_of_a_schedule;
    std::vector<SizeValues> sizes(static_cast<std::size_t>(runs), attempt.sizes);
    if (!attempt.sizes_are_constants) {
      for (SizeValues& one : sizes)
        one = random_sizes(factors, random);
    }
    const auto agreements = check(attempt, sizes);
    for (std::size_t r = 0; r < agreements.size(); ++r) {
      if (agreements[r].outcome == Outcome::agree) ++report_.runs;
      if (agreements[r].outcome == Outcome::rejected) ++report_.rejected;
      if (agreements[r].outcome != Outcome::disagree) continue;
      attempt.sizes = sizes[r];
      attempt.explanation = agreements[r].explanation;
      report_.failure = shrink_failure(std::move(attempt), [&](FuzzFailure& candidate) {
        const Agreement agreement = check(candidate, {&candidate.sizes, 1}).front();
        candidate.explanation = agreement.explanation;
        return agreement.outcome == Outcome::disagree && agreement.symptom == agreements[r].symptom;
      });
      return;
    }
  }

  ir::ScheduleOptions legality() const {
    const auto order =
        subject_.compile.strict ? ir::Reassociation::forbidden : ir::Reassociation::allowed;
    return {ir::TargetKind::cpu, order, {}};
  }

  SizeValues with_given(SizeValues sizes) const {
    sizes.insert(subject_.compile.sizes.begin(), subject_.compile.sizes.end());
    return sizes;
  }

  void count(const ir::Schedule& schedule) {
    ++report_.schedules;
    for (const ir::ScheduleBlock& block : schedule.blocks) {
      ir::for_each_command(
          block, [&](const ir::ScheduleCommand& command) { ++report_.rewrites[command.rewrite]; });
    }
  }

  std::vector<Agreement> check(const FuzzFailure& attempt,
                               std::span<const SizeValues> sizes) const {
    Subject subject = subject_;
    subject.compile.schedule += attempt.schedule;
    if (attempt.sizes_are_constants) subject.compile.sizes = with_given(attempt.sizes);
    return check_agreement(subject, sizes, attempt.seed);
  }

  /// Sizes at which the plain nests do not take too long.
  SizeValues random_sizes(const std::set<std::int64_t>& factors, std::mt19937_64& random) const {
    std::vector<std::int64_t> choices = {0, 1, 2, 3, 5, 7, 13, 31};
    for (const std::int64_t factor : factors) {
      for (const std::int64_t near : {factor - 1, factor, factor + 1, 2 * factor + 1})
        if (near > 0) choices.push_back(near);
    }
    std::sort(choices.begin(), choices.end());
    SizeValues sizes = smallest_;
    for (std::size_t most = choices.size(); most > 0; most = most * 3 / 4) {
      for (auto& [name, value] : sizes)
        value = choices[random() % most];
      if (iteration_count(base_.lowered.loops, sizes) <= options_.most_iterations) return sizes;
    }
    return smallest_;
  }

  const Subject& subject_;
  const FuzzOptions& options_;
  Base base_;
  SizeValues smallest_;
  FuzzReport report_;
};

}  // namespace

FuzzFailure shrink_failure(FuzzFailure failure, const std::function<bool(FuzzFailure&)>& fails) {
  for (bool smaller = true; smaller;) {
    smaller = false;
    for (FuzzFailure& candidate : smaller_than(failure)) {
      if (!fails(candidate)) continue;
      failure = std::move(candidate);
      smaller = true;
      break;
    }
  }
  return failure;
}

FuzzReport fuzz_schedules(const Subject& subject, const FuzzOptions& options) {
  return Fuzzer(subject, options).run();
}

}  // namespace tcc
