// For tests: conditions on indices from a line of text, under the loops around them.
#pragma once

#include <string>
#include <vector>

#include "ir/affine/bounds.h"
#include "tests/support/parsed_program.h"

namespace tcc::ir {

/// `for i in 0:(M + 7) // 8 for j in 0:8 : i * 8 + j < M`: a condition and the ranges of the loops
/// around it, over sizes M, N and K and a tensor x: i64[N].
struct ConditionText {
  LoopProgram program;
  VarRanges ranges;
  Expr condition;

  /// `facts` are those of M, N and K, as many as there are.
  explicit ConditionText(const std::string& text, const std::vector<SizeFact>& facts = {}) {
    const std::size_t split = text.rfind(" : ");
    const std::string loops = split == std::string::npos ? "" : text.substr(0, split);
    std::string nest;
    std::string ends;
    for (std::size_t at = 0; at < loops.size();) {
      const std::size_t next = std::min(loops.find(" for ", at + 1), loops.size());
      nest += loops.substr(at, next - at) + " {\n";
      ends += "}\n";
      at = next;
    }
    const std::string inner = split == std::string::npos ? text : text.substr(split + 3);
    program = parsed("size M, N, K\ninput x: i64[N]\noutput y: i64\n\nkernel y {\n" + nest + "if " +
                     inner + " {\ny[] = 0\n}\n" + ends + "}\n");
    for (std::size_t n = 0; n < facts.size(); ++n) {
      const VarId size = program.facts.sizes[n].var;
      program.facts.sizes[n] = facts[n];
      program.facts.sizes[n].var = size;
    }
    Stmt stmt = program.kernels.at(0).body;
    for (; const For* loop = as<For>(stmt); stmt = loop->body)
      ranges[as<Var>(loop->var)->id] = {loop->begin, loop->extent};
    condition = as<If>(stmt)->condition;
  }
};

}  // namespace tcc::ir
