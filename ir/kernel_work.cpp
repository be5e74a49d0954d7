// Trip counts multiply; memory is counted by the boxes that accesses touch.
#include "ir/kernel_work.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "dsl/dtypes.h"
#include "ir/index_reach.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

struct OperationCount {
  double flops = 0;
  double calls = 0;
};

OperationCount count_of(Op op) {
  switch (op) {
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::divide:
    case Op::square_root:
    case Op::minimum:
    case Op::maximum:
    case Op::relu: return {1, 0};
    case Op::fma:
    case Op::clamp: return {2, 0};
    case Op::floor_divide:
    case Op::modulo:
    case Op::power: return {0, 1};
    default: return op >= Op::rsqrt && op <= Op::hypot ? OperationCount{0, 1} : OperationCount{};
  }
}

OperationCount count_of(const Expr& node) {
  if (!is_float(node->type.dtype)) return {};
  if (const auto* unary = as<Unary>(node)) return count_of(unary->op);
  if (const auto* binary = as<Binary>(node)) return count_of(binary->op);
  if (const auto* call = as<Call>(node)) return count_of(call->op);
  return {};
}

bool is_passed_on(const Buffer& buffer) {
  return buffer.use == BufferUse::input || buffer.use == BufferUse::output ||
         buffer.use == BufferUse::temporary;
}

/// Walks one kernel. Recursion is by the depth of its loops and blocks.
class WorkCounter {
 public:
  WorkCounter(const LoopProgram& program, std::span<const std::int64_t> sizes) : program_(program) {
    trips_.fill(1);
    for (std::size_t s = 0; s < program.sizes.size(); ++s) {
      const auto size = static_cast<double>(sizes[s]);
      reach_.set(as<Var>(program.sizes[s])->id, {size, size});
    }
  }

  KernelWork count(const Stmt& body) {
    work_ = {};
    read_.clear();
    written_.clear();
    visit(body);
    work_.bytes_read = bytes_in(read_);
    work_.bytes_written = bytes_in(written_);
    return work_;
  }

 private:
  using Boxes = std::map<BufferId, TouchedBox>;

  void visit(const Stmt& stmt) {
    match(
        stmt, [&](const For& loop) { visit_loop(loop); },
        [&](const If& branch) {
          add_expression(branch.condition);
          work_.is_bound = true;
          visit(branch.body);
        },
        [&](const Let& let) {
          add_expression(let.value);
          reach_.set(as<Var>(let.var)->id, reach_(let.value));
        },
        [](const Allocate&) {},
        [&](const Block& block) {
          for (const Stmt& child : block.statements)
            visit(child);
        },
        [&](const Store& store) { visit_store(store); },
        [&](const Assert& check) { add_expression(check.condition); }, [](const Prefetch&) {});
  }

  void visit_loop(const For& loop) {
    const Reach begin = reach_(loop.begin);
    const Reach extent = reach_(loop.extent);
    add_expression(loop.begin);
    add_expression(loop.extent);
    // The length of a loop that data decides is not known: its body counts once.
    const double trips = std::isfinite(extent.highest) ? std::max(extent.highest, 0.0) : 1;
    work_.is_bound |= extent.lowest != extent.highest;
    if (trips == 0) return;
    const unsigned depth = std::min(depth_, deepest_loop);
    reach_.set(as<Var>(loop.var)->id, {begin.lowest, begin.highest + trips - 1,
                                       begin.loops | extent.loops | std::uint64_t{1} << depth});
    const double outer_trips = trips_[depth];
    const double outer_runs = runs_;
    trips_[depth] *= trips;
    runs_ *= trips;
    ++depth_;
    visit(loop.body);
    --depth_;
    runs_ = outer_runs;
    trips_[depth] = outer_trips;
  }

  void visit_store(const Store& store) {
    work_.iterations += runs_ * store.value->type.lanes;
    work_.is_bound |= static_cast<bool>(store.predicate);
    std::vector<Expr> expressions = store.indices;
    expressions.push_back(store.value);
    if (store.predicate) expressions.push_back(store.predicate);
    add_expressions(expressions);
    touch(written_, store.buffer, store.indices);
  }

  void add_expression(const Expr& expr) {
    if (!is_leaf(expr)) add_expressions({&expr, 1});
  }

  void add_expressions(std::span<const Expr> roots) {
    for (const Expr& node : post_order(roots)) {
      const OperationCount count = count_of(node);
      const double elements = runs_ * node->type.lanes;
      (node->type.dtype == DType::f64 ? work_.flops_f64 : work_.flops) += count.flops * elements;
      work_.calls += count.calls * elements;
      if (const auto* load = as<Load>(node)) touch(read_, load->buffer, load->indices);
    }
  }

  void touch(Boxes& boxes, BufferId id, const std::vector<Expr>& indices) {
    if (!is_passed_on(program_[id])) return;
    const TouchedBox box = touched_by(indices, shape_of(id), reach_, trips_);
    const auto [found, is_new] = boxes.emplace(id, box);
    if (!is_new) add_to(found->second, box);
  }

  const std::vector<double>& shape_of(BufferId id) {
    const auto [found, is_new] = shapes_.emplace(id, std::vector<double>{});
    if (is_new) {
      for (const Expr& extent : program_[id].shape)
        found->second.push_back(std::max(reach_(extent).highest, 0.0));
    }
    return found->second;
  }

  double bytes_in(const Boxes& boxes) const {
    double bytes = 0;
    for (const auto& [id, box] : boxes)
      bytes += element_count(box) * static_cast<double>(size_in_bytes(program_[id].dtype));
    return bytes;
  }

  const LoopProgram& program_;
  ReachOfVars reach_;
  TripsByDepth trips_;
  std::map<BufferId, std::vector<double>> shapes_;
  KernelWork work_;
  Boxes read_, written_;
  double runs_ = 1;  ///< of the statement that is visited
  unsigned depth_ = 0;
};

/// The definitions of a plain program that a kernel stores to, or has loops of.
std::set<BufferId> definitions_in(const Stmt& body, const LoopProgram& plain) {
  std::set<BufferId> definitions;
  const auto add = [&](BufferId id) {
    if (id.value < plain.buffers.size() && plain[id].use != BufferUse::input)
      definitions.insert(id);
  };
  for_each_statement(body, [&](const Stmt& stmt) {
    if (const auto* store = as<Store>(stmt)) add(store->buffer);
    if (const auto* loop = as<For>(stmt)) add(loop->stage);
  });
  return definitions;
}

std::set<BufferId> buffers_read_in(const Stmt& body) {
  std::set<BufferId> buffers;
  std::vector<Expr> roots;
  for_each_expression(body, [&](const Expr& expr) { roots.push_back(expr); });
  for (const Expr& node : post_order(roots)) {
    if (const auto* load = as<Load>(node)) buffers.insert(load->buffer);
  }
  return buffers;
}

/// Which definitions of the plain program a scheduled kernel computes.
class Attribution {
 public:
  Attribution(const LoopProgram& scheduled, const LoopProgram& plain)
      : kernel_of_(plain.buffers.size(), none),
        is_computed_(plain.buffers.size(), 0),
        seen_(plain.kernels.size(), none) {
    for (std::size_t k = 0; k < plain.kernels.size(); ++k) {
      for (const BufferId id : definitions_in(plain.kernels[k].body, plain))
        kernel_of_[id.value] = k;
      read_by_.push_back(buffers_read_in(plain.kernels[k].body));
    }
    for (const Kernel& kernel : scheduled.kernels) {
      computed_by_.push_back(definitions_in(kernel.body, plain));
      for (const BufferId id : computed_by_.back())
        is_computed_[id.value] = 1;
    }
  }

  /// Plain kernels whose work the scheduled kernel number `k` does: those of what it stores, and of
  /// what they read that no kernel stores, which was inlined.
  std::vector<std::size_t> plain_kernels(std::size_t k) {
    std::vector<std::size_t> found;
    const auto add = [&](BufferId id) {
      if (id.value >= kernel_of_.size()) return;
      const std::size_t kernel = kernel_of_[id.value];
      if (kernel == none || seen_[kernel] == k) return;
      seen_[kernel] = k;
      found.push_back(kernel);
    };
    for (const BufferId id : computed_by_[k])
      add(id);
    for (std::size_t next = 0; next < found.size(); ++next) {
      for (const BufferId id : read_by_[found[next]]) {
        if (is_computed_[id.value] == 0) add(id);
      }
    }
    return found;
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  std::vector<std::size_t> kernel_of_;           ///< by buffer: the plain kernel that defines it
  std::vector<std::set<BufferId>> read_by_;      ///< by plain kernel
  std::vector<std::set<BufferId>> computed_by_;  ///< by scheduled kernel
  std::vector<char> is_computed_;                ///< by buffer: in some scheduled kernel
  std::vector<std::size_t> seen_;  ///< by plain kernel: the last kernel it was found for
};

}  // namespace

std::vector<KernelWork> work_of_kernels(const LoopProgram& program,
                                        std::span<const std::int64_t> sizes) {
  std::vector<KernelWork> works;
  WorkCounter counter(program, sizes);
  for (const Kernel& kernel : program.kernels)
    works.push_back(counter.count(kernel.body));
  return works;
}

std::vector<KernelWork> work_of_kernels(const LoopProgram& scheduled, const LoopProgram& plain,
                                        std::span<const std::int64_t> sizes) {
  std::vector<KernelWork> works = work_of_kernels(scheduled, sizes);
  const std::vector<KernelWork> meant = work_of_kernels(plain, sizes);
  Attribution attribution(scheduled, plain);
  for (std::size_t k = 0; k < works.size(); ++k) {
    const auto plain_kernels = attribution.plain_kernels(k);
    if (plain_kernels.empty()) continue;
    KernelWork sum;
    sum.bytes_read = works[k].bytes_read;
    sum.bytes_written = works[k].bytes_written;
    for (const std::size_t p : plain_kernels) {
      sum.flops += meant[p].flops;
      sum.flops_f64 += meant[p].flops_f64;
      sum.calls += meant[p].calls;
      sum.iterations += meant[p].iterations;
      sum.is_bound |= meant[p].is_bound;
    }
    works[k] = sum;
  }
  return works;
}

}  // namespace tcc::ir
