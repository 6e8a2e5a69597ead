// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "model/generation/generation_settings.h"

namespace dovetail {

// A hypothesis. Its ids begin with the decoder's start token. The score of a running beam is the
// sum of its log-probabilities; that of a kept one is this sum / length^length_penalty.
struct Beam {
  std::vector<int32_t> ids;
  float score = 0;
  bool finished = false;
};

// The search of one source: num_beams running beams, and the num_beams best candidates for its
// answer (not all of them finished yet).
struct BeamSource {
  int64_t source = 0;
  std::vector<Beam> running, kept;
  bool can_improve = true;
  Rng rng;
};

// The continuations of each of L live sources, best (sampling: first drawn) first: so many that as
// many as there are beams do not end, 2 * num_beams where there is one end.
struct Continuations {
  at::Tensor scores, beams, tokens;  // [L, C] float32, int64, int64; CPU, contiguous
};

// The bookkeeping of beam search, without a model: which beams continue, which are kept, and when a
// source is done. Each step computes in float32 and breaks ties as transformers 5.23 does.
class BeamBook {
 public:
  BeamBook(int64_t num_sources, const GenerationSettings& settings);

  std::vector<BeamSource>& live() { return live_; }
  int64_t num_continuations() const { return num_continuations_; }

  void advance(const Continuations& next);

  // Moves the answers of finished sources into `results`. Returns, for each running beam of the
  // others, the row of the previous step that it continues.
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
  const int64_t num_continuations_;
  std::vector<BeamSource> live_;
  std::vector<int64_t> rows_;  // of the previous step, which the running beams continue
  int64_t new_tokens_ = 0;
};

}  // namespace dovetail
