// What a Program holds: its text, and machine code for the types it is called with.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "api/executable.h"

namespace tcc {

/// The text is parsed once. A program with declared inputs has one Executable, made at once. A
/// program of free names (language section 3.8) has one for each combination of types and shapes
/// it has been called with, made at the first such call. Safe from many threads.
class Program::State {
 public:
  /// Throws Error where the text is wrong, or the target is none.
  State(std::string_view text, PipelineOptions options);

  const ParsedText& text() const { return *text_; }
  const std::vector<std::string>& free_names() const { return free_names_; }

  /// For inputs in order; the same one for the same types. Throws as Executable::compile.
  std::shared_ptr<const Executable> executable_for(std::span<const Tensor> inputs) const;

  /// The one of a program with declared inputs, null for a program of free names.
  std::shared_ptr<const Executable> declared() const { return declared_; }

 private:
  using Signature = std::vector<std::pair<DType, std::vector<std::int64_t>>>;

  std::shared_ptr<const Executable> specialize(std::span<const Tensor> inputs) const;

  PipelineOptions options_;
  ir::Target target_;
  std::shared_ptr<const ParsedText> text_;
  std::vector<std::string> free_names_;
  std::shared_ptr<const Executable> declared_;
  mutable std::mutex mutex_;
  mutable std::map<Signature, std::shared_ptr<const Executable>> specialized_;
};

}  // namespace tcc
