// Holds the order of the layers: reads the includes of every source file and judges each by one
// rule, which is itself tested on pairs that must pass and pairs that must not.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tcc {
namespace {

struct Layer {
  std::string_view folder;
  int height;  ///< a file includes what stands lower, and its own folder
};

constexpr Layer layers[] = {{"include", 0}, {"dsl", 1},     {"ir", 2},  {"frontend", 3},
                            {"codegen", 3}, {"runtime", 4}, {"api", 5}, {"driver", 6}};

const Layer* layer_of(std::string_view path) {
  for (const Layer& layer : layers) {
    if (path.starts_with(layer.folder) && path.substr(layer.folder.size()).starts_with('/')) {
      return &layer;
    }
  }
  return nullptr;
}

/// A family of foreign headers and the only files that may include them: not those that other
/// layers include in turn.
struct Confined {
  std::string_view header_prefix;
  std::vector<std::string_view> allowed_prefixes;
  std::vector<std::string_view> interfaces;
};

const std::vector<Confined>& confined_headers() {
  static const std::vector<Confined> families = {
      {"llvm/",
       {"codegen/llvm/", "runtime/cpu_jit.cpp", "runtime/cpu_jit_test.cpp"},
       {"codegen/llvm/emit_llvm.h"}},
      {"llvm-c/", {}, {}},
      {"cuda", {"runtime/"}, {}},
      {"nvrtc", {"runtime/"}, {}},
      {"CLI/", {"driver/"}, {}},
  };
  return families;
}

bool is_test(std::string_view file) {
  return file.starts_with("tests/") || file.ends_with("_test.cpp");
}

std::string fault_of_foreign(std::string_view file, std::string_view header) {
  for (const Confined& family : confined_headers()) {
    if (!header.starts_with(family.header_prefix)) continue;
    const auto& places = family.allowed_prefixes;
    const auto& interfaces = family.interfaces;
    const bool allowed =
        std::any_of(places.begin(), places.end(),
                    [&](std::string_view prefix) { return file.starts_with(prefix); }) &&
        std::find(interfaces.begin(), interfaces.end(), file) == interfaces.end();
    if (!allowed) return fmt::format("<{}> has its own place, which is not here", header);
  }
  if (header.starts_with("gtest/") && !is_test(file)) return "only tests include GoogleTest";
  return "";
}

/// Why `file` (from the repository's root) must not have this include, written with its quotes or
/// angle brackets; empty when it may.
std::string include_fault(std::string_view file, std::string_view include) {
  const std::string_view name = include.substr(1, include.size() - 2);
  if (include.front() == '<' && !name.starts_with("tcc/")) return fault_of_foreign(file, name);
  if (include.front() == '"' && name.starts_with("tcc/")) return "public headers stand in < >";
  if (file.starts_with("tests/")) return "";
  if (name.starts_with("tests/"))
    return is_test(file) ? "" : "only tests include what is in tests/";
  const Layer* from = layer_of(file);
  const Layer* to = include.front() == '<' ? &layers[0] : layer_of(name);
  if (to == nullptr) return "includes are written from the root of the repository";
  if (from->folder == to->folder || from->height > to->height) return "";
  return fmt::format("'{}' must not include '{}'", from->folder, to->folder);
}

struct Pair {
  const char* file;
  const char* include;
};

TEST(IncludeOrder, RuleAllows) {
  const Pair pairs[] = {
      {"dsl/lexer.cpp", "\"dsl/lexer.h\""},
      {"dsl/dtypes.h", "<tcc/dtype.h>"},
      {"include/tcc/tcc.h", "<tcc/tensor.h>"},
      {"ir/expr.h", "\"dsl/dtypes.h\""},
      {"ir/rewrites/split.cpp", "\"ir/expr.h\""},
      {"frontend/lower_to_graph.h", "\"ir/graph.h\""},
      {"codegen/llvm/expressions.cpp", "<llvm/IR/IRBuilder.h>"},
      {"codegen/llvm/values.h", "<llvm/IR/IRBuilder.h>"},
      {"runtime/cpu_jit.cpp", "<llvm/ExecutionEngine/Orc/LLJIT.h>"},
      {"runtime/cpu_jit.cpp", "\"codegen/llvm/emit_llvm.h\""},
      {"runtime/cuda_driver.cpp", "<cuda.h>"},
      {"api/pipeline.h", "\"frontend/checker.h\""},
      {"driver/run.cpp", "<CLI/CLI.hpp>"},
      {"driver/run.cpp", "<fmt/format.h>"},
      {"ir/expr_test.cpp", "<gtest/gtest.h>"},
      {"ir/expr_test.cpp", "\"tests/support/schedule_text.h\""},
      {"tests/pipeline_test.cpp", "\"driver/options.h\""},
  };
  for (const Pair& pair : pairs) {
    EXPECT_EQ(include_fault(pair.file, pair.include), "") << pair.file << ' ' << pair.include;
  }
}

TEST(IncludeOrder, RuleRefuses) {
  const Pair pairs[] = {
      {"include/tcc/tcc.h", "\"dsl/source.h\""},
      {"dsl/lexer.cpp", "\"ir/expr.h\""},
      {"ir/graph.cpp", "\"frontend/checked.h\""},
      {"ir/graph_test.cpp", "\"frontend/parser.h\""},
      {"frontend/checker.cpp", "\"codegen/llvm/emit_llvm.h\""},
      {"codegen/llvm/emit_llvm.cpp", "\"frontend/checked.h\""},
      {"runtime/cpu_jit.h", "\"api/pipeline.h\""},
      {"api/program.cpp", "\"driver/options.h\""},
      {"dsl/lexer.cpp", "\"lexer.h\""},
      {"ir/expr.cpp", "\"../dsl/dtypes.h\""},
      {"api/program.cpp", "\"tcc/program.h\""},
      {"ir/target.cpp", "<llvm/TargetParser/Host.h>"},
      {"codegen/llvm/emit_llvm.h", "<llvm/IR/Module.h>"},
      {"runtime/cpu_jit.h", "<llvm/IR/Module.h>"},
      {"runtime/cpu_jit.cpp", "<llvm-c/Core.h>"},
      {"codegen/cuda/emit_cuda.cpp", "<cuda_runtime.h>"},
      {"driver/doctor.cpp", "<nvrtc.h>"},
      {"api/program.cpp", "<CLI/CLI.hpp>"},
      {"ir/expr.cpp", "<gtest/gtest.h>"},
      {"ir/expr.cpp", "\"tests/support/schedule_text.h\""},
  };
  for (const Pair& pair : pairs) {
    EXPECT_NE(include_fault(pair.file, pair.include), "") << pair.file << ' ' << pair.include;
  }
}

/// The include of a line, with its quotes or brackets; empty where there is none.
std::string_view include_in(std::string_view line) {
  constexpr std::string_view directive = "#include ";
  if (!line.starts_with(directive)) return "";
  line.remove_prefix(directive.size());
  const char close = line.starts_with('<') ? '>' : '"';
  const std::size_t end = line.find(close, 1);
  return end == std::string_view::npos ? "" : line.substr(0, end + 1);
}

std::vector<std::string> source_files() {
  const std::filesystem::path root = TCC_SOURCE_DIR;
  std::vector<std::string> files;
  for (std::string_view folder :
       {"include", "dsl", "ir", "frontend", "codegen", "runtime", "api", "driver", "tests"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      const std::filesystem::path extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      files.push_back(entry.path().lexically_relative(root).generic_string());
    }
  }
  return files;
}

TEST(IncludeOrder, EveryFileHoldsTheOrder) {
  int include_count = 0;
  for (const std::string& file : source_files()) {
    std::ifstream stream(std::filesystem::path(TCC_SOURCE_DIR) / file);
    std::string line;
    for (int number = 1; std::getline(stream, line); ++number) {
      const std::string_view include = include_in(line);
      if (include.empty()) continue;
      ++include_count;
      const std::string fault = include_fault(file, include);
      EXPECT_EQ(fault, "") << file << ':' << number << ": " << line;
    }
  }
  EXPECT_GT(include_count, 300) << "the walk over the sources no longer finds them";
}

}  // namespace
}  // namespace tcc
