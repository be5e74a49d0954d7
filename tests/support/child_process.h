// For tests: a function that runs in a process of its own, as another user or to be killed.
#pragma once

#include <functional>
#include <string>

#include <sys/types.h>

namespace tcc::tests {

/// Whether this process may become another user: only root may.
bool may_change_user();

/// A user that owns nothing here.
inline constexpr uid_t stranger = 54321;

/// Runs the function in a child as `user`, and returns what it returned; "child failed" and why
/// where it did not come so far. The child sees the files of this process, not its changes.
std::string run_as_user(uid_t user, const std::function<std::string()>& function);

/// Runs the function in a child of this process's own user.
std::string run_in_child(const std::function<std::string()>& function);

/// Starts a child that runs the function, which need not end.
pid_t start_child(const std::function<void()>& function);

/// Kills a child with SIGKILL and waits for its end.
void kill_child(pid_t child);

}  // namespace tcc::tests
