// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "analysis/made_up.h"
#include "analysis/report/claim_words.h"
#include "analysis/report/cost_view.h"
#include "analysis/report/curve_view.h"
#include "analysis/report/decision_json.h"
#include "analysis/report/report_page.h"
#include "base/error.h"
#include "base/file.h"

namespace dovetail {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("dovetail_report_test_" + std::to_string(getpid()));
  ~Folder() { std::filesystem::remove_all(path); }
};

TEST(Report, WritesThePageTheDecisionsAndTheTables) {
  const Folder folder;
  const auto r = made_up::random_results(1, 1.0, 30);

  const auto page = write_report(folder.path, analyse(r.plan, r.records));

  EXPECT_EQ(page, folder.path / "report" / "index.html");
  EXPECT_THAT(read_file(page), HasSubstr("★"));
  for (const char* table :
       {"cells", "scores", "decisions", "baselines", "costs", "costs_by_tuning", "failures"}) {
    EXPECT_TRUE(
        std::filesystem::exists(folder.path / "report" / "tables" / (std::string(table) + ".csv")))
        << table;
  }
}

TEST(Report, TheSameResultsGiveTheSamePage) {
  const auto r = made_up::random_results(2, 0.7, 30);

  EXPECT_EQ(report_page(report_model(analyse(r.plan, r.records))),
            report_page(report_model(analyse(r.plan, r.records))));
}

// Pages of a hundred: the first one is HTML, and the script makes all of them of data.
TEST(Report, HasEveryCell) {
  made_up::Results r;
  for (int seed = 1; seed <= 250; ++seed)
    r.add({"none", "task", "mapping", "full", "all", std::to_string(seed)}, {1, 0});
  const ReportModel model = report_model(analyse(r.plan, r.records));
  const auto rows = [](const std::string& html) {
    size_t count = 0;
    for (size_t at = html.find("<tr>"); at != std::string::npos; at = html.find("<tr>", at + 1))
      ++count;
    return count;
  };

  const std::string html = cells_html(model);
  const Json data = Json::parse(cell_rows_json(model));

  EXPECT_THAT(html, HasSubstr("All 250 cells"));
  EXPECT_THAT(html, HasSubstr("The first 100 of 250 cells; a script shows the others"));
  EXPECT_EQ(rows(html), 1 + 100);
  ASSERT_EQ(data.size(), 250);
  EXPECT_EQ(data[249][0], "made-up/none/task/mapping/full/all/250");
  EXPECT_EQ(data[249][1], "finished");
  EXPECT_EQ(data[249].size(), 2 + model.metrics.size() + 2);
}

TEST(Report, AFewCellsNeedNoScript) {
  made_up::Results r;
  r.add({"none", "task", "mapping", "full", "all", "1"}, {1, 0});
  const ReportModel model = report_model(analyse(r.plan, r.records));

  EXPECT_THAT(cells_html(model), Not(HasSubstr("a script")));
  EXPECT_EQ(cell_rows_json(model), "[]");
}

TEST(Report, NamesWithOddCharactersStayText) {
  made_up::Results r("<script>alert(1)</script>");
  const std::string odd = "\"><img src=x onerror=alert(2)>&'";
  r.add({odd, odd + "t", odd, odd, odd, "1"}, {1, 0, 1, 1, 0});
  Record& failed = r.add({odd, odd + "t", odd, odd, odd, "2"}, {1, 0, 1, 1, 0});
  failed.status = RunStatus::failed;
  failed.reason = "</script><script>alert(3)</script>";
  r.plan.sweep_text = "</pre><script>alert(4)</script>";

  const std::string page = report_page(report_model(analyse(r.plan, r.records)));

  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(3)"));
}

TEST(Report, AnEmptyRunSaysSo) {
  made_up::Results r;
  r.add_planned({"mixed", "t", "mapping", "full", "all", "1"});

  const std::string page = report_page(report_model(analyse(r.plan, r.records)));

  EXPECT_THAT(page, HasSubstr("0 of 1 cells finished"));
  EXPECT_THAT(page, HasSubstr("This run is not finished"));
}

TEST(Report, WithoutChartsTheCurvesAreTables) {
  const auto r = made_up::random_results(3, 1.0, 20);
  const ReportModel model = report_model(analyse(r.plan, r.records));

  EXPECT_THAT(learning_curves_html(model, false),
              testing::AllOf(HasSubstr("libjs-chart.js"), Not(HasSubstr("<canvas"))));
  EXPECT_THAT(learning_curves_html(model, true), HasSubstr("<canvas"));
}

TEST(Report, Trap10BaseScoresStandBesideRelativeGains) {
  made_up::Results r;
  for (const char* seed : {"1", "2"}) {
    r.add({"none", "t", "masked_prompting", "full", "few", seed}, std::vector<float>(20, 0.18F));
    r.add({"none", "t", "prompting", "full", "few", seed}, std::vector<float>(20, 0.08F));
  }
  const auto side = [](const char* name) { return ClaimSide{{{{"template", {name}}}}, "", false}; };
  r.plan.claims = {{"over 120 %",
                    "the abstract",
                    {"rouge_l"},
                    "relative",
                    1.2,
                    {{side("masked_prompting"), side("prompting"), {}, {}}}}};

  const Analysis analysis = analyse(r.plan, r.records);
  const ReportModel model = report_model(analysis);
  const std::string page = report_page(model), words = explain(analysis.claims.at(0));

  EXPECT_THAT(words, HasSubstr("holds: effect +125 % (95 % interval +125 % to +125 %) in ROUGE-L, "
                               "0.180 against 0.080 (+125 %)"));
  EXPECT_THAT(page, HasSubstr("<span>0.180 against 0.080</span><small>relative +125 %</small>"));
  const Json json = decision_json(model).at("claims").at(0);
  EXPECT_NEAR(json.at("scores").at("worse").get<double>(), 0.08, 1e-6);
  EXPECT_EQ(json.at("verdict"), "holds");
  EXPECT_NEAR(json.at("effect").at("mean").get<double>(), 1.25, 1e-5);
}

TEST(Report, Trap10AFailedCellIsLeftOutOfTheMeansOfThePage) {
  made_up::Results r;
  r.add({"none", "t", "mapping", "full", "few", "1"}, std::vector<float>(20, 0.6F));
  Record& failed =
      r.add({"none", "t", "mapping", "full", "few", "2"}, std::vector<float>(20, 0.0F));
  failed.status = RunStatus::failed;

  const Analysis analysis = analyse(r.plan, r.records);

  EXPECT_NEAR(analysis.summaries.at(0).scores.at("rouge_l").mean, 0.6, 1e-6);
  EXPECT_EQ(analysis.summaries.at(0).scores.at("rouge_l").seeds, 1);
  EXPECT_THAT(report_page(report_model(analysis)), HasSubstr("1 of 2 seeds"));
}

TEST(Report, ClaimsWithoutAFinishedCellSaySo) {
  made_up::Results r;
  r.add_planned({"none", "t", "masked_prompting", "full", "few", "1"});
  r.add_planned({"none", "t", "prompting", "full", "few", "1"});
  const auto side = [](const char* name) { return ClaimSide{{{{"template", {name}}}}, "", false}; };
  r.plan.claims = {
      {"c", "s", {"rouge_l"}, "gain", 0, {{side("masked_prompting"), side("prompting"), {}, {}}}}};

  const std::string page = report_page(report_model(analyse(r.plan, r.records)));

  EXPECT_THAT(page, HasSubstr("No pair of cells that a claim compares has finished yet."));
  EXPECT_THAT(page, HasSubstr("2 of 2 cells have not run yet"));
  EXPECT_THAT(page, HasSubstr("made-up/none/t/prompting/full/few/1: not run"));
}

TEST(Report, AFolderThatCannotBeWrittenIsAnError) {
  const auto r = made_up::random_results(3, 0.1, 5);

  EXPECT_THROW(write_report("/proc/nowhere", analyse(r.plan, r.records)), SystemError);
}

TEST(Report, DecisionsForProgramsHaveTheirKeys) {
  const auto r = made_up::random_results(4, 1.0, 40);

  const Json json = decision_json(report_model(analyse(r.plan, r.records)));

  EXPECT_EQ(json.at("format"), "dovetail-decisions");
  EXPECT_EQ(json.at("version"), 1);
  EXPECT_EQ(json.at("decisions").size(), 12);  // 6 tasks at 2 sizes
  EXPECT_EQ(json.at("provenance").at("commit"), Json::array({"abc1234"}));
  for (const Json& decision : json.at("decisions")) {
    for (const char* key : {"task", "train_size", "metric", "verdict", "text", "recommended",
                            "score", "candidates", "candidates_planned", "times_chosen", "halves",
                            "comparisons", "cheaper", "metrics_on_all", "use", "examples"}) {
      EXPECT_TRUE(decision.contains(key)) << key;
    }
    for (const Json& comparison : decision.at("comparisons")) {
      if (comparison.contains("absent")) continue;
      for (const char* key : {"gain", "score"}) {
        const Json& estimate = comparison.at(key);
        EXPECT_LE(estimate.at("low").get<double>(), estimate.at("high").get<double>());
        EXPECT_EQ(estimate.at("items"), 40);
      }
    }
  }
}

}  // namespace
}  // namespace dovetail
