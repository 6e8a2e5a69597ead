// SPDX-License-Identifier: Apache-2.0
// Questions and classifications through the templates; expected strings are what MTO's own code
// prints, with its double spaces.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "templates/answer.h"
#include "templates/render.h"
#include "templates/template.h"
#include "templates/template_traits.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

const std::string kJar = "Where would you store a jar?";
const std::string kChoices =
    "choice1: pantry ,  choice2: road ,  choice3: sea ,  choice4: sky ,  choice5: desk";
const std::string kFirst = "commonsense-qa: question:" + kJar + " " + kChoices;
const std::string kLast = "commonsense-qa: " + kChoices + "  , question:" + kJar;

TaskData question_task(const std::string& prefix) {
  TaskData task;
  task.name = prefix;
  task.prefix = prefix;
  task.kind = "choice";
  task.layout = Layout::question;
  return task;
}

Example jar() {
  return {.source = kJar,
          .references = {"pantry"},
          .choices = {"pantry", "road", "sea", "sky", "desk"},
          .answer = 0};
}

// The label is that of MTO's figures; "": they have none.
struct QuestionFamilyCase {
  std::string label, form, parts, source, target;
};

const std::vector<QuestionFamilyCase> kQuestionFamilies = {
    {"Mapping", "mapping", "sup", kFirst, "choice1"},
    {"MaskedMapping", "masked_mapping", "unsup", kLast + " <extra_id_0>", "<extra_id_0> choice1"},
    {"Prompting", "prompting", "sup-nat", kFirst + " The correct choice is", "choice1"},
    {"MaskedPrompting", "masked_prompting", "unsup-nat",
     kLast + " The correct choice is <extra_id_0>", "<extra_id_0> choice1"},
    {"AnswerPrompting", "answer_prompting", "vnat_0-vs2", kLast, "pantry"},
    {"ChoicePrompting", "choice_prompting", "vnat_1-vs2", kLast, "choice1 pantry"},
    {"MaskedAnswerPrompting", "masked_answer_prompting", "vnat_0-v4", kLast + " <extra_id_0>",
     "<extra_id_0> pantry"},
    {"MaskedChoicePrompting", "masked_choice_prompting", "vnat-v3",
     kLast + " <extra_id_0>, the correct choice is <extra_id_1>",
     "<extra_id_0> pantry <extra_id_1> choice1"},
    {"", "answer_choice_prompting", "vnat_10-vs1", kLast + " , the correct choice is",
     "pantry choice1"},
    {"PostMaskedAnswerPT", "post_masked_answer_pt", "0-ptar-vnat_0-v4",
     kLast + " <P0> <P1> <P2> <extra_id_0>", "<extra_id_0> pantry"},
    {"PostAnswerPT", "post_answer_pt", "0-ptar-vnat_0-vs2", kLast + " <P0> <P1> <P2>", "pantry"},
    {"PreMaskedAnswerPT", "pre_masked_answer_pt", "ptar-vnat_0-v4",
     "commonsense-qa: <P0> <P1> <P2> " + kLast.substr(16) + " <extra_id_0>", "<extra_id_0> pantry"},
    {"PreAnswerPT", "pre_answer_pt", "ptar-vnat_0-vs2",
     "commonsense-qa: <P0> <P1> <P2> " + kLast.substr(16), "pantry"},
    {"", "vnat-v1", "vnat-v1", kLast + " The answer is <extra_id_0>, <extra_id_1> is correct",
     "<extra_id_0> pantry <extra_id_1> choice1"},
    {"", "vnat_1-v3", "vnat_1-v3", kLast + " <extra_id_0>, the correct choice is <extra_id_1>",
     "<extra_id_0> choice1 <extra_id_1> pantry"},
    {"", "vnat_100-v4", "vnat_100-v4", kLast + " <extra_id_0>", "<extra_id_0> choice1"}};

BoundTemplate bound(const std::string& name,
                    const nlohmann::json& parameters = nlohmann::json::object()) {
  BoundTemplate form = make_template(name, parameters);
  return needs_soft_tokens(form) ? with_soft_tokens(form, {.length = 3}) : form;
}

TEST(QuestionTemplates, PrintMTOsFamilies) {
  for (const QuestionFamilyCase& expected : kQuestionFamilies) {
    for (const std::string& name : {expected.form, expected.parts}) {
      const Rendered found = render(bound(name), question_task("commonsense-qa"), jar(), "pantry");
      EXPECT_EQ(found.source_text(false), expected.source) << name;
      EXPECT_EQ(found.target, expected.target) << name;
      EXPECT_EQ(expected.label.empty() ? "" : bound(name).paper_label, expected.label) << name;
    }
  }
}

TEST(QuestionTemplates, PrintOpenBookQA) {
  const TaskData task = question_task("openbook-qa");
  const Example example{.source = "A magnet picks up.",
                        .references = {"an iron nail"},
                        .choices = {"wood", "an iron nail", "a sock", "tea"},
                        .answer = 1,
                        .fields = {{"fact", "a magnet attracts iron"}}};
  const std::string choices =
      "openbook-qa: choice1: wood ,  choice2: an iron nail ,  choice3: a sock ,  choice4 tea";
  const auto print = [&](const std::string& name, const nlohmann::json& parameters) {
    return render(bound(name, parameters), task, example, "an iron nail");
  };
  EXPECT_EQ(print("answer_prompting", {}).source_text(),
            choices + "  , question:A magnet picks up");
  EXPECT_EQ(print("answer_prompting", {}).target, "an iron nail");
  const nlohmann::json with_fact = {{"omit", nlohmann::json::array()}};
  EXPECT_EQ(print("answer_prompting", with_fact).source_text(),
            choices + "  , fact:a magnet attracts iron , question:A magnet picks up");
  EXPECT_EQ(print("mapping", with_fact).source_text(), "openbook-qa: question:A magnet picks up " +
                                                           choices.substr(13) +
                                                           "  , fact:a magnet attracts iron");
  EXPECT_EQ(print("omit_fact-sup", with_fact).source_text(),
            "openbook-qa: question:A magnet picks up " + choices.substr(13));
  EXPECT_EQ(print("mapping", {}).target, "choice2");
}

TEST(QuestionTemplates, PrintPIQA) {
  const Example example{.source = "To open a jar,",
                        .references = {"twist"},
                        .choices = {"twist", "sing"},
                        .answer = 0};
  const TaskData task = question_task("piqa");
  EXPECT_EQ(render(bound("answer_prompting"), task, example, "twist").source_text(),
            "piqa: choice1: twist choice2: sing , question:To open a jar,");
  EXPECT_EQ(render(bound("masked_mapping"), task, example, "twist").target, "<extra_id_0> choice1");
}

// Choices count from 0 here only.
TEST(QuestionTemplates, PrintSocialIQA) {
  const Example example{.source = "Why?",
                        .references = {"b"},
                        .choices = {"a", "b", "c"},
                        .answer = 1,
                        .fields = {{"context", "Tracy slept."}}};
  const TaskData task = question_task("social-i-qa");
  const std::string source =
      "social-i-qa: context: Tracy slept. || choice0: a || choice1: b || choice2: c , "
      "question:Why?";
  EXPECT_EQ(render(bound("masked_mapping"), task, example, "b").source_text(),
            source + " <extra_id_0>");
  EXPECT_EQ(render(bound("unsup-nat"), task, example, "b").source_text(),
            source + " Correct answer is <extra_id_0>");
  EXPECT_EQ(render(bound("masked_mapping"), task, example, "b").target, "<extra_id_0> choice1");
}

TEST(QuestionTemplates, TakeParameters) {
  const TaskData task = question_task("commonsense-qa");
  const auto print = [&](const std::string& name, const nlohmann::json& parameters) {
    return render(bound(name, parameters), task, jar(), "pantry");
  };
  EXPECT_EQ(print("mapping", {{"question_position", "end"}}).source_text(), kLast);
  EXPECT_EQ(print("answer_prompting", {{"question_position", "start"}}).source_text(), kFirst);
  EXPECT_EQ(print("qpos-sup", {}).source_text(), kLast);
  EXPECT_EQ(print("answer_prompting", {{"omit", {"choices"}}}).source_text(),
            "commonsense-qa: question:" + kJar);
  EXPECT_EQ(print("answer_prompting", {{"choice_position", "end"}}).source_text(),
            "commonsense-qa: pantry  choice1,  road  choice2,  sea  choice3,  sky  choice4,  desk  "
            "choice5 , question:" +
                kJar);
  EXPECT_EQ(print("masked_choice_prompting", {{"closing_sentinel", true}}).target,
            "<extra_id_0> pantry <extra_id_1> choice1 <extra_id_2>");
}

TEST(QuestionTemplates, SayWhatDoesNotFit) {
  TaskData relation;
  relation.name = "wordnet/antonym";
  EXPECT_THAT(misfit(make_template("masked_answer_prompting"), relation),
              HasSubstr("neither choices nor labels"));
  EXPECT_THAT(misfit(make_template("vnat-v9"), question_task("piqa")), HasSubstr("version \"v9\""));
  EXPECT_EQ(misfit(make_template("masked_answer_prompting"), question_task("piqa")), "");
  EXPECT_THAT(misfit(make_template("prompting", {{"verbalizer", "atomic2020"}}), relation),
              HasSubstr("no phrase for relation"));
  EXPECT_THAT(misfit(make_template("features"), relation), HasSubstr("feature_tokens"));
  EXPECT_THROW(render(make_template("vnat-v9"), question_task("piqa"), jar(), "pantry"),
               ConfigError);
}

// --- The authors' mistakes that are not repeated -------------------------------------------------

// One question form after the other through one template, in both orders: theirs let the first
// example decide for all.
TEST(Trap5, TempLenDecidesForEachExample) {
  const TaskData task = question_task("commonsense-qa");
  const BoundTemplate form = make_template("temp_len");
  Example longer = jar(), sentence = jar();
  longer.choices = {"in a very big pantry", "on a long dusty road"};
  longer.references = {longer.choices[0]};
  sentence.source = "A jar is stored in the";
  const auto print = [&](const Example& example) {
    return render(form, task, example, example.references[0]).target;
  };

  EXPECT_EQ(print(jar()), "<extra_id_0> pantry");
  EXPECT_EQ(print(longer), "in a very big pantry");
  EXPECT_EQ(print(sentence), "pantry");
  EXPECT_EQ(print(jar()), "<extra_id_0> pantry");
  // four words on average are long, three and a half are short
  longer.choices = {"one two three four", "one two three four"};
  longer.references = {longer.choices[0]};
  EXPECT_EQ(print(longer), "one two three four");
  longer.choices = {"one two three four", "one two three"};
  EXPECT_EQ(print(longer), "<extra_id_0> one two three four");
}

TEST(Trap5, TempFlexDecidesForEachExample) {
  TaskData task;
  task.name = "atomic2020";
  task.relations = {{"xNeed", {"xNeed", "needs"}}, {"xAttr", {"xAttr", "is seen as"}}};
  const BoundTemplate form = make_template("temp_flex");
  const auto print = [&](const std::string& head) {
    return render(form, task, {.source = head, .references = {"T"}}, "T").source_text();
  };
  for (int turn = 0; turn < 2; ++turn) {
    EXPECT_EQ(print("xNeed: H"), "xNeed: H needs");
    EXPECT_EQ(print("xAttr: H"), "xAttr: H is seen as <extra_id_0>");
  }
}

TEST(Trap6, MixedFollowsTheGroup) {
  TaskData task;
  task.name = task.prefix = "free-cs";
  const auto print = [&](const std::string& name, const std::string& group) {
    Example example{.source = "H", .references = {"T"}};
    if (!group.empty()) example.fields["group"] = group;
    return render(make_template(name), task, example, "T");
  };
  for (const char* name : {"temp_mixed", "mixed"}) {
    EXPECT_EQ(print(name, "Filling").source_text(), "free-cs: H <extra_id_0>");
    EXPECT_EQ(print(name, "Filling").target, "<extra_id_0> T");
    EXPECT_EQ(print(name, "Mapping").source_text(), "free-cs: H");
    EXPECT_EQ(print(name, "").target, "T");
  }
  EXPECT_THROW(print("temp_mixed", "filling"), DataError);
  task.prefix = task.relation = "xAttr";  // without a group the relation decides
  EXPECT_EQ(print("temp_mixed", "").target, "<extra_id_0> T");
}

TEST(Trap7, SupPutsEveryQuestionInTheSamePlace) {
  const BoundTemplate form = make_template("mapping");
  const TaskData task = question_task("commonsense-qa");
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(render(form, task, jar(), "pantry").source_text(), kFirst) << i;
}

TEST(Trap8, TemplatesShareNoState) {
  const TaskData task = question_task("openbook-qa");
  Example example = jar();
  example.choices.pop_back();
  example.fields["fact"] = "F";
  const BoundTemplate plain = make_template("unsup");
  const std::string before = render(plain, task, example, "pantry").source_text();
  for (const char* other :
       {"sup", "omit_choices-unsup", "qpos_start-unsup", "vnat_0-v4", "temp_len"}) {
    render(make_template(other, {{"omit", nlohmann::json::array()}}), task, example, "pantry");
    EXPECT_EQ(render(plain, task, example, "pantry").source_text(), before) << other;
  }
}

// --- Sentiment -----------------------------------------------------------------------------------

TaskData imdb() {
  TaskData task;
  task.name = task.prefix = "imdb";
  task.kind = "classification";
  task.layout = Layout::classification;
  task.labels = {"negative", "positive"};
  return task;
}

TEST(SentimentTemplates, DrawAnAdjectiveOfTheClass) {
  const std::set<std::string> positive = {"good",        "awesome",    "excellent",  "fantastic",
                                          "great",       "amazing",    "wonderful",  "superb",
                                          "outstanding", "impressive", "spectacular"};
  const BoundTemplate form = make_template("sounds_opinion");
  std::set<std::string> drawn;
  for (int i = 0; i < 100; ++i) {
    const Example example{
        .source = fmt::format("film {}", i), .references = {"positive"}, .answer = 1};
    const Rendered found = render(form, imdb(), example, "positive");
    EXPECT_EQ(
        found.source_text(),
        fmt::format("imdb: sentence: film {} It sounds <extra_id_0>, the opinion is <extra_id_1>",
                    i));
    const auto parts = split_at_sentinels(found.target);
    ASSERT_EQ(parts.size(), 3u);
    EXPECT_TRUE(positive.contains(parts[1].text)) << parts[1].text;
    EXPECT_EQ(parts[2].text, "positive");
    EXPECT_EQ(render(form, imdb(), example, "positive").target, found.target);
    drawn.insert(parts[1].text);
  }
  EXPECT_EQ(drawn.size(), 11u);  // by chance one is missing once in 1,260 runs; the draw is fixed
}

TEST(SentimentTemplates, DrawAnotherWithAnotherSeed) {
  const Example example{.source = "film", .references = {"negative"}, .answer = 0};
  std::set<std::string> drawn;
  for (int seed = 1; seed <= 40; ++seed) {
    drawn.insert(
        render(make_template("sounds", {{"filler_seed", seed}}), imdb(), example, "negative")
            .target);
  }
  EXPECT_GT(drawn.size(), 5u);
}

TEST(ClassificationTemplates, PrintPairs) {
  TaskData task = imdb();
  task.name = task.prefix = "mnli";
  task.labels = {"entailment", "neutral", "contradiction"};
  const Example example{.source = "It rains.",
                        .references = {"entailment"},
                        .answer = 0,
                        .fields = {{"pair", "It is wet."}}};
  const Rendered found = render(make_template("masked_prompting"), task, example, "entailment");
  EXPECT_EQ(found.source_text(),
            "mnli: premise: It rains. hypothesis: It is wet. The logical relation between premise "
            "and hypothesis is <extra_id_0>");
  EXPECT_EQ(found.target, "<extra_id_0> entailment");
}

// A card's own phrase (LM-BFF's for SST-2, Gao et al. 2021), around the bare text; a pair stays a
// pair.
TEST(ClassificationTemplates, TakeTheTasksPhrase) {
  TaskData task = imdb();
  task.labels = {"terrible", "great"};
  task.phrase = "{source} It was";
  Example example{.source = "A fine film.", .references = {"great"}, .answer = 1};
  EXPECT_EQ(render(make_template("masked_prompting"), task, example, "great").source_text(),
            "imdb: A fine film. It was <extra_id_0>");
  example.fields["pair"] = "B.";
  EXPECT_EQ(render(make_template("prompting"), task, example, "great").source_text(),
            "imdb: part1: A fine film. part2: B. It was");
}

// --- Back from what a model wrote ----------------------------------------------------------------

// What a family asks for must be read back as the reference, for every choice.
TEST(AnswerOf, ReadsEveryTargetBack) {
  const TaskData task = question_task("commonsense-qa");
  for (const TemplateEntry& entry : templates()) {
    const BoundTemplate form = bound(entry.name);
    if (!misfit(form, task).empty() || entry.parts.find("tokens") != std::string::npos ||
        entry.name == "relation_filling")
      continue;
    for (size_t i = 0; i < jar().choices.size(); ++i) {
      Example example = jar();
      example.answer = static_cast<int64_t>(i);
      example.references = {example.choices[i]};
      const std::string target = target_for_choice(form, task, jar(), example.answer);
      EXPECT_EQ(target, render(form, task, example, example.references[0]).target) << entry.name;
      EXPECT_EQ(answer_of(form, task, example, target), example.choices[i])
          << entry.name << ": " << target;
    }
  }
}

TEST(AnswerOf, ReadsSentimentBack) {
  for (const char* name : {"mapping", "masked_mapping", "prompting", "masked_prompting",
                           "answer_prompting", "choice_prompting", "answer_choice_prompting",
                           "masked_choice_prompting", "sounds", "sounds_opinion"}) {
    for (int64_t label = 0; label < 2; ++label) {
      const Example example{
          .source = "film", .references = {imdb().labels[label]}, .answer = label};
      const BoundTemplate form = make_template(name);
      EXPECT_EQ(answer_of(form, imdb(), example, target_for_choice(form, imdb(), example, label)),
                imdb().labels[label])
          << name;
    }
  }
}

struct AnswerCase {
  std::string form, generated, answer;
};

TEST(AnswerOf, WeighsTextAndLabel) {
  const TaskData task = question_task("commonsense-qa");
  for (const AnswerCase& expected : std::vector<AnswerCase>{
           {"mapping", "choice2", "road"},
           {"mapping", "Choice2", "road"},
           {"mapping", "road", "road"},
           {"mapping", "choice9", "choice9"},
           {"masked_mapping", "<extra_id_0> choice3", "sea"},
           {"answer_prompting", "a pantry", "a pantry"},  // no containment
           {"masked_choice_prompting", "<extra_id_0> road <extra_id_1> choice1", "road"},
           {"masked_choice_prompting", "<extra_id_0> a shelf <extra_id_1> choice1", "pantry"},
           {"masked_choice_prompting", "<extra_id_0> a shelf <extra_id_1> none", "a shelf"},
           {"choice_prompting", "choice1 a shelf", "pantry"},
           {"choice_prompting", "choice1 road", "road"},
           {"answer_choice_prompting", "a shelf choice5", "desk"},
           {"answer_choice_prompting", "choice5", "desk"}}) {
    EXPECT_EQ(answer_of(make_template(expected.form), task, jar(), expected.generated),
              expected.answer)
        << expected.form << " " << expected.generated;
  }
}

TEST(AnswerOf, EndsAtTheClosingSentinelThatWasTrained) {
  TaskData task;
  task.name = task.prefix = "xNeed";
  const Example example{.source = "H", .references = {"T"}};
  const BoundTemplate closed = make_template("masked_mapping", {{"closing_sentinel", true}});
  EXPECT_EQ(answer_of(closed, task, example, "<extra_id_0> to drive <extra_id_1> and more"),
            "to drive");
  EXPECT_EQ(answer_of(make_template("masked_mapping"), task, example,
                      "<extra_id_0> to drive <extra_id_1> and more"),
            "to drive and more");
  task.phrase = "they need";
  EXPECT_EQ(answer_of(make_template("sup-nat_target"), task, example, "they need to drive"),
            "to drive");
  EXPECT_THAT(references_of(make_template("relation_filling"), task, example),
              testing::ElementsAre("they need"));
  EXPECT_THAT(references_of(make_template("mapping"), task, example), testing::ElementsAre("T"));
}

// Mapping prints no phrase. Prompting without one would print what Mapping prints.
TEST(Misfit, OfPromptingOnATaskWithoutAPhrase) {
  const TaskData texts{
      .name = "mine", .train = {{.source = "a", .references = {"b"}}}, .layout = Layout::text};
  TaskData worded = texts;
  worded.phrase = "{source} is";

  EXPECT_EQ(misfit(make_template("mapping"), texts), "");
  EXPECT_THAT(misfit(make_template("prompting"), texts), HasSubstr("give its card the key phrase"));
  EXPECT_THAT(misfit(make_template("masked_prompting"), texts), HasSubstr("task mine has none"));
  EXPECT_EQ(misfit(make_template("prompting"), worded), "");
}

}  // namespace
}  // namespace dovetail
