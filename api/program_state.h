// What a Program holds: its text, and machine code for the types it is called with.
#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <mutex>

#include "api/executable.h"
#include "runtime/fork_safe_mutex.h"

namespace tcc {

/// The text is parsed once. A program with declared inputs has one Executable, made at once. A
/// program of free names (language section 3.8) has one for each combination of types and shapes
/// it was called with, the last 64 of them, made at the first such call. Safe from many threads.
class Program::State {
 public:
  /// Throws Error where the text is wrong, or the target is none.
  State(std::string_view text, PipelineOptions options);

  const ParsedText& text() const { return *text_; }
  const std::vector<std::string>& free_names() const { return free_names_; }

  /// For inputs in order; the same one for the same types. Throws as Executable::compile.
  std::shared_ptr<const Executable> executable_for(std::span<const Tensor> inputs) const;

  /// The one of a program with declared inputs, null for a program of free names.
  const std::shared_ptr<const Executable>& declared() const { return declared_; }

  void release_memory() const;

 private:
  using Type = std::pair<DType, std::vector<std::int64_t>>;

  /// Code for some types, or what will become of it: those that want the same wait for one
  /// compile.
  struct Specialized {
    std::vector<Type> types;
    std::once_flag once;
    std::shared_ptr<const Executable> executable;
    std::atomic<bool> is_ready = false;

    bool is_for(std::span<const Tensor> inputs) const;
  };
  static constexpr std::size_t most = 64;

  std::shared_ptr<Specialized> specialized_for(std::span<const Tensor> inputs) const;
  std::shared_ptr<const Executable> compile_for(std::span<const Tensor> inputs) const;

  PipelineOptions options_;
  ir::Target target_;
  std::shared_ptr<const ParsedText> text_;
  std::vector<std::string> free_names_;
  std::shared_ptr<const Executable> declared_;
  mutable ForkSafeMutex mutex_;
  mutable std::list<std::shared_ptr<Specialized>> specialized_;  ///< the one used last in front
};

}  // namespace tcc
