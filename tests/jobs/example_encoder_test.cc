// SPDX-License-Identifier: Apache-2.0
#include "jobs/example_encoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/error.h"
#include "examples/subset.h"
#include "templates/render.h"

namespace dovetail {
namespace {

// Bytes: "a" is 97 + 3 = 100, ":" 61, " " 35, </s> 1; 125 sentinels, <extra_id_0> 259.
class TaskRowsTest : public testing::Test {
 protected:
  TaskRowsTest() {
    task_.name = "task";
    task_.prefix = "a";
    task_.phrase = "{source} z";
  }

  ExampleEncoder maker(const std::string& form, const PromptRequest& prompt = {},
                       int64_t max_source = 32) const {
    const BoundTemplate bound = with_soft_tokens(make_template(form), prompt);
    return {task_,      bound, vocabulary_, plan_soft_tokens(bound, task_, vocabulary_), 500,
            max_source, 8};
  }

  static Sequence row(const ExampleEncoder& maker, const std::string& head,
                      const std::string& tail) {
    return maker.row({.source = head, .references = {tail}}, tail);
  }

  std::vector<int32_t> bytes(const std::string& text) const { return vocabulary_.encode(text); }

  TaskData task_;
  Vocabulary vocabulary_ = Vocabulary::bytes();
};

std::vector<int32_t> joined(std::initializer_list<std::vector<int32_t>> parts) {
  std::vector<int32_t> all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

TEST_F(TaskRowsTest, SoftTokensStandBetweenPrefixAndBodyOrBodyAndMask) {
  const int32_t mask = vocabulary_.sentinel(0);
  EXPECT_EQ(row(maker("masked_mapping", {2, "before"}), "b", "c").source,
            joined({bytes("a:"), {500, 501}, bytes("b "), {mask, 1}}));
  EXPECT_EQ(row(maker("masked_mapping", {2, "after"}), "b", "c").source,
            joined({bytes("a: b"), {500, 501, mask, 1}}));
  EXPECT_EQ(row(maker("masked_prompting", {2, "after"}), "b", "c").source,
            joined({bytes("a: b z"), {500, 501, mask, 1}}));
  EXPECT_EQ(row(maker("masked_mapping"), "b", "c").target.front(), mask);
}

// A task of two relations: each its own tokens, and one that both use.
TEST_F(TaskRowsTest, SoftTokensGoByName) {
  task_.relations = {{"r", {"r", "is"}}, {"s", {"s", "has"}}};
  const ExampleEncoder made = maker("pcom-ptar-sup", {.length = 1});
  EXPECT_EQ(made.soft_tokens.tokens.size(), 3u);  // com0, r.P0, s.P0
  EXPECT_EQ(row(made, "r: b", "c").source, joined({bytes("r:"), {500, 501}, bytes("b"), {1}}));
  EXPECT_EQ(row(made, "s: b", "c").source, joined({bytes("s:"), {500, 502}, bytes("b"), {1}}));
}

TEST_F(TaskRowsTest, WordsOfSoftTokensBecomePieces) {
  task_.phrase = "is a";
  const SoftTokenPlan plan = maker("pnat-sup", {.length = 1}).soft_tokens;
  ASSERT_EQ(plan.tokens.size(), 2u);
  EXPECT_EQ(plan.tokens[0].name, "a.is");
  EXPECT_EQ(plan.tokens[0].pieces, bytes("is"));
  EXPECT_EQ(plan.tokens[0].group, "a");
}

// 12 ids: "a: " and the sentinel with its blank and </s> stand, the head keeps what is left.
TEST_F(TaskRowsTest, OnlyTheHeadIsCut) {
  const ExampleEncoder made = maker("masked_mapping", {}, 12);
  EXPECT_EQ(row(made, std::string(100, 'b'), "c").source,
            joined({bytes("a: bbbbbb "), {vocabulary_.sentinel(0), 1}}));
  EXPECT_EQ(row(made, "b", "c").source.size(), 7u);
  EXPECT_EQ(made.counts.rows, 2);
  EXPECT_EQ(made.counts.cut_sources, 1);
  // the phrase stays whole, wherever the head is in it
  EXPECT_EQ(row(maker("prompting", {}, 12), std::string(100, 'b'), "c").source,
            joined({bytes("a: bbbbbb z"), {1}}));
  // soft tokens are not counted, and a head keeps its first character
  EXPECT_EQ(row(maker("mapping", {3, "before"}, 4), "bbb", "c").source,
            joined({bytes("a:"), {500, 501, 502}, bytes("b"), {1}}));
}

// Cutting by pieces, one encoding for each, took minutes for news of some hundred words; and a
// character that the vocabulary does not know must not make a cut text longer.
TEST_F(TaskRowsTest, LongTextsWithUnknownCharactersAreCutToo) {
  vocabulary_ = Vocabulary::from_folder(std::filesystem::path(DOVETAIL_SOURCE_DIR) /
                                        "data/checkpoints/span_corruption");
  std::string text;
  for (int i = 0; i < 20000; ++i) text += i % 7 ? " the small house" : " \u6f22\u5b57\u6f22";
  const ExampleEncoder made = maker("masked_mapping");
  for (int i = 0; i < 20; ++i) {
    const std::vector<int32_t> source =
        row(made, text.substr(static_cast<size_t>(16 * 7 * i)), "c").source;
    EXPECT_LE(source.size(), 32u);
    EXPECT_GE(source.size(), 28u) << "what fits stays";
    EXPECT_EQ(source.at(source.size() - 2), vocabulary_.sentinel(0));
  }
}

TEST_F(TaskRowsTest, TargetsEndInEosAlsoWhenCut) {
  const ExampleEncoder made = maker("mapping");
  EXPECT_EQ(row(made, "b", "cdefghijkl").target, joined({bytes("cdefghi"), {1}}));
  EXPECT_EQ(row(made, "b", "cdefghi").target, joined({bytes("cdefghi"), {1}}));
  EXPECT_EQ(made.counts.cut_targets, 1);
}

// Theirs were cut to the length of the longest label and 5 more, whatever the target said.
TEST_F(TaskRowsTest, Trap21KeepsWholeAnswers) {
  task_.prefix = "commonsense-qa";
  task_.layout = Layout::question;
  const std::string answer = "a very long answer that is longer than choice1 and five more";
  const Example example{
      .source = "Why?", .references = {answer}, .choices = {answer, "b"}, .answer = 0};
  for (const char* form : {"answer_prompting", "masked_choice_prompting"}) {
    ExampleEncoder made = maker(form, {}, 400);
    made.max_target_length = 128;
    const std::string target = vocabulary_.decode(made.row(example, answer).target);
    EXPECT_EQ(target, render(made.form, task_, example, answer).target);
    EXPECT_NE(target.find(answer), std::string::npos);
    EXPECT_EQ(made.counts.cut_targets, 0);
    made.max_target_length = 16;
    made.row(example, answer);
    EXPECT_EQ(made.counts.cut_targets, 1);
  }
}

// A passage goes before the question, and the question before the choices.
TEST_F(TaskRowsTest, AQuestionLosesItsContextFirst) {
  task_.prefix = "piqa";
  task_.layout = Layout::question;
  const Example example{.source = "why is it so",
                        .references = {"x"},
                        .choices = {"x", "y"},
                        .answer = 0,
                        .fields = {{"context", std::string(200, 'c')}}};
  const std::string whole = "piqa: context: C choice1: x choice2: y , question:why is it so";
  const auto source = [&](int64_t room) {
    return vocabulary_.decode(maker("answer_prompting", {}, room).row(example, "x").source);
  };
  EXPECT_EQ(source(static_cast<int64_t>(whole.size()) + 1 + 4),
            "piqa: context: ccccc choice1: x choice2: y , question:why is it so");
  EXPECT_EQ(source(static_cast<int64_t>(whole.size()) + 1 - 6),
            "piqa: context: c choice1: x choice2: y , question:why is");
}

TEST_F(TaskRowsTest, TrainingRowsKeepSoManyTails) {
  task_.train = {{"b", {"1", "2", "3"}}, {"c", {"4"}}};
  Subset subset;
  subset.heads = {0, 1};
  subset.tails = 2;
  EXPECT_EQ(training_rows(maker("mapping"), subset).size(), 3u);
  subset.tails = 0;
  EXPECT_EQ(training_rows(maker("mapping"), subset).size(), 4u);
}

TEST(TemplateOf, TakesSoftTokensFromTheTuning) {
  Json settings = {{"template", {{"name", "mapping"}, {"parameters", Json::object()}}},
                   {"tuning",
                    {{"name", "soft_prompt"},
                     {"parameters", {{"num_virtual_tokens", 3}, {"placement", "after"}}}}}};
  EXPECT_EQ(template_of(settings).prompt.length, 3);
  EXPECT_EQ(template_of(settings).parts, "0-0-ptar-sup");
  settings["tuning"] = {{"name", "full"}, {"parameters", Json::object()}};
  EXPECT_EQ(template_of(settings).parts, "sup");
  settings["template"]["name"] = "post_pt";
  EXPECT_THROW(template_of(settings), ConfigError);
}

TEST(EpochBatches, ComesBackToEveryRowEachEpoch) {
  std::vector<Sequence> rows;
  for (int32_t i = 0; i < 10; ++i) rows.push_back({{i + 5, 1}, {1}});
  EpochBatches batches(rows, {.rows = 4}, 9);
  EXPECT_EQ(batches.batches_per_epoch(), 3);
  for (int epoch = 0; epoch < 2; ++epoch) {
    std::multiset<int64_t> seen;
    for (int i = 0; i < 3; ++i) {
      const Batch batch = batches.next();
      for (int64_t row = 0; row < batch.source_BS.size(0); ++row) {
        seen.insert(batch.source_BS[row][0].item<int64_t>());
      }
    }
    EXPECT_EQ(seen, (std::multiset<int64_t>{5, 6, 7, 8, 9, 10, 11, 12, 13, 14}));
  }
}

// The first harness dropped the last part of an epoch and its last step, and never shuffled: 90
// rows in batches of 8 were 10 steps. They are 12, the last one of 2 rows, and the second epoch is
// in another order.
TEST(EpochBatches, Trap18AnEpochIsAllRowsShuffled) {
  std::vector<Sequence> rows;
  for (int32_t i = 0; i < 90; ++i) rows.push_back({{i + 5, 1}, {1}});
  EpochBatches batches(rows, {.rows = 8}, 3);
  const int64_t steps = resolve_steps({.epochs = 1}, batches.batches_per_epoch());
  EXPECT_EQ(steps, 12);
  std::vector<std::vector<int64_t>> epochs(2);
  for (std::vector<int64_t>& seen : epochs) {
    for (int64_t i = 0; i < steps; ++i) {
      const Batch batch = batches.next();
      for (int64_t row = 0; row < batch.source_BS.size(0); ++row)
        seen.push_back(batch.source_BS[row][0].item<int64_t>());
    }
  }
  EXPECT_NE(epochs[0], epochs[1]);
  for (std::vector<int64_t>& seen : epochs) {
    EXPECT_FALSE(std::is_sorted(seen.begin(), seen.end()));
    std::sort(seen.begin(), seen.end());
    for (int64_t i = 0; i < 90; ++i) EXPECT_EQ(seen.at(i), i + 5);
  }
}

// Sources of 2 to 11 ids and targets of one: with 30 tokens a batch, 7 + 6 + 5 ... rows may meet.
TEST(EpochBatches, KeepsToABudgetOfTokens) {
  std::vector<Sequence> rows;
  for (int32_t i = 0; i < 40; ++i) rows.push_back({std::vector<int32_t>(2 + i % 10, 5), {1}});
  EpochBatches batches(rows, {.tokens = 30}, 9);
  int64_t seen = 0, num_batches = 0;
  for (; seen < 40; ++num_batches) {
    const Batch batch = batches.next();
    EXPECT_LE(batch.num_computed, 30);
    seen += batch.source_BS.size(0);
  }
  EXPECT_EQ(seen, 40);
  EXPECT_EQ(num_batches, batches.batches_per_epoch());
}

}  // namespace
}  // namespace dovetail
