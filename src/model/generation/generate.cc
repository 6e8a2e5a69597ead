// SPDX-License-Identifier: Apache-2.0
#include "model/generation/generate.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <algorithm>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/random.h"
#include "base/stop.h"
#include "kernels/row_scores.h"
#include "model/generation/beam_search.h"
#include "model/generation/decoder_session.h"
#include "model/generation/generation_config.h"
#include "model/generation/logits_processors.h"
#include "model/generation/sampling_warpers.h"

namespace dovetail {

using at::Tensor;

namespace {

// One sequence of a source. Its ids begin with the decoder's start token.
struct Row {
  int64_t source = 0;
  std::vector<int32_t> ids;
  double score = 0;
  bool ended = false;
  Rng rng;
};

struct Picks {
  Tensor ids_R, log_probs_R;  // int64, float32; CPU
};

// Greedy decoding, or one draw a token.
class TokenSearch {
 public:
  TokenSearch(std::span<const EncodedSources> parts, const GenerationSettings& settings);
  std::vector<std::vector<Hypothesis>> run();

 private:
  Tensor next_scores();
  Tensor draw(const Tensor& scores_RV);
  Picks pick(const Tensor& scores_RV);
  void append(const Picks& picks);
  void drop_ended_sources(std::vector<std::vector<Hypothesis>>& results);

  const GenerationSettings settings_;
  const LogitsProcessors processors_;
  const at::Device device_;
  DecoderSession session_;
  const int64_t sources_;
  std::vector<Row> rows_;  // num_return_sequences of each live source
};

TokenSearch::TokenSearch(std::span<const EncodedSources> parts, const GenerationSettings& settings)
    : settings_(settings),
      processors_(settings),
      device_(parts.front().memory_BSD.device()),
      session_(parts, settings.num_return_sequences),
      sources_(num_sources(parts)) {
  for (int64_t source = 0; source < sources_; ++source) {
    for (int64_t n = 0; n < settings.num_return_sequences; ++n) {
      const uint64_t seed = derive_seed(seed_of_source(settings, source), std::to_string(n));
      rows_.push_back(
          {.source = source, .ids = {settings.decoder_start_token_id}, .rng = Rng(seed)});
    }
  }
}

// Feeds the start to ended sequences whose source has others that have not; their scores are
// ignored.
Tensor TokenSearch::next_scores() {
  std::vector<int64_t> ids;
  DecoderRows rows;
  for (const Row& row : rows_) {
    ids.push_back(row.ended ? settings_.decoder_start_token_id : row.ids.back());
    rows.push_back(row.ids);
  }
  Tensor scores = session_.next_logits(at::tensor(ids, at::kLong).to(device_));
  if (processors_.empty() && !settings_.do_sample) return scores;
  scores = scores.to(at::kCPU);
  if (!processors_.empty()) processors_.apply(rows, scores);
  return settings_.do_sample ? warp_for_sampling(scores, settings_, 1) : scores;
}

// Draws by inverting the cumulative distribution, with one uniform number a row and step.
Tensor TokenSearch::draw(const Tensor& scores_RV) {
  const Tensor cumulated = scores_RV.to(at::kDouble).softmax(-1).cumsum(-1).contiguous();
  const int64_t width = cumulated.size(1);
  Tensor ids_R = at::empty({cumulated.size(0)}, at::kLong);
  for (size_t r = 0; r < rows_.size(); ++r) {
    const double* sums = cumulated.const_data_ptr<double>() + static_cast<int64_t>(r) * width;
    const double target = rows_[r].rng.uniform() * sums[width - 1];
    // the first sum above the target belongs to an id whose probability is non-zero
    ids_R.data_ptr<int64_t>()[r] = std::upper_bound(sums, sums + width, target) - sums;
  }
  return ids_R;
}

Picks TokenSearch::pick(const Tensor& scores_RV) {
  const Tensor ids_R =
      settings_.do_sample ? draw(scores_RV) : top_scores(scores_RV, 1).places_RK.squeeze(1);
  if (!settings_.output_scores) return {ids_R.cpu(), at::zeros({ids_R.size(0)})};
  const Tensor chosen_R = scores_RV.gather(1, ids_R.unsqueeze(1)).squeeze(1);
  return {ids_R.cpu(), (chosen_R - scores_RV.logsumexp(-1)).cpu().contiguous()};
}

void TokenSearch::append(const Picks& picks) {
  const int64_t* id = picks.ids_R.const_data_ptr<int64_t>();
  const float* log_prob = picks.log_probs_R.const_data_ptr<float>();
  for (size_t r = 0; r < rows_.size(); ++r) {
    Row& row = rows_[r];
    if (row.ended) continue;
    row.ids.push_back(static_cast<int32_t>(id[r]));
    row.score += log_prob[r];
    row.ended = settings_.is_end(id[r]) || std::ssize(row.ids) > settings_.max_new_tokens;
  }
}

void TokenSearch::drop_ended_sources(std::vector<std::vector<Hypothesis>>& results) {
  const int64_t group = settings_.num_return_sequences;
  std::vector<Row> live;
  std::vector<int64_t> kept;
  for (int64_t first = 0; first < std::ssize(rows_); first += group) {
    const auto begin = rows_.begin() + first;
    const bool ended = std::all_of(begin, begin + group, [](const Row& row) { return row.ended; });
    for (int64_t r = first; r < first + group; ++r) {
      Row& row = rows_[r];
      if (ended) {
        const auto end = row.ids.end() - (settings_.is_end(row.ids.back()) ? 1 : 0);
        results[row.source].push_back({{row.ids.begin() + 1, end}, row.score});
      } else {
        kept.push_back(r);
        live.push_back(std::move(row));
      }
    }
  }
  const bool some_left = live.size() < rows_.size();
  rows_ = std::move(live);
  if (some_left && !rows_.empty()) session_.select(at::tensor(kept, at::kLong));
}

std::vector<std::vector<Hypothesis>> TokenSearch::run() {
  std::vector<std::vector<Hypothesis>> results(sources_);
  while (!rows_.empty()) {
    note_progress();
    append(pick(next_scores()));
    drop_ended_sources(results);
  }
  return results;
}

// In transformers these look at the prompt of a decoder-only model too, which here is embedded
// already.
void check_constraints_of_causal(const GenerationSettings& settings) {
  const auto refuse = [](const char* name) {
    throw_<ConfigError>(
        "{}: expected none for a decoder-only model, where it would have to look at the source "
        "too, which is not supported; leave it out",
        name);
  };
  if (settings.repetition_penalty != 1) refuse("repetition_penalty");
  if (settings.no_repeat_ngram_size > 0) refuse("no_repeat_ngram_size");
  for (const auto& word : settings.bad_words_ids)
    if (word.size() > 1) refuse("bad_words_ids of several ids");
  for (const SequenceBias& bias : settings.sequence_bias)
    if (bias.ids.size() > 1) refuse("sequence_bias of several ids");
}

}  // namespace

std::vector<std::vector<Hypothesis>> generate(std::span<const EncodedSources> parts,
                                              const GenerationSettings& settings) {
  const at::InferenceMode inference;
  const T5Config& config = parts.front().model->config();
  check_generation_settings(settings, config.vocab_size);
  if (config.is_causal()) check_constraints_of_causal(settings);
  if (settings.num_beams > 1) return beam_search(parts, settings);
  return TokenSearch(parts, settings).run();
}

std::vector<std::vector<Hypothesis>> generate(const T5Model& model, const Tensor& memory_BSD,
                                              const Tensor& mask_BS,
                                              const GenerationSettings& settings) {
  const EncodedSources all{&model, memory_BSD, mask_BS};
  return generate({&all, 1}, settings);
}

std::vector<std::vector<int32_t>> generate_greedy(const T5Model& model, const Tensor& memory_BSD,
                                                  const Tensor& mask_BS, int64_t max_new_tokens) {
  GenerationSettings settings;
  settings.max_new_tokens = max_new_tokens;
  settings.output_scores = false;
  apply_model_ids(model.config(), settings);
  std::vector<std::vector<int32_t>> outputs;
  for (std::vector<Hypothesis>& hypotheses : generate(model, memory_BSD, mask_BS, settings)) {
    outputs.push_back(std::move(hypotheses.front().ids));
  }
  return outputs;
}

}  // namespace dovetail
