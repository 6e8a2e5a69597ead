// SPDX-License-Identifier: Apache-2.0
#include "plan/task_strata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/baselines.h"

namespace dovetail {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

TaskStrata four_examples() {
  return {.columns = {"d", "noise"},
          .values = {{"10", "2", "2", "unknown"}, {"none", "none", "all", "all"}}};
}

TEST(TaskStrata, NamesNumbersBySizeAndThenTexts) {
  EXPECT_THAT(stratum_names(four_examples(), 0), ElementsAre("2", "10", "unknown"));
  EXPECT_THAT(stratum_names(four_examples(), 1), ElementsAre("all", "none"));
}

TEST(TaskStrata, FindExamplesThatAgreeInEveryColumn) {
  EXPECT_THAT(examples_in(four_examples(), {{"d", {"2", "10"}}}),
              ElementsAre(true, true, true, false));
  EXPECT_THAT(examples_in(four_examples(), {{"d", {"2"}}, {"noise", {"all"}}}),
              ElementsAre(false, false, true, false));
  EXPECT_THAT(examples_in(four_examples(), {{"k", {"2"}}}),
              ElementsAre(false, false, false, false));
  EXPECT_THAT(examples_in({}, {{"k", {"2"}}}), IsEmpty());
}

TEST(TaskStrata, AreReadBackFromJson) {
  EXPECT_EQ(Json(four_examples()).get<TaskStrata>(), four_examples());
}

TEST(Baselines, OfStoriesNeedStoriesAndStrata) {
  const Json story = {{"kind", "classification"},
                      {"layout", "classification"},
                      {"strata", {"d", "k"}},
                      {"rules", {"one_sentence", "entity_overlap"}}};
  for (const char* name :
       {"chance", "most_frequent", "most_frequent_in_stratum", "one_sentence", "entity_overlap"})
    EXPECT_THAT(baselines_for(story), Contains(name));
  const Json other = {{"kind", "classification"}, {"layout", "classification"}};
  for (const char* name : {"most_frequent_in_stratum", "one_sentence", "entity_overlap"})
    EXPECT_THAT(baselines_for(other), Not(Contains(name)));
}

}  // namespace
}  // namespace dovetail
