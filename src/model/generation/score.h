// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "model/generation/encoded_sources.h"

namespace dovetail {

// Token ids of one sequence, owned by the caller.
using Ids = std::span<const int32_t>;

// Sources padded to the longest: int64 ids, and a float mask with 1 for tokens.
struct PaddedSources {
  at::Tensor ids_BS, mask_BS;
};
PaddedSources pad_sources(std::span<const Ids> sources);

// A target's scores under a model, token by token: natural log-probabilities, and ranks. The
// likeliest token has rank 1; equal logits share the better rank.
struct TokenScores {
  double logprob = 0;  // the sum
  std::vector<float> token_logprobs;
  std::vector<int64_t> token_ranks;
};

// Scores one batch by teacher forcing: target n given source n. Nothing is appended to a target.
std::vector<TokenScores> score_targets(const T5Model& model, std::span<const Ids> sources,
                                       std::span<const Ids> targets);

// The same with given outputs of the encoder: target n given the n-th of all sources. Several
// models must be such as may share a pass (may_share).
std::vector<TokenScores> score_targets(std::span<const EncodedSources> parts,
                                       std::span<const Ids> targets);
std::vector<TokenScores> score_targets(const T5Model& model, const at::Tensor& memory_BSD,
                                       const at::Tensor& mask_BS, std::span<const Ids> targets);

// Batches of `batch_size` sources by their lengths, as places: longest first, and equal ones in
// their order, so that a batch holds little padding.
std::vector<std::vector<size_t>> length_batches(std::span<const size_t> lengths,
                                                int64_t batch_size);

// Groups the indices of `sizes` (source and target lengths) into batches with little padding:
// longest first, with at most batch_tokens padded tokens or one row each.
std::vector<std::vector<size_t>> token_batches(std::span<const std::pair<size_t, size_t>> sizes,
                                               size_t batch_tokens);

}  // namespace dovetail
