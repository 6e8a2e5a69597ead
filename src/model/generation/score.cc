// SPDX-License-Identifier: Apache-2.0
#include "model/generation/score.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <algorithm>
#include <functional>
#include <numeric>
#include <tuple>
#include <utility>

#include "base/error.h"
#include "kernels/row_scores.h"

namespace dovetail {

using at::Tensor;

namespace {

// The positions whose logits are computed at once, so that a whole batch's are never held.
constexpr int64_t kLogitRows = 256;

size_t longest(std::span<const Ids> rows) {
  size_t length = 0;
  for (const Ids row : rows) length = std::max(length, row.size());
  return length;
}

// The decoder reads its start token and then the target without its last id.
Tensor decoder_inputs(std::span<const Ids> targets, int64_t start) {
  const auto length = static_cast<int64_t>(longest(targets));
  Tensor ids_BT = at::full({std::ssize(targets), length}, start, at::kLong);
  int64_t* row = ids_BT.data_ptr<int64_t>();
  for (const Ids target : targets) {
    std::copy(target.begin(), target.end() - 1, row + 1);
    row += length;
  }
  return ids_BT;
}

struct Positions {
  Tensor places_P, ids_P;  // in the flattened [B * T]; the target's id there
};

// Leaves padding out, so that no logits are computed for it.
Positions target_positions(std::span<const Ids> targets) {
  const auto length = static_cast<int64_t>(longest(targets));
  std::vector<int64_t> places, ids;
  int64_t first = 0;
  for (const Ids target : targets) {
    for (size_t i = 0; i < target.size(); ++i) {
      places.push_back(first + static_cast<int64_t>(i));
      ids.push_back(target[i]);
    }
    first += length;
  }
  return {at::tensor(places, at::kLong), at::tensor(ids, at::kLong)};
}

struct Predictions {
  Tensor hidden_PD, ids_P;
};

// The hidden states behind all ids of the targets, in their order.
Predictions predictions(std::span<const EncodedSources> parts, std::span<const Ids> targets) {
  std::vector<DecoderPart> decoded;
  std::vector<Positions> positions;
  for (const auto& [model, memory_BSD, mask_BS] : parts) {
    const std::span<const Ids> own = targets.first(memory_BSD.size(0));
    targets = targets.subspan(own.size());
    const Tensor ids_BT = decoder_inputs(own, model->config().decoder_start_token_id);
    decoded.push_back({model, ids_BT.to(model->device()), memory_BSD, mask_BS});
    positions.push_back(target_positions(own));
  }
  const std::vector<Tensor> hidden_BTD = decode_group(decoded);
  std::vector<Tensor> hidden, ids;
  for (size_t i = 0; i < hidden_BTD.size(); ++i) {
    const at::Device device = hidden_BTD[i].device();
    hidden.push_back(hidden_BTD[i].flatten(0, 1).index_select(0, positions[i].places_P.to(device)));
    ids.push_back(positions[i].ids_P.to(device));
  }
  if (hidden.size() == 1) return {hidden[0], ids[0]};
  return {at::cat(hidden), at::cat(ids)};
}

// One position a row.
IdScores score_positions(const T5Model& model, const Tensor& hidden_PD, const Tensor& ids_P) {
  std::vector<Tensor> logprobs, ranks;
  for (int64_t first = 0; first < ids_P.size(0); first += kLogitRows) {
    const int64_t end = std::min(first + kLogitRows, ids_P.size(0));
    const Tensor logits_PV = model.logits(hidden_PD.slice(0, first, end)).to(at::kFloat);
    const IdScores found = scores_of_ids(logits_PV, ids_P.slice(0, first, end));
    logprobs.push_back(found.logprobs_R);
    ranks.push_back(found.ranks_R);
  }
  return {at::cat(logprobs).cpu().contiguous(), at::cat(ranks).cpu().contiguous()};
}

}  // namespace

PaddedSources pad_sources(std::span<const Ids> sources) {
  const auto length = static_cast<int64_t>(longest(sources));
  PaddedSources padded{at::zeros({std::ssize(sources), length}, at::kLong),
                       at::zeros({std::ssize(sources), length})};
  for (int64_t row = 0; row < std::ssize(sources); ++row) {
    const Ids source = sources[row];
    std::copy(source.begin(), source.end(), padded.ids_BS.data_ptr<int64_t>() + row * length);
    std::fill_n(padded.mask_BS.data_ptr<float>() + row * length, source.size(), 1.0F);
  }
  return padded;
}

std::vector<TokenScores> score_targets(const T5Model& model, std::span<const Ids> sources,
                                       std::span<const Ids> targets) {
  DOVETAIL_CHECK_EQ(sources.size(), targets.size());
  const at::InferenceMode inference;
  const PaddedSources padded = pad_sources(sources);
  const Tensor mask_BS = padded.mask_BS.to(model.device());
  return score_targets(model, model.encode(model.embed(padded.ids_BS.to(model.device())), mask_BS),
                       mask_BS, targets);
}

std::vector<TokenScores> score_targets(std::span<const EncodedSources> parts,
                                       std::span<const Ids> targets) {
  DOVETAIL_CHECK_EQ(num_sources(parts), std::ssize(targets));
  const at::InferenceMode inference;
  const T5Model& model = *parts.front().model;
  const Predictions predicted = predictions(parts, targets);
  const IdScores found = score_positions(model, predicted.hidden_PD, predicted.ids_P);
  const float* logprob = found.logprobs_R.const_data_ptr<float>();
  const int64_t* rank = found.ranks_R.const_data_ptr<int64_t>();
  std::vector<TokenScores> scores;
  for (const Ids target : targets) {
    const auto count = static_cast<int64_t>(target.size());
    scores.push_back({std::accumulate(logprob, logprob + count, 0.0),
                      {logprob, logprob + count},
                      {rank, rank + count}});
    logprob += count;
    rank += count;
  }
  return scores;
}

std::vector<TokenScores> score_targets(const T5Model& model, const Tensor& memory_BSD,
                                       const Tensor& mask_BS, std::span<const Ids> targets) {
  const EncodedSources all{&model, memory_BSD, mask_BS};
  return score_targets({&all, 1}, targets);
}

std::vector<std::vector<size_t>> length_batches(std::span<const size_t> lengths,
                                                int64_t batch_size) {
  std::vector<size_t> order(lengths.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, std::greater(), [&](size_t place) { return lengths[place]; });
  std::vector<std::vector<size_t>> batches;
  for (auto first = order.begin(); first != order.end();) {
    const auto end = first + std::min(batch_size, order.end() - first);
    batches.emplace_back(first, end);
    first = end;
  }
  return batches;
}

std::vector<std::vector<size_t>> token_batches(std::span<const std::pair<size_t, size_t>> sizes,
                                               size_t batch_tokens) {
  std::vector<size_t> order(sizes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return sizes[a] > sizes[b]; });
  std::vector<std::vector<size_t>> batches;
  size_t source = 0, target = 0;
  for (const size_t place : order) {
    source = std::max(source, sizes[place].first);
    target = std::max(target, sizes[place].second);
    if (batches.empty() || (batches.back().size() + 1) * (source + target) > batch_tokens) {
      batches.emplace_back();
      std::tie(source, target) = sizes[place];
    }
    batches.back().push_back(place);
  }
  return batches;
}

}  // namespace dovetail
