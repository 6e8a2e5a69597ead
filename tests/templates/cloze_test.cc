// SPDX-License-Identifier: Apache-2.0
// Texts with a gap for the label. Expected strings are the manual templates of LM-BFF as PCP's
// released commands name them (README), with T5's sentinel in the place of the mask.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/scratch_folder.h"
#include "templates/answer.h"
#include "templates/render.h"
#include "templates/soft_tokens.h"
#include "templates/template.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

struct ClozeCase {
  std::string task;
  std::vector<std::string> labels;  // of the card
  std::string source;               // of the text "A", of a pair "A" and "B"
  std::vector<std::string> words;   // of the labels
};

const std::vector<std::string> kStars = {"terrible", "bad", "okay", "good", "great"};
const std::vector<ClozeCase> kCases = {
    {"sst2", {"terrible", "great"}, "A It was <extra_id_0> .", {"terrible", "great"}},
    {"mr", {"terrible", "great"}, "A It was <extra_id_0> .", {"terrible", "great"}},
    {"cr", {"terrible", "great"}, "A It was <extra_id_0> .", {"terrible", "great"}},
    {"sst5", kStars, "A It was <extra_id_0> .", kStars},
    {"mpqa", {"terrible", "great"}, "A is <extra_id_0> .", {"negative", "positive"}},
    {"subj", {"subjective", "objective"}, "A This is <extra_id_0> .", {"subjective", "objective"}},
    {"trec", {"Human", "Number"}, "<extra_id_0> : A", {"Human", "Number"}},
    {"cola", {"incorrect", "correct"}, "A This is <extra_id_0>", {"incorrect", "correct"}},
    {"mrpc", {"No", "Yes"}, "A <extra_id_0> , B", {"No", "Yes"}},
    {"qqp", {"No", "Yes"}, "A <extra_id_0> , B", {"No", "Yes"}},
    {"mnli", {"No", "Maybe", "Yes"}, "A ? <extra_id_0> , B", {"No", "Maybe", "Yes"}},
    {"snli", {"No", "Maybe", "Yes"}, "A . <extra_id_0> , in this case B", {"No", "Maybe", "Yes"}},
    {"qnli", {"No", "Yes"}, "A ? <extra_id_0> , B", {"No", "Yes"}},
    {"rte", {"No", "Yes"}, "A . <extra_id_0> , I think that B", {"Yet", "Clearly"}},
    {"imdb", {"terrible", "great"}, "A It was <extra_id_0> .", {"terrible", "great"}},
    {"ag-news", {"World", "Sports"}, "A It was <extra_id_0> .", {"world", "sports"}},
    {"yelp-review", kStars, "A It was <extra_id_0> .", {"0", "1", "2", "3", "4"}},
    {"amazon-review", kStars, "A It was <extra_id_0> .", {"0", "1", "2", "3", "4"}},
    {"yahoo-answers", {"Society", "Computers"}, "A It was <extra_id_0> .", {"culture", "computer"}},
};

TaskData task_of(const ClozeCase& one) {
  TaskData task{.name = "lm_bff/" + one.task, .prefix = one.task, .kind = "classification"};
  task.layout = Layout::classification;
  task.labels = one.labels;
  Example example{.source = "A", .references = {one.labels[0]}, .answer = 0};
  if (one.source.ends_with("B")) example.fields["pair"] = "B";
  task.train = {example};
  return task;
}

TEST(Cloze, PrintsThePublishedTemplates) {
  const BoundTemplate tmpl = make_template("cloze");
  for (const ClozeCase& one : kCases) {
    const TaskData task = task_of(one);
    ASSERT_EQ(misfit(tmpl, task), "") << one.task;
    for (size_t label = 0; label < one.labels.size(); ++label) {
      const Rendered rendered = render(tmpl, task, task.train[0], one.labels[label]);
      EXPECT_EQ(rendered.source_text(), one.source);
      EXPECT_EQ(rendered.target, "<extra_id_0> " + one.words[label]) << one.task;
      EXPECT_EQ(target_for_choice(tmpl, task, task.train[0], static_cast<int64_t>(label)),
                rendered.target);
    }
  }
}

TEST(Cloze, ReadsAnAnswerAsItsLabel) {
  const BoundTemplate tmpl = make_template("cloze");
  for (const ClozeCase& one : kCases) {
    const TaskData task = task_of(one);
    for (size_t label = 0; label < one.labels.size(); ++label) {
      EXPECT_EQ(answer_of(tmpl, task, task.train[0], "<extra_id_0> " + one.words[label]),
                one.labels[label])
          << one.task;
    }
  }
}

TEST(Cloze, CutsTheTextsAndNeverTheWordsAroundThem) {
  const TaskData task = task_of(kCases[13]);  // rte
  for (const Segment& segment : render(make_template("cloze"), task, task.train[0], "Yes").source)
    EXPECT_EQ(segment.cut > 0, segment.text == "A" || segment.text == "B") << segment.text;
}

// As in DART: a vector for each word of the template, where the word stood.
TEST(SoftCloze, HasASoftTokenForEachWord) {
  const BoundTemplate tmpl = with_soft_tokens(make_template("soft_cloze"), {.length = 1});
  const TaskData films = task_of(kCases[0]), pairs = task_of(kCases[13]);
  EXPECT_EQ(render(tmpl, films, films.train[0], "great").source_text(),
            "A <sst2.It> <sst2.was> <extra_id_0> <sst2..>");
  const Rendered rendered = render(tmpl, pairs, pairs.train[0], "Yes");
  EXPECT_EQ(rendered.source_text(/*with_owner=*/false),
            "A <.> <extra_id_0> <,> <I> <think> <that> B");
  EXPECT_EQ(rendered.target, "<extra_id_0> Clearly");

  std::vector<std::string> words;
  for (const SoftToken& token : soft_tokens_of(tmpl, pairs)) words.push_back(token.word);
  EXPECT_THAT(words, testing::ElementsAre(".", ",", "I", "think", "that"));
}

TEST(SoftCloze, HasAVectorForPunctuationThatIsGluedToAText) {
  const ScratchFolder scratch;
  const auto file = scratch.write("own.toml",
                                  "name = \"own\"\nversion = 1\nlayout = \"classification\"\n"
                                  "[clozes]\nsst2 = \"So: {source}. ([MASK])\"\n");
  const BoundTemplate tmpl =
      with_soft_tokens(make_template("soft_cloze", {{"verbalizer", file}}), {.length = 1});
  const TaskData task = task_of(kCases[0]);
  EXPECT_EQ(render(tmpl, task, task.train[0], "great").source_text(false),
            "<So:> A <.> <(> <extra_id_0> <)>");
}

TEST(SoftCloze, NeedsATuningThatTrainsIt) {
  EXPECT_THROW(with_soft_tokens(make_template("soft_cloze"), {}), ConfigError);
}

TEST(Cloze, SaysWhyATaskDoesNotFit) {
  const BoundTemplate tmpl = make_template("cloze");
  TaskData task = task_of(kCases[0]);
  task.prefix = "films";
  EXPECT_THAT(misfit(tmpl, task),
              HasSubstr("verbalizer clozes has no text with a gap for task lm_bff/sst2: give it a "
                        "line \"films\" in [clozes]"));
  task.prefix = "rte";
  EXPECT_THAT(misfit(tmpl, task), HasSubstr("is for pairs, and task lm_bff/sst2 has single texts"));
  task = task_of(kCases[13]);
  task.labels.push_back("Perhaps");
  EXPECT_THAT(misfit(tmpl, task),
              HasSubstr("[label_words.rte] of verbalizer clozes has no word for "
                        "label \"Perhaps\" of task lm_bff/rte"));
  task = {.name = "wordnet/antonym", .prefix = "antonym"};
  EXPECT_THAT(misfit(tmpl, task), HasSubstr("task wordnet/antonym has no labels"));
}

TEST(Cloze, NeedsAGapOnItsLine) {
  const ScratchFolder scratch;
  const auto verbalizer = [&](const std::string& cloze) {
    return scratch.write("own.toml",
                         "name = \"own\"\nversion = 1\nlayout = \"classification\"\n"
                         "[clozes]\nfilms = \"" +
                             cloze + "\"\n");
  };
  for (const char* bad : {"{source} It was good .", "[MASK] It was [MASK] .", "It was [MASK] .",
                          "{source} [MASK] {other}"}) {
    try {
      load_verbalizer(verbalizer(bad));
      ADD_FAILURE() << bad;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr("own.toml:5:9: expected a text with [MASK] once")) << bad;
    }
  }
  EXPECT_EQ(load_verbalizer(verbalizer("{source} [MASK]")).clozes.size(), 1u);
}

}  // namespace
}  // namespace dovetail
