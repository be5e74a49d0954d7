// The memory of a run, kept for the next one.
#include "api/workspace.h"

#include <functional>
#include <thread>

namespace tcc {

namespace {

/// Where a thread looks first: another place than its neighbours.
std::size_t first_place() {
  static std::atomic<std::size_t> threads = 0;
  thread_local const std::size_t own = threads.fetch_add(1, std::memory_order_relaxed);
  return own;
}

}  // namespace

WorkspacePool::~WorkspacePool() { clear(); }

std::unique_ptr<Workspace> WorkspacePool::take() {
  const std::size_t first = first_place();
  for (std::size_t step = 0; step < most; ++step) {
    std::atomic<Workspace*>& place = free_[(first + step) % most];
    if (place.load(std::memory_order_relaxed) == nullptr) continue;
    std::unique_ptr<Workspace> found(place.exchange(nullptr, std::memory_order_acquire));
    if (found) return found;
  }
  return std::make_unique<Workspace>(threads_);
}

void WorkspacePool::give_back(std::unique_ptr<Workspace> workspace) {
  const std::size_t first = first_place();
  for (std::size_t step = 0; step < most; ++step) {
    std::atomic<Workspace*>& place = free_[(first + step) % most];
    Workspace* nothing = nullptr;
    if (place.compare_exchange_strong(nothing, workspace.get(), std::memory_order_release,
                                      std::memory_order_relaxed)) {
      workspace.release();
      return;
    }
  }
}

void WorkspacePool::clear() {
  for (std::atomic<Workspace*>& place : free_)
    delete place.exchange(nullptr, std::memory_order_acquire);
}

}  // namespace tcc
