// SPDX-License-Identifier: Apache-2.0
// Scores of texts beyond ASCII, by hand and by the published scorers; the random ones are in
// tests/golden/metrics/multilingual_rouge.json and tests/oracles/metrics_test.py.
#include <gtest/gtest.h>

#include "metrics/items.h"
#include "metrics/xlsum_tokens.h"

namespace dovetail {
namespace {

// The tokens that multilingual-rouge 0.0.1 prints.
TEST(XlsumTokens, AreThoseOfThePackage) {
  const std::vector<std::pair<std::string, Tokens>> expected{
      {"Синяя, дверь!", {"синяя", "дверь"}},
      {"今天天气很好。", {"今", "天", "天", "气", "很", "好"}},
      {"カタカナとひらがな", {"カタカナとひらがな"}},
      {"ครับ ผมชอบ", {"ครับ", "ผมชอบ"}},
      {"می\u200cخواهم", {"میخواهم"}},
      {"नमस्ते दुनिया।", {"नमस्ते", "दुनिया"}},
      {"10,000.5 €5 a_b", {"10", "000", "5", "€", "5", "a", "b"}},
      {"abc123 x²", {"abc", "123", "x", "²"}},
      {"", {}}};
  for (const auto& [text, tokens] : expected) EXPECT_EQ(xlsum_tokens(text), tokens) << text;
}

TEST(RougeXlsum, ReadsEveryScript) {
  EXPECT_EQ(find_metric("rouge_l_xlsum").of("синяя дверь", {"Синяя, дверь!"}), 1);
  EXPECT_DOUBLE_EQ(find_metric("rouge_1_xlsum").of("今天冷", {"今天很冷"}), 6.0 / 7);
  EXPECT_DOUBLE_EQ(find_metric("rouge_2_xlsum").of("今天冷", {"今天很冷"}), 2.0 / 5);
  EXPECT_DOUBLE_EQ(find_metric("rouge_l_xlsum").of("گربه سفید", {"گربه سیاه"}), 0.5);
  EXPECT_EQ(find_metric("rouge_l_xlsum").of("bar", {"Bär"}), 0)
      << "where rouge-score finds b and r in the reference";
}

// Where a text is ASCII, and holds no number beside a letter, both packages find the same words.
TEST(RougeXlsum, IsRougeLOfAsciiWords) {
  Rng rng(5);
  for (int i = 0; i < 200; ++i) {
    std::string prediction, reference;
    for (std::string* text : {&prediction, &reference}) {
      for (uint64_t words = 1 + rng.below(8); words > 0; --words)
        *text += (*text == ""    ? ""
                  : rng.below(2) ? ", "
                                 : " ") +
                 Texts{"to", "The", "don't", "42", "Mall", "a-b"}[rng.below(6)];
    }
    for (const char* name : {"rouge_l", "rouge_1", "rouge_2"})
      EXPECT_EQ(find_metric(name).of(prediction, {reference}),
                find_metric(std::string(name) + "_xlsum").of(prediction, {reference}))
          << prediction << " for " << reference << ", seed 5";
  }
}

// calculate_f1 of MKQA's evaluation: languages th, ja and ru.
TEST(TokenF1Mkqa, CountsCharactersOfScriptsWithoutBlanks) {
  const Metric& metric = find_metric("token_f1_mkqa");

  EXPECT_DOUBLE_EQ(metric.of("แมวดำ", {"แมว"}), 0.75);  // three of five, three of three
  EXPECT_DOUBLE_EQ(metric.of("猫が好き", {"猫が嫌い"}), 0.5);
  EXPECT_DOUBLE_EQ(metric.of("Синяя, дверь!", {"синяя крыша"}), 0.5);
  EXPECT_EQ(metric.of("the U.S.", {"The US"}), 1) << "ASCII's punctuation vanishes";
  EXPECT_EQ(metric.of("дверь", {"двери"}), 0) << "words, not characters";
  EXPECT_EQ(metric.of("", {""}), 1) << "no answer to a question without one";
}

TEST(ExactMatch, ForgivesCaseOfEveryScript) {
  const Metric& metric = find_metric("exact_match");

  EXPECT_EQ(metric.of("ÄRGER", {"ärger"}), 1);
  EXPECT_EQ(metric.of("СИНЯЯ  Дверь", {"синяя\u00a0дверь"}), 1);
  EXPECT_EQ(metric.of("cafe\u0301", {"caf\u00e9"}), 1) << "the same text, composed otherwise";
  EXPECT_EQ(metric.of("кафе", {"café"}), 0);
}

TEST(MeteorNltk, LowersCaseOfEveryScript) {
  if (!has_wordnet()) GTEST_SKIP() << "WordNet is not here: install wordnet-base";
  EXPECT_DOUBLE_EQ(find_metric("meteor_nltk").of("СИНЯЯ дверь", {"синяя Дверь"}), 1 - 0.5 / 8);
}

TEST(AccuracyText, ComparesLabelsOfEveryScript) {
  const ScoredItem item{
      .prediction = "ДА", .references = {"да"}, .choices = {"да", "нет"}, .answer = 0};
  for (const char* name : {"accuracy_text", "macro_f1", "matthews"})
    EXPECT_EQ(find_metric(name).score({&item, 1}).at(0), 1) << name;
}

}  // namespace
}  // namespace dovetail
