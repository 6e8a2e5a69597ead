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
  EXPECT_EQ(sweep.vocabulary.type, "unigram");
  EXPECT_EQ(sweep.vocabulary.vocab_size, 1000);
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
  text = with(
      text, "[{ examples = 30, references = 3 }, \"all\"]",
      "[{ examples = 30, references = 3 }, { examples = 30 }, { fraction = 0.1 }, 16, \"all\"]");

  const Sweep sweep = parse(text);

  EXPECT_EQ(labels(sweep, "objective"),
            (std::vector<std::string>{"none", "dense", "long", "again"}));
  EXPECT_EQ(labels(sweep, "task"), (std::vector<std::string>{"wordnet.category", "my-data"}));
  EXPECT_EQ(
      labels(sweep, "train_size"),
      (std::vector<std::string>{"examples30x3", "examples30", "fraction0.1", "examples16", "all"}));
  EXPECT_EQ(labels(sweep, "tuning"), (std::vector<std::string>{"full", "soft_prompt"}));
  EXPECT_EQ(labels(sweep, "seed"), (std::vector<std::string>{"1", "2"}));
  const auto& dense = sweep.axes.at("objective")[1].as<ObjectiveValue>();
  EXPECT_EQ(dense.choice.parameters, (Json{{"noise_density", 0.5}, {"mean_span", 3}}));
  const auto& published = sweep.axes.at("objective")[2].as<ObjectiveValue>();
  EXPECT_EQ(published.folder, (folder_ / "models/long").string());
  EXPECT_EQ(published.model.at("d_model"), 64);
  EXPECT_FALSE(published.model.contains("_name_or_path"));
  const auto& size = sweep.axes.at("train_size")[0].as<TrainSizeSettings>();
  EXPECT_EQ(size.examples, 30);
  EXPECT_EQ(size.references, 3);
}

TEST_F(SweepFile, ValuesOverrideTheTables) {
  std::string text = with(kSmallSweep, "learning_rate = 0.3",
                          "learning_rate = 0.3, num_virtual_tokens = 5, steps = 7, "
                          "schedule = \"cosine\", optimizer = \"adamw\"");
  text = with(text, "\"span_corruption\"", "{ name = \"span_corruption\", steps = 2000 }");

  const Sweep sweep = parse(text);

  const auto& tuning = sweep.axes.at("tuning")[1].as<TuningValue>();
  const TuneSettings& tune = tuning.tune;
  EXPECT_EQ(tuning.choice.parameters, (Json{{"num_virtual_tokens", 5}, {"place", "before"}}));
  EXPECT_EQ(tune.optimizer.name, "adamw");
  EXPECT_EQ(tune.optimizer.learning_rate, 0.3);
  EXPECT_EQ(tune.optimizer.schedule, "cosine");
  EXPECT_EQ(tune.steps.fixed, 7);
  const TuneSettings& full = sweep.axes.at("tuning")[0].as<TuningValue>().tune;
  EXPECT_EQ(full.optimizer.name, "adafactor");
  EXPECT_EQ(full.optimizer.learning_rate, 5e-4);
  EXPECT_EQ(sweep.axes.at("objective")[1].as<ObjectiveValue>().pretrain.steps, 2000);
  EXPECT_EQ(sweep.pretrain.steps, 100);
}

TEST_F(SweepFile, TemplatesHaveParametersAndLabels) {
  const std::string text = with(
      kSmallSweep, "[\"mapping\", \"prompting\"]",
      "[\"mapping\", \"prompting\", { name = \"prompting\", closing_sentinel = true, omit = [], "
      "verbalizer = \"short\", label = \"p_short\" }]");
  const Plan plan = this->plan(text);
  std::map<std::string, TemplateSettings> found;
  for (const Cell& cell : plan.cells) {
    if (cell.baseline.empty())
      found[cell.coordinates[kTemplate]] = settings_of<TuneJob>(plan.jobs[cell.job]).tmpl;
  }
  EXPECT_EQ(found.at("mapping").name, "mapping");
  EXPECT_EQ(found.at("mapping").parameters, Json::object());
  EXPECT_EQ(found.at("p_short").name, "prompting");
  EXPECT_EQ(found.at("p_short").parameters,
            Json::parse(R"({"closing_sentinel": true, "verbalizer": "short", "omit": []})"));
  EXPECT_EQ(found.at("prompting").parameters.at("omit"), Json::array({"fact"}));
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
  struct WordedData : NamedData {
    std::string words;
    std::string wording(const ChoiceSettings& tmpl, const std::string& task) override {
      return words + tmpl.name + task;
    }
  };
  const auto key_with = [&](const std::string& words) {
    WordedData data;
    data.words = words;
    return make_plan(parse(kSmallSweep), data).jobs.back().key;
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
    return sweep.axes.at("tuning")[i].as<TuningValue>().tune.optimizer;
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
  const TuneSettings& prompt = sweep.axes.at("tuning")[1].as<TuningValue>().tune;
  EXPECT_EQ(prompt.options.accumulate, 8);
  EXPECT_EQ(prompt.options.ema, 0.5);
  EXPECT_EQ(prompt.options.label_smoothing, 0.1);
  const auto& objective = sweep.axes.at("objective")[1].as<ObjectiveValue>();
  EXPECT_EQ(objective.pretrain.options.precision, "float32");
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

  EXPECT_EQ(sweep.axes.at("objective")[1].as<ObjectiveValue>().choice.parameters,
            Json::parse(R"({"components":
            [{"name": "prefix_lm", "weight": 2.0, "parameters": {"from": 0.5}}]})"));
}

TEST_F(SweepFile, TakesEveryKindOfVocabularyAndModel) {
  write("v/spiece.model", "pieces");
  write_checkpoint("m");

  const Sweep bytes = parse(with(kSmallSweep, "{ vocab_size = 1000 }", "\"bytes\""));
  const Sweep file = parse(with(kSmallSweep, "vocab_size = 1000", "file = \"v/spiece.model\""));
  const Sweep folder = parse(with(kSmallSweep, "t5-tiny", "m"));
  const Sweep table = parse(with(kSmallSweep, "\"t5-tiny\"",
                                 "{ d_model = 128, d_kv = 32, d_ff = 512, num_heads = 4, "
                                 "num_layers = 2 }"));
  const Sweep scaled = parse(with(kSmallSweep, "\"t5-tiny\"",
                                  "{ d_model = 128, d_kv = 32, d_ff = 512, num_heads = 4, "
                                  "num_layers = 2, initializer_factor = 0.5 }"));

  EXPECT_EQ(scaled.model.at("initializer_factor"), 0.5);
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
  text =
      with(text, "[text]\ncorpus = [\"wordnet-text\"]\nvocabulary = { vocab_size = 1000 }\n", "");
  text = with(text, "[model]\nconfig = \"t5-tiny\"\n", "");
  text = with(text, "objective = \"none\"", "objective = \"long\"");

  const Plan plan = this->plan(text);

  for (const Job& job : plan.jobs) {
    EXPECT_TRUE(job.kind == JobKind::tune || job.kind == JobKind::baseline) << job.name;
    EXPECT_TRUE(job.inputs.empty()) << job.name;
  }
}

// A key of a former version is refused with its present name, at its place.
TEST_F(SweepFile, RenamedKeysNameTheNewKey) {
  const auto expect_renamed = [&](const std::string& from, const std::string& to,
                                  const std::string& said) {
    EXPECT_EQ(message(with(kSmallSweep, from, to)), said);
  };
  expect_renamed("examples = 30, references = 3", "heads = 30, references = 3",
                 "q.toml:20:17: the key \"heads\" of train_size is now called \"examples\"; "
                 "rename it");
  expect_renamed("references = 3", "tails = 3",
                 "q.toml:20:32: the key \"tails\" of train_size is now called \"references\"; "
                 "rename it");
  expect_renamed("vocab_size = 1000", "pieces = 1000",
                 "q.toml:6:16: the key \"pieces\" of vocabulary is now called \"vocab_size\"; "
                 "rename it");
  expect_renamed("steps = 100", "steps = 100\npack = false",
                 "q.toml:9:1: the key \"pack\" of [pretrain] is now called \"pack_sequences\"; "
                 "rename it");
  expect_renamed("[axes]", "[select]\nexamples = 8\nrace_heads = 30\n[axes]",
                 "q.toml:17:1: the key \"race_heads\" of [select] is now called "
                 "\"race_examples\"; rename it");
}

TEST_F(SweepFile, ExclusionsTakeListsGlobsAndNumbers) {
  const Sweep sweep = parse(with(kSmallSweep, "tuning = \"soft_prompt\"\nobjective = \"none\"",
                                 "task = \"wordnet/d*\"\ntrain_size = [\"examples*\", \"all\"]\n"
                                 "seed = 2"));

  ASSERT_EQ(sweep.exclusions.size(), 1);
  const auto& matches = sweep.exclusions[0].matches;
  EXPECT_EQ(matches.at("task"), (std::vector<std::string>{"wordnet.derived_from"}));
  EXPECT_EQ(matches.at("train_size"), (std::vector<std::string>{"examples30x3", "all"}));
  EXPECT_EQ(matches.at("seed"), (std::vector<std::string>{"2"}));
  EXPECT_EQ(sweep.exclusions[0].line, 22);
}

}  // namespace
}  // namespace dovetail
