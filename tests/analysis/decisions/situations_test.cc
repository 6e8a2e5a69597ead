// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/situations.h"

#include <gmock/gmock.h>

#include "analysis/made_up.h"

namespace dovetail {
namespace {

using ::testing::ElementsAre;
using Sketch = std::vector<uint32_t>;

TEST(Sisters, SmallTasksAreComparedExactly) {
  EXPECT_DOUBLE_EQ(shared_sources({1, 2, 3}, {3, 4, 5, 6}), 1.0 / 6);
  EXPECT_DOUBLE_EQ(shared_sources({1, 2}, {1, 2}), 1);
  EXPECT_DOUBLE_EQ(shared_sources({1, 2}, {}), 0);
  EXPECT_DOUBLE_EQ(shared_sources({}, {}), 0);
}

// 128 least hashes of 0, 2, 4, ... and of 0, 1, 2, ...: in the least 128 of the union, 0 to 127,
// every other one is in both.
TEST(Sisters, LargeTasksByTheLeastHashesOfTheirUnion) {
  Sketch even, all;
  for (uint32_t i = 0; i < kSourceSketchSize; ++i) {
    even.push_back(2 * i);
    all.push_back(i);
  }
  EXPECT_DOUBLE_EQ(shared_sources(even, all), 0.5);
}

// Tasks a and b have half of their sources in common, c has none of them.
TEST(Sisters, NothingIsLearntFromThem) {
  made_up::Results r;
  for (const char* task : {"a", "b", "c"}) {
    for (const char* objective : {"span_corruption", "prefix_lm"})
      r.add({objective, task, "mapping", "full", "all", "1"}, {0, 1});
  }
  r.plan.task_facts = {{"a", {{"source_sketch", Sketch{1, 2, 3}}}},
                       {"b", {{"source_sketch", Sketch{2, 3, 4}}}},
                       {"c", {{"source_sketch", Sketch{5, 6, 7}}}}};
  const auto groups = group_cells(r.plan, r.records);
  const auto situations = situations_of(r.plan, groups, {});

  std::vector<std::string> learnt_from;
  for (const SweptTask& other : context_of(situations.at(0), situations, r.plan, {}, {}).others)
    learnt_from.push_back(other.task);

  EXPECT_THAT(learnt_from, ElementsAre("c"));
}

}  // namespace
}  // namespace dovetail
