// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "metrics/metric.h"
#include "metrics/tokens.h"

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

  ASSERT_GE(oracle["items"].size(), 300);
  for (const nlohmann::json& item : oracle["items"]) {
    const std::string prediction = item["prediction"];
    const References references = item["references"];
    EXPECT_NEAR(rouge_l.of(prediction, references), item["rouge_l"], 1e-12) << item.dump();
    EXPECT_NEAR(token_f1.of(prediction, references), item["rouge_1"], 1e-12) << item.dump();
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
  EXPECT_EQ(metric.of("!!!", References{"!!!"}), 0) << "no words on either side";
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
  EXPECT_EQ(metric.of("\u00c9t\u00e9", References{"\u00e9t\u00e9"}), 0) << "ASCII only";
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
