// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "metrics/coverage.h"
#include "metrics/metric.h"
#include "metrics/tokens.h"
#include "metrics/xlsum_tokens.h"

namespace dovetail {
namespace {

using References = std::vector<std::string>;

// Scores of the rouge-score package; tests/oracles/rouge_score_oracle.py made the file.
TEST(RougeScorePackage, AgreesOnEveryItem) {
  std::ifstream file(DOVETAIL_SOURCE_DIR "/tests/golden/metrics/rouge_score.json");
  ASSERT_TRUE(file) << "run tests/oracles/rouge_score_oracle.py";
  const nlohmann::json oracle = nlohmann::json::parse(file);
  const Metric& rouge_l = find_metric("rouge_l");
  const Metric& token_f1 = find_metric("token_f1");

  int compared = 0;
  for (const nlohmann::json& item : oracle["items"]) {
    const std::string prediction = item["prediction"];
    const References references = item["references"];
    if (!can_read(Words::ascii, letters_of(references))) continue;
    ++compared;
    EXPECT_NEAR(rouge_l.of(prediction, references), item["rouge_l"], 1e-12) << item.dump();
    EXPECT_NEAR(token_f1.of(prediction, references), item["rouge_1"], 1e-12) << item.dump();
  }
  EXPECT_GE(compared, 300);
}

// Scores of multilingual-rouge, the package of XL-Sum's scorer;
// tests/oracles/multilingual_rouge_oracle.py made the file.
TEST(MultilingualRougePackage, AgreesOnEveryItem) {
  std::ifstream file(DOVETAIL_SOURCE_DIR "/tests/golden/metrics/multilingual_rouge.json");
  ASSERT_TRUE(file) << "run tests/oracles/multilingual_rouge_oracle.py";
  const nlohmann::json oracle = nlohmann::json::parse(file);

  ASSERT_GE(oracle["items"].size(), 300);
  for (const nlohmann::json& item : oracle["items"]) {
    const std::string prediction = item["prediction"];
    const References references = item["references"];
    EXPECT_EQ(xlsum_tokens(prediction), item["tokens"].get<Tokens>()) << item.dump();
    for (const char* name : {"rouge_l_xlsum", "rouge_1_xlsum", "rouge_2_xlsum"}) {
      const double score = find_metric(name).of(prediction, references);
      if (!can_read(Words::xlsum, letters_of(references))) continue;
      EXPECT_NEAR(score, item[name], 1e-12) << item.dump();
    }
  }
}

TEST(RougeL, MatchesHandArithmetic) {
  const Metric& metric = find_metric("rouge_l");

  EXPECT_DOUBLE_EQ(metric.of("a b c d", References{"a x c"}), 4.0 / 7);
  // Lin 2004, sec. 3.1, sentence 3 against the reference: "the gunman", P = R = 1/2
  EXPECT_DOUBLE_EQ(metric.of("the gunman kill police", References{"police killed the gunman"}),
                   0.5);
  EXPECT_DOUBLE_EQ(metric.of("police kill the gunman", References{"police killed the gunman"}),
                   0.75);
  EXPECT_EQ(metric.of("!!!", References{"a"}), 0) << "no words";
}

TEST(TokenF1, CountsRepeatedWordsOnceEach) {
  const Metric& metric = find_metric("token_f1");

  EXPECT_DOUBLE_EQ(metric.of("a a b", References{"b a"}), 0.8);
  EXPECT_DOUBLE_EQ(metric.of("there, to DRIVE", References{"to drive there"}), 1);
}

TEST(ExactMatch, ForgivesCaseAndBlanksOnly) {
  const Metric& metric = find_metric("exact_match");

  EXPECT_EQ(metric.of("  To  Drive\n", References{"to drive"}), 1);
  EXPECT_EQ(metric.of("to drive.", References{"to drive"}), 0);
  EXPECT_EQ(metric.of("todrive", References{"to drive"}), 0);
  EXPECT_EQ(metric.of("\u00c9t\u00e9", References{"\u00e9t\u00e9"}), 1);
  EXPECT_EQ(metric.of("\u00e9t\u00e9", References{"ete"}), 0) << "accents count";
  EXPECT_EQ(metric.of("!!!", References{"!!!"}), 1);
}

TEST(AlphanumericTokens, AreThoseOfTheRougeScorePackage) {
  EXPECT_EQ(alphanumeric_tokens("PersonX's 3rd  caf\u00e9-visit"),
            (Tokens{"personx", "s", "3rd", "caf", "visit"}));
  EXPECT_EQ(alphanumeric_tokens("5 \u212a, \u0130zmir"), (Tokens{"5", "k", "i", "zmir"}));
  EXPECT_EQ(alphanumeric_tokens(""), Tokens{});
}

}  // namespace
}  // namespace dovetail
