// SPDX-License-Identifier: Apache-2.0
#include "model/generation/beam_book.h"

#include <ATen/ops/from_blob.h>
#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace dovetail {

using at::Tensor;

namespace {

// The reference implementation's "no score", in float32 so that sums round as they do there.
constexpr float kNoScore = -1e9F;

// The places of the `count` largest of every `width` scores. LibTorch breaks ties, as in the
// reference implementation.
std::vector<int64_t> top_places(std::vector<float> scores, int64_t width, int64_t count) {
  const Tensor rows = at::from_blob(
      scores.data(), {static_cast<int64_t>(scores.size()) / width, width}, at::kFloat);
  const Tensor places = std::get<1>(rows.topk(count)).contiguous();
  const int64_t* place = places.const_data_ptr<int64_t>();
  return {place, place + places.numel()};
}

}  // namespace

BeamBook::BeamBook(int64_t num_sources, const GenerationSettings& settings)
    : settings_(settings),
      num_continuations_(std::max<int64_t>(2, 1 + std::ssize(settings.eos_token_id)) *
                         settings.num_beams) {
  const std::vector<Beam> start(settings.num_beams,
                                Beam{{settings.decoder_start_token_id}, kNoScore});
  for (int64_t source = 0; source < num_sources; ++source) {
    live_.push_back({source, start, start, true, Rng(seed_of_source(settings, source))});
    live_.back().running[0].score = 0;  // the others are copies of it until the first step
  }
}

float BeamBook::length_divisor(int64_t new_tokens) const {
  return static_cast<float>(std::pow(static_cast<double>(new_tokens), settings_.length_penalty));
}

std::vector<bool> BeamBook::ends(const Continuations& next) const {
  std::vector<bool> ended(next.tokens.numel(), new_tokens_ >= settings_.max_new_tokens);
  const int64_t* token = next.tokens.const_data_ptr<int64_t>();
  for (size_t i = 0; i < ended.size(); ++i) ended[i] = ended[i] || settings_.is_end(token[i]);
  return ended;
}

std::vector<float> BeamBook::running_scores(const Continuations& next,
                                            const std::vector<bool>& ended) const {
  const float* score = next.scores.const_data_ptr<float>();
  std::vector<float> scores(score, score + next.scores.numel());
  for (size_t i = 0; i < scores.size(); ++i) {
    if (ended[i]) scores[i] += kNoScore;
  }
  return scores;
}

// Lists, for each source, its kept beams and then its continuations. Only ended ones among the
// first num_beams can be kept.
std::vector<float> BeamBook::merged_scores(const Continuations& next,
                                           const std::vector<bool>& ended) const {
  const float* score = next.scores.const_data_ptr<float>();
  const float divisor = length_divisor(new_tokens_);
  std::vector<float> merged;
  size_t i = 0;
  for (const BeamSource& search : live_) {
    for (const Beam& beam : search.kept) merged.push_back(beam.score);
    for (int64_t place = 0; place < num_continuations(); ++place, ++i) {
      const bool counts = ended[i] && place < settings_.num_beams;
      merged.push_back(counts ? score[i] / divisor : score[i] / divisor + kNoScore);
    }
  }
  return merged;
}

Beam BeamBook::extended(const Continuations& next, int64_t live, int64_t place) const {
  const int64_t at = live * num_continuations() + place;
  Beam beam{live_[live].running[next.beams.const_data_ptr<int64_t>()[at]].ids};
  beam.ids.push_back(static_cast<int32_t>(next.tokens.const_data_ptr<int64_t>()[at]));
  return beam;
}

std::vector<Beam> BeamBook::best_running(const Continuations& next, int64_t live,
                                         const int64_t* places, const std::vector<float>& scores) {
  std::vector<Beam> running;
  for (int64_t i = 0; i < settings_.num_beams; ++i) {
    const int64_t at = live * num_continuations() + places[i];
    running.push_back(extended(next, live, places[i]));
    running.back().score = scores[at];
    rows_.push_back(live * settings_.num_beams + next.beams.const_data_ptr<int64_t>()[at]);
  }
  return running;
}

std::vector<Beam> BeamBook::best_kept(const Continuations& next, int64_t live,
                                      const int64_t* places, const std::vector<float>& scores,
                                      const std::vector<bool>& ended) const {
  const int64_t num_beams = settings_.num_beams;
  std::vector<Beam> kept;
  for (int64_t i = 0; i < num_beams; ++i) {
    if (places[i] < num_beams) {
      kept.push_back(live_[live].kept[places[i]]);
      continue;
    }
    const int64_t place = places[i] - num_beams;
    kept.push_back(extended(next, live, place));
    kept.back().score = scores[live * (num_beams + num_continuations()) + places[i]];
    kept.back().finished = place < num_beams && ended[live * num_continuations() + place];
  }
  return kept;
}

// Whether the best running beam may still beat the worst kept one: a heuristic, as in the reference
// implementation.
bool BeamBook::may_improve(const BeamSource& search) const {
  const bool at_full_length =
      settings_.early_stopping == EarlyStopping::kNever && settings_.length_penalty > 0;
  const int64_t length = at_full_length ? settings_.max_new_tokens : new_tokens_;
  const float hoped_for = search.running[0].score / length_divisor(length);
  const auto lower = [](const Beam& a, const Beam& b) { return a.score < b.score; };
  const float worst = std::min_element(search.kept.begin(), search.kept.end(), lower)->score;
  return std::any_of(search.kept.begin(), search.kept.end(), [&](const Beam& beam) {
    return hoped_for > (beam.finished ? worst : kNoScore);
  });
}

bool BeamBook::is_full(const BeamSource& search) const {
  return std::all_of(search.kept.begin(), search.kept.end(),
                     [](const Beam& beam) { return beam.finished; });
}

bool BeamBook::is_done(const BeamSource& search) const {
  const bool stops_when_full = settings_.early_stopping == EarlyStopping::kTrue;
  return !search.can_improve || new_tokens_ >= settings_.max_new_tokens ||
         (stops_when_full && is_full(search));
}

void BeamBook::advance(const Continuations& next) {
  ++new_tokens_;
  const int64_t num_beams = settings_.num_beams, width = num_continuations();
  const std::vector<bool> ended = ends(next);
  const std::vector<float> running = running_scores(next, ended),
                           merged = merged_scores(next, ended);
  const std::vector<int64_t> run_on = top_places(running, width, num_beams);
  const std::vector<int64_t> keep = top_places(merged, num_beams + width, num_beams);
  rows_.clear();
  for (int64_t live = 0; live < static_cast<int64_t>(live_.size()); ++live) {
    BeamSource& search = live_[live];
    search.kept = best_kept(next, live, keep.data() + live * num_beams, merged, ended);
    search.running = best_running(next, live, run_on.data() + live * num_beams, running);
    search.can_improve = may_improve(search);
  }
}

std::vector<int64_t> BeamBook::drop_finished(std::vector<std::vector<Hypothesis>>& results) {
  std::vector<BeamSource> live;
  std::vector<int64_t> rows;
  for (size_t i = 0; i < live_.size(); ++i) {
    BeamSource& search = live_[i];
    if (!is_done(search)) {
      const auto first = rows_.begin() + static_cast<int64_t>(i) * settings_.num_beams;
      rows.insert(rows.end(), first, first + settings_.num_beams);
      live.push_back(std::move(search));
      continue;
    }
    for (int64_t n = 0; n < settings_.num_return_sequences; ++n) {
      const Beam& beam = search.kept[n];
      const auto end = std::find_if(beam.ids.begin() + 1, beam.ids.end(),
                                    [&](int32_t id) { return settings_.is_end(id); });
      results[search.source].push_back({{beam.ids.begin() + 1, end}, beam.score});
    }
  }
  live_ = std::move(live);
  return rows;
}

}  // namespace dovetail
