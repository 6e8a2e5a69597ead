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

  ExampleEncoder encoder(const std::string& tmpl, const PromptRequest& prompt = {},
                         RowLimits limits = {32, 8}) const {
    const BoundTemplate bound = with_soft_tokens(make_template(tmpl), prompt);
    return {task_, bound, vocabulary_, plan_soft_tokens(bound, task_, vocabulary_), 500, limits};
  }

  static EncodedRow encoded(const ExampleEncoder& encoder, const std::string& source,
                            const std::string& reference) {
    return encoder.row({.source = source, .references = {reference}}, reference);
  }
  static Sequence row(const ExampleEncoder& encoder, const std::string& source,
                      const std::string& reference) {
    return encoded(encoder, source, reference).sequence;
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
  EXPECT_EQ(row(encoder("masked_mapping", {2, "before"}), "b", "c").source,
            joined({bytes("a:"), {500, 501}, bytes("b "), {mask, 1}}));
  EXPECT_EQ(row(encoder("masked_mapping", {2, "after"}), "b", "c").source,
            joined({bytes("a: b"), {500, 501, mask, 1}}));
  EXPECT_EQ(row(encoder("masked_prompting", {2, "after"}), "b", "c").source,
            joined({bytes("a: b z"), {500, 501, mask, 1}}));
  EXPECT_EQ(row(encoder("masked_mapping"), "b", "c").target.front(), mask);
}

// A task of two relations: each its own tokens, and one that both use.
TEST_F(TaskRowsTest, SoftTokensGoByName) {
  task_.relations = {{"r", {"r", "is"}}, {"s", {"s", "has"}}};
  const ExampleEncoder made = encoder("pcom-ptar-sup", {.length = 1});
  EXPECT_EQ(made.soft_tokens().tokens.size(), 3u);  // com0, r.P0, s.P0
  EXPECT_EQ(row(made, "r: b", "c").source, joined({bytes("r:"), {500, 501}, bytes("b"), {1}}));
  EXPECT_EQ(row(made, "s: b", "c").source, joined({bytes("s:"), {500, 502}, bytes("b"), {1}}));
}

TEST_F(TaskRowsTest, WordsOfSoftTokensBecomePieces) {
  task_.phrase = "is a";
  const SoftTokenPlan plan = encoder("pnat-sup", {.length = 1}).soft_tokens();
  ASSERT_EQ(plan.tokens.size(), 2u);
  EXPECT_EQ(plan.tokens[0].name, "a.is");
  EXPECT_EQ(plan.tokens[0].pieces, bytes("is"));
  EXPECT_EQ(plan.tokens[0].group, "a");
}

// 12 ids: "a: " and the sentinel with its blank and </s> stand, the head keeps what is left.
TEST_F(TaskRowsTest, OnlyTheHeadIsCut) {
  const ExampleEncoder made = encoder("masked_mapping", {}, {12, 8});
  EXPECT_EQ(row(made, std::string(100, 'b'), "c").source,
            joined({bytes("a: bbbbbb "), {vocabulary_.sentinel(0), 1}}));
  EXPECT_EQ(row(made, "b", "c").source.size(), 7u);
  EXPECT_EQ(encoded(made, std::string(100, 'b'), "c").counts.cut_sources, 1);
  EXPECT_EQ(encoded(made, "b", "c").counts.cut_sources, 0);
  // the phrase stays whole, wherever the head is in it
  EXPECT_EQ(row(encoder("prompting", {}, {12, 8}), std::string(100, 'b'), "c").source,
            joined({bytes("a: bbbbbb z"), {1}}));
  // soft tokens are not counted, and a head keeps its first character
  EXPECT_EQ(row(encoder("mapping", {3, "before"}, {4, 8}), "bbb", "c").source,
            joined({bytes("a:"), {500, 501, 502}, bytes("b"), {1}}));
}

// Cutting by pieces, one encoding for each, took minutes for news of some hundred words; and a
// character that the vocabulary does not know must not make a cut text longer.
TEST_F(TaskRowsTest, LongTextsWithUnknownCharactersAreCutToo) {
  vocabulary_ = Vocabulary::from_folder(std::filesystem::path(DOVETAIL_SOURCE_DIR) /
                                        "data/checkpoints/span_corruption");
  std::string text;
  for (int i = 0; i < 20000; ++i) text += i % 7 ? " the small house" : " \u6f22\u5b57\u6f22";
  const ExampleEncoder made = encoder("masked_mapping");
  for (int i = 0; i < 20; ++i) {
    const std::vector<int32_t> source =
        row(made, text.substr(static_cast<size_t>(16 * 7 * i)), "c").source;
    EXPECT_LE(source.size(), 32u);
    EXPECT_GE(source.size(), 28u) << "what fits stays";
    EXPECT_EQ(source.at(source.size() - 2), vocabulary_.sentinel(0));
  }
}

TEST_F(TaskRowsTest, TargetsEndInEosAlsoWhenCut) {
  const ExampleEncoder made = encoder("mapping");
  EXPECT_EQ(row(made, "b", "cdefghijkl").target, joined({bytes("cdefghi"), {1}}));
  EXPECT_EQ(row(made, "b", "cdefghi").target, joined({bytes("cdefghi"), {1}}));
  EncodedRows rows;
  rows.add(encoded(made, "b", "cdefghijkl"));
  rows.add(encoded(made, "b", "cdefghi"));
  EXPECT_EQ(rows.counts.rows, 2);
  EXPECT_EQ(rows.counts.cut_targets, 1);
}

// Theirs were cut to the length of the longest label and 5 more, whatever the target said.
TEST_F(TaskRowsTest, Trap21KeepsWholeAnswers) {
  task_.prefix = "commonsense-qa";
  task_.layout = Layout::question;
  const std::string answer = "a very long answer that is longer than choice1 and five more";
  const Example example{
      .source = "Why?", .references = {answer}, .choices = {answer, "b"}, .answer = 0};
  for (const char* tmpl : {"answer_prompting", "masked_choice_prompting"}) {
    const ExampleEncoder made = encoder(tmpl, {}, {400, 128});
    const EncodedRow whole = made.row(example, answer);
    const std::string target = vocabulary_.decode(whole.sequence.target);
    EXPECT_EQ(target, render(made.tmpl(), task_, example, answer).target);
    EXPECT_NE(target.find(answer), std::string::npos);
    EXPECT_EQ(whole.counts.cut_targets, 0);
    EXPECT_EQ(encoder(tmpl, {}, {400, 16}).row(example, answer).counts.cut_targets, 1);
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
    return vocabulary_.decode(
        encoder("answer_prompting", {}, {room, 8}).row(example, "x").sequence.source);
  };
  EXPECT_EQ(source(static_cast<int64_t>(whole.size()) + 1 + 4),
            "piqa: context: ccccc choice1: x choice2: y , question:why is it so");
  EXPECT_EQ(source(static_cast<int64_t>(whole.size()) + 1 - 6),
            "piqa: context: c choice1: x choice2: y , question:why is");
}

TEST_F(TaskRowsTest, TrainingRowsKeepSoManyTails) {
  task_.train = {{"b", {"1", "2", "3"}}, {"c", {"4"}}};
  Subset subset;
  subset.examples = {0, 1};
  subset.references = 2;
  EXPECT_EQ(training_rows(encoder("mapping"), subset).rows.size(), 3u);
  subset.references = 0;
  EXPECT_EQ(training_rows(encoder("mapping"), subset).rows.size(), 4u);
}

TEST(TemplateFor, TakesSoftTokensFromTheTuning) {
  const ChoiceSettings prompt{"soft_prompt", {{"num_virtual_tokens", 3}, {"placement", "after"}}};
  const BoundTemplate tuned = template_for({.name = "mapping"}, prompt);
  EXPECT_EQ(tuned.prompt.length, 3);
  EXPECT_EQ(tuned.parts, "0-0-ptar-sup");
  EXPECT_EQ(template_for({.name = "mapping"}, {.name = "full"}).parts, "sup");
  EXPECT_EQ(untuned_template({.name = "mapping"}).parts, "sup");
  EXPECT_THROW(template_for({.name = "post_pt"}, {.name = "full"}), ConfigError);
}

}  // namespace
}  // namespace dovetail
