// SPDX-License-Identifier: Apache-2.0
#include "sweep_fixture.h"

namespace dovetail {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// kSmallSweep with one piece replaced, and what must be said about it: the start with file, line
// and column counted by hand, and a part of the rest.
struct BadInput {
  const char* title;
  const char* from;
  const char* to;
  const char* start;
  const char* part;
};

std::ostream& operator<<(std::ostream& out, const BadInput& bad) { return out << bad.title; }

const BadInput kBadInputs[] = {
    {"no_toml", "name = \"small\"", "name = small", "q.toml:1:", ""},
    {"misspelt_key", "steps = 100", "stesp = 100",
     "q.toml:8:1: unknown key \"stesp\" in [pretrain]; did you mean \"steps\"?", "batch_tokens"},
    {"misspelt_table", "[axes]", "[axis]",
     "q.toml:15:2: unknown key \"axis\" in the sweep file; did you mean \"axes\"?", ""},
    {"misspelt_axis", "template = [", "templates = [",
     "q.toml:18:1: unknown key \"templates\" in [axes]; did you mean \"template\"?", ""},
    {"misspelt_inner_key", "warmup = 10", "warm_up = 10",
     "q.toml:9:58: unknown key \"warm_up\" in optimizer; did you mean \"warmup\"?", ""},
    {"wrong_type", "steps = 100", "steps = \"100\"",
     "q.toml:8:9: steps of [pretrain] must be a whole number, not a text", ""},
    {"fraction_for_whole", "steps = 100", "steps = 100.0",
     "q.toml:8:9: steps of [pretrain] must be a whole number, not a number with a fraction", ""},
    {"table_wanted",
     "[tune]\nsteps = { per_epoch = 5, at_least = 40 }\noptimizer = { name = "
     "\"adafactor\", learning_rate = 5e-4 }\n",
     "[tune]\nsteps = 5\noptimizer = 5\n",
     "q.toml:12:13: optimizer must be a table, not a whole number", ""},
    {"out_of_range", "3e-3", "-3e-3",
     "q.toml:9:31: learning_rate of optimizer must be above 0, not -0.003", ""},
    {"not_finite", "3e-3", "nan",
     "q.toml:9:31: learning_rate of optimizer must be above 0, not nan", ""},
    {"zero_steps", "steps = 100", "steps = 0",
     "q.toml:8:9: steps of [pretrain] must be at least 1, not 0", ""},
    {"small_batch", "steps = 100", "batch_tokens = 32", "q.toml:7:1: batch_tokens (32)",
     "sequence_length (64)"},
    {"two_batches", "[tune]\n", "[tune]\nbatch_size = 8\nbatch_tokens = 512\n",
     "q.toml:12:16: [tune] has both batch_size", "give one of them"},
    {"dropout", "steps = 100", "dropout = 1",
     "q.toml:8:11: dropout of [pretrain] must be at least 0 and below 1, not 1", ""},
    {"unknown_schedule", "\"linear\"", "\"liner\"",
     "q.toml:9:48: unknown schedule \"liner\"; did you mean \"linear\"?", ""},
    {"unknown_optimizer", "\"adafactor\"", "\"adam\"",
     "q.toml:12:22: unknown optimizer \"adam\"; did you mean \"adamw\"?", ""},
    {"another_optimizers_key", "\"adafactor\"", "\"sgd\", relative_step = true",
     "q.toml:12:29: unknown key \"relative_step\" in optimizer", "momentum"},
    {"optimizer_range", "\"adafactor\"", "\"sgd\", momentum = 1",
     "q.toml:12:13: momentum must be below 1, not 1", ""},
    {"two_rates", "\"adafactor\"", "\"adafactor\", relative_step = true",
     "q.toml:12:73: learning_rate of optimizer means nothing where adafactor has relative_step",
     ""},
    {"two_rates_on_an_axis", "learning_rate = 0.3",
     "optimizer = { relative_step = true }, "
     "learning_rate = 0.3",
     "q.toml:19:97: learning_rate of tuning \"soft_prompt\" means nothing", ""},
    {"smoothing", "steps = 100", "label_smoothing = 1",
     "q.toml:8:19: label_smoothing of [pretrain] must be at least 0 and below 1, not 1", ""},
    {"precision", "steps = 100", "precision = \"bfloat\"",
     "q.toml:8:13: unknown precision \"bfloat\"; did you mean \"bfloat16\"?", ""},
    {"accumulate", "steps = 100", "accumulate = 0",
     "q.toml:8:14: accumulate of [pretrain] must be at least 1", ""},
    {"steps_with_both", "per_epoch = 5", "fixed = 5", "q.toml:11:9: steps has \"fixed\"", ""},
    {"steps_without", "per_epoch = 5, ", "", "q.toml:11:9: steps lacks the key \"per_epoch\"", ""},
    {"steps_order", "at_least = 40", "at_least = 40, at_most = 4",
     "q.toml:11:51: at_most of steps (4) is below at_least (40)", ""},
    {"no_steps", "steps = { per_epoch = 5, at_least = 40 }\n", "",
     "q.toml:10:1: [tune] lacks the key \"steps\"", ""},
    {"unknown_shape", "t5-tiny", "t5-tinny", "q.toml:3:10: unknown model shape \"t5-tinny\"",
     "did you mean \"t5-tiny\"?"},
    {"half_a_shape", "\"t5-tiny\"", "{ d_model = 64, d_kv = 16, d_ff = 128, num_heads = 4 }",
     "q.toml:3:10: config of [model] lacks the key \"num_layers\"", ""},
    {"unknown_corpus", "wordnet-text", "wordnet-txt",
     "q.toml:5:11: \"wordnet-txt\" is neither a known corpus nor a text file",
     "did you mean \"wordnet-text\"?"},
    {"no_corpus", "corpus = [\"wordnet-text\"]\n", "",
     "q.toml:15:14: objective \"none\" needs a text", "[text] corpus"},
    {"no_model", "[model]\nconfig = \"t5-tiny\"\n", "",
     "q.toml:14:14: objective \"none\" needs a shape of the model", ""},
    {"unknown_vocabulary", "{ vocab_size = 1000 }", "\"byte\"",
     "q.toml:6:14: unknown vocabulary \"byte\"; did you mean \"bytes\"?", ""},
    {"no_vocabulary_file", "vocab_size = 1000", "file = \"x/spiece.model\"",
     "q.toml:6:23: no vocabulary file \"x/spiece.model\"", ""},
    {"reserved_token", "{ vocab_size = 1000 }", "{ vocab_size = 1000 }\nadd_tokens = [\"</s>\"]",
     "q.toml:7:15: add_tokens: expected a text without spaces at its ends", "found \"</s>\""},
    {"small_vocabulary", "vocab_size = 1000", "vocab_size = 3",
     "q.toml:6:29: vocab_size of vocabulary must be at", "not 3"},
    {"unknown_metric", "\"exact_match\"", "\"exact_mach\"",
     "q.toml:14:23: unknown metric \"exact_mach\"; did you mean \"exact_match\"?", ""},
    {"metric_twice", "\"exact_match\"", "\"rouge_l\"",
     "q.toml:14:23: metric \"rouge_l\" is named twice", ""},
    {"unknown_baseline", "name = \"small\"", "baselines = [\"copi\"]",
     "q.toml:1:14: unknown baseline \"copi\"; did you mean \"copy\"?", ""},
    {"unknown_objective", "\"span_corruption\"", "\"span_coruption\"",
     "q.toml:16:22: unknown objective \"span_coruption\"; did you mean \"span_corruption\"?",
     "none"},
    {"unknown_parameter", "\"span_corruption\"", "{ name = \"span_corruption\", density = 0.2 }",
     "q.toml:16:50: unknown key \"density\" in objective \"span_corruption\"", "noise_density"},
    {"parameter_type", "\"span_corruption\"", "{ name = \"span_corruption\", mean_span = 2.5 }",
     "q.toml:16:62: mean_span of objective \"span_corruption\" must be a whole number", ""},
    {"parameter_range", "\"span_corruption\"", "{ name = \"span_corruption\", noise_density = 2 }",
     "q.toml:16:22: noise_density must be between 0 and 1, not 2", ""},
    {"parameter_table", "\"span_corruption\"",
     "{ name = \"mixed\", components = [{ name = \"prefix_lm\", wieght = 2 }] }",
     "q.toml:16:76: unknown key \"wieght\" in each element of components of objective \"mixed\"; "
     "did "
     "you mean \"weight\"?",
     ""},
    {"no_checkpoint", "\"span_corruption\"", "\"there/is/none\"",
     "q.toml:16:22: no checkpoint folder \"there/is/none\"", ""},
    {"none_with_steps", "\"none\"", "{ name = \"none\", steps = 5 }",
     "q.toml:16:31: unknown key \"steps\" in objective \"none\"", ""},
    {"unknown_task", "\"wordnet/category\"", "\"wordnet/catgory\"",
     "q.toml:17:9: unknown task \"wordnet/catgory\"; did you mean \"wordnet/category\"?", ""},
    {"no_card", "\"wordnet/category\"", "\"my-data.toml\"",
     "q.toml:17:9: no data set card \"my-data.toml\"", ""},
    {"unknown_template", "\"prompting\"", "\"promting\"",
     "q.toml:18:24: unknown template \"promting\"; did you mean \"prompting\"?", ""},
    {"unknown_tuning", "\"full\"", "\"fulll\"",
     "q.toml:19:11: unknown tuning \"fulll\"; did you mean \"full\"?", ""},
    {"tuning_without_name", "name = \"soft_prompt\", ", "",
     "q.toml:19:19: this table on the axis tuning lacks the key \"name\"", ""},
    {"unknown_size", "\"all\"", "\"al\"",
     "q.toml:20:50: unknown train_size \"al\"; did you mean \"all\"?", ""},
    {"size_of_both", "references = 3", "fraction = 0.5", "q.toml:20:15: a train_size is either",
     ""},
    {"size_of_references", "examples = 30, ", "",
     "q.toml:20:15: train_size lacks the key \"examples\"", ""},
    {"size_zero", "examples = 30", "examples = 0",
     "q.toml:20:28: examples of train_size must be at least 1, not 0", ""},
    {"share", "{ examples = 30, references = 3 }", "{ fraction = 1.5 }",
     "q.toml:20:28: fraction of train_size must be above 0 and at most 1, not 1.5", ""},
    {"seed_type", "[1, 2]", "[1, \"2\"]", "q.toml:21:12: seed must be a whole number, not a text",
     ""},
    {"negative_seed", "[1, 2]", "[1, -2]", "q.toml:21:12: seed must be at least 0, not -2", ""},
    {"empty_axis", "seed = [1, 2]", "seed = []",
     "q.toml:21:8: axis \"seed\" is empty; it needs at least one value", ""},
    {"axis_no_list", "seed = [1, 2]", "seed = 1",
     "q.toml:21:8: axis \"seed\" must be a list, not a whole number", ""},
    {"missing_axis", "seed = [1, 2]\n", "", "q.toml:15:1: [axes] lacks the key \"seed\"", ""},
    {"label_twice", "[1, 2]", "[1, 1]",
     "q.toml:21:12: two values of the axis seed are called \"1\" (the other is in line 21)",
     "label"},
    {"bad_label", "name = \"soft_prompt\"", "name = \"soft_prompt\", label = \"a/b\"",
     "q.toml:19:19: \"a/b\" cannot be used in names", ""},
    {"bad_name", "\"small\"", "\"a small one\"", "q.toml:1:8: \"a small one\" cannot be used", ""},
    {"exclusion_misspelt", "tuning = \"soft_prompt\"", "tuning = \"soft_promt\"",
     "q.toml:23:10: the exclusion's tuning \"soft_promt\" matches no value",
     "did you mean \"soft_prompt\"?"},
    {"exclusion_axis", "tuning = \"soft_prompt\"", "tunning = \"soft_prompt\"",
     "q.toml:23:1: unknown key \"tunning\" in [[exclude]]; did you mean \"tuning\"?", ""},
    {"exclusion_empty", "tuning = \"soft_prompt\"\nobjective = \"none\"\n", "",
     "q.toml:22:1: an [[exclude]] without any line", ""},
    {"exclusion_no_list", "[[exclude]]", "[exclude]", "q.toml:22:1: exclusions are written", ""},
    {"nothing_left", "tuning = \"soft_prompt\"\nobjective = \"none\"", "objective = \"*\"",
     "q.toml: the exclusions leave no cell of the 64", ""},
};

class BadInputs : public SweepFixture, public ::testing::WithParamInterface<BadInput> {
 protected:
  BadInputs() {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              fmt::format("bad_input_{}_{}", GetParam().title, getpid());
  }
};

TEST_P(BadInputs, AreNamedWithTheirPlace) {
  const BadInput& bad = GetParam();

  const std::string said = message(with(kSmallSweep, bad.from, bad.to));

  EXPECT_THAT(said, StartsWith(bad.start));
  EXPECT_THAT(said, HasSubstr(bad.part));
}

INSTANTIATE_TEST_SUITE_P(All, BadInputs, ::testing::ValuesIn(kBadInputs),
                         [](const auto& info) { return std::string(info.param.title); });

using BadFiles = SweepFixture;

TEST_F(BadFiles, MissingSweep) {
  EXPECT_THROW(parse_sweep(folder_ / "none.toml", test_catalogues()), ConfigError);
}

TEST_F(BadFiles, CheckpointWithoutConfig) {
  write("check/point/other.txt", "");

  EXPECT_THAT(message(with(kSmallSweep, "\"none\"", "\"check/point\"")),
              ::testing::MatchesRegex("q.toml:16:14: \".*/check/point\" holds no config.json"));
}

TEST_F(BadFiles, CheckpointWithBrokenConfig) {
  write("check/point/config.json", "{\"d_model\": 64");

  EXPECT_THAT(message(with(kSmallSweep, "\"none\"", "\"check/point\"")),
              ::testing::MatchesRegex("q.toml:16:14: .*config.json is no JSON object"));
}

// What the rooms below say of a broken file gets the place in the sweep file in front.
TEST_F(BadFiles, BrokenDataIsNamedWithTheLineThatAskedForIt) {
  write("mine.toml", "");
  const Sweep sweep = parse(with(kSmallSweep, "\"wordnet/category\"", "\"mine.toml\""));
  struct BrokenData : NamedData {
    std::string fingerprint(DataSource source, const std::string& name) override {
      if (source == DataSource::task) throw DataError("rows.tsv:7: no column \"tail\"");
      return NamedData::fingerprint(source, name);
    }
  };
  BrokenData data;

  try {
    make_plan(sweep, data);
    FAIL();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), ::testing::EndsWith("q.toml:17:9: rows.tsv:7: no column \"tail\""));
  }
}

// A random start beside a checkpoint: the message names both ways to a vocabulary, with the
// checkpoint's own folder.
TEST_F(BadFiles, ARandomStartMayTakeACheckpointsVocabulary) {
  write_checkpoint("models/base");
  const std::string text = with(with(with(kSmallSweep, "corpus = [\"wordnet-text\"]\n", ""),
                                     "\"span_corruption\"", "\"models/base\""),
                                "vocabulary = { vocab_size = 1000 }\n", "");

  const std::string said = message(text);

  EXPECT_THAT(said, HasSubstr("name one in [text] corpus = [...]; or"));
  EXPECT_THAT(said, HasSubstr("vocabulary = { file = \"" + (folder_ / "models/base").string() +
                              "/spiece.model\" } and [model] config = \""));
}

TEST_F(BadFiles, SweepOfCheckpointsTakesNoTuning) {
  const std::string text =
      "[model]\nconfig = \"t5-tiny\"\n[text]\ncorpus = [\"wordnet-text\"]\n"
      "[tune]\nsteps = 5\n[axes]\nobjective = [\"prefix_lm\"]\nseed = [1]\n";

  EXPECT_THAT(message(text),
              StartsWith("q.toml:5:1: \"tune\" means nothing in a sweep without tasks"));
}

TEST_F(BadFiles, SweepOfCheckpointsNeedsSomethingToPretrain) {
  const std::string text =
      "[model]\nconfig = \"t5-tiny\"\n[text]\ncorpus = [\"wordnet-text\"]\n"
      "[axes]\nobjective = [\"prefix_lm\", \"none\"]\nseed = [1]\n";

  EXPECT_THAT(message(text), StartsWith("q.toml:6:27: \"none\" pre-trains nothing"));
}

}  // namespace
}  // namespace dovetail
