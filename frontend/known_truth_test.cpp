// Which conditions are known when a function is written out.
#include <gtest/gtest.h>

#include "frontend/known_truth.h"
#include "frontend/parser.h"

namespace tcc {
namespace {

struct Case {
  const char* condition;
  std::optional<bool> truth;
};

/// t is true, f false, none None, and x a tensor.
TEST(KnownTruth, OfLiteralsAndNone) {
  const Case cases[] = {
      {"true", true},
      {"not true", false},
      {"t", true},
      {"f", false},
      {"none == None", true},
      {"None == none", true},
      {"none != None", false},
      {"x == None", false},
      {"x != None", true},
      {"3 == None", false},
      {"x + 1 == None", false},
      {"x == x", std::nullopt},
      {"none == none", std::nullopt},
      {"x", std::nullopt},
      {"x > 1", std::nullopt},
      {"1 > 0", std::nullopt},
      {"f and x", false},
      {"x and f", false},
      {"t and x", std::nullopt},
      {"t or x", true},
      {"x or f", std::nullopt},
      {"t and not f", true},
      {"none == None or x > 1", true},
      {"none != None and f", false},
      {"not (x == None) and t", true},
      {"~t", std::nullopt},
  };
  for (const Case& each : cases) {
    SourceMap sources;
    Diagnostics diagnostics;
    const SourceId source =
        sources.add("p.tc", "t = true; f = false; none = None; y = " + std::string(each.condition));
    const syntax::Program program = parse(sources, source, diagnostics);
    ASSERT_FALSE(diagnostics.has_errors()) << render(diagnostics, sources);
    std::map<std::string, NodeReplacement> names = {{"x", std::string("y.f.x")}};
    for (std::size_t d = 0; d < 3; ++d)
      names.emplace(program.definitions[d].name, program.definitions[d].value);
    EXPECT_EQ(known_truth(program.nodes, program.definitions[3].value, names), each.truth)
        << each.condition;
  }
}

}  // namespace
}  // namespace tcc
