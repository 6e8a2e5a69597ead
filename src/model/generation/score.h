// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "model/t5.h"

namespace dovetail {

// A row of ids; the owner keeps them.
using Ids = std::span<const int32_t>;

// Sources padded to the longest: int64 ids and a float mask, 1 for tokens.
struct PaddedSources {
  at::Tensor ids_BS, mask_BS;
};
PaddedSources pad_sources(std::span<const Ids> sources);

// What a model thinks of a target, token by token: log-probabilities (natural), and ranks, 1 for
// the likeliest token (tokens of equal logits share the better rank).
struct TokenScores {
  double logprob = 0;  // the sum
  std::vector<float> token_logprobs;
  std::vector<int64_t> token_ranks;
};

// Scores one batch by teacher forcing: target n, as it is, after source n.
std::vector<TokenScores> score_targets(const T5Model& model, std::span<const Ids> sources,
                                       std::span<const Ids> targets);

// The same where the encoder's output is there already.
std::vector<TokenScores> score_targets(const T5Model& model, const at::Tensor& memory_BSD,
                                       const at::Tensor& mask_BS, std::span<const Ids> targets);

// Places 0, 1, ... in batches with little padding: longest first, at most so many padded tokens (or
// one row) a batch. sizes: source and target length of each.
std::vector<std::vector<size_t>> token_batches(std::span<const std::pair<size_t, size_t>> sizes,
                                               size_t batch_tokens);

}  // namespace dovetail
