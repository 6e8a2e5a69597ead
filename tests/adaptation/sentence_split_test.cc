// SPDX-License-Identifier: Apache-2.0
#include "adaptation/sentence_split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "base/scratch_folder.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

const char* kLexicon = R"(
name = "small"
version = 3
groups = "mto"
tails_never_begin = ["not", "habit of"]
tails_never_are = ["it"]
[phrases]
ObjectUse = ["is used for", "is used"]
AtLocation = ["was in the", "is at"]
xReason = ["because", "because of"]
xWant = ["wants to"]
)";

class SplitByPhrase : public testing::Test {
 protected:
  SplitByPhrase() : lexicon_(scratch_.write("small.toml", kLexicon)) {}

  // "head | tail (relation, group)", or the rejection
  std::string cut(const std::string& text, const SplitBounds& bounds = {}) const {
    const SplitResult result = split_by_phrase(text, 7, lexicon_, bounds);
    if (!result.sentence) return result.rejection;
    EXPECT_EQ(result.sentence->line, 7);
    return fmt::format("{} | {} ({}, {})", result.sentence->head, result.sentence->tail,
                       result.sentence->relation, result.sentence->group);
  }

  ScratchFolder scratch_;
  PhraseLexicon lexicon_;
};

TEST_F(SplitByPhrase, CutsAfterThePhrase) {
  EXPECT_EQ(cut("A ruler is used for measuring things."),
            "A ruler is used for | measuring things (ObjectUse, Filling)");
  EXPECT_EQ(cut("  The ruler\tIS Used for  lines!  "),
            "The ruler IS Used for | lines (ObjectUse, Filling)");
  EXPECT_EQ(cut("She left because he wants to stay"),
            "She left because he wants to | stay (xWant, Mapping)");
  EXPECT_EQ(cut("It broke because of the frost (again)."), "tail clause");
  EXPECT_EQ(cut("It broke because of the frost ..."),
            "It broke because of | the frost (xReason, Mapping)");
}

// "is used for" is longer than "because"; both have room. Of "is at" and "because of", which have
// two words each, the one with more letters.
TEST_F(SplitByPhrase, TakesTheLongestPhraseThatFits) {
  EXPECT_EQ(cut("He knows it is used for hay because he asked"),
            "He knows it is used for | hay because he asked (ObjectUse, Filling)");
  EXPECT_EQ(cut("He is at home because of rain"),
            "He is at home because of | rain (xReason, Mapping)");
  EXPECT_EQ(cut("He left because it rains and because it pours"),
            "He left because it rains and because | it pours (xReason, Mapping)");
  // the longest has nothing behind it
  EXPECT_EQ(cut("He asked because nobody knew what it is used for"),
            "He asked because | nobody knew what it is used for (xReason, Mapping)");
}

TEST_F(SplitByPhrase, SaysWhyThereIsNoCut) {
  EXPECT_EQ(cut(""), "empty");
  EXPECT_EQ(cut(" \t "), "empty");
  EXPECT_EQ(cut("Nothing to see here"), "no phrase");
  EXPECT_EQ(cut("The becauses are used-for lines"), "no phrase") << "words, not letters";
  EXPECT_EQ(cut("He left because, it rained"), "no phrase") << "a phrase has no punctuation";
  EXPECT_EQ(cut("Is it what is used for lines?"), "question");
  EXPECT_EQ(cut("Is it what is used for lines?)"), "question");
  EXPECT_EQ(cut("\"It is used for lines\" he said"), "quotation");
  EXPECT_EQ(cut("Because it rained"), "head length") << "not at the beginning";
  EXPECT_EQ(cut("He left because"), "tail length") << "not at the end";
  EXPECT_EQ(cut("He left because one two three four five six seven eight nine ten eleven"),
            "tail length");
  EXPECT_EQ(cut("He left because it rained, and went home"), "tail clause");
  EXPECT_EQ(cut("He left because it rained - hard"), "tail clause");
  EXPECT_EQ(cut("He was in the habit of smoking"), "tail wording");
  EXPECT_EQ(cut("He wants to not."), "tail wording");
  EXPECT_EQ(cut("He left because it."), "tail wording");
  EXPECT_EQ(cut("He left because it rained"), "He left because | it rained (xReason, Mapping)");
}

TEST_F(SplitByPhrase, KeepsToItsBounds) {
  SplitBounds bounds;
  bounds.min_head_words = 4;
  bounds.max_tail_words = 2;
  EXPECT_EQ(cut("He left because it rained", bounds), "head length");
  EXPECT_EQ(cut("Yet he left because it rained", bounds),
            "Yet he left because | it rained (xReason, Mapping)");
  EXPECT_EQ(cut("Yet he left because it rained much", bounds), "tail length");
  bounds = {.questions = true, .quotations = true, .clauses = true};
  EXPECT_EQ(cut("Is it \"what\" is used for lines, or not?", bounds),
            "Is it \"what\" is used for | lines, or not (ObjectUse, Filling)");
}

TEST_F(SplitByPhrase, ReadsItsLexicon) {
  EXPECT_EQ(lexicon_.name(), "small");
  EXPECT_EQ(lexicon_.version(), 3);
  ASSERT_EQ(lexicon_.phrases().size(), 7);
  const PhraseLexicon same(scratch_.write("same.toml", std::string(kLexicon) + "\n# a comment\n"));
  EXPECT_EQ(same.fingerprint(), lexicon_.fingerprint());
  const PhraseLexicon more(
      scratch_.write("more.toml", std::string(kLexicon) + "xNeed = [\"had to\"]\n"));
  EXPECT_NE(more.fingerprint(), lexicon_.fingerprint());
}

void expect_refused(const ScratchFolder& scratch, const std::string& text,
                    const std::string& part) {
  try {
    const PhraseLexicon lexicon(scratch.write("bad.toml", text));
    ADD_FAILURE() << "accepted " << text;
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr(part));
  }
}

TEST_F(SplitByPhrase, RefusesLexiconsThatCannotBeMeant) {
  const std::string head = "name = \"x\"\nversion = 1\n[phrases]\n";
  expect_refused(scratch_, head + "ObjectUs = [\"is for\"]\n", "ObjectUse");
  expect_refused(scratch_, head + "ObjectUse = [\"Is for\"]\n", "bad.toml:4:");
  expect_refused(scratch_, head + "ObjectUse = [\"is for,\"]\n", "no punctuation");
  expect_refused(scratch_, head + "ObjectUse = [\"is for\"]\nxWant = [\"is for\"]\n", "twice");
  expect_refused(scratch_, head, "at least one phrase");
  expect_refused(scratch_, "name = \"x\"\n[phrases]\nxWant = [\"a\"]\n", "version");
  EXPECT_THROW(PhraseLexicon("comonsense"), ConfigError);
}

TEST(Commonsense, IsALexiconOfEveryRelation) {
  const PhraseLexicon lexicon("commonsense");
  std::map<std::string, int> phrases, groups;
  for (const LexiconPhrase& phrase : lexicon.phrases()) {
    ++phrases[phrase.relation];
    ++groups[phrase.group];
  }
  EXPECT_EQ(phrases.size(), 23) << "ATOMIC-2020 has 23 relations";
  EXPECT_EQ(groups.size(), 2);
  EXPECT_GT(groups["Filling"], 100);
  EXPECT_GT(groups["Mapping"], 100);
}

TEST(SplitAtRandom, DrawsEveryPlaceThatFitsAlike) {
  const SplitBounds bounds{
      .min_head_words = 1, .max_head_words = 4, .min_tail_words = 2, .max_tail_words = 5};
  std::map<std::string, int> seen;
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    const SplitResult result = split_at_random("one two three four five six.", 3, bounds, seed);
    ASSERT_TRUE(result.sentence);
    EXPECT_EQ(result.sentence->group + result.sentence->relation, "");
    ++seen[result.sentence->head + " | " + result.sentence->tail];
  }
  ASSERT_EQ(seen.size(), 4);
  // expected 750 each, standard deviation 24
  for (const auto& [place, count] : seen) EXPECT_NEAR(count, 750, 120) << place;
  EXPECT_TRUE(seen.contains("one | two three four five six"));
  EXPECT_TRUE(seen.contains("one two three four | five six"));
}

TEST(SplitAtRandom, DependsOnSentenceAndSeedAlone) {
  const std::string text = "a b c d e f g h";
  EXPECT_EQ(split_at_random(text, 1, {}, 5).sentence->head,
            split_at_random("a  b c d e f g h", 900, {}, 5).sentence->head);
  EXPECT_EQ(split_at_random("one two", 1, {}, 5).rejection, "no cut") << "heads have two words";
  EXPECT_EQ(split_at_random("one two three?", 1, {}, 5).rejection, "question");
  EXPECT_EQ(split_at_random("one two, three, four", 1, {}, 5).sentence->tail, "four");
}

struct PredictionCase {
  std::string sentence, predicted, expected;  // "head | tail", or the rejection
};

TEST(AcceptPrediction, NeedsALiteralPartOfTheSentence) {
  for (const auto& [sentence, predicted, expected] : std::vector<PredictionCase>{
           {"You can use a ruler to measure things", "measure things",
            "You can use a ruler to | measure things"},
           {"You can use a ruler to measure things.", "<extra_id_0> measure things ",
            "You can use a ruler to | measure things"},
           {"You can measure things with a ruler.", "measure things",
            "You can with a ruler | measure things"},
           {"a rose is a rose", "rose", "a rose is a | rose"},
           {"the art of a party", "art", "the of a party | art"},
           {"a party", "art", "inside a word"},
           {"a ruler", "a meter", "not in sentence"},
           {"A ruler", "a ruler", "not in sentence"},
           {"a ruler", "a ruler", "no head"},
           {"a ruler", "<extra_id_0>", "empty tail"},
       }) {
    const SplitResult result = accept_prediction(sentence, 4, predicted);
    const std::string found =
        result.sentence ? result.sentence->head + " | " + result.sentence->tail : result.rejection;
    EXPECT_EQ(found, expected) << sentence;
  }
}

}  // namespace
}  // namespace dovetail
