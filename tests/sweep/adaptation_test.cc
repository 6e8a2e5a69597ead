// SPDX-License-Identifier: Apache-2.0
// Adaptation as an axis, the jobs behind it, and the probes of [select].
#include "sweep/adaptation_jobs.h"

#include <set>

#include "sweep_fixture.h"

namespace dovetail {
namespace {

using ::testing::HasSubstr;

constexpr const char* kAdapted = R"(name = "small"
[model]
config = "t5-tiny"
[text]
corpus = ["wordnet-text"]
vocabulary = { vocab_size = 1000 }
[pretrain]
steps = 100
optimizer = { learning_rate = 3e-3 }
[adapt]
text = ["sentences.txt"]
graph = "graph.toml"
rows = 800
steps = { per_epoch = 5 }
optimizer = { learning_rate = 1e-4 }
[tune]
steps = 10
optimizer = { learning_rate = 1e-3 }
[select]
examples = 8
shots = 5
race_examples = 30
[axes]
objective = ["span_corruption", "prefix_lm"]
adaptation = ["none", "lm", "denoising", "mixed", { name = "lm", split = "random", label = "lm_random_split" }, { name = "lm", sentences = "random", label = "lm_random_text" }, { name = "mixed", split = "learned", group = "learned", label = "mixed_learned" }, "continued"]
task = ["wordnet/category", "wordnet/derived_from"]
template = ["mapping", "masked_mapping"]
tuning = ["full"]
train_size = [{ examples = 30, references = 3 }, { per_class = 16 }]
seed = [1, 2]
)";

class AdaptationTest : public SweepFixture {
 protected:
  AdaptationTest() {
    write("sentences.txt", "You can use a ruler to measure things\n");
    write("graph.toml", "");
  }

  Plan adapted(const std::string& text = kAdapted) { return plan(text); }

  static std::vector<const Job*> of_kind(const Plan& plan, JobKind kind) {
    std::vector<const Job*> jobs;
    for (const Job& job : plan.jobs) {
      if (job.kind == kind) jobs.push_back(&job);
    }
    return jobs;
  }
  static const Job& named(const Plan& plan, const std::string& name) {
    for (const Job& job : plan.jobs) {
      if (job.name == name) return job;
    }
    throw std::logic_error("no job " + name);
  }
};

TEST_F(AdaptationTest, IsAnAxisBetweenObjectiveAndTask) {
  const Plan plan = adapted();

  EXPECT_EQ(plan.cells[0].name,
            "small/span_corruption/none/wordnet.category/mapping/full/examples30x3/seed1");
  EXPECT_EQ(plan.cells[0].coordinates[kAdaptation], "none");
  int64_t tuned = 0;
  for (const Cell& cell : plan.cells) tuned += cell.baseline.empty();
  EXPECT_EQ(tuned, 2 * 8 * 2 * 2 * 1 * 2 * 2);
}

TEST_F(AdaptationTest, RunsEachStageOnce) {
  const Plan plan = adapted();

  // adaptations: 7 for each of 2 bases. Cuts: phrases, random of matching sentences, random of any;
  // learned: one a base, and its grouping. Taught: a splitter and a classifier a base.
  EXPECT_EQ(of_kind(plan, JobKind::adapt).size(), 14);
  EXPECT_EQ(of_kind(plan, JobKind::segment).size(), 3 + 2 * 2);
  int64_t taught = 0;
  for (const Job* job : of_kind(plan, JobKind::tune)) taught += job->name.starts_with("adapt/");
  EXPECT_EQ(taught, 4);
  const Job& lm = named(plan, "adapt/span_corruption/lm");
  const Job& denoising = named(plan, "adapt/prefix_lm/denoising");
  EXPECT_EQ(lm.input_keys.back(), denoising.input_keys.back()) << "the same cut rows for all";
  EXPECT_NE(lm.input_keys.back(),
            named(plan, "adapt/span_corruption/lm_random_split").input_keys.back());
}

TEST_F(AdaptationTest, CellsStartFromTheAdaptedCheckpoint) {
  const Plan plan = adapted();

  const Job& cell =
      named(plan, "small/prefix_lm/mixed/wordnet.category/mapping/full/examples30x3/seed1");
  EXPECT_EQ(cell.input_keys, (std::vector<std::string>{named(plan, "adapt/prefix_lm/mixed").key}));
  const Job& bare =
      named(plan, "small/prefix_lm/none/wordnet.category/mapping/full/examples30x3/seed1");
  EXPECT_EQ(settings_of<TuneJob>(bare).start.adaptation, "");
  EXPECT_EQ(settings_of<TuneJob>(cell).start.adaptation, "mixed");
}

// A sweep that says adaptation = ["none"], and one that does not know the axis, share their cells'
// jobs.
TEST_F(AdaptationTest, NoneIsTheSameJobAsNoAxis) {
  const Plan without = plan(kSmallSweep);
  const Plan with_none = plan(with(kSmallSweep, "task = [", "adaptation = [\"none\"]\ntask = ["));

  std::set<std::string> a, b;
  for (const Job& job : without.jobs) a.insert(job.key);
  for (const Job& job : with_none.jobs) b.insert(job.key);
  EXPECT_EQ(a, b);
}

// A prompt in a template is nothing before its tuning has trained it: of those cells there are
// races alone.
TEST_F(AdaptationTest, RacesRunUnderEachTuningAndSoOfSoftPromptsToo) {
  const std::string both = with(kAdapted, R"(["full"])", R"(["full", "soft_prompt"])");
  const std::string soft = with(both, R"(template = ["mapping", "masked_mapping"])",
                                R"(template = ["mapping", "post_pt"])");
  const Plan plan = adapted(soft + "[[exclude]]\ntemplate = \"post_pt\"\ntuning = \"full\"\n");

  std::map<std::string, std::set<std::string>> seen;  // template and tuning, by kind
  for (const Cell& probe : plan.probes) {
    if (probe.baseline == "filling") continue;
    seen[probe.baseline].insert(probe.coordinates[kTemplate] + " " + probe.coordinates[kTuning]);
  }

  EXPECT_THAT(seen["zero_shot"], testing::ElementsAre("mapping "));
  EXPECT_THAT(seen["race"],
              testing::ElementsAre("mapping full", "mapping soft_prompt", "post_pt soft_prompt"));
  const Job& race =
      named(plan, "small/probe/race/span_corruption/none/wordnet.category/post_pt/soft_prompt");
  EXPECT_EQ(settings_of<ProbeJob>(race).cell.tuning.name, "soft_prompt");
}

TEST_F(AdaptationTest, TestDataAreAvoidedByTheCut) {
  const Plan before = adapted();
  const Plan after =
      adapted(with(kAdapted, "\"wordnet/derived_from\"", "\"wordnet/same_category\""));

  EXPECT_EQ(before.jobs[0].key, after.jobs[0].key);
  EXPECT_NE(named(before, "adapt/split/matching-phrases").key,
            named(after, "adapt/split/matching-phrases").key);
  const Job& split = named(before, "adapt/split/matching-phrases");
  EXPECT_EQ(settings_of<SegmentJob>(split).split.avoid.size(), 2);
}

TEST_F(AdaptationTest, LearningRateOfTheAdaptationCutsNothingAnew) {
  const Plan before = adapted();
  const Plan after = adapted(with(kAdapted, "optimizer = { learning_rate = 1e-4 }",
                                  "optimizer = { learning_rate = 2e-4 }"));

  EXPECT_EQ(named(before, "adapt/split/matching-phrases").key,
            named(after, "adapt/split/matching-phrases").key);
  EXPECT_NE(named(before, "adapt/span_corruption/lm").key,
            named(after, "adapt/span_corruption/lm").key);
}

TEST_F(AdaptationTest, ProbesEveryStartTaskAndTemplateOnce) {
  const Plan plan = adapted();

  std::map<std::string, int> probes;
  for (const Cell& probe : plan.probes) ++probes[probe.baseline];
  const int starts = 2 * 8, tasks = 2, templates = 2;
  EXPECT_EQ(probes, (std::map<std::string, int>{{"zero_shot", starts * tasks * templates},
                                                {"shots", starts * tasks * templates},
                                                {"race", starts * tasks * templates},
                                                {"filling", tasks}}));
  const Job& race = plan.jobs[plan.probes.back().job];
  EXPECT_EQ(race.kind, JobKind::probe);
  const Json round_trip = plan;
  EXPECT_EQ(round_trip.get<Plan>().probes.size(), plan.probes.size());
}

TEST_F(AdaptationTest, BadValuesAreNamedWithTheirPlace) {
  EXPECT_THAT(message(with(kAdapted, "\"denoising\"", "\"denoisin\"")),
              HasSubstr("did you mean \"denoising\""));
  EXPECT_THAT(
      message(with(kAdapted, "text = [\"sentences.txt\"]\n", "")),
      HasSubstr(
          "adaptation \"lm\" needs sentences; name a file of them, one a line, in [adapt] text"));
  EXPECT_THAT(message(with(kAdapted, "graph = \"graph.toml\"\n", "")), HasSubstr("[adapt] graph"));
  EXPECT_THAT(message(with(kAdapted, "\"sentences.txt\"", "\"sentence.txt\"")),
              HasSubstr("q.toml:11:9: no file of sentences \"sentence.txt\""));
  EXPECT_THAT(message(with(kAdapted, "rows = 800", "row = 800")),
              HasSubstr("did you mean \"rows\""));
  EXPECT_THAT(message(with(kAdapted, "examples = 8\n", "")), HasSubstr("\"examples\""));
  EXPECT_THAT(message(with(kAdapted, "{ per_class = 16 }", "{ per_class = 16, examples = 3 }")),
              HasSubstr("a train_size is either"));
  EXPECT_THAT(message(with(kAdapted, "[\"span_corruption\", ", "[\"none\", ")),
              HasSubstr("exclude the two together"));
}

// What the released code hard-wired is a setting here, and what is not asked for is not done.
// What no cell could score or train on is said before the first of them runs.
TEST_F(AdaptationTest, ThePlanFindsWhatNoCellCouldDo) {
  const std::string metrics = "metrics = [\"best_of_k_rouge_l\"]\n";
  const std::string asked = with(kAdapted, "[axes]\n", "[evaluate]\n" + metrics + "[axes]\n");
  EXPECT_THAT(message(asked), HasSubstr("no decoding here gives more than one"));
  EXPECT_EQ(
      message(with(asked, metrics, metrics + "also = [{ name = \"sample\", samples = 3 }]\n")),
      "no error");
  EXPECT_THAT(
      message(with(asked, metrics, metrics + "also = [{ name = \"sample\", samples = 1 }]\n")),
      HasSubstr("q.toml:"));

  // Only `measured` has metrics, and every task has 100 training examples.
  struct SmallData : NamedData {
    std::string measured = "wordnet/category";
    std::vector<std::string> measurable(const std::string& task,
                                        const std::vector<std::string>& metrics) override {
      return task == measured ? metrics : std::vector<std::string>{};
    }
    void check_size(const std::string& task, const TrainSizeSettings& size, int64_t,
                    uint64_t) override {
      if (size.examples > 100) throw_<ConfigError>("task {} has 100 training examples", task);
    }
  };
  SmallData data;
  make_plan(parse(kAdapted), data);
  make_plan(parse(std::string(kAdapted) + "[[exclude]]\ntask = \"wordnet/category\"\n"),
            data);  // it shares jobs with another sweep
  const Sweep sweep = parse(with(kAdapted, "train_size = [", "train_size = [200, "));
  try {
    make_plan(sweep, data);
    FAIL() << "200 of 100 examples were planned";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(),
                testing::AllOf(HasSubstr("q.toml:"), HasSubstr("has 100 training examples")));
  }
  data.measured = "none of them";
  EXPECT_THROW(make_plan(parse(kAdapted), data), ConfigError);
}

// However it is called, a value keeps what selectors know of it.
TEST_F(AdaptationTest, TraitsFollowTheValueAndNotItsLabel) {
  const Plan made =
      plan(with(kAdapted, "adaptation = [\"none\"",
                "adaptation = [{ name = \"denoising\", seed = 2, label = \"second\" }, \"none\""));
  EXPECT_EQ(made.traits.at("adaptation").at("second").answer_style, AnswerStyle::infill);
  EXPECT_EQ(made.traits.at("adaptation").at("lm").answer_style, AnswerStyle::continuation);
  EXPECT_EQ(made.traits.at("adaptation").at("lm_random_text").answer_style, AnswerStyle::mixed);
  EXPECT_EQ(Json(made).get<Plan>().traits.at("adaptation").at("lm").answer_style,
            AnswerStyle::continuation);
}

TEST_F(AdaptationTest, Trap1DecodingIsWhatTheSweepSays) {
  const std::string evaluate =
      "[evaluate]\nmetrics = [\"rouge_l\"]\ndecoding = { name = \"beam\", num_beams = 3 }\nalso = "
      "[\"sample\"]\n";
  const Plan plan = this->plan(
      with(kSmallSweep, "[evaluate]\nmetrics = [\"rouge_l\", \"exact_match\"]\n", evaluate));

  EXPECT_EQ(plan.metrics, (std::vector<std::string>{"rouge_l", "rouge_l@sample"}));
  const std::string two =
      "also = [{ name = \"beam\", label = \"wide\", num_beams = 5 }, \"sample\"]\n";
  EXPECT_EQ(this->plan(with(kSmallSweep, "[evaluate]\nmetrics = [\"rouge_l\", \"exact_match\"]\n",
                            with(evaluate, "also = [\"sample\"]\n", two)))
                .metrics,
            (std::vector<std::string>{"rouge_l", "rouge_l@wide", "rouge_l@sample"}));
  EXPECT_THAT(message(with(kSmallSweep, "[evaluate]\n",
                           "[evaluate]\nalso = [\"beam\", { name = \"beam\", num_beams = 5 }]\n")),
              HasSubstr("two decodings are called \"beam\""));
  EXPECT_THAT(message(with(kSmallSweep, "[evaluate]\n",
                           "[evaluate]\nalso = [{ name = \"greedy\", label = \"again\" }]\n")),
              HasSubstr("\"again\" has the settings of \"greedy\""));
  const ChoiceSettings& decoding =
      settings_of<TuneJob>(plan.jobs[plan.cells[0].job]).evaluate.decoding;
  EXPECT_EQ(decoding.name, "beam");
  EXPECT_EQ(decoding.parameters.at("num_beams"), 3);
  const Plan greedy = this->plan(kSmallSweep);
  EXPECT_EQ(settings_of<BaselineJob>(greedy.jobs.back()).evaluate.decoding.name, "greedy");
  EXPECT_THAT(message(with(kSmallSweep, "[evaluate]\n", "[evaluate]\ndecoding = \"bean\"\n")),
              HasSubstr("did you mean \"beam\""));
  EXPECT_THAT(message(with(kSmallSweep, "[evaluate]\n",
                           "[evaluate]\ndecoding = { name = \"beam\", top_q = 1 }\n")),
              HasSubstr("num_beams"));
}

}  // namespace
}  // namespace dovetail
