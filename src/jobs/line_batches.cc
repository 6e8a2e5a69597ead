// SPDX-License-Identifier: Apache-2.0
#include "jobs/line_batches.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/random.h"

namespace dovetail {

namespace {

constexpr size_t kShortestLine = 2;  // what an objective needs

// Sets the label in the mask, and keeps one token that is noise and one that is not.
void set_label(const PoolLine& line, bool as_noise, NoiseMask& mask, Rng& rng) {
  std::vector<size_t> others;
  for (size_t i = 0; i < mask.size(); ++i) {
    if (line.is_label[i]) {
      mask[i] = as_noise;
    } else {
      others.push_back(i);
    }
  }
  if (others.empty()) return;
  const bool any = std::ranges::find(mask, 1) != mask.end();
  const bool all = std::ranges::find(mask, 0) == mask.end();
  if (!any || all) mask[others[rng.below(others.size())]] = !any;
}

}  // namespace

LineBatches::LineBatches(std::vector<PoolLine> lines, const Vocabulary& vocabulary,
                         const LineSettings& settings, BatchIds ids)
    : lines_(std::move(lines)),
      vocabulary_(vocabulary),
      settings_(settings),
      ids_(ids),
      objective_(make_objective(settings.objective.name, settings.objective.parameters)),
      symbols_(*objective_.objective, objective_.parameters, vocabulary) {
  std::erase_if(lines_, [](const PoolLine& line) { return line.ids.size() < kShortestLine; });
  if (lines_.empty()) throw_<DataError>("no text of the pool has two tokens: give a larger pool");
  if (settings_.mask_label == "rate" || objective_.objective->noise_mask_fn) return;
  throw_<ConfigError>("objective \"{}\" draws no mask of tokens: give mask_label = \"rate\"",
                      settings_.objective.name);
}

Denoised LineBatches::denoise(const PoolLine& line, Rng& rng) const {
  if (settings_.mask_label == "rate") return objective_.apply(line.ids, symbols_.symbols(), rng);
  const Objective& objective = *objective_.objective;
  NoiseMask mask =
      objective.noise_mask_fn(static_cast<int64_t>(line.ids.size()), objective_.parameters, rng);
  set_label(line, settings_.mask_label == "always", mask, rng);
  const Symbols symbols = symbols_.symbols();
  const NoisyText text{line.ids, mask, symbols.sentinels, objective_.parameters, rng};
  Denoised denoised;
  denoised.inputs = objective.inputs_fn(text);
  denoised.targets = objective.targets_fn(text);
  denoised.noise = std::move(mask);
  return denoised;
}

void LineBatches::begin_epoch(int64_t epoch) {
  if (epoch == epoch_) return;
  Rng rng(derive_seed(settings_.seed, fmt::format("epoch/{}", epoch)));
  order_ = rng.permutation(std::ssize(lines_));
  epoch_ = epoch;
}

const PoolLine& LineBatches::line_at(int64_t number) {
  begin_epoch(number / std::ssize(lines_));
  return lines_[order_[number % std::ssize(lines_)]];
}

Denoised LineBatches::denoised(int64_t number) {
  Rng rng(derive_seed(settings_.seed, fmt::format("row/{}", number)));
  return denoise(line_at(number), rng);
}

Sequence LineBatches::row(int64_t number) {
  Denoised made = denoised(number);
  return {vocabulary_.frame(std::move(made.inputs)), vocabulary_.frame(std::move(made.targets))};
}

LabelShares LineBatches::label_shares() {
  double labels = 0, asked = 0, noise = 0;
  for (int64_t number = 0; number < std::ssize(lines_); ++number) {
    const NoiseMask mask = denoised(number).noise;
    const std::vector<char>& is_label = line_at(number).is_label;
    for (size_t i = 0; i < mask.size(); ++i) {
      labels += is_label[i];
      noise += mask[i];
      asked += is_label[i] && mask[i];
    }
  }
  if (labels == 0) return {std::nan(""), std::nan("")};
  return {asked / labels, asked / std::max(1.0, noise)};
}

Batch LineBatches::batch(int64_t step) {
  std::vector<Sequence> rows;
  for (int64_t i = 0; i < settings_.batch_size; ++i)
    rows.push_back(row(step * settings_.batch_size + i));
  std::vector<const Sequence*> pointers;
  for (const Sequence& one : rows) pointers.push_back(&one);
  return collate(pointers, ids_);
}

double LineBatches::mean_batch_tokens() {
  double tokens = 0;
  for (size_t number = 0; number < lines_.size(); ++number) {
    const Sequence one = row(static_cast<int64_t>(number));
    tokens += static_cast<double>(one.source.size() + one.target.size());
  }
  return tokens / static_cast<double>(lines_.size()) * static_cast<double>(settings_.batch_size);
}

}  // namespace dovetail
