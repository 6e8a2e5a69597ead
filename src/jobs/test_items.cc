// SPDX-License-Identifier: Apache-2.0
#include "jobs/test_items.h"

#include <c10/core/InferenceMode.h>
#include <algorithm>
#include <functional>

#include "base/error.h"
#include "base/stop.h"
#include "jobs/framing.h"
#include "jobs/label_answers.h"
#include "templates/answer.h"

namespace dovetail {

using at::Tensor;

namespace {

constexpr size_t kBatchTokens = 8192;  // with padding; bounds the memory of the hidden states

// How rows are scored: with a tuning, or by the model alone.
struct RowScorer {
  const T5Model& model;
  std::function<Tensor(const Tensor& ids_BS)> embed;
  std::function<std::vector<TokenScores>(std::span<const EncodedSources> sources,
                                         std::span<const Ids> targets)>
      score;
};

std::vector<TokenScores> score_batch(const RowScorer& scorer, const std::vector<Sequence>& rows,
                                     const std::vector<size_t>& places) {
  std::vector<const Sequence*> chosen;
  std::vector<Ids> targets;
  for (const size_t place : places) {
    chosen.push_back(&rows[place]);
    targets.emplace_back(rows[place].target);
  }
  const at::InferenceMode inference;
  const T5Model& model = scorer.model;
  const Batch batch = collate(chosen, BatchIds(model.config())).to(model.device());
  const EncodedSources sources{&model, model.encode(scorer.embed(batch.source_BS), batch.mask_BS),
                               batch.mask_BS};
  return scorer.score({&sources, 1}, targets);
}

std::vector<TokenScores> score_all(const RowScorer& scorer, const std::vector<Sequence>& rows) {
  std::vector<std::pair<size_t, size_t>> sizes;
  for (const Sequence& row : rows) sizes.emplace_back(row.source.size(), row.target.size());
  std::vector<TokenScores> scores(rows.size());
  for (const std::vector<size_t>& places : token_batches(sizes, kBatchTokens)) {
    check_stop();
    std::vector<TokenScores> found = score_batch(scorer, rows, places);
    for (size_t i = 0; i < places.size(); ++i) scores[places[i]] = std::move(found[i]);
  }
  return scores;
}

bool contains(const std::vector<Evidence>& needed, Evidence evidence) {
  return std::ranges::find(needed, evidence) != needed.end();
}

// Adds the scores of one row for each choice; owners[i] is the item of row i.
void add_scores(const std::vector<size_t>& owners, const std::vector<TokenScores>& scores,
                std::vector<double> ScoredItem::*logprobs, std::vector<ScoredItem>& items) {
  for (size_t i = 0; i < owners.size(); ++i) {
    ScoredItem& item = items[owners[i]];
    (item.*logprobs).push_back(scores[i].logprob);
    if (logprobs == &ScoredItem::choice_logprobs) {
      item.choice_tokens.push_back(static_cast<int64_t>(scores[i].token_logprobs.size()));
    }
  }
}

void add_choice_likelihoods(const EvalContext& context, const std::vector<const Example*>& examples,
                            bool with_priors, DescribedItems& described) {
  std::vector<ScoredItem>& items = described.items;
  EncodedRows asked, bare;
  std::vector<size_t> owners;
  for (size_t i = 0; i < examples.size(); ++i) {
    for (size_t choice = 0; choice < items[i].choices.size(); ++choice) {
      owners.push_back(i);
      asked.add(context.encoder.choice_row(*examples[i], choice));
      if (with_priors) bare.add(context.encoder.prior_row(*examples[i], choice));
    }
  }
  add_scores(owners, score_rows(context, asked.rows), &ScoredItem::choice_logprobs, items);
  if (with_priors)
    add_scores(owners, score_rows(context, bare.rows), &ScoredItem::choice_priors, items);
  described.counts += asked.counts;
  described.counts += bare.counts;
}

void add_ranks(const EvalContext& context, const std::vector<const Example*>& examples,
               const std::vector<Sequence>& first_rows, const std::vector<TokenScores>& first,
               DescribedItems& described) {
  EncodedRows further;  // of the references after the first
  for (const Example* example : examples) {
    for (size_t k = 1; k < example->references.size(); ++k) {
      further.add(context.encoder.row(*example, example->references[k]));
    }
  }
  const std::vector<TokenScores> others = score_rows(context, further.rows);
  const Vocabulary& vocabulary = context.encoder.vocabulary();
  size_t next = 0;
  for (size_t i = 0; i < examples.size(); ++i) {
    std::vector<std::vector<int64_t>>& ranks = described.items[i].token_ranks;
    ranks.push_back(content_ranks(vocabulary, first_rows[i], first[i]));
    for (size_t k = 1; k < examples[i]->references.size(); ++k, ++next) {
      ranks.push_back(content_ranks(vocabulary, further.rows[next], others[next]));
    }
  }
  described.counts += further.counts;
}

}  // namespace

std::vector<TokenScores> score_targets(const EvalContext& context,
                                       std::span<const EncodedSources> sources,
                                       std::span<const Ids> targets) {
  const LabelReader* reader = context.tuning.label_reader();
  if (!reader) return score_targets(sources, targets);
  DOVETAIL_CHECK(sources.size() == 1);
  return score_labels(*reader, sources.front().memory_BSD, sources.front().mask_BS, targets);
}

std::vector<TokenScores> score_rows(const EvalContext& context, const std::vector<Sequence>& rows) {
  return score_all({context.model, [&](const Tensor& ids) { return context.tuning.embed(ids); },
                    [&](std::span<const EncodedSources> sources, std::span<const Ids> targets) {
                      return score_targets(context, sources, targets);
                    }},
                   rows);
}

std::vector<TokenScores> score_rows(const T5Model& model, const std::vector<Sequence>& rows) {
  return score_all({model, [&](const Tensor& ids) { return model.embed(ids); },
                    [](std::span<const EncodedSources> sources, std::span<const Ids> targets) {
                      return score_targets(sources, targets);
                    }},
                   rows);
}

std::vector<Evidence> needed_evidence(const std::vector<std::string>& metrics) {
  std::vector<Evidence> needed;
  for (const std::string& name : metrics) needed.push_back(find_metric(name).evidence);
  return needed;
}

std::vector<int64_t> content_ranks(const Vocabulary& vocabulary, const Sequence& row,
                                   const TokenScores& scores) {
  std::vector<int64_t> ranks;
  for (size_t i = 0; i < row.target.size(); ++i) {
    if (is_content(vocabulary, row.target[i])) ranks.push_back(scores.token_ranks[i]);
  }
  return ranks;
}

DescribedItems describe_items(const EvalContext& context,
                              const std::vector<const Example*>& examples,
                              const std::vector<Sequence>& rows,
                              const std::vector<TokenScores>& first,
                              const std::vector<Evidence>& needed) {
  DOVETAIL_CHECK(examples.size() == rows.size() && rows.size() == first.size());
  const at::InferenceMode inference;
  const ExampleEncoder& encoder = context.encoder;
  DescribedItems described;
  for (size_t i = 0; i < examples.size(); ++i) {
    described.items.push_back(
        {.references = references_of(encoder.tmpl(), encoder.task(), *examples[i]),
         .choices = choices_of(encoder.task(), *examples[i]),
         .answer = examples[i]->answer,
         .target_logprob = first[i].logprob,
         .target_tokens = static_cast<int64_t>(first[i].token_logprobs.size())});
  }
  const bool priors = contains(needed, Evidence::choice_priors);
  if (priors || contains(needed, Evidence::choice_likelihood)) {
    add_choice_likelihoods(context, examples, priors, described);
  }
  if (contains(needed, Evidence::token_ranks)) add_ranks(context, examples, rows, first, described);
  return described;
}

}  // namespace dovetail
