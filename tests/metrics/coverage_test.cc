// SPDX-License-Identifier: Apache-2.0
// Which metrics can read which references.
#include "metrics/coverage.h"

#include <gtest/gtest.h>

#include <cmath>

#include "metrics/items.h"
#include "metrics/missing_notes.h"
#include "metrics/unicode_text.h"

namespace dovetail {
namespace {

bool reads(Words words, const Texts& references) { return can_read(words, letters_of(references)); }

SetLetters set_of(const std::vector<Texts>& examples) {
  SetLetters set;
  for (const Texts& references : examples) set.add(references);
  return set;
}

TEST(CanRead, IsForAsciiLettersHalfOfAllAtLeast) {
  EXPECT_TRUE(reads(Words::ascii, {"a blue door"}));
  EXPECT_TRUE(reads(Words::ascii, {"Ärger"})) << "one of five letters is lost";
  EXPECT_TRUE(reads(Words::ascii, {"Öl"})) << "one of two";
  EXPECT_FALSE(reads(Words::ascii, {"Ü"}));
  EXPECT_FALSE(reads(Words::ascii, {"Москва 2020"})) << "six of ten";
  EXPECT_TRUE(reads(Words::ascii, {"год 2020"})) << "three of seven";
  EXPECT_FALSE(reads(Words::ascii, {"۱۲۳"})) << "Persian digits";
  EXPECT_TRUE(reads(Words::ascii, {"coffee", "кафе"})) << "four of ten, the references together";
  EXPECT_FALSE(reads(Words::ascii, {"айфон", "iPhone", "Айфон 5"}));
}

TEST(CanRead, IsFalseWhereNothingIsLeft) {
  for (const char* text : {"!!!", "...", "😀", "—"})
    EXPECT_FALSE(reads(Words::ascii, {text})) << text;
  EXPECT_FALSE(reads(Words::xlsum, {"..."}));
  EXPECT_TRUE(reads(Words::xlsum, {"😀"}));
  EXPECT_TRUE(reads(Words::ascii, {"!!!", "wow"}));
  for (const Words words : {Words::all, Words::ascii, Words::between_blanks, Words::xlsum})
    EXPECT_TRUE(reads(words, {"", " \t"})) << "an empty reference lacks nothing";
}

TEST(CanRead, NeedsBlanksBetweenWords) {
  const Texts chinese{"今天很冷"}, thai{"แมวดำ"}, kana{"コーヒー"}, korean{"고양이"};
  EXPECT_FALSE(reads(Words::between_blanks, chinese));
  EXPECT_FALSE(reads(Words::between_blanks, thai));
  EXPECT_FALSE(reads(Words::between_blanks, kana));
  EXPECT_TRUE(reads(Words::between_blanks, korean));
  EXPECT_TRUE(reads(Words::between_blanks, {"Москва"}));
  EXPECT_TRUE(reads(Words::xlsum, chinese)) << "ideographs are words";
  EXPECT_FALSE(reads(Words::xlsum, thai));
  EXPECT_FALSE(reads(Words::xlsum, kana));
  EXPECT_TRUE(reads(Words::all, thai));
}

TEST(MayDecide, AllowsATwentiethOfTheLettersToBeLost) {
  EXPECT_TRUE(SetLetters().may_decide(Words::ascii)) << "nothing is known";
  EXPECT_TRUE(set_of({kTextsOf.at("English")}).may_decide(Words::ascii));
  EXPECT_TRUE(
      set_of({{"seventeen lettres"}, {"Straße am alten Wasserturm é"}}).may_decide(Words::ascii));
  EXPECT_FALSE(set_of({kTextsOf.at("Vietnamese")}).may_decide(Words::ascii));
  EXPECT_FALSE(set_of({kTextsOf.at("Turkish")}).may_decide(Words::ascii));
  EXPECT_FALSE(
      set_of({{"a long English text of many words"}, {"..."}, {"?"}}).may_decide(Words::ascii))
      << "two of three examples";
}

TEST(ReadableDecider, IsTheFirstThatReadsTheScript) {
  const std::map<std::string, std::string> expected{
      {"English", "rouge_l"},      {"Russian", "rouge_l_xlsum"},    {"Persian", "rouge_l_xlsum"},
      {"Hindi", "rouge_l_xlsum"},  {"Vietnamese", "rouge_l_xlsum"}, {"Turkish", "rouge_l_xlsum"},
      {"Korean", "rouge_l_xlsum"}, {"Chinese", "rouge_l_xlsum"},    {"Japanese", "token_f1_mkqa"},
      {"Thai", "token_f1_mkqa"},   {"emoji", "rouge_l_xlsum"}};
  for (const auto& [language, metric] : expected)
    EXPECT_EQ(readable_decider(set_of({kTextsOf.at(language)})), metric) << language;
}

TEST(MissingScores, AreInNoMean) {
  const Metric& rouge = find_metric("rouge_l");
  const Items items{item("a b", {"a b"}), item("дверь", {"дверь"}), item("a", {"b"})};

  const std::vector<double> scores = rouge.score(items);

  EXPECT_EQ(scores[0], 1);
  EXPECT_TRUE(std::isnan(scores[1]));
  EXPECT_EQ(scores[2], 0);
  EXPECT_EQ(rouge.of_all(items, scores), 0.5);
  EXPECT_TRUE(std::isnan(rouge.of("дверь", {"дверь"})));
}

// The corpus BLEU of the two items that have words: three of three in a row, and none.
TEST(MissingScores, AreInNoCorpus) {
  const Metric& bleu = find_metric("bleu");
  const Items english{item("a b c d", {"a b c d"}), item("x y z w v", {"a b c d e"})};
  Items mixed = english;
  mixed.insert(mixed.begin() + 1, item("今天很冷", {"今天很冷"}));

  EXPECT_EQ(bleu.of_all(mixed, bleu.score(mixed)), bleu.of_all(english, bleu.score(english)));
}

TEST(MissingNotes, SayWhichMetricsAndHowOften) {
  const std::vector<std::string> names{"rouge_l", "exact_match", "token_f1", "bleu"};
  const std::vector<std::string> notes =
      missing_notes(names, set_of({{"синяя дверь"}, {"Москва"}}), "test examples");

  ASSERT_EQ(notes.size(), 1);
  EXPECT_EQ(notes[0],
            "rouge_l, token_f1 read ASCII letters and digits alone: 100 % of the references' "
            "letters are lost (of those beyond ASCII most are Cyrillic); missing, and not 0, in 2 "
            "of 2 test examples; rouge_l_xlsum reads them");
  EXPECT_EQ(missing_notes({"rouge_l"}, set_of({{"a blue door"}, {"..."}}), "lines"),
            Texts{"rouge_l reads ASCII letters and digits alone: 0 % of the references' letters "
                  "are lost; missing, and not 0, in 1 of 2 lines"});
  EXPECT_TRUE(missing_notes(names, set_of({{"a blue door"}}), "lines").empty());
  EXPECT_EQ(missing_notes(names, set_of({{"แมวดำ"}}), "lines").size(), 2) << "bleu too";
}

// Values of Python's unicodedata: normalize("NFD", normalize("NFD", text).casefold()).
TEST(Caseless, IsTheCanonicalMatchOfUnicode) {
  EXPECT_EQ(caseless("ÄRGER"), caseless("ärger"));
  EXPECT_EQ(caseless("STRASSE"), caseless("Straße"));
  EXPECT_EQ(caseless("ΟΔΟΣ"), caseless("οδος"));
  EXPECT_EQ(caseless("caf\u00e9"), caseless("CAFE\u0301"));
  EXPECT_NE(caseless("İstanbul"), caseless("istanbul")) << "no language";
  EXPECT_NE(caseless("И"), caseless("Й"));
  EXPECT_EQ(caseless("\u0130"), "i\u0307");
}

TEST(UnicodeLowerCase, IsPythons) {
  EXPECT_EQ(unicode_lower_case("ΟΔΟΣ Σ"), "οδος σ");
  EXPECT_EQ(unicode_lower_case("İI"), "i\u0307i");
  EXPECT_EQ(unicode_lower_case("ǅ ẞ"), "ǆ ß");
}

}  // namespace
}  // namespace dovetail
