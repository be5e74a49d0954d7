// Which index variables are seen from where.
#include "frontend/scopes.h"

#include <gtest/gtest.h>

#include "frontend/parser.h"

namespace tcc {
namespace {

/// For each name of a definition: "x" outside indices, "x!" in one, with the variables seen there.
std::string places_of(const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const syntax::Program program = parse(sources, sources.add("test.tc", text), diagnostics);
  EXPECT_FALSE(diagnostics.has_errors()) << render(diagnostics, sources);
  const syntax::Definition& definition = program.definitions.at(0);
  const Scopes scopes(program, definition);
  std::string result;
  for (syntax::NodeId id = program.nodes[definition.value].first; id <= definition.value; ++id) {
    const auto* name = std::get_if<syntax::Name>(&program.nodes[id].value);
    if (!name) continue;
    const Place& place = scopes.of(id);
    result += (result.empty() ? "" : " ") + name->name + (place.in_index ? "!" : "");
    for (const char* variable : {"i", "j", "k"}) {
      if (scopes.find(variable, place.scope)) result += std::string(":") + variable;
    }
  }
  return result;
}

TEST(Scopes, VariablesAreSeenInside) {
  EXPECT_EQ(places_of("y = x + z"), "x z");
  EXPECT_EQ(places_of("y[i] = x[i + n]"), "x:i i!:i n!:i");
  EXPECT_EQ(places_of("y[i] = sum[k](A[i, k]) + k"), "A:i:k i!:i:k k!:i:k k:i");
  EXPECT_EQ(places_of("y = sum[i](x[i] * sum[j](w[j])) + z"), "x:i i!:i w:i:j j!:i:j z");
  EXPECT_EQ(places_of("y = max[i](a) + min[j](b)"), "a:i b:j");
}

TEST(Scopes, TheBaseOfASubscriptIsNoIndex) {
  EXPECT_EQ(places_of("y[i] = x[ids[i] + i]"), "x:i ids:i i!:i i!:i");
  EXPECT_EQ(places_of("y[i] = (A @ B)[i, 0]"), "A:i B:i i!:i");
}

TEST(Scopes, RangesAreOutsideOfTheirReduction) {
  EXPECT_EQ(places_of("y[i] = sum[k in m:n](x[k])"), "m:i n:i x:i:k k!:i:k");
}

TEST(Scopes, WhetherItIsIndexNotation) {
  SourceMap sources;
  Diagnostics diagnostics;
  const auto program =
      parse(sources, sources.add("test.tc", "y = sum[i](x[i])\nz[i] = x[i]"), diagnostics);
  const Scopes whole(program, program.definitions[0]);
  EXPECT_FALSE(whole.is_index_notation(0));
  EXPECT_TRUE(whole.is_index_notation(1));
  EXPECT_TRUE(Scopes(program, program.definitions[1]).is_index_notation(0));
}

}  // namespace
}  // namespace tcc
