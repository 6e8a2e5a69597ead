// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/report_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/made_up.h"
#include "analysis/report/csv_row.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

TEST(Tables, FieldsAreQuotedAsRfc4180Says) {
  EXPECT_EQ(csv_field("plain"), "plain");
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("say \"no\""), "\"say \"\"no\"\"\"");
  EXPECT_EQ(csv_field("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(csv_field(" blank"), "\" blank\"");
  EXPECT_EQ(csv_field(""), "");
  EXPECT_EQ(csv_text({{"a", "b,c"}, {"", "d"}, {"e"}}), "a,\"b,c\"\r\n,d\r\ne,\r\n");
}

TEST(Tables, EveryCellHasARowWithItsStateAndReason) {
  made_up::Results r("s");
  const int64_t run = r.add_upstream(JobKind::adapt, "adapt/none/lm", 1);
  r.add({"none", "t", "mapping", "full", "all", "1"}, {1, 0, 1, 1}, 2.5, "", "lexical", {run});
  Record& failed = r.add({"none", "t", "mapping", "full", "all", "2"}, {1, 1, 1, 1});
  failed.status = RunStatus::failed;
  failed.reason = "out of memory, twice";
  r.add_planned({"none", "t", "mapping", "full", "all", "3"});

  const auto tables = report_tables(report_model(analyse(r.plan, r.records)));

  EXPECT_THAT(
      tables.at("cells.csv"),
      HasSubstr("s/none/t/mapping/full/all/1,none,t,mapping,full,all,1,,finished,,0.75,0.75,2.5,"));
  EXPECT_THAT(tables.at("cells.csv"), HasSubstr(",failed,\"out of memory, twice\",,,"));
  EXPECT_THAT(tables.at("cells.csv"),
              HasSubstr("all/3,none,t,mapping,full,all,3,,missing,,,,,,,,,,job3,"));
  EXPECT_THAT(tables.at("cells.csv"), HasSubstr("job1,adapt/none/lm\r\n"));
  EXPECT_THAT(tables.at("failures.csv"), HasSubstr("tune,failed,1,\"out of memory, twice\""));
  EXPECT_THAT(tables.at("costs.csv"), HasSubstr("tune,finished,1,2.5,2.5,"));
  EXPECT_THAT(tables.at("decisions.csv"),
              HasSubstr("t,all,rouge_l,no_measurable_difference,none,,mapping,full,0.75,"));
  EXPECT_THAT(tables.at("baselines.csv"),
              HasSubstr("t,all,rouge_l,copy,,this baseline is not in the sweep"));
}

}  // namespace
}  // namespace dovetail
