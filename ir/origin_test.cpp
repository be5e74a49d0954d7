// Tests of ir/origin.h.
#include "ir/origin.h"

#include <gtest/gtest.h>

#include <tcc/error.h>

namespace tcc::ir {
namespace {

TEST(Origin, nothing_is_known_of_no_origin) {
  const OriginTable table;
  EXPECT_FALSE(table.is_traceable(OriginId{}));
  EXPECT_FALSE(table.is_traceable(OriginId{7}));
  EXPECT_TRUE(table.source_spans(OriginId{}).empty());
  EXPECT_TRUE(table.source_spans(OriginId{7}).empty());
}

TEST(Origin, a_rewrite_is_traced_through_its_parents) {
  OriginTable table;
  const OriginId a = table.from_source({0, 1, 2});
  const OriginId b = table.from_source({0, 5, 9});
  const OriginId split = table.from_rewrite("split", {a});
  const OriginId merged = table.from_rewrite("simplify", {b, split, a}, "i < M");
  EXPECT_TRUE(table.is_traceable(merged));
  EXPECT_EQ(table.source_spans(merged), (std::vector<Span>{{0, 5, 9}, {0, 1, 2}}));
  EXPECT_EQ(table[merged].rewrite, "simplify");
  EXPECT_EQ(table[merged].unproven, "i < M");
  EXPECT_TRUE(table[split].unproven.empty());
}

TEST(Origin, a_rewrite_of_nothing_is_lost) {
  OriginTable table;
  const OriginId lost = table.from_rewrite("split", {});
  const OriginId also_lost = table.from_rewrite("unroll", {OriginId{}, lost});
  EXPECT_FALSE(table.is_traceable(lost));
  EXPECT_FALSE(table.is_traceable(also_lost));
  EXPECT_TRUE(table.source_spans(also_lost).empty());
}

TEST(Origin, one_traceable_parent_is_enough) {
  OriginTable table;
  const OriginId known = table.from_source({0, 0, 1});
  EXPECT_TRUE(table.is_traceable(table.from_rewrite("inline", {OriginId{}, known})));
}

TEST(Origin, parents_come_from_the_same_table) {
  OriginTable table;
  EXPECT_THROW(table.from_rewrite("split", {OriginId{3}}), Error);
}

TEST(Origin, long_chains_cost_no_stack) {
  OriginTable table;
  OriginId id = table.from_source({0, 3, 4});
  for (int i = 0; i < 300'000; ++i)
    id = table.from_rewrite("pass", {id, id});
  EXPECT_TRUE(table.is_traceable(id));
  EXPECT_EQ(table.source_spans(id), (std::vector<Span>{{0, 3, 4}}));
}

}  // namespace
}  // namespace tcc::ir
