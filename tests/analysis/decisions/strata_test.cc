// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/strata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/made_up.h"
#include "analysis/report/report_page.h"
#include "analysis/report/report_tables.h"

namespace dovetail {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Four examples, two of them with d = 1. By seed: 1 1 0 0 and 1 0 0 0.
made_up::Results two_seeds() {
  made_up::Results r("s");
  r.add({"none", "t", "mapping", "full", "all", "1"}, {1, 1, 0, 0});
  r.add({"none", "t", "mapping", "full", "all", "2"}, {1, 0, 0, 0});
  r.add({"", "t", "", "", "", ""}, {0, 1, 1, 1}, 1, "copy");
  r.plan.strata["t"] = {.columns = {"d"}, .values = {{"1", "1", "2", "2"}}};
  return r;
}

TEST(Strata, HaveTheMeansOfTheirExamples) {
  const made_up::Results r = two_seeds();
  const auto groups = group_cells(r.plan, r.records);

  const std::vector<StratumSummary> found = strata_of(r.plan, groups, {});

  ASSERT_EQ(found.size(), 4);  // two values, two groups
  EXPECT_EQ(found[0].column, "d");
  EXPECT_EQ(found[0].value, "1");
  EXPECT_EQ(found[0].group, &groups[0]);
  EXPECT_EQ(found[0].examples, 2);
  EXPECT_NEAR(found[0].scores.at("exact_match").mean, 0.75, 1e-6);
  EXPECT_EQ(found[1].group->baseline, "copy");
  EXPECT_NEAR(found[1].scores.at("exact_match").mean, 0.5, 1e-6);
  EXPECT_NEAR(found[2].scores.at("exact_match").mean, 0, 1e-6);
  EXPECT_NEAR(found[3].scores.at("exact_match").mean, 1, 1e-6);
}

TEST(Strata, StandInTablesAndOnThePage) {
  const made_up::Results r = two_seeds();
  const ReportModel model = report_model(analyse(r.plan, r.records));

  EXPECT_THAT(report_tables(model).at("strata.csv"),
              HasSubstr("d,1,,none,t,mapping,full,all,exact_match,2,2,0.75,"));
  EXPECT_THAT(report_tables(model).at("strata.csv"),
              HasSubstr("d,2,copy,,t,,,,exact_match,2,1,1,"));
  EXPECT_THAT(report_page(model), HasSubstr("t by d: "));
  EXPECT_THAT(report_page(model), HasSubstr("1 (n = 2)"));
}

TEST(Strata, AreLeftOutWhereNoDataNameAny) {
  made_up::Results r = two_seeds();
  r.plan.strata.clear();
  const ReportModel model = report_model(analyse(r.plan, r.records));

  EXPECT_THAT(model.strata, IsEmpty());
  EXPECT_THAT(report_page(model), HasSubstr("<section id=\"strata\" hidden>"));
}

}  // namespace
}  // namespace dovetail
