// SPDX-License-Identifier: Apache-2.0
#include <c10/core/InferenceMode.h>

#include "jobs/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/error.h"
#include "base/random.h"
#include "examples/subset.h"
#include "model/checkpoints/checkpoint.h"
#include "model/generation/generate.h"
#include "templates/answer.h"

namespace dovetail {
namespace {

// A random model of bytes: what it writes is nonsense, but nonsense of its own under each decoding.
class EvaluateTest : public testing::Test {
 protected:
  EvaluateTest() {
    task_.name = task_.prefix = "task";
    task_.phrase = "{source} is";
    for (const char* head : {"one", "two", "three", "four", "five", "six"})
      task_.test.push_back({head, {std::string(head) + "s"}});
  }

  std::vector<std::string> predictions(const ChoiceSettings& decoding) {
    Record record;
    EvaluateSettings settings{
        .test_examples = 0, .metrics = {"rouge_l"}, .max_new_tokens = 8, .decoding = decoding};
    evaluate(model_, *method_, encoder_, settings, record);
    return record.predictions;
  }

  static T5Config config() {
    return t5_config_from(Json{{"d_model", 32},
                               {"d_kv", 8},
                               {"d_ff", 64},
                               {"num_heads", 4},
                               {"num_layers", 1},
                               {"vocab_size", 384}});
  }

  TaskData task_;
  Vocabulary vocabulary_ = Vocabulary::bytes();
  T5Model model_{config(), random_weights(config(), 3)};
  std::unique_ptr<TuningMethod> method_ = find_tuning("full").make(model_, {}, 0, {});
  ExampleEncoder encoder_{task_,       with_soft_tokens(make_template("mapping"), {}),
                          vocabulary_, {},
                          384,         RowLimits{32, 16}};
};

// The released code built its settings from the configuration and sampled regardless.
TEST_F(EvaluateTest, Trap1AnswersAreMadeAsTheSettingsSay) {
  const std::vector<std::string> greedy = predictions({"greedy"});
  EXPECT_EQ(predictions({"greedy"}), greedy);
  EXPECT_EQ(predictions({"beam", {{"num_beams", 1}}}), greedy) << "one beam is greedy";
  const auto sampled = [&](int seed) { return predictions({"sample", {{"seed", seed}}}); };
  EXPECT_EQ(sampled(1), sampled(1));
  EXPECT_NE(sampled(1), sampled(2));
  EXPECT_NE(sampled(1), greedy);
}

// A reference that the metric cannot read is in no mean; a metric that can read none has no score.
TEST(ScoreItems, LeavesOutWhatAMetricCannotRead) {
  const std::vector<ScoredItem> items{{.prediction = "дверь", .references = {"дверь"}},
                                      {.prediction = "a door", .references = {"a door"}},
                                      {.prediction = "a cat", .references = {"door"}}};
  Record record;
  score_items(items, {"rouge_l", "rouge_l_xlsum", "exact_match"}, "", record);
  EXPECT_EQ(record.metrics.at("rouge_l"), 0.5);
  EXPECT_TRUE(std::isnan(record.per_example.at("rouge_l").at(0)));
  EXPECT_EQ(record.per_example.at("rouge_l").at(2), 0);
  EXPECT_NEAR(record.metrics.at("rouge_l_xlsum"), 2.0 / 3, 1e-6);

  Record russian;
  score_items({items[0]}, {"rouge_l", "exact_match"}, "", russian);
  EXPECT_FALSE(russian.metrics.contains("rouge_l"));
  EXPECT_FALSE(russian.per_example.contains("rouge_l"));
  EXPECT_EQ(russian.metrics.at("exact_match"), 1);
}

// They belong to the model, as the other settings of its generation config do not.
TEST_F(EvaluateTest, ForcedAndSuppressedIdsOfTheModelApplyToEveryDecoding) {
  constexpr int32_t kByteX = 'X' + 3;
  T5Config forced = config();
  forced.generation_config = {{"decoder_start_token_id", 0},
                              {"eos_token_id", 1},
                              {"forced_bos_token_id", kByteX},
                              {"num_beams", 4},
                              {"max_length", 3}};
  model_ = T5Model(forced, random_weights(forced, 3));
  for (const ChoiceSettings& decoding :
       {ChoiceSettings{"greedy"}, {"beam"}, {"sample"}, {"as_published"}}) {
    for (const std::string& text : predictions(decoding))
      EXPECT_THAT(text, testing::StartsWith("X")) << decoding.name;
  }
  // and every byte that a text could begin with but one
  forced.generation_config.erase("forced_bos_token_id");
  for (int32_t id = 0; id < 384; ++id) {
    if (id != kByteX) forced.generation_config["suppress_tokens"].push_back(id);
  }
  model_ = T5Model(forced, random_weights(forced, 3));
  for (const std::string& text : predictions({"greedy"})) EXPECT_EQ(text, "XXXXXXXX");
}

// Each decoding has scores of its own, and only those that draw several answers have a best of
// them.
TEST_F(EvaluateTest, FurtherDecodingsAreScoredBesideTheFirst) {
  Record record;
  EvaluateSettings settings{.test_examples = 0,
                            .metrics = {"rouge_l", "best_of_k_rouge_l", "accuracy_likelihood"},
                            .max_new_tokens = 8,
                            .also = {}};
  settings.also.push_back({{.name = "as_published"}, "as_published"});
  settings.also.push_back({{.name = "beam"}, "wide"});
  evaluate(model_, *method_, encoder_, settings, record);
  EXPECT_TRUE(record.per_example.contains("rouge_l@as_published"));
  EXPECT_TRUE(record.per_example.contains("best_of_k_rouge_l@as_published"));
  EXPECT_TRUE(record.per_example.contains("rouge_l@wide"));
  EXPECT_FALSE(record.per_example.contains("rouge_l@beam"));
  EXPECT_FALSE(record.per_example.contains("best_of_k_rouge_l"));
  EXPECT_FALSE(record.per_example.contains("accuracy_likelihood")) << "the task has no choices";
  EXPECT_EQ(record.per_example.at("rouge_l").size(), task_.test.size());
  EXPECT_GE(record.metrics.at("best_of_k_rouge_l@as_published"),
            record.metrics.at("rouge_l@as_published"));
}

// A model that writes words, and heads of several lengths under two relations, so that neither
// batches nor relations come in the order of the examples.
class WritingModelTest : public testing::Test {
 protected:
  WritingModelTest() {
    task_.name = "task";
    task_.relations = {{"r", {"r", "is"}}, {"s", {"s", "has"}}};
    for (const char* head :
         {"a dog", "the old house by the sea", "bread", "a man who sings", "red"}) {
      for (const char* relation : {"r", "s"})
        task_.test.push_back({fmt::format("{}: {}", relation, head), {"x"}});
    }
    places_ = choose_test(task_, 0);
  }

  // The example at a place of the test set's order, and what a search by itself writes for it,
  // without an evaluation.
  Example& example(size_t place) { return task_.test[places_[place]]; }
  std::string written(size_t place, GenerationSettings settings) {
    const at::InferenceMode inference;
    settings.source_numbers = {static_cast<int64_t>(place)};
    const Sequence row = encoder_.row(example(place), "x").sequence;
    const Sequence* const rows[] = {&row};
    const Batch batch = collate(rows);
    const at::Tensor memory = model_.encode(model_.embed(batch.source_BS), batch.mask_BS);
    const std::vector<int32_t> ids = generate(model_, memory, batch.mask_BS, settings)[0][0].ids;
    return answer_of(encoder_.tmpl(), task_, example(place), vocabulary_.decode(ids));
  }
  std::vector<std::string> all_written(const GenerationSettings& settings) {
    std::vector<std::string> answers;
    for (size_t place = 0; place < places_.size(); ++place)
      answers.push_back(written(place, settings));
    return answers;
  }

  Record evaluated(const ChoiceSettings& decoding) {
    Record record;
    const EvaluateSettings settings{.test_examples = 0,
                                    .metrics = {"rouge_l", "best_of_k_rouge_l"},
                                    .max_new_tokens = 12,
                                    .batch_size = 3,
                                    .decoding = decoding};
    evaluate(model_, *method_, encoder_, settings, record);
    return record;
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(DOVETAIL_SOURCE_DIR) / "data/checkpoints/prefix_lm";
  const Checkpoint checkpoint_ = load_checkpoint(folder_);
  TaskData task_;
  std::vector<int64_t> places_;
  Vocabulary vocabulary_ = Vocabulary::from_folder(folder_);
  T5Model model_{checkpoint_.config, checkpoint_.weights};
  std::unique_ptr<TuningMethod> method_ = find_tuning("full").make(model_, {}, 0, {});
  ExampleEncoder encoder_{task_,
                          with_soft_tokens(make_template("prompting"), {}),
                          vocabulary_,
                          {},
                          checkpoint_.config.vocab_size,
                          RowLimits{32, 16}};
};

// The released code searched with five beams and a repetition penalty of 5.5, whatever its
// configuration said.
TEST_F(WritingModelTest, Trap1EverySearchIsTheOneThatIsAskedFor) {
  const std::vector<std::pair<ChoiceSettings, GenerationSettings>> searches = {
      {{"greedy"}, {.max_new_tokens = 12}},
      {{"greedy", {{"repetition_penalty", 3.0}}},
       {.max_new_tokens = 12, .repetition_penalty = 3.0}},
      {{"beam", {{"num_beams", 5}}}, {.num_beams = 5, .max_new_tokens = 12}},
      {{"beam", {{"num_beams", 2}, {"repetition_penalty", 3.0}}},
       {.num_beams = 2, .max_new_tokens = 12, .repetition_penalty = 3.0}}};
  std::set<std::vector<std::string>> different;
  for (const auto& [asked, direct] : searches) {
    const std::vector<std::string> expected = all_written(direct);
    EXPECT_EQ(evaluated(asked).predictions, expected) << asked.name << asked.parameters;
    different.insert(expected);
  }
  EXPECT_EQ(different.size(), searches.size()) << "or the test sees nothing";
}

// Theirs took the best of up to three samples of a head. Here the third sample is right for every
// head.
TEST_F(WritingModelTest, Trap2RougeLScoresTheFirstSampleAndNotTheBest) {
  GenerationSettings draw{.max_new_tokens = 12, .do_sample = true, .top_k = 20};
  std::vector<std::string> first;
  for (size_t place = 0; place < places_.size(); ++place) {
    draw.seed = derive_seed(7, "sample/0");
    first.push_back(written(place, draw));
    draw.seed = derive_seed(7, "sample/2");
    example(place).references = {written(place, draw)};
  }

  const Record record = evaluated({"sample", {{"samples", 3}, {"top_k", 20}, {"seed", 7}}});

  EXPECT_EQ(record.predictions, first);
  for (size_t place = 0; place < places_.size(); ++place) {
    const double expected = find_metric("rouge_l").of(first[place], example(place).references);
    EXPECT_LT(expected, 1);
    EXPECT_FLOAT_EQ(record.per_example.at("rouge_l")[place], static_cast<float>(expected));
    EXPECT_EQ(record.per_example.at("best_of_k_rouge_l")[place], 1);
  }
}

// Theirs filed the last head before another relation's first row under that relation. Here the
// model is right about all heads of one relation and wrong about all of the other.
TEST_F(WritingModelTest, Trap9ScoresStayWithTheirOwnExample) {
  const std::vector<std::string> answers = all_written({.max_new_tokens = 12});
  const auto is_known = [&](size_t place) { return example(place).source.starts_with("r"); };
  std::vector<float> expected;
  std::vector<Sequence> rows;
  for (size_t place = 0; place < places_.size(); ++place) {
    example(place).references = {is_known(place) ? answers[place] : "zzz"};
    expected.push_back(is_known(place) ? 1 : 0);
    rows.push_back(encoder_.row(example(place), example(place).references[0]).sequence);
  }

  const Record record = evaluated({"greedy"});

  EXPECT_EQ(record.per_example.at("rouge_l"), expected);
  EXPECT_EQ(record.predictions, answers);
  for (size_t place = 0; place < places_.size(); ++place) {
    const TokenScores alone = score_rows(model_, {rows[place]}).at(0);
    const double loss = -alone.logprob / static_cast<double>(alone.token_logprobs.size());
    EXPECT_NEAR(record.per_example.at("loss")[place], loss, 1e-4);
  }
}

}  // namespace
}  // namespace dovetail
