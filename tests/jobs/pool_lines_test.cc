// SPDX-License-Identifier: Apache-2.0
#include "jobs/pool_lines.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "jobs/line_batches.h"
#include "templates/template.h"

namespace dovetail {
namespace {

const Vocabulary& pieces() {
  static const Vocabulary vocabulary =
      Vocabulary::from_folder(DOVETAIL_SOURCE_DIR "/data/checkpoints/span_corruption");
  return vocabulary;
}

TaskData pairs() {
  TaskData task{.name = "lm_bff/rte", .prefix = "rte", .kind = "classification"};
  task.layout = Layout::classification;
  task.labels = {"No", "Yes"};
  Example example{.source = "the old dog sleeps", .references = {"Yes"}, .answer = 1};
  example.fields["pair"] = "a dog is old";
  task.train = {example};
  return task;
}

Example unlabelled() {
  Example example = pairs().train[0];
  example.references.clear();
  example.answer = -1;
  return example;
}

ExampleEncoder encoder_of(const TaskData& task, const std::string& tmpl, RowLimits limits = {}) {
  return {task, make_template(tmpl), pieces(), {}, pieces().size(), limits};
}

std::string text_of(const PoolLine& line) { return pieces().decode(line.ids); }

std::vector<int32_t> label_of(const PoolLine& line) {
  std::vector<int32_t> ids;
  for (size_t i = 0; i < line.ids.size(); ++i)
    if (line.is_label[i]) ids.push_back(line.ids[i]);
  return ids;
}

TEST(FilledLine, HasTheLabelsWordInTheGap) {
  const TaskData task = pairs();
  const PoolLine line = filled_line(encoder_of(task, "cloze"), unlabelled(), 0, false);

  EXPECT_EQ(text_of(line), "the old dog sleeps . Yet , I think that a dog is old");
  EXPECT_EQ(label_of(line), pieces().encode("Yet"));
}

// Step 5 of PCP must see in its row what the line had around its label.
TEST(FilledLine, IsTheRowOfTheCellWithTheLabelMasked) {
  const TaskData task = pairs();
  for (const char* tmpl :
       {"cloze", "masked_mapping", "masked_prompting", "masked_answer_prompting"}) {
    for (const int64_t longest : {12, 64}) {
      const ExampleEncoder encoder = encoder_of(task, tmpl, {longest, 16});
      const PoolLine line = filled_line(encoder, unlabelled(), 1, false);
      std::vector<int32_t> masked;
      for (size_t i = 0; i < line.ids.size(); ++i) {
        if (!line.is_label[i]) masked.push_back(line.ids[i]);
        if (line.is_label[i] && (i == 0 || !line.is_label[i - 1]))
          masked.push_back(pieces().sentinel(0));
      }
      EXPECT_EQ(pieces().frame(masked), encoder.row(task.train[0], "Yes").sequence.source) << tmpl;
    }
  }
}

// The soft row and the line around the label agree id by id, each soft token read as its word.
TEST(FilledLine, IsTheSoftRowWithWords) {
  const TaskData task = pairs();
  const BoundTemplate soft = with_soft_tokens(make_template("soft_cloze"), {.length = 1});
  const SoftTokenPlan plan = plan_soft_tokens(soft, task, pieces());
  for (const int64_t longest : {18, 64}) {
    const ExampleEncoder encoder(task, soft, pieces(), plan, pieces().size(), {longest, 16});
    std::vector<int32_t> in_words;
    for (const int32_t id : encoder.row(task.train[0], "Yes").sequence.source) {
      if (id < pieces().size()) {
        in_words.push_back(id);
      } else {
        const auto& word = plan.tokens.at(id - pieces().size()).pieces;
        in_words.insert(in_words.end(), word.begin(), word.end());
      }
    }
    EXPECT_EQ(in_words, encoder_of(task, template_in_words("soft_cloze"), {64, 16})
                            .row(task.train[0], "Yes")
                            .sequence.source);
  }
}

TEST(FilledLine, PutsTheLabelLastForObjectivesThatContinue) {
  const TaskData task = pairs();
  EXPECT_EQ(text_of(filled_line(encoder_of(task, "cloze"), unlabelled(), 0, true)),
            "the old dog sleeps . , I think that a dog is old Yet");
  EXPECT_EQ(text_of(filled_line(encoder_of(task, "mapping"), unlabelled(), 1, false)),
            text_of(unfilled_line(encoder_of(task, "mapping"), unlabelled())) + " Yes");
}

TEST(FilledLine, OfBytesHasOneSpaceAroundTheLabel) {
  static const Vocabulary bytes = Vocabulary::bytes();
  const TaskData task = pairs();
  for (const auto& [tmpl, text] :
       {std::pair("cloze", "the old dog sleeps . Yet , I think that a dog is old"),
        std::pair("mapping", "rte: premise: the old dog sleeps hypothesis: a dog is old No")}) {
    const ExampleEncoder encoder(task, make_template(tmpl), bytes, {}, bytes.size(), {99, 16});
    EXPECT_EQ(bytes.decode(filled_line(encoder, unlabelled(), 0, false).ids), text);
  }
}

TEST(PoolLine, HasTheFormsOfTapt) {
  const TaskData task = pairs();
  EXPECT_EQ(text_of(text_line(pieces(), unlabelled(), false, 64)),
            "the old dog sleeps a dog is old");
  const PoolLine separated = text_line(pieces(), unlabelled(), true, 64);
  EXPECT_EQ(std::ranges::count(separated.ids, pieces().special_ids().eos), 1);
  EXPECT_EQ(text_of(unfilled_line(encoder_of(task, "cloze"), unlabelled())),
            "the old dog sleeps . , I think that a dog is old");
  EXPECT_EQ(text_line(pieces(), unlabelled(), false, 5).ids.size(), 4u) << "and </s>";
  for (const PoolLine& line : {separated, unfilled_line(encoder_of(task, "cloze"), unlabelled())})
    EXPECT_TRUE(label_of(line).empty());
}

TEST(PoolLine, MayHaveTheLabelWithoutTheTemplate) {
  const TaskData task = pairs();
  const PoolLine line = labelled_text_line(encoder_of(task, "cloze"), unlabelled(), 1, 64);

  EXPECT_EQ(text_of(line), "the old dog sleeps a dog is old Clearly");
  EXPECT_EQ(label_of(line), pieces().encode("Clearly"));
}

// Lines of 40 tokens, of which the one at `place` is the label: 99.
LineBatches batches(const std::string& mask_label, size_t place = 30) {
  std::vector<PoolLine> lines(50);
  for (PoolLine& line : lines) {
    for (int32_t i = 0; i < 40; ++i) line.ids.push_back(110 + i);
    line.ids[place] = 99;
    line.is_label.assign(40, 0);
    line.is_label[place] = 1;
  }
  return LineBatches(lines, pieces(),
                     {.objective = {"span_corruption"}, .mask_label = mask_label, .seed = 3});
}

struct Masked {
  double label = 0, others = 0;  // shares of the tokens that are asked for
};

Masked masked_shares(LineBatches& lines, int64_t rows) {
  double label = 0, all = 0;
  for (int64_t i = 0; i < rows; ++i) {
    const Sequence row = lines.row(i);
    label += std::ranges::find(row.target, 99) != row.target.end();
    for (const int32_t id : row.target) all += id == 99 || (id >= 110 && id < 150);
  }
  const auto count = static_cast<double>(rows);
  return {label / count, (all - label) / (39 * count)};
}

// 6 tokens of 40 are noise, in two spans: the first, of 1 to 5 tokens, begins behind 1 to 33
// others, and the second is the end of the line. So the token at 30 is asked for in 3 of 33 lines,
// and the one before the last (as in "It was great .") where the second span has two tokens: in 4
// of 5.
TEST(LineBatches, MaskTheLabelAsTheObjectiveDoes) {
  LineBatches midst = batches("rate"), near_the_end = batches("rate", 38);
  const Masked shares = masked_shares(midst, 4000);

  EXPECT_NEAR((shares.label + 39 * shares.others) / 40, 0.15, 0.001);
  EXPECT_NEAR(shares.label, 3.0 / 33, 0.015);
  EXPECT_NEAR(masked_shares(near_the_end, 4000).label, 0.8, 0.02);
}

TEST(LineBatches, CountHowOftenTheLabelIsAskedFor) {
  EXPECT_EQ(batches("never").label_shares().asked, 0);
  EXPECT_EQ(batches("always").label_shares().asked, 1);
  const LabelShares shares = batches("rate", 38).label_shares();
  EXPECT_NEAR(shares.asked, 0.8, 0.2) << "50 lines";
  EXPECT_NEAR(shares.of_targets, shares.asked / 6, 1e-9) << "one of 6 tokens";
  const std::vector<PoolLine> unlabelled_lines = {{{5, 6, 7}, {0, 0, 0}}};
  LineBatches without(unlabelled_lines, pieces(), {.objective = {"span_corruption"}});
  EXPECT_TRUE(std::isnan(without.label_shares().asked));
}

TEST(LineBatches, MaskTheLabelAlwaysOrNever) {
  LineBatches always = batches("always"), never = batches("never");

  EXPECT_EQ(masked_shares(always, 500).label, 1);
  EXPECT_EQ(masked_shares(never, 500).label, 0);
  EXPECT_NEAR(masked_shares(never, 500).others, 0.15, 0.01);
}

TEST(LineBatches, AskForALabelAtTheEndOfEveryContinuedLine) {
  std::vector<PoolLine> lines = {{{5, 6, 7, 99}, {0, 0, 0, 1}}};
  LineBatches continued(lines, pieces(), {.objective = {"prefix_lm"}, .seed = 3});
  for (int64_t i = 0; i < 50; ++i) {
    const Sequence row = continued.row(i);
    ASSERT_GE(row.target.size(), 2u);
    EXPECT_EQ(row.target[row.target.size() - 2], 99);
  }
}

TEST(LineBatches, ShowEveryLineOnceInAnEpoch) {
  std::vector<PoolLine> lines;
  for (int32_t i = 0; i < 20; ++i) lines.push_back({{200 + i, 300 + i, 400 + i}, {0, 0, 0}});
  LineBatches stream(lines, pieces(), {.objective = {"span_corruption"}, .batch_size = 5});
  LineBatches again(lines, pieces(), {.objective = {"span_corruption"}, .batch_size = 5});
  std::multiset<int32_t> seen;
  for (int64_t i = 0; i < 20; ++i) {
    const Sequence row = stream.row(i);
    for (const auto& side : {row.source, row.target})
      for (const int32_t id : side)
        if (id >= 200 && id < 220) seen.insert(id);
  }
  EXPECT_EQ(seen.size(), 20u);
  EXPECT_EQ(std::set<int32_t>(seen.begin(), seen.end()).size(), 20u);
  EXPECT_TRUE(stream.batch(7).source_BS.equal(again.batch(7).source_BS)) << "the step decides";
}

}  // namespace
}  // namespace dovetail
