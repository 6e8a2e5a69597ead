// SPDX-License-Identifier: Apache-2.0
#include "training/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dovetail {
namespace {

// A random model of bytes: what it writes is nonsense, but nonsense of its own under each decoding.
class EvaluateTest : public testing::Test {
 protected:
  EvaluateTest() {
    task_.name = task_.prefix = "task";
    task_.phrase = "{source} is";
    for (const char* head : {"one", "two", "three", "four", "five", "six"}) task_.test.push_back({head, {std::string(head) + "s"}});
  }

  std::vector<std::string> predictions(const ChoiceSettings& decoding) {
    Record record;
    EvaluateSettings settings{.test_examples = 0, .metrics = {"rouge_l"}, .max_new_tokens = 8, .decoding = decoding};
    evaluate(model_, *method_, maker_, settings, record);
    return record.predictions;
  }

  static T5Config config() {
    return t5_config_from(Json{{"d_model", 32}, {"d_kv", 8}, {"d_ff", 64}, {"num_heads", 4}, {"num_layers", 1}, {"vocab_size", 384}});
  }

  TaskData task_;
  Vocabulary vocabulary_ = Vocabulary::bytes();
  T5Model model_{config(), random_weights(config(), 3)};
  std::unique_ptr<TuningMethod> method_ = find_tuning("full").make(model_, {}, 0, {});
  RowMaker maker_{task_, with_soft_tokens(make_template("mapping"), {}), vocabulary_, {}, 384, 32, 16};
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

// Each decoding has scores of its own, and only those that draw several answers have a best of them.
TEST_F(EvaluateTest, FurtherDecodingsAreScoredBesideTheFirst) {
  Record record;
  EvaluateSettings settings{.test_examples = 0, .metrics = {"rouge_l", "best_of_k_rouge_l", "accuracy_likelihood"},
                            .max_new_tokens = 8, .also = {{"as_published"}}};
  evaluate(model_, *method_, maker_, settings, record);
  EXPECT_TRUE(record.per_example.contains("rouge_l@as_published"));
  EXPECT_TRUE(record.per_example.contains("best_of_k_rouge_l@as_published"));
  EXPECT_FALSE(record.per_example.contains("best_of_k_rouge_l"));
  EXPECT_FALSE(record.per_example.contains("accuracy_likelihood")) << "the task has no choices";
  EXPECT_EQ(record.per_example.at("rouge_l").size(), task_.test.size());
  EXPECT_GE(record.metrics.at("best_of_k_rouge_l@as_published"), record.metrics.at("rouge_l@as_published"));
}

}  // namespace
}  // namespace dovetail
