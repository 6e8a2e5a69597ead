// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/detectable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/made_up.h"
#include "base/error.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

TEST(Detectable, OnATask) {
  // variance 2 (0.013^2 / 2 + 0.08^2 / 300 + 0.23^2 / 600) = 0.000388, 21 degrees: 2.080 + 0.859
  const SweepSize size{.seeds = 2, .examples = 300, .tasks = 9, .cells = 22};

  EXPECT_NEAR(detectable_on_a_task(size, {}), (2.080 + 0.859) * 0.019698, 2e-4);
  // 0.03^2 between tasks: sqrt((0.0009 + 0.000388) / 9) = 0.011963, 7 degrees: 2.365 + 0.896
  EXPECT_NEAR(detectable_over_tasks(size, {}), (2.365 + 0.896) * 0.011963, 2e-4);
}

TEST(Detectable, MoreSeedsSeeLess) {
  const SweepSize size{.seeds = 2, .examples = 300, .tasks = 1, .cells = 22};

  // two: 0.0579; three: (2.018 + 0.850) sqrt(0.000273) = 0.0474
  EXPECT_EQ(seeds_to_detect(0.05, size, {}), 3);
  EXPECT_EQ(seeds_to_detect(1e-5, size, {}), 0);
  EXPECT_THAT(detectable_lines(size, {}, 0.05), HasSubstr("3 seeds"));
  EXPECT_THAT(detectable_lines(size, {}, 0), HasSubstr("detectable difference"));
  EXPECT_THAT(detectable_lines(size, {}, 0), HasSubstr("2 seeds, 300 test examples"));
}

TEST(Detectable, APilotShowsTheNoiseOfItsRuns) {
  made_up::Results r;
  const auto add = [&](const char* tmpl, const char* seed, float score) {
    r.add({"none", "a", tmpl, "full", "few", seed}, {score - 0.1F, score + 0.1F});
  };
  add("mapping", "1", 0.1F);
  add("mapping", "2", 0.3F);
  add("prompting", "1", 0.2F);
  add("prompting", "2", 0.2F);
  for (const char* task : {"b", "c"}) {  // always the same answer
    for (const char* tmpl : {"mapping", "prompting"}) {
      for (const char* seed : {"1", "2"})
        r.add({"none", task, tmpl, "full", "few", seed}, {0.0F, 1.0F});
    }
  }

  const TypicalSpread found =
      spread_of_pilot(r.plan, group_cells(r.plan, r.records), "results/pilot");

  // all residuals of the means by seeds are 0.05: four squares of 0.0025, one degree of freedom
  EXPECT_NEAR(found.run, 0.1, 1e-6);
  EXPECT_NEAR(found.example, 0, 1e-6);
  EXPECT_NEAR(found.answer, 0, 1e-6);
  EXPECT_THAT(found.source, HasSubstr("results/pilot"));
}

TEST(Detectable, APilotOfOneSeedIsRefused) {
  made_up::Results r;
  r.add({"none", "a", "mapping", "full", "few", "1"}, {0.1F, 0.2F});

  EXPECT_THROW(spread_of_pilot(r.plan, group_cells(r.plan, r.records), "results/pilot"), DataError);
}

}  // namespace
}  // namespace dovetail
