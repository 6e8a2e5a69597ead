// SPDX-License-Identifier: Apache-2.0
#include "model/generation/beam_search.h"

#include <ATen/ops/tensor.h>
#include <cmath>
#include <utility>

#include "base/stop.h"
#include "kernels/row_scores.h"
#include "model/generation/beam_book.h"
#include "model/generation/decoder_session.h"
#include "model/generation/logits_processors.h"
#include "model/generation/sampling_warpers.h"

namespace dovetail {

using at::Tensor;

namespace {

class BeamSearch {
 public:
  BeamSearch(std::span<const EncodedSources> parts, const GenerationSettings& settings)
      : settings_(settings),
        processors_(settings),
        device_(parts.front().memory_BSD.device()),
        session_(parts, settings.num_beams),
        book_(num_sources(parts), settings) {}

  std::vector<std::vector<Hypothesis>> run(int64_t num_sources);

 private:
  Tensor accumulated_scores();
  Tensor with_noise(const Tensor& scores_LX);
  Continuations continuations();

  const GenerationSettings settings_;
  const LogitsProcessors processors_;
  const at::Device device_;
  DecoderSession session_;
  BeamBook book_;
};

// The log-probability of every beam with every next token, [L, N * V].
Tensor BeamSearch::accumulated_scores() {
  std::vector<int64_t> ids;
  std::vector<float> scores;
  DecoderRows rows;
  for (const BeamSource& search : book_.live()) {
    for (const Beam& beam : search.running) {
      ids.push_back(beam.ids.back());
      scores.push_back(beam.score);
      rows.push_back(beam.ids);
    }
  }
  const Tensor logits = session_.next_logits(at::tensor(ids, at::kLong).to(device_));
  Tensor log_probs = log_softmax_rows(logits);
  if (!processors_.empty()) {
    log_probs = log_probs.to(at::kCPU);
    processors_.apply(rows, log_probs);
  }
  if (settings_.do_sample) {
    // so that one of them does not end
    const int64_t kept = std::max<int64_t>(2, 1 + std::ssize(settings_.eos_token_id));
    log_probs = warp_for_sampling(log_probs, settings_, kept);
  }
  if (settings_.renormalize_logits) log_probs = log_softmax_rows(log_probs);
  const Tensor so_far = at::tensor(scores, at::kFloat).to(log_probs.device());
  const auto num_live = static_cast<int64_t>(book_.live().size());
  return log_probs.add_(so_far.unsqueeze(1)).view({num_live, -1});
}

// Adds Gumbel noise, so that the best scores are draws without replacement (Kool et al. 2019).
Tensor BeamSearch::with_noise(const Tensor& scores_LX) {
  Tensor noisy = scores_LX.to(at::kCPU, at::kDouble).contiguous();
  double* score = noisy.data_ptr<double>();
  for (BeamSource& search : book_.live()) {
    for (int64_t i = 0; i < noisy.size(1); ++i) {
      *score++ -= std::log(-std::log(search.rng.uniform() + 0x1p-54));
    }
  }
  return noisy;
}

Continuations BeamSearch::continuations() {
  const Tensor scores = accumulated_scores();
  const int64_t vocabulary = scores.size(1) / settings_.num_beams;
  Tensor best, places;
  if (settings_.do_sample) {
    places = std::get<1>(with_noise(scores).topk(book_.num_continuations()));
    best = scores.cpu().gather(1, places);
  } else {
    const TopScores top = top_scores(scores, book_.num_continuations());
    best = top.scores_RK;
    places = top.places_RK;
  }
  places = places.cpu();
  return {best.cpu().contiguous(), places.div(vocabulary, "floor").contiguous(),
          places.remainder(vocabulary).contiguous()};
}

std::vector<std::vector<Hypothesis>> BeamSearch::run(int64_t num_sources) {
  std::vector<std::vector<Hypothesis>> results(num_sources);
  while (!book_.live().empty()) {
    note_progress();
    book_.advance(continuations());
    const std::vector<int64_t> rows = book_.drop_finished(results);
    if (!rows.empty()) session_.select(at::tensor(rows, at::kLong));
  }
  return results;
}

}  // namespace

std::vector<std::vector<Hypothesis>> beam_search(std::span<const EncodedSources> parts,
                                                 const GenerationSettings& settings) {
  return BeamSearch(parts, settings).run(num_sources(parts));
}

}  // namespace dovetail
