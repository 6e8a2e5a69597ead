// SPDX-License-Identifier: Apache-2.0
// Metrics of generated text by hand; tests/oracles/metrics_test.py compares with the published
// scorers.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "metrics/items.h"
#include "metrics/porter_stemmer.h"
#include "metrics/synonyms.h"
#include "metrics/tokenizer_13a.h"
#include "metrics/tokens.h"

namespace dovetail {
namespace {

double aggregate_of(const Metric& metric, const Items& items) {
  return metric.of_all(items, metric.score(items));
}

TEST(BleuCoco, ClipsCountsAndPenalisesShortness) {
  // Papineni et al. 2002, sec. 2.1: seven times "the", of which two count
  EXPECT_NEAR(find_metric("bleu_1").of("the the the the the the the",
                                       {"the cat is on the mat", "there is a cat on the mat"}),
              2.0 / 7, 1e-8);
  // two of two words and one of one pair; three words wanted
  EXPECT_NEAR(find_metric("bleu_2").of("to drive", {"to drive there"}), std::exp(1 - 3.0 / 2),
              1e-8);
  // nearest of the lengths 1 and 3 to 2: the shorter one, so no penalty
  EXPECT_NEAR(find_metric("bleu_1").of("to drive", {"to drive there", "drive"}), 1, 1e-8);
  EXPECT_NEAR(find_metric("bleu_1").of("To drive", {"to drive"}), 0.5, 1e-8) << "case counts";
}

TEST(BleuCoco, AddsCountsOverTheSet) {
  const Items items{item("a b", {"a b"}), item("c d e f", {"x y z w"})};

  EXPECT_NEAR(aggregate_of(find_metric("bleu_1"), items), 2.0 / 6, 1e-8)
      << "not the mean of 1 and 0";
}

TEST(Bleu, IsThatOfSacrebleu) {
  const Metric& bleu = find_metric("bleu");

  EXPECT_DOUBLE_EQ(bleu.of("to drive", {"to drive there"}), std::exp(1 - 3.0 / 2)) << "two orders";
  // words 3 of 4, pairs 2 of 3, threes 1 of 2, fours 0 of 1 as 1/2
  EXPECT_DOUBLE_EQ(bleu.of("a b c x", {"a b c d"}),
                   std::pow(3.0 / 4 * 2 / 3 * 1 / 2 * 1 / 2, 1.0 / 4));
  EXPECT_EQ(bleu.of("x", {"a"}), 0);
  EXPECT_EQ(aggregate_of(bleu, {item("to drive", {"to drive"})}), 0)
      << "a corpus without four words in a row";
}

TEST(Tokenizer13a, SetsPunctuationApart) {
  EXPECT_EQ(tokenize_13a("Don't pay $3,000.50 (today), U.S. 5-fold e-mail."),
            (Tokens{"Don't", "pay", "$", "3,000.50", "(", "today", ")", ",", "U", ".", "S", ".",
                    "5", "-", "fold", "e-mail", "."}));
  EXPECT_EQ(tokenize_13a("a &lt; b &amp;quot; c"), (Tokens{"a", "<", "b", "&", "quot", ";", "c"}));
  EXPECT_EQ(tokenize_13a("hyphen-\nated<skipped>\nx"), (Tokens{"hyphenated", "x"}));
  EXPECT_EQ(tokenize_13a(" \u00a0"), Tokens{});
}

TEST(Chrf, CountsCharactersInARow) {
  const Metric& chrf = find_metric("chrf");

  EXPECT_DOUBLE_EQ(chrf.of("ab", {"abc"}), 7.0 / 11);
  EXPECT_DOUBLE_EQ(chrf.of("a b", {"ab"}), 1) << "whitespace does not count";
  EXPECT_DOUBLE_EQ(chrf.of("\u00e9\u4e2d", {"\u4e2d\u00e9"}), 0.5) << "characters, not bytes";
}

TEST(Rouge, CountsPairsOfWords) {
  EXPECT_DOUBLE_EQ(find_metric("rouge_2").of("a a b", {"a b a b"}), 2.0 / 5);
  EXPECT_DOUBLE_EQ(find_metric("rouge_1").of("a a b", {"a b a b"}), 6.0 / 7);
  EXPECT_EQ(find_metric("rouge_2").of("a", {"a"}), 0) << "no pair";
}

TEST(RougeLCoco, MixesTheBestPrecisionAndRecall) {
  const Metric& metric = find_metric("rouge_l_coco");

  EXPECT_DOUBLE_EQ(metric.of("a b", {"a b c d", "b"}), 1);
  // P = 1/2, R = 1/3: (1 + 1.44)/6 / (1/3 + 1.44/2)
  EXPECT_DOUBLE_EQ(metric.of("a x", {"a b c"}), 2.44 / 6 / (1.0 / 3 + 0.72));
  EXPECT_DOUBLE_EQ(metric.of("a  b", {"a b"}), 2.44 * 2 / 3 / (1 + 1.44 * 2 / 3))
      << "an empty token";
}

TEST(RougeLRougePackage, CountsEachWordOnce) {
  const Metric& metric = find_metric("rouge_l_rouge_package");

  EXPECT_NEAR(metric.of("to to go", {"to go"}), 1, 1e-8);
  // sentences "a b" and "c": with the reference's "c a b" the union {a, b, c}
  EXPECT_NEAR(metric.of("a b. c", {"c a b"}), 1, 1e-8);
  EXPECT_NEAR(metric.of("Go", {"go"}), 0, 1e-8);
  EXPECT_EQ(metric.of("...", {"..."}), 0);
}

TEST(Cider, WeighsByRarity) {
  // "a" is everywhere and weighs nothing; of one word the cosine is 1 for b, of two words 1 for "a
  // b", longer ones are missing: (1 + 1 + 0 + 0) / 4 * 10
  const Items items{item("a b", {"a b"}), item("a b", {"a c"})};
  const Metric& metric = find_metric("cider");

  const std::vector<double> scores = metric.score(items);

  EXPECT_DOUBLE_EQ(scores[0], 5);
  EXPECT_EQ(scores[1], 0);
  EXPECT_DOUBLE_EQ(metric.of_all(items, scores), 2.5);
  EXPECT_EQ(metric.of("a b", {"a b"}), 0) << "an item alone: every n-gram is everywhere";

  // one of two words of equal weight, a bigram more than the reference: 10/4 / sqrt(2) * e^(-1/72)
  EXPECT_DOUBLE_EQ(metric.score(Items{item("b x", {"b"}), item("", {"z"})})[0],
                   2.5 / std::sqrt(2.0) * std::exp(-1.0 / 72));
}

// Porter 1980, and the words in which nltk's stemmer goes further.
TEST(PorterStemmer, StemsAsPrinted) {
  const std::vector<std::pair<std::string, std::string>> stems{{"caresses", "caress"},
                                                               {"ponies", "poni"},
                                                               {"cats", "cat"},
                                                               {"agreed", "agre"},
                                                               {"bled", "bled"},
                                                               {"motoring", "motor"},
                                                               {"sing", "sing"},
                                                               {"conflated", "conflat"},
                                                               {"hopping", "hop"},
                                                               {"falling", "fall"},
                                                               {"filing", "file"},
                                                               {"happy", "happi"},
                                                               {"relational", "relat"},
                                                               {"vietnamization", "vietnam"},
                                                               {"triplicate", "triplic"},
                                                               {"goodness", "good"},
                                                               {"adoption", "adopt"},
                                                               {"controlling", "control"},
                                                               {"roll", "roll"},
                                                               {"generalizations", "gener"},
                                                               {"oscillators", "oscil"},
                                                               {"enjoy", "enjoy"},
                                                               {"dying", "die"},
                                                               {"flies", "fli"},
                                                               {"ties", "tie"},
                                                               {"is", "is"},
                                                               {"radically", "radic"},
                                                               {"\u4e2d\u6587s", "\u4e2d\u6587"},
                                                               {"", ""}};

  for (const auto& [word, stem] : stems) EXPECT_EQ(porter_stem(word), stem) << word;
}

// A form finds the synsets of its base form, by the exception lists and by each rule of detachment.
TEST(Synonyms, KnowsBaseForms) {
  if (!has_wordnet()) GTEST_SKIP() << "WordNet is not here: install wordnet-base";
  const Synonyms& synonyms = Synonyms::of_wordnet();
  const std::vector<std::pair<std::string, std::string>> forms{
      {"dogs", "dog"},        {"buses", "bus"},        {"boxes", "box"},       {"waltzes", "waltz"},
      {"churches", "church"}, {"wishes", "wish"},      {"doormen", "doorman"}, {"ponies", "pony"},
      {"carries", "carry"},   {"watches", "watch"},    {"hoped", "hope"},      {"watched", "watch"},
      {"hoping", "hope"},     {"watching", "watch"},   {"taller", "tall"},     {"tallest", "tall"},
      {"larger", "large"},    {"largest", "large"},    {"went", "go"},         {"mice", "mouse"},
      {"better", "good"},     {"ice_creams", "sorbet"}};

  for (const auto& [form, base] : forms) {
    const std::vector<int> found = synonyms.synsets_of_forms(form);
    const std::vector<int>& wanted = synonyms.synsets_with(base);
    const auto common =
        std::find_first_of(found.begin(), found.end(), wanted.begin(), wanted.end());
    EXPECT_EQ(common != found.end(), form != "ice_creams") << form << " of " << base;
  }
  EXPECT_FALSE(synonyms.synsets_of_forms("ice_creams").empty())
      << "spaces are written as underscores";
  EXPECT_TRUE(synonyms.synsets_with("ice cream").empty())
      << "words in a row are no synonym of a word";
  EXPECT_TRUE(synonyms.synsets_of_forms("wugs").empty());
}

TEST(MeteorNltk, MatchesStemsAndSynonyms) {
  if (!has_wordnet()) GTEST_SKIP() << "WordNet is not here: install wordnet-base";
  const Metric& metric = find_metric("meteor_nltk");

  EXPECT_NEAR(metric.of("the car ran", {"the auto runs"}), 1 - 0.5 / 27, 1e-15);
  EXPECT_EQ(metric.of("big", {"large"}), 0) << "nltk looks for \"larg\"";
  EXPECT_NEAR(metric.of("drive", {"drive"}), 0.5, 1e-15);
  // two of three words, in two chunks; P = 2/3, R = 1
  EXPECT_NEAR(metric.of("b x A", {"a b"}), 0.5 * (2.0 / 3) / (0.9 * 2 / 3 + 0.1), 1e-15);
  EXPECT_EQ(metric.of("x", {"a b"}), 0);
  // the documentation of nltk prints these
  EXPECT_NEAR(metric.of("It is a guide to action which ensures that the military always obeys the "
                        "commands of the "
                        "party",
                        {"It is a guide to action that ensures that the military will forever heed "
                         "Party commands"}),
              0.6944, 5e-5);
}

TEST(Distinct, CountsDifferentOnes) {
  const Items items{item("to go", {"x"}), item("to eat", {"x"}), item("to go", {"x"})};

  EXPECT_DOUBLE_EQ(aggregate_of(find_metric("distinct_1"), items), 3.0 / 6);
  EXPECT_DOUBLE_EQ(aggregate_of(find_metric("distinct_2"), items), 2.0 / 3);
  EXPECT_DOUBLE_EQ(aggregate_of(find_metric("distinct_predictions"), items), 2.0 / 3);
  EXPECT_EQ(aggregate_of(find_metric("distinct_2"), {item("", {"x"})}), 0);
}

TEST(BestOfK, Trap2IsNotRougeL) {
  ScoredItem one = item("nothing", {"to drive there", "to walk"});
  one.samples = {"to ride", "to walk"};

  EXPECT_EQ(find_metric("rouge_l").score({&one, 1}).at(0), 0);
  EXPECT_EQ(find_metric("best_of_k_rouge_l").score({&one, 1}).at(0), 1);
}

// BERTScore matches token embeddings greedily; a cosine of two sentence embeddings is something
// else, and much of what is published under the name is that.
bool is_honestly_named(const Metric& metric) {
  if (metric.name.find("bert") == std::string::npos) return true;
  const auto says = [&](const char* words) {
    return metric.definition.find(words) != std::string::npos;
  };
  return says("BERTScore") && says("Zhang et al. 2020") && says("greedy") && says("token") &&
         !says("cosine of sentence") && !says("sentence embedding");
}

TEST(Metrics, Trap3NoBertScoreIsACosineOfSentences) {
  EXPECT_FALSE(
      is_honestly_named({.name = "bert_score", .definition = "cosine of sentence embeddings"}));
  EXPECT_FALSE(is_honestly_named({.name = "sbert", .definition = "cosine"}));
  EXPECT_TRUE(is_honestly_named(
      {.name = "bert_score",
       .definition =
           "BERTScore (Zhang et al. 2020): F1 of greedy matches of contextual token embeddings"}));

  for (const Metric& metric : metrics()) {
    EXPECT_TRUE(is_honestly_named(metric)) << metric.name << ": " << metric.definition;
  }
}

}  // namespace
}  // namespace dovetail
