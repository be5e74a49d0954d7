// What a run of a program asks of the machine.
#include "driver/launch_report.h"

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>

#include <tcc/error.h>

#include "api/size_numbers.h"
#include "ir/affine/simplify.h"
#include "ir/kernel_scratch.h"
#include "ir/memory_plan.h"
#include "ir/printer.h"
#include "ir/visit.h"
#include "runtime/out_of_memory.h"

namespace tcc::driver {

namespace {

class Reporter {
 public:
  Reporter(const ir::LoopProgram& program, const checked::Program& checked, const SizeValues& sizes,
           const IsWanted& is_wanted)
      : program_(program),
        checked_(checked),
        is_wanted_(is_wanted),
        numbers_(size_numbers(program, sizes)) {}

  LaunchReport report() {
    for (const ir::Expr& size : program_.sizes) {
      const ir::Var& var = *ir::as<ir::Var>(size);
      if (!numbers_.contains(var.id)) report_.unknown_sizes.push_back(var.name);
    }
    for (const ir::Kernel& kernel : program_.kernels)
      report_.kernels.push_back(of_kernel(kernel));
    add_temporaries();
    add_totals();
    return std::move(report_);
  }

 private:
  LaunchKernel of_kernel(const ir::Kernel& kernel) const;
  void add_parallel(const ir::Stmt& stmt, std::vector<ParallelLoop>& loops) const;
  void add_temporaries();
  void add_plan(const std::vector<ir::BufferLifetime>& lifetimes);
  void add_totals();

  Amount amount(const ir::Expr& expr) const {
    const ir::Expr value = ir::simplify(ir::substitute(expr, numbers_));
    return {ir::constant_of(value), ir::print(program_, value)};
  }

  /// Bytes of a buffer as an expression.
  ir::Expr bytes_expr(const ir::Buffer& buffer) const {
    const auto element = static_cast<std::int64_t>(size_in_bytes(buffer.dtype));
    ir::Expr bytes = ir::make_int(element, buffer.origin);
    for (const ir::Expr& extent : buffer.shape)
      bytes = ir::make_binary(Op::multiply, bytes, extent, buffer.origin);
    return bytes;
  }

  /// Bytes of a buffer whose extents are known.
  std::optional<std::int64_t> bytes_of(const ir::Buffer& buffer) const {
    std::vector<std::int64_t> extents;
    for (const ir::Expr& extent : buffer.shape) {
      const auto number = known_over_sizes(extent, numbers_);
      if (!number) return {};
      extents.push_back(*number);
    }
    return ir::byte_count(buffer.dtype, extents);
  }

  Amount bytes_amount(const ir::Buffer& buffer) const {
    if (const auto bytes = bytes_of(buffer)) return {bytes, std::to_string(*bytes)};
    return amount(bytes_expr(buffer));
  }

  Amount sum_of(const std::vector<ir::BufferId>& buffers) const;

  const ir::LoopProgram& program_;
  const checked::Program& checked_;
  const IsWanted& is_wanted_;
  ir::Substitution numbers_;
  LaunchReport report_;
};

void Reporter::add_parallel(const ir::Stmt& stmt, std::vector<ParallelLoop>& loops) const {
  if (const auto* loop = ir::as<ir::For>(stmt)) {
    if (loop->kind != ir::ForKind::parallel) return add_parallel(loop->body, loops);
    loops.push_back({ir::as<ir::Var>(loop->var)->name, amount(loop->extent)});
  } else if (const auto* guard = ir::as<ir::If>(stmt)) {
    add_parallel(guard->body, loops);
  } else if (const auto* block = ir::as<ir::Block>(stmt)) {
    for (const ir::Stmt& inner : block->statements)
      add_parallel(inner, loops);
  }
}

LaunchKernel Reporter::of_kernel(const ir::Kernel& kernel) const {
  LaunchKernel launch;
  launch.name = kernel.name;
  launch.is_wanted = is_wanted_(kernel.name);
  add_parallel(kernel.body, launch.parallel);
  std::vector<ir::BufferId> in_heap;
  bool is_known = true;
  const auto bytes = [&](ir::BufferId id) {
    in_heap.push_back(id);
    const auto known = bytes_of(program_[id]);
    is_known = is_known && known;
    return known.value_or(0);
  };
  const ir::KernelScratch scratch = ir::kernel_scratch(kernel, program_, bytes);
  if (is_known) {
    launch.scratch.number = scratch.shared;
    launch.scratch_per_thread.number = scratch.per_thread;
  } else {
    launch.scratch = sum_of(in_heap);
    launch.scratch_per_thread.number = 0;
  }
  return launch;
}

/// Saturates: what is left of 64 bits is more than any machine has.
Amount Reporter::sum_of(const std::vector<ir::BufferId>& buffers) const {
  std::int64_t known = 0;
  ir::Expr unknown;
  for (const ir::BufferId id : buffers) {
    if (const auto bytes = bytes_of(program_[id])) {
      if (__builtin_add_overflow(known, *bytes, &known))
        known = std::numeric_limits<std::int64_t>::max();
      continue;
    }
    const ir::Expr bytes = bytes_expr(program_[id]);
    unknown = unknown ? ir::make_binary(Op::add, unknown, bytes, bytes->origin) : bytes;
  }
  if (!unknown) return {known, std::to_string(known)};
  const ir::Expr rest = ir::make_int(known, unknown->origin);
  return amount(ir::make_binary(Op::add, unknown, rest, unknown->origin));
}

void Reporter::add_temporaries() {
  const auto lifetimes = ir::lifetimes_of(program_);
  for (const ir::BufferLifetime& lifetime : lifetimes) {
    const ir::Buffer& buffer = program_[lifetime.buffer];
    LaunchTemporary temporary;
    temporary.name = buffer.name;
    temporary.first = lifetime.first;
    temporary.last = lifetime.last;
    if (buffer.in_place_of) temporary.in_place_of = program_[*buffer.in_place_of].name;
    const ir::Buffer& memory = program_[lifetime.memory];
    if (memory.use == ir::BufferUse::output) temporary.output = memory.name;
    temporary.bytes = bytes_amount(buffer);
    temporary.is_wanted = is_wanted_(buffer.name);
    report_.temporaries.push_back(std::move(temporary));
  }
  std::vector<ir::BufferId> all;
  for (const ir::BufferLifetime& lifetime : lifetimes)
    all.push_back(lifetime.buffer);
  report_.without_sharing = sum_of(all);
  const bool is_known = std::all_of(report_.temporaries.begin(), report_.temporaries.end(),
                                    [](const auto& each) { return each.bytes.number; });
  if (is_known) add_plan(lifetimes);
  std::sort(report_.temporaries.begin(), report_.temporaries.end(),
            [](const LaunchTemporary& a, const LaunchTemporary& b) {
              return std::tie(a.first, a.last, a.name) < std::tie(b.first, b.last, b.name);
            });
}

void Reporter::add_plan(const std::vector<ir::BufferLifetime>& lifetimes) {
  std::vector<std::int64_t> bytes;
  for (const LaunchTemporary& temporary : report_.temporaries)
    bytes.push_back(*temporary.bytes.number);
  const auto plan = ir::plan_memory(lifetimes, bytes);
  if (!plan) {
    throw Error(ErrorCategory::environment, too_large_message(program_[plan.error().buffer].name));
  }
  report_.peak = plan->arena;
  report_.lower_bound = plan->lower_bound;
  report_.without_sharing = {plan->without_sharing, ""};
  for (std::size_t t = 0; t < report_.temporaries.size(); ++t) {
    const ir::PlannedBuffer& planned = plan->buffers[t];
    if (planned.place == ir::PlannedBuffer::Place::arena)
      report_.temporaries[t].offset = planned.offset;
  }
}

void Reporter::add_totals() {
  std::set<std::string> param_names;
  for (const checked::Tensor& tensor : checked_.tensors) {
    if (tensor.role == checked::TensorRole::param) param_names.insert(tensor.name);
  }
  std::vector<ir::BufferId> inputs, params, outputs;
  for (std::uint32_t b = 0; b < program_.buffers.size(); ++b) {
    const ir::Buffer& buffer = program_.buffers[b];
    if (buffer.use == ir::BufferUse::output) outputs.push_back(ir::BufferId{b});
    if (buffer.use != ir::BufferUse::input) continue;
    (param_names.contains(buffer.name) ? params : inputs).push_back(ir::BufferId{b});
  }
  report_.inputs = sum_of(inputs);
  report_.params = sum_of(params);
  report_.outputs = sum_of(outputs);
}

}  // namespace

LaunchReport launch_report(const ir::LoopProgram& program, const checked::Program& checked,
                           const SizeValues& sizes, const IsWanted& is_wanted) {
  return Reporter(program, checked, sizes, is_wanted).report();
}

}  // namespace tcc::driver
