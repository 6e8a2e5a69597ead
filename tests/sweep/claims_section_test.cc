// SPDX-License-Identifier: Apache-2.0
#include "sweep/claims_section.h"

#include "base/file.h"
#include "sweep/toml_table.h"
#include "sweep_fixture.h"

namespace dovetail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// kSmallSweep has 24 lines, so [[claim]] is line 25.
std::string with_claim(const std::string& claim) {
  return std::string(kSmallSweep) + "[[claim]]\n" + claim;
}

constexpr const char* kClaim = R"(name = "prompting wins"
source = "somebody"
metric = "rouge_l"
better = { template = "prompting" }
worse = { template = "mapping" }
where = { task = "wordnet/*", tuning = "full", train_size = "examples30x3" }
)";

using Claims = SweepFixture;

TEST_F(Claims, AreReadWithTheirLabels) {
  const Sweep sweep =
      parse(with_claim(std::string(kClaim) + "more_than = { train_size = \"all\" }\n"
                                             "reduce = \"relative\"\nat_least = 0.1\n"));

  ASSERT_EQ(sweep.claims.size(), 1);
  const Claim& claim = sweep.claims[0];
  EXPECT_EQ(claim.name, "prompting wins");
  EXPECT_EQ(claim.source, "somebody");
  EXPECT_THAT(claim.metrics, ElementsAre("rouge_l"));
  EXPECT_EQ(claim.reduce, "relative");
  EXPECT_DOUBLE_EQ(claim.at_least, 0.1);
  ASSERT_EQ(claim.pairs.size(), 1);
  const ClaimPair& pair = claim.pairs[0];
  EXPECT_THAT(pair.better.alternatives, ElementsAre(AxisLabels{{"template", {"prompting"}}}));
  EXPECT_THAT(pair.where.at("task"), ElementsAre("wordnet.category", "wordnet.derived_from"));
  EXPECT_THAT(pair.more_than, (AxisLabels{{"train_size", {"all"}}}));
}

TEST_F(Claims, AreOfMeansOverExamplesAlone) {
  const std::string claimed =
      with_claim(with(kClaim, "metric = \"rouge_l\"", "metric = \"bleu_4\""));
  EXPECT_THAT(
      message(with(claimed, "metrics = [\"rouge_l\"", "metrics = [\"bleu_4\", \"rouge_l\"")),
      HasSubstr("\"bleu_4\" is a corpus-level metric"));
}

TEST_F(Claims, ASideMayBeTheBestOfTheOthersOrSeveralTables) {
  const Sweep sweep =
      parse(with_claim(with(kClaim, "{ template = \"mapping\" }", "\"best_other\"")) +
            "[[claim]]\nname = \"two\"\nsource = \"s\"\nmetric = [\"rouge_l\", \"exact_match\"]\n"
            "better = [{ objective = \"none\", template = \"mapping\" }, { objective = "
            "\"span_corruption\", template = \"prompting\" }]\n"
            "worse = { objective = [\"none\", \"span_corruption\"], template = \"*\" }\n");

  EXPECT_TRUE(sweep.claims[0].pairs[0].worse.best_other);
  EXPECT_EQ(sweep.claims[1].pairs[0].better.alternatives.size(), 2);
  EXPECT_THAT(sweep.claims[1].metrics, ElementsAre("rouge_l", "exact_match"));
  EXPECT_THAT(sweep.claims[1].pairs[0].where, IsEmpty());
}

TEST_F(Claims, OneMetricMayBeHeldAgainstAnother) {
  const Sweep sweep =
      parse(with_claim("name = \"n\"\nsource = \"s\"\nbetter = { metric = \"rouge_l\" }\n"
                       "worse = { metric = \"exact_match\" }\n"));

  EXPECT_THAT(sweep.claims[0].metrics, ElementsAre("rouge_l"));
  EXPECT_EQ(sweep.claims[0].pairs[0].worse.metric, "exact_match");
}

TEST_F(Claims, PairsTakeWhereFromTheClaimUnlessTheySayOtherwise) {
  const Sweep sweep = parse(with_claim(
      "name = \"n\"\nsource = \"s\"\nmetric = \"loss\"\nwhere = { tuning = \"full\", train_size = "
      "\"examples*\" }\n"
      "[[claim.pair]]\nbetter = { template = \"prompting\" }\nworse = { template = \"mapping\" }\n"
      "where = { task = \"*category\" }\n"
      "[[claim.pair]]\nbetter = { template = \"mapping\" }\nworse = { template = \"prompting\" }\n"
      "where = { tuning = \"soft_prompt\" }\n"));

  const auto& pairs = sweep.claims[0].pairs;
  ASSERT_EQ(pairs.size(), 2);
  EXPECT_THAT(pairs[0].where, (AxisLabels{{"task", {"wordnet.category"}},
                                          {"train_size", {"examples30x3"}},
                                          {"tuning", {"full"}}}));
  EXPECT_THAT(pairs[1].where,
              (AxisLabels{{"train_size", {"examples30x3"}}, {"tuning", {"soft_prompt"}}}));
}

TEST_F(Claims, ChangeNoKeyAndNoHashAndTravelWithThePlan) {
  const Plan without = plan(kSmallSweep);
  const Plan with_one = plan(with_claim(kClaim));

  EXPECT_EQ(with_one.sweep_hash, without.sweep_hash);
  for (size_t i = 0; i < without.jobs.size(); ++i)
    EXPECT_EQ(with_one.jobs[i].key, without.jobs[i].key);
  const Json json = with_one;
  EXPECT_EQ(Json(Json::parse(json.dump()).get<Plan>()), json);
  EXPECT_EQ(json.at("claims").at(0).at("name"), "prompting wins");
}

// kClaim with one piece replaced, and what must be said about it; its first line is 26.
struct BadClaim {
  const char* title;
  const char* from;
  const char* to;
  const char* start;
};

const BadClaim kBadClaims[] = {
    {"unknown_key", "metric =", "metrics =",
     "q.toml:28:1: unknown key \"metrics\" in [[claim]]; did you mean \"metric\"?"},
    {"no_name", "name = \"prompting wins\"\n", "", "q.toml:25:1: [[claim]] lacks the key \"name\""},
    {"no_better", "better", "worse2",
     "q.toml:29:1: unknown key \"worse2\" in [[claim]]; did you mean \"worse\"?"},
    {"unknown_metric", "\"rouge_l\"\nbetter", "\"rouge\"\nbetter",
     "q.toml:28:10: the sweep does not measure \"rouge\""},
    {"unknown_axis", "{ template = \"prompting\" }", "{ templat = \"prompting\" }",
     "q.toml:29:12: unknown key \"templat\" in better of [[claim]]; did you mean \"template\"?"},
    {"unknown_label", "\"mapping\" }\nwhere", "\"maping\" }\nwhere",
     "q.toml:30:22: the claim's template \"maping\" matches no value of that axis; did you mean "
     "\"mapping\"?"},
    {"unknown_where", "\"wordnet/*\"", "\"wordnet/categori\"",
     "q.toml:31:18: the claim's task \"wordnet.categori\" matches no value of that axis; did you "
     "mean \"wordnet.category\"?"},
    {"task_in_a_side", "{ template = \"prompting\" }", "{ task = \"*\" }",
     "q.toml:29:12: unknown key \"task\" in better of [[claim]]"},
    {"other_axes", "worse = { template = \"mapping\" }", "worse = { objective = \"none\" }",
     "q.toml:30:9: better and worse must name the same axes, and name objective here but template "
     "in the first"},
    {"the_same", "\"mapping\" }\nwhere", "\"prompting\" }\nwhere",
     "q.toml:30:9: better and worse are the same cells"},
    {"no_side", "{ template = \"mapping\" }", "\"best\"", "q.toml:30:9: unknown worse \"best\""},
    {"in_where_too", "tuning = \"full\"", "template = \"mapping\"",
     "q.toml:25:1: template stands in where and in better"},
    {"more_than_open", "where =", "more_than = { objective = \"none\" }\nwhere =",
     "q.toml:25:1: more_than replaces objective, which where leaves open"},
    {"more_than_same", "where =", "more_than = { tuning = \"full\" }\nwhere =",
     "q.toml:25:1: more_than and where name the same tuning"},
    {"reduce", "where =", "reduce = \"ratio\"\nwhere =", "q.toml:31:10: unknown reduce \"ratio\""},
    {"at_least", "where =", "at_least = \"0\"\nwhere =",
     "q.toml:31:12: at_least of [[claim]] must be a number"},
};

class BadClaims : public SweepFixture, public ::testing::WithParamInterface<BadClaim> {};

TEST_P(BadClaims, SayWhereAndWhat) {
  const BadClaim& bad = GetParam();

  EXPECT_THAT(message(with_claim(with(kClaim, bad.from, bad.to))), StartsWith(bad.start));
}

INSTANTIATE_TEST_SUITE_P(All, BadClaims, ::testing::ValuesIn(kBadClaims),
                         [](const auto& info) { return std::string(info.param.title); });

TEST_F(Claims, TwoOfOneNameAreAnError) {
  EXPECT_THAT(message(with_claim(kClaim) + "[[claim]]\n" + kClaim),
              StartsWith("q.toml:32:1: two claims are called \"prompting wins\""));
}

TEST_F(Claims, AnInteractionIsComparedWithEitherMismatch) {
  const Sweep sweep = parse(with_claim(
      "name = \"matching\"\nsource = \"s\"\nmetric = \"rouge_l\"\nmargin = 0.02\n"
      "family = { name = \"mto\", size = 30 }\nwhere = { tuning = \"full\" }\n"
      "interaction = { objective = [\"none\", \"span_corruption\"], template = [\"mapping\", "
      "\"prompting\"] }\n"));

  ASSERT_EQ(sweep.claims.size(), 1);
  const Claim& claim = sweep.claims[0];
  EXPECT_TRUE(claim.apart);
  EXPECT_DOUBLE_EQ(claim.margin, 0.02);
  EXPECT_EQ(claim.family, "mto");
  EXPECT_EQ(claim.family_size, 30);
  const auto cell = [](const char* objective, const char* tmpl) {
    return AxisLabels{{"objective", {objective}}, {"template", {tmpl}}};
  };
  ASSERT_EQ(claim.pairs.size(), 2);
  for (const ClaimPair& pair : claim.pairs) {
    EXPECT_THAT(pair.better.alternatives,
                ElementsAre(cell("none", "mapping"), cell("span_corruption", "prompting")));
    EXPECT_THAT(pair.where.at("tuning"), ElementsAre("full"));
  }
  EXPECT_THAT(claim.pairs[0].worse.alternatives, ElementsAre(cell("none", "prompting")));
  EXPECT_THAT(claim.pairs[1].worse.alternatives, ElementsAre(cell("span_corruption", "mapping")));
  EXPECT_EQ(claim.pairs[0].label, "against none with prompting");
}

TEST_F(Claims, AStratumIsAClaimOfItsOwn) {
  const Sweep sweep = parse(with_claim(
      with(kClaim, "where = { task = \"wordnet/*\", ", "where = { ") +
      "strata = { one = { task = \"*category\" }, other = { task = \"*derived_from\" } }\n"));

  ASSERT_EQ(sweep.claims.size(), 2);
  EXPECT_EQ(sweep.claims[0].name, "prompting wins: one");
  EXPECT_THAT(sweep.claims[0].pairs[0].where.at("task"), ElementsAre("wordnet.category"));
  EXPECT_EQ(sweep.claims[1].name, "prompting wins: other");
  EXPECT_THAT(sweep.claims[1].pairs[0].where.at("task"), ElementsAre("wordnet.derived_from"));
}

TEST_F(Claims, MayBeAboutSomeTestExamples) {
  const Sweep sweep =
      parse(with_claim(std::string(kClaim) +
                       "examples = { noise = \"none\" }\n"
                       "strata = { near = { examples = { d = [1, 2] } }, far = { task = "
                       "\"*category\", examples = { d = \"3\" } } }\n"));

  ASSERT_EQ(sweep.claims.size(), 2);
  EXPECT_EQ(sweep.claims[0].name, "prompting wins: far");
  EXPECT_EQ(sweep.claims[0].examples, (AxisLabels{{"d", {"3"}}, {"noise", {"none"}}}));
  EXPECT_EQ(sweep.claims[1].name, "prompting wins: near");
  EXPECT_EQ(sweep.claims[1].examples, (AxisLabels{{"d", {"1", "2"}}, {"noise", {"none"}}}));
  EXPECT_EQ(Json(sweep.claims[1]).get<Claim>().examples, sweep.claims[1].examples);
}

// Data with a column d whose values are 1 and 2.
class StratifiedData : public NamedData {
 public:
  TaskStrata test_strata(const std::string& task, int64_t) override {
    if (!task.ends_with("category")) return {};
    return {.columns = {"d"}, .values = {{"1", "2", "1"}}};
  }
};

TEST_F(Claims, AreRefusedWhereTheDataHaveNoSuchExamples) {
  const std::string one = with(kClaim, "\"wordnet/*\"", "\"wordnet/category\"");
  const auto planned = [&](const std::string& lines, const std::string& claim) -> std::string {
    StratifiedData data;
    try {
      make_plan(parse(with_claim(claim + lines)), data);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(planned("examples = { d = 2 }\n", one), "no error");
  EXPECT_THAT(planned("examples = { d = 3 }\n", one),
              HasSubstr("claim \"prompting wins\", task wordnet.category: no test example has d = "
                        "\"3\""));
  EXPECT_THAT(planned("examples = { k = 3 }\n", one),
              HasSubstr("its data name no column \"k\" to break scores down by"));
  EXPECT_THAT(planned("examples = { d = 2 }\n", kClaim),
              HasSubstr("task wordnet.derived_from: its data name no column \"d\" to break scores "
                        "down by: they name none (the key strata of a card)"));
}

TEST_F(Claims, MayCompareWithABaseline) {
  const std::string claimed =
      with(kClaim, "worse = { template = \"mapping\" }", "worse = { baseline = \"copy\" }");
  const Sweep sweep = parse(with_claim(claimed));

  EXPECT_EQ(sweep.claims.at(0).pairs[0].worse.baseline, "copy");
  EXPECT_EQ(Json(sweep.claims[0]).get<Claim>().pairs[0].worse.baseline, "copy");
  EXPECT_THAT(message(with_claim(with(claimed, "\"copy\"", "\"copi\""))),
              HasSubstr("did you mean \"copy\"?"));
  EXPECT_THAT(message(with_claim(with(claimed, "\"copy\"", "\"copy\", template = \"mapping\""))),
              HasSubstr("a baseline stands alone on its side"));
}

struct BadForm {
  const char* title;
  const char* lines;  // after kClaim, from line 32
  const char* start;
};

const BadForm kBadForms[] = {
    {"margin", "at_least = 0.1\nmargin = 0.05\n",
     "q.toml:33:10: margin (0.05) must be above at_least (0.1)"},
    {"negative_margin", "margin = -1\n", "q.toml:32:10: margin of [[claim]] must be above 0"},
    {"small_family",
     "family = { name = \"f\", size = 1 }\n[[claim]]\nname = \"n\"\nsource = "
     "\"s\"\nfamily = \"f\"\nmetric = \"loss\"\nbetter = { template = "
     "\"mapping\" }\nworse = { template = \"prompting\" }\n",
     "q.toml:25:1: the family \"f\" has 2 verdicts in this file"},
    {"apart_of_one", "apart = true\n", "q.toml:32:9: apart asks each [[claim.pair]]"},
    {"interaction_with_sides", "interaction = { template = [\"mapping\", \"prompting\"] }\n",
     "q.toml:29:10: an interaction has no better"},
    {"examples", "examples = 3\n", "q.toml:32:12: examples names columns of the data"},
    {"example_values", "examples = { d = [1.5] }\n",
     "q.toml:32:19: values of a column in examples are texts or whole numbers"},
    {"strata", "strata = 3\n", "q.toml:32:10: strata are named tables"}};

class BadForms : public SweepFixture, public ::testing::WithParamInterface<BadForm> {};

TEST_P(BadForms, SayWhereAndWhat) {
  EXPECT_THAT(message(with_claim(kClaim) + GetParam().lines), StartsWith(GetParam().start));
}

INSTANTIATE_TEST_SUITE_P(All, BadForms, ::testing::ValuesIn(kBadForms),
                         [](const auto& info) { return std::string(info.param.title); });

// The axes that sweeps/claims/README.md names.
Sweep sweep_of_the_claims() {
  const std::map<std::string, std::vector<std::string>> labels{
      {"objective", {"span_corruption", "lm_adapted"}},
      {"adaptation",
       {"none", "lm", "denoising", "mixed", "continued", "lm_random_split",
        "denoising_random_split", "lm_random_text", "denoising_random_text"}},
      {"task",
       {"atomic2020.AtLocation", "atomic2020.CapableOf", "atomic2020.HasProperty",
        "atomic2020.ObjectUse", "atomic2020.isFilledBy", "atomic2020.xAttr", "atomic2020.xIntent",
        "atomic2020.xNeed", "atomic2020.xWant", "wordnet.category", "wordnet.verb_category",
        "wordnet.part_of_speech", "wordnet.example_category", "openbook_qa", "ag_news"}},
      {"template", {"mapping", "masked_mapping", "prompting", "masked_prompting"}},
      {"tuning", {"full", "soft_before", "soft_after"}},
      {"train_size", {"examples30x3", "all"}},
      {"seed", {"1"}}};
  Sweep sweep;
  sweep.evaluate.metrics = {"rouge_l", "exact_match", "best_of_k_rouge_l"};
  sweep.evaluate.also.push_back({{.name = "as_published"}, "as_published"});
  for (const auto& [axis, names] : labels) {
    for (const std::string& name : names) sweep.axes[axis].push_back({.label = name});
  }
  return sweep;
}

TEST(ClaimTables, ThePublishedClaimsAreReadable) {
  const std::filesystem::path folder =
      std::filesystem::path(DOVETAIL_SOURCE_DIR) / "sweeps" / "claims";
  const Sweep sweep = sweep_of_the_claims();
  const std::vector<std::string> keys = {"name",     "model",  "text", "pretrain", "adapt", "tune",
                                         "evaluate", "select", "axes", "exclude",  "claim"};
  std::set<std::string> names;
  for (const char* file : {"matching.toml", "soft_prompts.toml", "decoding.toml"}) {
    SCOPED_TRACE(file);
    const toml::table parsed = parse_toml(read_file(folder / file), folder / file);
    const std::vector<Claim> claims = read_claims(TomlTable(parsed, "the file", keys), sweep);
    EXPECT_FALSE(claims.empty());
    for (const Claim& claim : claims) EXPECT_TRUE(names.insert(claim.name).second) << claim.name;
  }
}

TEST_F(Claims, MustBeTables) {
  EXPECT_THAT(message("claim = \"x\"\n" + std::string(kSmallSweep)),
              HasSubstr("q.toml:1:9: claims are written as tables"));
}

}  // namespace
}  // namespace dovetail
