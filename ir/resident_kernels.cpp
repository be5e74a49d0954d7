// Kernels that need to be run once for given params.
#include "ir/resident_kernels.h"

#include <algorithm>
#include <set>

#include "ir/touched_buffers.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

std::set<BufferId> stored_by(const Kernel& kernel) {
  std::set<BufferId> stored;
  for_each_statement(kernel.body, [&](const Stmt& stmt) {
    if (const auto* store = as<Store>(stmt)) stored.insert(store->buffer);
  });
  return stored;
}

class ResidentSearch {
 public:
  ResidentSearch(const LoopProgram& program, const std::vector<BufferId>& kept)
      : program_(program), known_(kept.begin(), kept.end()) {
    for (const Expr& size : program.sizes)
      other_sizes_.insert(as<Var>(size)->id);
    for (const BufferId id : kept) {
      for (const Expr& extent : program[id].shape)
        remove_sizes(extent);
    }
  }

  ResidentKernels search() {
    count_writers();
    for (std::uint32_t k = 0; k < program_.kernels.size(); ++k) {
      const Kernel& kernel = program_.kernels[k];
      const auto stored = stored_by(kernel);
      if (stored.empty() || !is_resident(kernel, stored)) continue;
      found_.kernels.push_back(k);
      known_.insert(stored.begin(), stored.end());
    }
    divide_results();
    return std::move(found_);
  }

 private:
  /// An extent fixes a size that stands alone: of N // 2 or M + K only the value is the same.
  void remove_sizes(const Expr& extent) {
    if (const auto* var = as<Var>(extent)) other_sizes_.erase(var->id);
  }

  void count_writers() {
    writers_.resize(program_.buffers.size());
    for (const Kernel& kernel : program_.kernels) {
      for (const BufferId id : stored_by(kernel))
        ++writers_[id.value];
    }
  }

  bool is_resident(const Kernel& kernel, const std::set<BufferId>& stored) const {
    for (const BufferId id : touched_buffers(kernel.body)) {
      const Buffer& buffer = program_[id];
      if (buffer.use == BufferUse::local && mentions_other_sizes(buffer.shape)) return false;
      if (buffer.use == BufferUse::local || known_.count(id)) continue;
      const bool is_own = stored.count(id) && buffer.use == BufferUse::temporary &&
                          writers_[id.value] == 1 && !mentions_other_sizes(buffer.shape);
      if (!is_own) return false;
    }
    bool is_fixed = true;
    for_each_expression(kernel.body, [&](const Expr& expr) {
      is_fixed = is_fixed && !mentions_other_sizes({expr});
    });
    return is_fixed;
  }

  bool mentions_other_sizes(const std::vector<Expr>& expressions) const {
    for (const Expr& expr : expressions) {
      for (const Expr& node : post_order(expr)) {
        const auto* var = as<Var>(node);
        if (var && other_sizes_.count(var->id)) return true;
      }
    }
    return false;
  }

  void divide_results() {
    std::set<BufferId> read_by_others;
    std::set<BufferId> own;
    for (std::uint32_t k = 0; k < program_.kernels.size(); ++k) {
      const bool is_one = std::binary_search(found_.kernels.begin(), found_.kernels.end(), k);
      const auto touched = touched_buffers(program_.kernels[k].body);
      if (!is_one) read_by_others.insert(touched.begin(), touched.end());
      if (!is_one) continue;
      for (const BufferId id : touched) {
        if (program_[id].use == BufferUse::temporary) own.insert(id);
      }
    }
    for (const BufferId id : own)
      (read_by_others.count(id) ? found_.results : found_.inside).push_back(id);
  }

  const LoopProgram& program_;
  std::set<BufferId> known_;     ///< inputs that stay, and what resident kernels have stored
  std::set<VarId> other_sizes_;  ///< that may differ between two runs
  std::vector<std::uint32_t> writers_;
  ResidentKernels found_;
};

}  // namespace

ResidentKernels resident_kernels(const LoopProgram& program, const std::vector<BufferId>& kept) {
  if (kept.empty()) return {};
  return ResidentSearch(program, kept).search();
}

}  // namespace tcc::ir
