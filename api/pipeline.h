// The way from text to machine code as bare calls: the stages of docs/architecture.md.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <tcc/program.h>

#include "dsl/diagnostic.h"
#include "dsl/syntax.h"
#include "frontend/checker.h"
#include "ir/apply_schedule.h"
#include "ir/graph.h"
#include "ir/loop_program.h"
#include "ir/passes/passes.h"
#include "ir/schedule.h"
#include "ir/target.h"

namespace tcc {

/// Called as each stage begins; `--time-passes` measures with it.
using StageObserver = std::function<void(std::string_view stage)>;

class DiskCache;

/// `write`: for those who want to see the stages that code from the cache has not gone through.
enum class Caching : std::uint8_t { read_and_write, write };

struct PipelineOptions {
  CompileOptions compile;
  std::shared_ptr<DiskCache> cache = nullptr;  ///< null: nothing is kept beyond the process
  Caching caching = Caching::read_and_write;
  StageObserver on_stage;
  StageObserver on_part;  ///< called as a part of a stage begins: LLVM's of the stage "code"
  ir::StepObserver on_step;
  /// Called before the steps of each variant with its condition, "" for the general one.
  std::function<void(const std::string& condition)> on_variant;
  ir::PassObserver on_pass;
};

/// A text with its tree: what can be known before the types of free names are.
struct ParsedText {
  SourceMap sources;
  syntax::Program program;
  ir::Schedule schedule;  ///< the program's own blocks, then those of the options
  std::vector<SourceId> imports;
};
/// The text with its imports, its functions written out.
ParsedText parse_text(std::string_view text, const PipelineOptions& options,
                      Diagnostics& diagnostics);

/// The program as one `when` of its schedule has it.
struct LoweredVariant {
  std::string condition;      ///< as written; empty for the general one
  ir::Expr holds;             ///< over the program's sizes; null for the general one
  ir::LoopProgram scheduled;  ///< after the schedule
  ir::LoopProgram final;      ///< after the passes: what code is made of
};

/// Everything between the checked program and machine code. Each member is a value that prints.
struct Lowered {
  checked::Program checked;
  ir::Graph graph;
  ir::LoopProgram loops;                 ///< the plain nests
  ir::Schedule schedule;                 ///< for the whole program
  std::set<std::string> kept;            ///< what choose_schedule() was told to keep plain
  std::vector<LoweredVariant> variants;  ///< in the order in which they are tried, the general last

  const LoweredVariant& general() const { return variants.back(); }
};
/// The first variant whose condition holds for the sizes of a run.
const LoweredVariant& variant_for(const Lowered& lowered, const SizeValues& sizes);

Lowered lower(const ParsedText& text, const std::map<std::string, BoundType>& free_names,
              const ir::Target& target, const PipelineOptions& options, Diagnostics& diagnostics);

}  // namespace tcc
