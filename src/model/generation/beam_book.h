// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "model/generation/generation_settings.h"

namespace dovetail {

// A sequence of a search: ids with the decoder's start. Running: the sum of its log-probabilities;
// kept: that over its length to the power of the length penalty.
struct Beam {
  std::vector<int32_t> ids;
  float score = 0;
  bool finished = false;
};

// The search of one source: num_beams sequences that go on, and the num_beams best that may be its
// answer (not all of them finished yet).
struct BeamSource {
  int64_t source = 0;
  std::vector<Beam> running, kept;
  bool can_improve = true;
  Rng rng;
};

// 2 * num_beams continuations of each live source, best (sampling: first drawn) first.
struct Continuations {
  at::Tensor scores, beams, tokens;  // [L, 2N] float32, int64, int64; CPU, contiguous
};

// Beam search without a model: which sequences go on, which are kept, and when a source is done.
// Its arithmetic is float32 and its ties are LibTorch's, step by step as in transformers 5.23.
class BeamBook {
 public:
  BeamBook(int64_t num_sources, const GenerationSettings& settings);

  std::vector<BeamSource>& live() { return live_; }
  int64_t num_continuations() const { return 2 * settings_.num_beams; }

  void advance(const Continuations& next);

  // Moves the answers of sources that are done into `results`. Returns, for each running beam of
  // the others, the row of the step before from which it goes on.
  std::vector<int64_t> drop_finished(std::vector<std::vector<Hypothesis>>& results);

 private:
  bool is_full(const BeamSource& search) const;
  bool is_done(const BeamSource& search) const;
  bool may_improve(const BeamSource& search) const;
  float length_divisor(int64_t new_tokens) const;
  std::vector<bool> ends(const Continuations& next) const;
  std::vector<float> running_scores(const Continuations& next,
                                    const std::vector<bool>& ended) const;
  std::vector<float> merged_scores(const Continuations& next, const std::vector<bool>& ended) const;
  Beam extended(const Continuations& next, int64_t live, int64_t place) const;
  std::vector<Beam> best_running(const Continuations& next, int64_t live, const int64_t* places,
                                 const std::vector<float>& scores);
  std::vector<Beam> best_kept(const Continuations& next, int64_t live, const int64_t* places,
                              const std::vector<float>& scores,
                              const std::vector<bool>& ended) const;

  const GenerationSettings settings_;
  std::vector<BeamSource> live_;
  std::vector<int64_t> rows_;  // of the step before, that the running beams go on from
  int64_t new_tokens_ = 0;
};

}  // namespace dovetail
