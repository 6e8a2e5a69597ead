// SPDX-License-Identifier: Apache-2.0
#include "planning/pretrain_estimate.h"

#include <algorithm>
#include <cmath>

#include "jobs/text_rows.h"
#include "sweep/cost.h"
#include "text/corpus_names.h"

namespace dovetail {

namespace {

constexpr size_t kSampleDocuments = 4000;
constexpr int64_t kSampleRows = 2000, kSampleTokens = 1 << 18, kLeastRows = 100;
constexpr int64_t kLongRow = 512;  // T5's

Vocabulary stand_in(const VocabularySettings& settings, const std::string& file) {
  const int sentinels = static_cast<int>(settings.sentinels);
  if (settings.type == "file") return Vocabulary::from_file(file, sentinels);
  return Vocabulary::bytes(sentinels);
}

Documents documents_of(const TextSample& text) {
  int64_t tokens = 0;
  for (const std::vector<int32_t>& document : text.documents) tokens += std::ssize(document);
  return {std::ssize(text.documents), tokens,
          [&text](int64_t index) { return text.documents[index]; }};
}

Spending step_of(const TextSample& text, const ChoiceSettings& objective,
                 const PretrainSettings& settings, const ModelSize& size) {
  TextRows rows(documents_of(text), text.vocabulary, objective, settings,
                size.causal ? RowTexts::one : RowTexts::two);
  const int64_t sample =
      std::clamp(kSampleTokens / settings.sequence_length, kLeastRows, kSampleRows);
  return step_spending(rows, settings, size, sample);
}

// One endless document, so that every row is full.
double long_final_share(const TextSample& text, const ChoiceSettings& objective) {
  const std::vector<int32_t> document(4 * kLongRow, text.documents.front().front());
  const Documents endless(1, std::ssize(document), [&document](int64_t) { return document; });
  PretrainSettings settings;
  settings.sequence_length = settings.batch_tokens = kLongRow;
  TextRows rows(endless, text.vocabulary, objective, settings);
  const Spending spent = step_spending(rows, settings, {}, kLeastRows);
  return spent.final_only / spent.examples;
}

}  // namespace

TextSample sample_of_text(const std::vector<std::string>& corpus,
                          const VocabularySettings& settings, const std::string& vocabulary_file) {
  TextSample sample{stand_in(settings, vocabulary_file), {}};
  const double letters = letters_per_token(static_cast<double>(settings.vocab_size));
  for (const std::string& name : corpus) {
    for (const std::string& text : corpus_sample(name, kSampleDocuments / corpus.size())) {
      std::vector<int32_t> ids = sample.vocabulary.encode(text);
      if (settings.type == "unigram") {
        const double tokens = std::round(static_cast<double>(text.size()) / letters);
        ids.resize(std::clamp<size_t>(static_cast<size_t>(tokens), 1, ids.size()));
      }
      if (!ids.empty()) sample.documents.push_back(std::move(ids));
    }
  }
  return sample;
}

std::optional<PretrainEstimate> pretrain_estimate(const PretrainJob& job, const TextSample& text,
                                                  const ModelSize& size) {
  if (job.objective.name == "supervised" || text.documents.empty()) return {};
  const PretrainSettings& settings = job.pretrain;
  PretrainEstimate estimate{.step = step_of(text, job.objective, settings, size)};
  if (settings.budget.steps > 0) {
    estimate.reference_step =
        step_of(text, {kReferenceObjective, Json::object()}, reference_settings(settings), size);
  }
  estimate.long_final_share = long_final_share(text, job.objective);
  return estimate;
}

}  // namespace dovetail
