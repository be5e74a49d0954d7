// The memory of a run, kept for the next one.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <vector>

#include <tcc/tensor.h>

#include "api/memory_range.h"
#include "api/run_plan.h"
#include "runtime/arena.h"
#include "runtime/kernel_host.h"

namespace tcc {

/// What one run at a time needs beside its inputs and results.
struct Workspace {
  explicit Workspace(int threads) : host(threads) {}

  std::shared_ptr<const RunPlan> plan;  ///< of the last run
  Arena arena;                          ///< for temporaries
  std::vector<void*> buffers;           ///< as kernels take them
  Arena copies;                         ///< of inputs that cannot be read where they are
  Arena updates;                        ///< values that a run gives which nobody keeps
  std::vector<MemoryRange> ranges;      ///< of results, sorted
  KernelHost host;
};

/// Workspaces that no run uses. Safe from many threads, without locks: a thread finds the one
/// that it has left, as long as there are not very many.
class WorkspacePool {
 public:
  explicit WorkspacePool(int threads) : threads_(threads) {}
  ~WorkspacePool();

  /// A new one where none is free.
  std::unique_ptr<Workspace> take();
  void give_back(std::unique_ptr<Workspace> workspace);

  /// Lets go of the memory of all that are not in use.
  void clear();

 private:
  static constexpr std::size_t most = 64;

  int threads_;
  std::array<std::atomic<Workspace*>, most> free_ = {};
};

/// Holds a workspace for the length of a run.
class WorkspaceLease {
 public:
  explicit WorkspaceLease(WorkspacePool& pool) : pool_(pool), workspace_(pool.take()) {}
  ~WorkspaceLease() { pool_.give_back(std::move(workspace_)); }
  WorkspaceLease(const WorkspaceLease&) = delete;
  WorkspaceLease& operator=(const WorkspaceLease&) = delete;

  Workspace* operator->() const { return workspace_.get(); }
  Workspace& operator*() const { return *workspace_; }

 private:
  WorkspacePool& pool_;
  std::unique_ptr<Workspace> workspace_;
};

}  // namespace tcc
