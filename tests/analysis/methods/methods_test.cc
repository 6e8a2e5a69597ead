// SPDX-License-Identifier: Apache-2.0
#include "analysis/methods/methods.h"

#include <gmock/gmock.h>

#include "analysis/methods/citations.h"
#include "analysis/methods/methods_tex.h"
#include "analysis/methods/settings_words.h"

namespace dovetail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Plan one_tuned_cell() {
  TuneJob tune;
  tune.start.objective = {"checkpoint", Json::object()};
  tune.start.model = {{"d_model", 64}, {"num_layers", 2}, {"vocab_size", 400}};
  tune.tuning = {"lora", {{"r", 8}}};
  tune.tune.steps.epochs = 5;
  tune.tune.optimizer = {.name = "lion", .learning_rate = 3e-4, .schedule = "linear", .warmup = 10};
  tune.evaluate.metrics = {"accuracy_text"};
  Job job;
  job.key = "k";
  job.settings = tune;
  Plan plan;
  plan.sweep_name = "s";
  plan.axis_labels = {{"objective", {"base"}}, {"task", {"t_1"}}, {"tuning", {"lora"}}};
  plan.sources = {{"tuning", {{"lora", "Hu et al. 2021; as in PEFT"}}},
                  {"task", {{"t_1", "ARC-Easy, Clark et al. 2018, CC-BY-SA 4.0"}}}};
  plan.metrics = {"accuracy_text"};
  plan.cells = {{"s/base/t_1/lora", {"base", "", "t_1", "", "lora"}, "", 0}};
  plan.jobs = {job};
  return plan;
}

std::map<std::string, Record> its_record() {
  Record record;
  record.predictions = {"a", "b", "c"};
  record.provenance = {{"commit", "abc"}, {"precision", "float32"}};
  return {{"k", record}};
}

std::vector<MethodsPart> methods_of(const std::map<std::string, Record>& records) {
  const Plan plan = one_tuned_cell();
  return methods_section(analyse(plan, records));
}

std::string whole_text(const std::vector<MethodsPart>& parts) {
  std::string text;
  for (const MethodsPart& part : parts)
    for (const std::string& paragraph : part.paragraphs) text += paragraph + "\n";
  return text;
}

TEST(Methods, SaysWhatRan) {
  const std::string text = whole_text(methods_of(its_record()));

  EXPECT_THAT(text, HasSubstr("1 cell, baselines included, of which 1 finished"));
  EXPECT_THAT(text, HasSubstr("base is a checkpoint that was made elsewhere, with d_model = 64, "
                              "num_layers = 2."));
  EXPECT_THAT(text, HasSubstr("lora (Hu et al. 2021; as in PEFT) with r = 8: 5 epochs of 16 rows; "
                              "lion, learning rate 0.0003 (linear after 10 warm-up steps)"));
  EXPECT_THAT(text, HasSubstr("t_1 (ARC-Easy, Clark et al. 2018, CC-BY-SA 4.0), decided by "
                              "accuracy_text on 3 test examples"));
  EXPECT_THAT(text, HasSubstr("Dovetail at commit abc; precision float32."));
  EXPECT_THAT(text, Not(HasSubstr("vocab_size")));
}

TEST(Methods, AnUnfinishedSweepHasNoTestExamplesYet) {
  const std::string text = whole_text(methods_of({}));
  EXPECT_THAT(text, HasSubstr("of which 0 finished"));
  EXPECT_THAT(text, Not(HasSubstr("test examples;")));
  EXPECT_THAT(text, Not(HasSubstr("commit")));
}

TEST(Methods, LatexCitesWhatTheBibliographyHasAndEscapesTheRest) {
  const auto parts = methods_of(its_record());
  const std::string tex = methods_tex(parts), bib = methods_bib(parts);

  EXPECT_THAT(tex, HasSubstr("lora (\\citealt{hu2021}; as in PEFT)"));
  EXPECT_THAT(tex, HasSubstr("t\\_1 (ARC-Easy, \\citealt{clark2018}, CC-BY-SA 4.0)"));
  EXPECT_THAT(bib, HasSubstr("@misc{hu2021,\n  title = {{LoRA}"));
  EXPECT_THAT(bib, Not(HasSubstr("raffel2020")));
  EXPECT_THAT(bib, Not(HasSubstr("holm1979")));  // no claims
  EXPECT_EQ(methods_tex({{"A & B", {"50 % of Nobody et al. 1999"}}}),
            "% Needs natbib, and methods.bib beside it.\n\n\\subsection{A \\& B}\n\n"
            "50 \\% of Nobody et al. 1999\n");
}

TEST(Methods, CitationsAreFoundWhereTheyStand) {
  const std::string text = "as Pang and Lee 2004, Le-Cun et al. 1998 and Holm 1979; not in 2004";
  std::vector<std::string> keys, named;
  for (const Citation& citation : citations_in(text)) {
    keys.push_back(citation.key);
    named.push_back(text.substr(citation.begin, citation.size));
  }
  EXPECT_THAT(keys, ElementsAre("pang2004", "le-cun1998", "holm1979"));
  EXPECT_THAT(named, ElementsAre("Pang and Lee 2004", "Le-Cun et al. 1998", "Holm 1979"));
}

TEST(Methods, ListsReadAsSentences) {
  EXPECT_EQ(listed({}), "");
  EXPECT_EQ(listed({"a"}), "a");
  EXPECT_EQ(listed({"a", "b", "c"}), "a, b and c");
  EXPECT_EQ(steps_words({.fixed = 1}), "1 step");
  EXPECT_EQ(steps_words({.epochs = 0.5, .at_least = 100, .at_most = 300}),
            "0.5 epochs, at least 100 steps, at most 300 steps");
}

}  // namespace
}  // namespace dovetail
