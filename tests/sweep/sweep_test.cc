// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "sweep_fixture.h"

namespace dovetail {
namespace {

using SweepFile = SweepFixture;

std::vector<std::string> labels(const Sweep& sweep, const std::string& axis) {
  std::vector<std::string> labels;
  for (const AxisValue& value : sweep.axes.at(axis)) labels.push_back(value.label);
  return labels;
}

TEST_F(SweepFile, FillsEveryDefault) {
  const Sweep sweep = parse(kSmallSweep);

  EXPECT_EQ(sweep.name, "small");
  EXPECT_EQ(sweep.vocabulary.type, "pieces");
  EXPECT_EQ(sweep.vocabulary.pieces, 1000);
  EXPECT_EQ(sweep.vocabulary.sentinels, 100);
  EXPECT_EQ(sweep.pretrain.steps, 100);
  EXPECT_EQ(sweep.pretrain.batch_tokens, 4096);
  EXPECT_EQ(sweep.pretrain.optimizer.name, "adamw");
  EXPECT_EQ(sweep.pretrain.optimizer.learning_rate, 3e-3);
  EXPECT_EQ(sweep.pretrain.optimizer.warmup, 10);
  EXPECT_EQ(sweep.pretrain.optimizer.parameters,
            (Json{{"beta1", 0.9}, {"beta2", 0.999}, {"rms_scaling", false}}));
  EXPECT_EQ(sweep.tune.optimizer.parameters, (Json{{"beta1", 0.0}, {"relative_step", false}}));
  EXPECT_EQ(sweep.tune.options.accumulate, 1);
  EXPECT_EQ(sweep.tune.options.precision, "float32");
  EXPECT_EQ(sweep.tune.steps.epochs, 5);
  EXPECT_EQ(sweep.tune.steps.at_least, 40);
  EXPECT_EQ(sweep.tune.steps.fixed, 0);
  EXPECT_EQ(sweep.baselines, (std::vector<std::string>{"most_frequent", "copy", "untuned"}));
  EXPECT_EQ(sweep.model.at("relative_attention_num_buckets"), 32);
  EXPECT_EQ(sweep.model.at("num_decoder_layers"), 2);
  EXPECT_FALSE(sweep.pretrain_only);
}

TEST_F(SweepFile, LabelsItsValues) {
  write_checkpoint("models/long");
  write("cards/my-data.toml", "");
  std::string text = with(kSmallSweep, "[\"none\", \"span_corruption\"]",
                          "[\"none\", { name = \"span_corruption\", label = \"dense\", "
                          "noise_density = 0.5 }, \"models/long/\", { checkpoint = "
                          "\"models/long\", label = \"again\" }]");
  text = with(text, "\"wordnet/derived_from\"", "\"cards/my-data.toml\"");
  text = with(text, "[{ heads = 30, tails = 3 }, \"all\"]",
              "[{ heads = 30, tails = 3 }, { heads = 30 }, { fraction = 0.1 }, 16, \"all\"]");

  const Sweep sweep = parse(text);

  EXPECT_EQ(labels(sweep, "objective"),
            (std::vector<std::string>{"none", "dense", "long", "again"}));
  EXPECT_EQ(labels(sweep, "task"), (std::vector<std::string>{"wordnet.category", "my-data"}));
  EXPECT_EQ(labels(sweep, "train_size"),
            (std::vector<std::string>{"heads30x3", "heads30", "fraction0.1", "heads16", "all"}));
  EXPECT_EQ(labels(sweep, "tuning"), (std::vector<std::string>{"full", "soft_prompt"}));
  EXPECT_EQ(labels(sweep, "seed"), (std::vector<std::string>{"1", "2"}));
  const Json& dense = sweep.axes.at("objective")[1].settings;
  EXPECT_EQ(dense.at("parameters"), (Json{{"noise_density", 0.5}, {"mean_span", 3}}));
  const Json& published = sweep.axes.at("objective")[2].settings;
  EXPECT_EQ(published.at("folder"), (folder_ / "models/long").string());
  EXPECT_EQ(published.at("model").at("d_model"), 64);
  EXPECT_FALSE(published.at("model").contains("_name_or_path"));
  const auto size = sweep.axes.at("train_size")[0].settings.get<TrainSizeSettings>();
  EXPECT_EQ(size.heads, 30);
  EXPECT_EQ(size.tails, 3);
}

TEST_F(SweepFile, ValuesOverrideTheTables) {
  std::string text = with(kSmallSweep, "learning_rate = 0.3",
                          "learning_rate = 0.3, num_virtual_tokens = 5, steps = 7, "
                          "schedule = \"cosine\", optimizer = \"adamw\"");
  text = with(text, "\"span_corruption\"", "{ name = \"span_corruption\", steps = 2000 }");

  const Sweep sweep = parse(text);

  const Json& tuning = sweep.axes.at("tuning")[1].settings;
  const auto tune = tuning.at("tune").get<TuneSettings>();
  EXPECT_EQ(tuning.at("parameters"), (Json{{"num_virtual_tokens", 5}, {"place", "before"}}));
  EXPECT_EQ(tune.optimizer.name, "adamw");
  EXPECT_EQ(tune.optimizer.learning_rate, 0.3);
  EXPECT_EQ(tune.optimizer.schedule, "cosine");
  EXPECT_EQ(tune.steps.fixed, 7);
  const auto full = sweep.axes.at("tuning")[0].settings.at("tune").get<TuneSettings>();
  EXPECT_EQ(full.optimizer.name, "adafactor");
  EXPECT_EQ(full.optimizer.learning_rate, 5e-4);
  const Json& objective = sweep.axes.at("objective")[1].settings;
  EXPECT_EQ(objective.at("pretrain").get<PretrainSettings>().steps, 2000);
  EXPECT_EQ(sweep.pretrain.steps, 100);
}

TEST_F(SweepFile, TemplatesHaveParametersAndLabels) {
  const std::string text = with(
      kSmallSweep, "[\"mapping\", \"prompting\"]",
      "[\"mapping\", \"prompting\", { name = \"prompting\", closing_sentinel = true, omit = [], "
      "verbalizer = \"short\", label = \"p_short\" }]");
  const Plan plan = this->plan(text);
  std::map<std::string, Json> found;
  for (const Cell& cell : plan.cells) {
    if (cell.baseline.empty())
      found[cell.coordinates[kTemplate]] = plan.jobs[cell.job].settings.at("template");
  }
  EXPECT_EQ(found.at("mapping"), (Json{{"name", "mapping"}, {"parameters", Json::object()}}));
  EXPECT_EQ(found.at("p_short"), Json::parse(R"({"name": "prompting", "parameters":
            {"closing_sentinel": true, "verbalizer": "short", "omit": []}})"));
  EXPECT_EQ(found.at("prompting").at("parameters").at("omit"), Json::array({"fact"}));
  EXPECT_THAT(message(with(text, "closing_sentinel", "closing_sentinels")),
              testing::HasSubstr("closing_sentinel"));
}

// A template with soft tokens goes only with a tuning that trains them.
TEST_F(SweepFile, SoftTokensNeedATuningThatTrainsThem) {
  for (const std::string name : {"post_pt", "0-ptar-unsup"}) {
    const std::string text =
        with(kSmallSweep, "[\"mapping\", \"prompting\"]", "[\"mapping\", \"" + name + "\"]");
    const std::string found = message(text);
    EXPECT_THAT(found, testing::StartsWith("q.toml:"));
    EXPECT_THAT(found,
                testing::HasSubstr("has soft tokens in it, which tuning \"full\" does not train"));
    const std::string mended =
        text + "[[exclude]]\ntuning = \"full\"\ntemplate = \"" + name + "\"\n";
    EXPECT_EQ(message(mended), "no error");
  }
  EXPECT_THAT(message(with(kSmallSweep, "\"prompting\"", "\"0-ptra-unsup\"")),
              testing::HasSubstr("unknown template"));
}

// What the templates say beside the data is part of a cell's key.
TEST_F(SweepFile, WordingsArePartOfTheKey) {
  Fingerprints fingerprints = test_fingerprints();
  const auto key_with = [&](const std::string& words) {
    fingerprints.wording = [&](const std::string& name, const Json&, const std::string& task) {
      return words + name + task;
    };
    return make_plan(parse(kSmallSweep), fingerprints).jobs.back().key;
  };
  EXPECT_EQ(key_with("a"), key_with("a"));
  EXPECT_NE(key_with("a"), key_with("b"));
}

TEST_F(SweepFile, OptimizersHaveParametersOfTheirOwn) {
  std::string text = with(kSmallSweep, "{ learning_rate = 3e-3,",
                          "{ beta1 = 0.8, rms_scaling = true, learning_rate = 3e-3,");
  text = with(text, "tuning = [\"full\",",
              "tuning = [\"full\", { name = \"full\", label = \"momentum\", optimizer = { name = "
              "\"sgd\", momentum = 0.9 } }, { name = \"full\", label = \"relative\", optimizer = "
              "{ relative_step = true } },");

  const Sweep sweep = parse(text);

  EXPECT_EQ(sweep.pretrain.optimizer.parameters,
            (Json{{"beta1", 0.8}, {"beta2", 0.999}, {"rms_scaling", true}}));
  const auto optimizer = [&](int i) {
    const Json& settings = sweep.axes.at("tuning")[i].settings;
    return settings.at("tune").get<TuneSettings>().optimizer;
  };
  EXPECT_EQ(optimizer(1).name, "sgd");
  EXPECT_EQ(optimizer(1).parameters, (Json{{"momentum", 0.9}}));  // none of adafactor's
  EXPECT_EQ(optimizer(1).learning_rate, 5e-4);
  EXPECT_EQ(optimizer(2).parameters, (Json{{"beta1", 0.0}, {"relative_step", true}}));
}

TEST_F(SweepFile, TrainingOptionsStandInTheTablesAndOnTheAxes) {
  std::string text = with(kSmallSweep, "steps = 100",
                          "steps = 100\nema = 0.99\nz_loss = 1e-4\nprecision = \"bfloat16\"");
  text = with(text, "steps = { per_epoch = 5, at_least = 40 }",
              "steps = 9\naccumulate = 2\nlabel_smoothing = 0.1");
  text = with(text, "learning_rate = 0.3", "learning_rate = 0.3, accumulate = 8, ema = 0.5");
  text =
      with(text, "\"span_corruption\"", "{ name = \"span_corruption\", precision = \"float32\" }");

  const Sweep sweep = parse(text);

  EXPECT_EQ(sweep.pretrain.options.ema, 0.99);
  EXPECT_EQ(sweep.pretrain.options.z_loss, 1e-4);
  EXPECT_EQ(sweep.pretrain.options.precision, "bfloat16");
  EXPECT_EQ(sweep.tune.options.accumulate, 2);
  EXPECT_EQ(sweep.tune.options.label_smoothing, 0.1);
  const auto prompt = sweep.axes.at("tuning")[1].settings.at("tune").get<TuneSettings>();
  EXPECT_EQ(prompt.options.accumulate, 8);
  EXPECT_EQ(prompt.options.ema, 0.5);
  EXPECT_EQ(prompt.options.label_smoothing, 0.1);
  const Json& objective = sweep.axes.at("objective")[1].settings;
  EXPECT_EQ(objective.at("pretrain").get<PretrainSettings>().options.precision, "float32");
}

TEST_F(SweepFile, EveryTrainingOptionIsInTheKey) {
  for (const char* option : {"accumulate = 2", "label_smoothing = 0.1", "z_loss = 1e-4",
                             "ema = 0.9", "precision = \"bfloat16\""}) {
    const Plan changed = plan(with(kSmallSweep, "[tune]", std::string("[tune]\n") + option));
    std::set<std::string> keys;
    for (const Job& job : changed.jobs) {
      if (job.kind == JobKind::tune) keys.insert(job.key);
    }
    for (const Job& job : plan(kSmallSweep).jobs) {
      EXPECT_FALSE(keys.contains(job.key)) << option << " " << job.name;
    }
  }
}

TEST_F(SweepFile, ParametersMayBeListsOfTables) {
  const Sweep sweep = parse(with(kSmallSweep, "\"span_corruption\"",
                                 "{ name = \"mixed\", components = [{ name = \"prefix_lm\", "
                                 "weight = 2, parameters = { from = 0.5 } }] }"));

  EXPECT_EQ(sweep.axes.at("objective")[1].settings.at("parameters"), Json::parse(R"({"components":
            [{"name": "prefix_lm", "weight": 2.0, "parameters": {"from": 0.5}}]})"));
}

TEST_F(SweepFile, TakesEveryKindOfVocabularyAndModel) {
  write("v/spiece.model", "pieces");
  write_checkpoint("m");

  const Sweep bytes = parse(with(kSmallSweep, "{ pieces = 1000 }", "\"bytes\""));
  const Sweep file = parse(with(kSmallSweep, "pieces = 1000", "file = \"v/spiece.model\""));
  const Sweep folder = parse(with(kSmallSweep, "t5-tiny", "m"));
  const Sweep table = parse(with(kSmallSweep, "\"t5-tiny\"",
                                 "{ d_model = 128, d_kv = 32, d_ff = 512, num_heads = 4, "
                                 "num_layers = 2 }"));

  EXPECT_EQ(bytes.vocabulary.type, "bytes");
  EXPECT_EQ(bytes.vocabulary.sentinels, 125);
  EXPECT_EQ(file.vocabulary.type, "file");
  EXPECT_EQ(file.vocabulary_file, (folder_ / "v/spiece.model").string());
  EXPECT_EQ(folder.model.at("d_model"), 64);
  EXPECT_FALSE(folder.model.contains("vocab_size"));
  EXPECT_EQ(table.model, parse(kSmallSweep).model);
}

TEST_F(SweepFile, NeedsNoTextWhenEveryModelIsPublished) {
  write_checkpoint("models/long");
  std::string text = with(kSmallSweep, "[\"none\", \"span_corruption\"]", "[\"models/long\"]");
  text = with(text, "[text]\ncorpus = [\"wordnet-text\"]\nvocabulary = { pieces = 1000 }\n", "");
  text = with(text, "[model]\nconfig = \"t5-tiny\"\n", "");
  text = with(text, "objective = \"none\"", "objective = \"long\"");

  const Plan plan = make_plan(parse(text), test_fingerprints());

  for (const Job& job : plan.jobs) {
    EXPECT_TRUE(job.kind == JobKind::tune || job.kind == JobKind::baseline) << job.name;
    EXPECT_TRUE(job.inputs.empty()) << job.name;
  }
}

TEST_F(SweepFile, ExclusionsTakeListsGlobsAndNumbers) {
  const Sweep sweep = parse(with(kSmallSweep, "tuning = \"soft_prompt\"\nobjective = \"none\"",
                                 "task = \"wordnet/d*\"\ntrain_size = [\"heads*\", \"all\"]\n"
                                 "seed = 2"));

  ASSERT_EQ(sweep.exclusions.size(), 1);
  const auto& matches = sweep.exclusions[0].matches;
  EXPECT_EQ(matches.at("task"), (std::vector<std::string>{"wordnet.derived_from"}));
  EXPECT_EQ(matches.at("train_size"), (std::vector<std::string>{"heads30x3", "all"}));
  EXPECT_EQ(matches.at("seed"), (std::vector<std::string>{"2"}));
  EXPECT_EQ(sweep.exclusions[0].line, 22);
}

}  // namespace
}  // namespace dovetail
