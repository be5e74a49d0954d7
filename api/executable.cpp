// Machine code with what is needed to call it.
#include "api/executable.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "api/background.h"
#include "api/bind_inputs.h"
#include "api/cache_key.h"
#include "api/new_tensor.h"
#include "dsl/message.h"
#include "runtime/disk_cache.h"
#include "runtime/float_mode.h"

namespace tcc {

namespace {

using Clock = std::chrono::steady_clock;

void throw_if_wrong(const Diagnostics& diagnostics, const SourceMap& sources) {
  if (diagnostics.has_errors()) throw to_error(diagnostics, sources);
}

void announce(const PipelineOptions& options, std::string_view stage) {
  if (options.on_stage) options.on_stage(stage);
}

/// Machine code of each variant.
void generate(ProgramImage& image, const Lowered& lowered, const ir::Target& target,
              const PipelineOptions& options) {
  for (std::size_t v = 0; v < lowered.variants.size(); ++v) {
    auto objects = generate_cpu_objects(lowered.variants[v].final,
                                        {target, options.compile.optimization, options.on_part});
    if (!objects) throw Error(ErrorCategory::environment, objects.error());
    image.variants[v].objects = std::move(*objects);
  }
}

std::optional<ProgramImage> find_image(const std::string& key, const PipelineOptions& options) {
  if (key.empty() || options.caching == Caching::write) return {};
  announce(options, "cache");
  const auto bytes = options.cache->find(key);
  return bytes ? decode(*bytes) : std::nullopt;
}

void store_image(const std::string& key, const ProgramImage& image,
                 const PipelineOptions& options) {
  if (key.empty()) return;
  announce(options, "cache");
  options.cache->store(key, encode(image));
}

bool is_before(const MemoryRange& a, const MemoryRange& b) { return a.begin < b.begin; }

/// What no byte lies in is of no account.
void add_range(std::vector<MemoryRange>& ranges, const Tensor& tensor) {
  const MemoryRange range = memory_of(tensor);
  if (!range.empty()) ranges.push_back(range);
}

bool overlap_each_other(const std::vector<MemoryRange>& sorted) {
  return std::adjacent_find(sorted.begin(), sorted.end(), overlap) != sorted.end();
}

/// `sorted` do not overlap each other.
bool overlaps_one_of(const std::vector<MemoryRange>& sorted, const MemoryRange& range) {
  const auto next =
      std::partition_point(sorted.begin(), sorted.end(),
                           [&range](const MemoryRange& other) { return other.end <= range.begin; });
  return next != sorted.end() && overlap(*next, range);
}

/// Whether kernels may read an input where it is: without gaps, and apart from all `results`.
bool is_readable(const Tensor& input, const std::vector<MemoryRange>& results) {
  return input.is_contiguous() && !overlaps_one_of(results, memory_of(input));
}

void reserve(Arena& arena, std::int64_t bytes, std::span<const NamedBytes> what) {
  if (arena.bytes() >= bytes) return;
  if (const auto done = arena.reserve(bytes); !done)
    throw Error(ErrorCategory::environment, out_of_memory_message(done.error(), what));
}

/// Room for those inputs that have to be copied.
void reserve_copies(Workspace& workspace, const RunInputs& inputs) {
  std::size_t bytes = 0;
  for (std::size_t input = 0; input < inputs.size(); ++input) {
    if (!is_readable(inputs[input], workspace.ranges))
      bytes += workspace.plan->inputs[input].padded_bytes();
  }
  if (bytes > 0) reserve(workspace.copies, static_cast<std::int64_t>(bytes), {});
}

bool are_of(std::span<const Tensor> tensors, const std::vector<RunPlan::Type>& types) {
  return std::equal(tensors.begin(), tensors.end(), types.begin(), types.end(),
                    [](const Tensor& tensor, const RunPlan::Type& type) {
                      return type.is_of(tensor) && tensor.is_contiguous();
                    });
}

void bind_buffers(Workspace& workspace, const RunLayout& layout, const Bindings& bindings) {
  using Memory = RunLayout::Memory;
  std::byte* copy = workspace.copies.data();
  const auto readable = [&](std::size_t place) -> void* {
    const Tensor& input = bindings.inputs[place];
    if (is_readable(input, workspace.ranges)) return input.raw_data();
    input.copy_to(copy);
    return std::exchange(copy, copy + workspace.plan->inputs[place].padded_bytes());
  };
  for (std::size_t b = 0; b < layout.buffers.size(); ++b) {
    const auto [memory, place] = layout.buffers[b];
    void*& buffer = workspace.buffers[b];
    switch (memory) {
      case Memory::input: buffer = readable(place); break;
      case Memory::output: buffer = bindings.outputs[place].raw_data(); break;
      case Memory::update:
        buffer = bindings.updates.empty()
                     ? workspace.updates.data() + workspace.plan->update_places[place]
                     : bindings.updates[place].raw_data();
        break;
      case Memory::arena: buffer = bindings.arena + place; break;
      case Memory::resident: buffer = bindings.resident + place; break;
      case Memory::none: buffer = nullptr; break;
    }
  }
}

}  // namespace

Executable::Executable(const CompileOptions& options)
    : workspaces_(options.threads), specializations_(options.specializations) {
  options_.compile = options;
}

std::shared_ptr<const Executable> Executable::compile(
    std::shared_ptr<const ParsedText> text, const std::map<std::string, BoundType>& free_names,
    const ir::Target& target, const PipelineOptions& options) {
  const std::shared_ptr<Executable> executable(new Executable(options.compile));
  executable->text_ = text;
  executable->target_ = target;
  executable->lower_ = [text, free_names, target](const PipelineOptions& how) {
    Diagnostics diagnostics;
    Lowered lowered = lower(*text, free_names, target, how, diagnostics);
    throw_if_wrong(diagnostics, text->sources);
    return lowered;
  };
  const std::string key =
      options.cache ? cache_key(*text, free_names, target, options.compile) : "";
  if (auto found = find_image(key, options)) {
    announce(options, "link");
    executable->image_ = std::move(*found);
    if (executable->link()) return executable;
  }
  const Lowered& lowered = executable->lowered_by(options);
  announce(options, "code");
  executable->image_ = image_of(lowered, text->program);
  generate(executable->image_, lowered, target, options);
  store_image(key, executable->image_, options);
  announce(options, "link");
  if (const auto linked = executable->link(); !linked)
    throw Error(ErrorCategory::environment, linked.error());
  return executable;
}

tl::expected<void, std::string> Executable::link() {
  is_specialized_ = !image_.sizes.empty() && options_.compile.specializations > 0;
  code_.clear();
  for (const VariantImage& variant : image_.variants) {
    auto code = link_cpu_objects(variant.objects, variant.kernels.size());
    if (!code) return tl::unexpected(std::move(code.error()));
    code_.push_back(std::move(*code));
  }
  for (VariantImage& variant : image_.variants)
    variant.objects = {};  // the code has its own copy
  return {};
}

const Lowered& Executable::lowered_by(const PipelineOptions& how) const {
  std::call_once(lowered_once_, [&] { lowered_ = lower_(how); });
  return lowered_;
}

const Lowered& Executable::lowered() const { return lowered_by(options_); }

std::shared_ptr<const RunPlan> Executable::plan_for(const RunInputs& inputs) const {
  if (auto plan = plans_.find(inputs)) return plan;
  Diagnostics diagnostics;
  auto plan = make_run_plan(image_, inputs, diagnostics);
  throw_if_wrong(diagnostics, text_->sources);
  if (is_specialized_) {
    plan->specialized->job =
        BackgroundJob([executable = weak_from_this(), weak = std::weak_ptr<const RunPlan>(plan)] {
          const auto self = executable.lock();
          const auto wanted = weak.lock();
          if (self && wanted) self->specialize(*wanted);
        });
  }
  return plans_.insert(std::move(plan));
}

std::vector<Tensor> Executable::allocate(const std::vector<RunPlan::Type>& types) {
  std::vector<Tensor> tensors;
  for (const RunPlan::Type& type : types)
    tensors.push_back(new_tensor(type.name, type.dtype, type.shape));
  return tensors;
}

void Executable::run(const RunInputs& inputs, const Results& results,
                     const RunOptions& options) const {
  const DefaultFloatMode mode;  // held here, so that each kernel finds it as it should be
  const WorkspaceLease workspace(workspaces_);
  prepare(*workspace, inputs);
  bind_results(*workspace, results);
  reserve_copies(*workspace, inputs);
  const RunPlan& plan = *workspace->plan;
  if (results.updates.empty())
    reserve(workspace->updates, static_cast<std::int64_t>(plan.update_bytes), {});
  Bindings bindings{inputs, results.outputs, results.updates, nullptr, nullptr};
  const bool is_split = options.resident && !plan.resident.kernels.empty();
  if (is_split) {
    ResidentMemory::Part& part = options.resident->of_variant(plan.variant);
    if (!part.is_filled.load(std::memory_order_acquire)) fill(part, *workspace, bindings);
    bindings.resident = part.arena.data();
  }
  const RunLayout& layout = is_split ? plan.rest : plan.whole;
  reserve(workspace->arena, layout.arena_bytes, plan.temporaries);
  bindings.arena = workspace->arena.data();
  run_layout(layout, *workspace, bindings, options.observer);
}

/// Makes the workspace one for these inputs, which it is already where they are as in its last run.
void Executable::prepare(Workspace& workspace, const RunInputs& inputs) const {
  if (workspace.plan && workspace.plan->fits(inputs)) return;
  workspace.plan = nullptr;  // until all is there
  auto plan = plan_for(inputs);
  workspace.buffers.resize(plan->whole.buffers.size());
  workspace.ranges.reserve(plan->outputs.size() + plan->updates.size());
  workspace.plan = std::move(plan);
}

/// Checks them, and notes what memory they take.
void Executable::bind_results(Workspace& workspace, const Results& results) const {
  const RunPlan& plan = *workspace.plan;
  const bool keeps_updates = !results.updates.empty();
  if (!are_of(results.outputs, plan.outputs) ||
      (keeps_updates && !are_of(results.updates, plan.updates)))
    refuse_results(plan, results);
  workspace.ranges.clear();
  for (const Tensor& output : results.outputs)
    add_range(workspace.ranges, output);
  for (const Tensor& update : results.updates)
    add_range(workspace.ranges, update);
  std::sort(workspace.ranges.begin(), workspace.ranges.end(), is_before);
  if (overlap_each_other(workspace.ranges)) refuse_results(plan, results);
}

void Executable::fill(ResidentMemory::Part& part, Workspace& workspace,
                      const Bindings& bindings) const {
  const std::lock_guard lock(part.filling);
  if (part.is_filled.load(std::memory_order_relaxed)) return;
  const RunPlan& plan = *workspace.plan;
  reserve(part.arena, plan.resident.arena_bytes, plan.temporaries);
  Bindings own = bindings;
  own.arena = part.arena.data();
  run_layout(plan.resident, workspace, own, nullptr);
  part.is_filled.store(true, std::memory_order_release);
}

void Executable::run_layout(const RunLayout& layout, Workspace& workspace, const Bindings& bindings,
                            const KernelObserver* observer) const {
  bind_buffers(workspace, layout, bindings);
  const RunPlan& plan = *workspace.plan;
  const auto& kernels = code_for(plan).kernels();
  for (const std::uint32_t k : layout.kernels) {
    const auto begin = observer ? Clock::now() : Clock::time_point();
    const std::int32_t fault =
        workspace.host.call(kernels[k], workspace.buffers.data(), plan.size_values.data());
    if (fault != 0) report(fault, workspace.host, image_.variants[plan.variant].kernels[k]);
    if (observer) (*observer)(plan, k, Clock::now() - begin);
  }
}

/// Sizes that come again have code of their own made for them; until it is there, and where it
/// cannot be, the general code runs.
const CpuCode& Executable::code_for(const RunPlan& plan) const {
  RunPlan::Specialized& specialized = *plan.specialized;
  if (const CpuCode* own = specialized.code.load(std::memory_order_acquire)) return *own;
  constexpr std::uint32_t second = 1;
  const std::uint32_t runs = specialized.runs.load(std::memory_order_relaxed);
  if (runs <= second && specialized.runs.fetch_add(1, std::memory_order_relaxed) == second &&
      is_specialized_)
    in_background(specialized.job);
  return *code_[plan.variant];
}

void Executable::specialize(const RunPlan& plan) const {
  std::shared_ptr<const CpuCode> code = specializations_.find(plan);
  if (!code && !specializations_.has_room()) return;
  if (!code) {
    const DefaultFloatMode mode;
    code = compile_for_sizes(lowered().variants[plan.variant], plan, {options_.compile.strict},
                             {target_, options_.compile.optimization});
    if (!code) return;
    specializations_.add(plan, code);
  }
  plan.specialized->owner = code;
  plan.specialized->code.store(code.get(), std::memory_order_release);
}

std::vector<std::string> Executable::specializations() const { return specializations_.names(); }

void Executable::refuse_results(const RunPlan& plan, const Results& results) const {
  Diagnostics diagnostics;
  const auto& wanted = signature().outputs;
  if (results.outputs.size() != wanted.size()) {
    diagnostics.error(DiagnosticKind::bad_argument, {},
                      fmt::format("the program gives {} outputs, but memory for {} is given",
                                  wanted.size(), results.outputs.size()));
  }
  for (std::size_t o = 0; o < results.outputs.size() && !diagnostics.has_errors(); ++o) {
    const Tensor& output = results.outputs[o];
    const checked::Tensor& tensor = signature().tensors[wanted[o]];
    if (!plan.outputs[o].is_of(output) || !output.is_contiguous()) {
      diagnostics.error(
          DiagnosticKind::size_mismatch, tensor.span,
          fmt::format("output '{}' is {}, but memory of type {} is given", tensor.name,
                      type_text(tensor.dtype, tensor.shape), type_text(output)));
      continue;
    }
    for (std::size_t other = 0; other < o; ++other) {
      if (overlap(memory_of(output), memory_of(results.outputs[other]))) {
        diagnostics.error(DiagnosticKind::bad_argument, tensor.span,
                          fmt::format("output '{}' shares memory with another", tensor.name));
      }
    }
  }
  throw_if_wrong(diagnostics, text_->sources);
  bug("results are refused without a reason");
}

void Executable::report(std::int32_t fault, const KernelHost& host,
                        const std::string& kernel) const {
  if (fault != TCC_FAULT_DATA)
    throw Error(ErrorCategory::environment, filled_in(host.message().c_str(), host.value()));
  Diagnostics diagnostics;
  report_fault({kernel, host.message(), host.value()}, image_.checks, diagnostics);
  throw to_error(diagnostics, text_->sources);
}

}  // namespace tcc
