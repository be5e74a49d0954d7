// For tests: a program's text, or a file, lowered as the command line would do it.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "api/pipeline.h"

namespace tcc::tests {

using Sizes = std::map<std::string, std::int64_t>;

/// Fails the test, and gives an empty value back, where the text has errors. `schedule`: blocks
/// beside those of the text.
inline Lowered lowered_text(const std::string& text, const Sizes& sizes = {},
                            const std::string& target = "cpu:x86-64-v3",
                            const std::string& schedule = {}, const std::string& file = "text") {
  PipelineOptions options;
  options.compile.file = file;
  options.compile.schedule = schedule;
  Diagnostics diagnostics;
  const ParsedText parsed = parse_text(text, options, diagnostics);
  options.compile.sizes = sizes;
  Lowered lowered;
  if (!diagnostics.has_errors()) {
    lowered = lower(parsed, {}, *ir::find_target(target), options, diagnostics);
  }
  EXPECT_FALSE(diagnostics.has_errors()) << render(diagnostics, parsed.sources) << text;
  if (lowered.variants.empty()) lowered.variants.emplace_back();
  return lowered;
}

inline std::string text_of_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A file below the project's folder.
inline Lowered lowered_file(const std::string& name, const Sizes& sizes = {},
                            const std::string& target = "cpu:x86-64-v3",
                            const std::string& schedule = {}) {
  const std::filesystem::path path = std::filesystem::path(TCC_SOURCE_DIR) / name;
  return lowered_text(text_of_file(path), sizes, target, schedule, path.string());
}

}  // namespace tcc::tests
