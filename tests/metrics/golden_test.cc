// SPDX-License-Identifier: Apache-2.0
// The scores that each metric gives to a few predictions, as a readable file for each metric.
#include "golden/golden.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include "metrics/items.h"

namespace dovetail {
namespace {

// Items that all metrics with one kind of evidence score, and what they share in words.
struct GoldenSet {
  std::string evidence;
  Items items;
};

ScoredItem with_sample(ScoredItem scored, std::string sample) {
  scored.samples = {std::move(sample)};
  return scored;
}

GoldenSet texts() {
  return {"",
          {with_sample(item("to drive there", {"to drive there"}), "to walk"),
           with_sample(item("drive to the mall", {"to drive to the mall", "to drive"}), "to drive"),
           with_sample(item("the the cat", {"the cat"}), "the cat"),
           with_sample(item("sleep", {"to walk home"}), "to walk")}};
}

GoldenSet other_scripts() {
  Items items{item("Синяя Дверь", {"синяя дверь"}),     item("今天冷", {"今天很冷。"}),
              item("猫が好き", {"猫が嫌い"}),           item("แมวดำ", {"แมว"}),
              item("گربه سفید", {"گربه سیاه"}),         item("नमस्ते दुनिया", {"नमस्ते दुनिया।"}),
              item("đường phố", {"đường lớn"}),         item("ÄRGER im Büro", {"Ärger im Büro"}),
              item("2020", {"Москва 2020", "год 2020"})};
  for (ScoredItem& scored : items) scored.samples = {"2020"};
  return {"", std::move(items)};
}

GoldenSet numbers() {
  return {"", {item("1", {"1"}), item("4", {"2"}), item("4", {"6"}), item("x", {"3"})}};
}

ScoredItem chosen(std::string prediction, int64_t answer, std::vector<double> logprobs,
                  std::vector<double> priors) {
  ScoredItem scored = item(std::move(prediction), {answer == 0 ? "yes" : "no"});
  scored.choices = {"yes", "no"};
  scored.answer = answer;
  scored.choice_logprobs = std::move(logprobs);
  scored.choice_tokens = {1, 3};
  scored.choice_priors = std::move(priors);
  return scored;
}

GoldenSet choices() {
  return {"choices yes, of 1 token, and no, of 3",
          {chosen("Yes", 0, {-1, -4}, {-2, -3}), chosen("no", 0, {-4, -6}, {-2, -5}),
           chosen("no", 1, {-4, -6}, {-2, -5}), chosen("maybe", 1, {-1, -6}, {-1, -5})}};
}

ScoredItem forced(double logprob, int64_t tokens, std::vector<std::vector<int64_t>> ranks) {
  ScoredItem scored = item("", {});
  for (size_t i = 0; i < ranks.size(); ++i) scored.references.push_back(fmt::format("r{}", i + 1));
  scored.target_logprob = logprob;
  scored.target_tokens = tokens;
  scored.token_ranks = std::move(ranks);
  return scored;
}

GoldenSet likelihoods() {
  return {"",
          {forced(-2, 1, {{1, 53, 1}, {1, 7, 1}}), forced(-2, 3, {{1, 1}}), forced(0, 2, {{4}}),
           forced(-6, 6, {{2, 4}, {5}, {10}})}};
}

// Two, one and none of the predictions' words stand in a row in a training output.
GoldenSet copies() {
  Items items{item("to walk home", {"to drive there"}), item("sleep", {"sleep"}),
              item("drive", {"sleep"}), item("", {"sleep"})};
  const int64_t runs[] = {2, 1, 0, 0};
  for (size_t i = 0; i < items.size(); ++i) items[i].copied_words = runs[i];
  return {"", std::move(items)};
}

std::string quoted(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "\"" : ", \"") + text + "\"";
  return list;
}

std::string numbers_of(const auto& values) {
  std::string list;
  for (const auto value : values) list += fmt::format("{}{}", list.empty() ? "" : " ", value);
  return list;
}

// What a metric with such evidence looks at.
std::string described(const ScoredItem& scored, Evidence evidence) {
  const std::string said = fmt::format("\"{}\" for ", scored.prediction);
  const std::string wanted = quoted(scored.references);
  std::string ranks;
  for (const auto& one : scored.token_ranks) ranks += fmt::format(" [{}]", numbers_of(one));
  switch (evidence) {
    case Evidence::text:
    case Evidence::choices: return said + wanted;
    case Evidence::samples: return said + wanted + ", sample " + quoted(scored.samples);
    case Evidence::choice_likelihood:
      return fmt::format("{}, log p {}", wanted, numbers_of(scored.choice_logprobs));
    case Evidence::choice_priors:
      return fmt::format("{}, log p {}, without the question {}", wanted,
                         numbers_of(scored.choice_logprobs), numbers_of(scored.choice_priors));
    case Evidence::target_likelihood:
      return fmt::format("log p {} of {} tokens", scored.target_logprob, scored.target_tokens);
    case Evidence::token_ranks: return "ranks" + ranks;
    case Evidence::training_outputs:
      return fmt::format("\"{}\", longest run {}", scored.prediction, scored.copied_words);
  }
  return "";
}

// Where the scores of a metric's file come from.
const std::map<std::string, std::string> kSources{
    {"rouge_l", "rouge-score 0.1.2, rougeL without a stemmer"},
    {"exact_match", "by hand"},
    {"token_f1", "rouge-score 0.1.2, rouge1 without a stemmer"},
    {"rouge_1", "rouge-score 0.1.2, rouge1 without a stemmer"},
    {"rouge_2", "rouge-score 0.1.2, rouge2 without a stemmer"},
    {"rouge_l_xlsum", "multilingual-rouge 0.0.1, rougeL without a language"},
    {"rouge_1_xlsum", "multilingual-rouge 0.0.1, rouge1 without a language"},
    {"rouge_2_xlsum", "multilingual-rouge 0.0.1, rouge2 without a language"},
    {"token_f1_mkqa", "calculate_f1 of MKQA's mkqa_eval_util.py, by the language"},
    {"rouge_l_coco", "Rouge of pycocoevalcap 1.2"},
    {"rouge_l_rouge_package", "rouge 1.0.1, rouge-l"},
    {"bleu", "sacrebleu 2.6.0, sentence_bleu and corpus_bleu over 100"},
    {"bleu_1", "Bleu of pycocoevalcap 1.2"},
    {"bleu_2", "Bleu of pycocoevalcap 1.2"},
    {"bleu_3", "Bleu of pycocoevalcap 1.2"},
    {"bleu_4", "Bleu of pycocoevalcap 1.2"},
    {"cider", "Cider of pycocoevalcap 1.2"},
    {"chrf", "sacrebleu 2.6.0, sentence_chrf and corpus_chrf over 100"},
    {"meteor_nltk", "nltk 3.10.4, meteor_score with WordNet 3.0"},
    {"best_of_k_rouge_l", "rouge-score 0.1.2, the best rougeL of prediction and sample"},
    {"accuracy_text", "by hand"},
    {"accuracy_likelihood", "by hand"},
    {"accuracy_likelihood_normalized", "by hand"},
    {"accuracy_pmi", "by hand"},
    {"macro_f1", "scikit-learn 1.9.1, f1_score"},
    {"matthews", "scikit-learn 1.9.1, matthews_corrcoef"},
    {"pearson", "scipy 1.17.1, pearsonr, with x as 3, the mean"},
    {"distinct_1", "by hand"},
    {"distinct_2", "by hand"},
    {"distinct_predictions", "by hand"},
    {"output_length", "by hand"},
    {"copy_rate", "by hand"},
    {"perplexity", "by hand"},
    {"depth_rank", "by hand"},
    {"depth_rank_min", "by hand"}};

std::string score_text(double score) {
  return std::isnan(score) ? "missing" : fmt::format("{:.4f}", score);
}

// A line for each item, and one for all.
std::string scores_of_set(const Metric& metric, const GoldenSet& set) {
  std::string text = set.evidence.empty() ? "" : set.evidence + "\n";
  const std::vector<double> scores = metric.score(set.items);
  for (size_t i = 0; i < scores.size(); ++i)
    text +=
        fmt::format("{:>8}  {}\n", score_text(scores[i]), described(set.items[i], metric.evidence));
  return text + fmt::format("{:>8}  all\n", score_text(metric.of_all(set.items, scores)));
}

std::string golden_of(const Metric& metric) {
  std::string text = fmt::format("{}\nexpected: {}\n\n", metric.name, kSources.at(metric.name));
  switch (metric.evidence) {
    case Evidence::text:
      if (metric.name == "pearson") return text + scores_of_set(metric, numbers());
      [[fallthrough]];
    case Evidence::samples:
      return text + scores_of_set(metric, texts()) + "\n" + scores_of_set(metric, other_scripts());
    case Evidence::choices:
    case Evidence::choice_likelihood:
    case Evidence::choice_priors: return text + scores_of_set(metric, choices());
    case Evidence::target_likelihood:
    case Evidence::token_ranks: return text + scores_of_set(metric, likelihoods());
    case Evidence::training_outputs: return text + scores_of_set(metric, copies());
  }
  return text;
}

std::vector<std::string> catalogue_names() {
  std::vector<std::string> names;
  for (const Metric& metric : metrics()) names.push_back(metric.name);
  return names;
}

class MetricGolden : public testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(Catalogue, MetricGolden, testing::ValuesIn(catalogue_names()),
                         [](const auto& info) { return info.param; });

TEST_P(MetricGolden, File) {
  ASSERT_TRUE(kSources.contains(GetParam())) << "say in kSources where its scores come from";
  if (GetParam() == "meteor_nltk" && !has_wordnet())
    GTEST_SKIP() << "WordNet is not here: install wordnet-base";
  expect_golden("metrics/" + GetParam() + ".txt", golden_of(find_metric(GetParam())));
}

// Each metric has a file of its name, and each file is of a metric.
TEST(MetricGoldens, AreThoseOfTheCatalogue) {
  std::set<std::string> files, wanted;
  for (const auto& file :
       std::filesystem::directory_iterator(DOVETAIL_SOURCE_DIR "/tests/golden/metrics")) {
    if (file.path().extension() == ".txt") files.insert(file.path().stem());
  }
  for (const Metric& metric : metrics()) wanted.insert(metric.name);
  EXPECT_EQ(files, wanted);
}

}  // namespace
}  // namespace dovetail
