// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "model/generation/score.h"
#include "tuning/label_reader.h"

// Shape suffixes: those of tuning/label_reader.h.
namespace dovetail {

// What score_targets and generate are to the decoder: the targets' scores in the same sense, and
// the place of the likeliest label for each row. The first token of a target has all its
// log-probability.
std::vector<TokenScores> score_labels(const LabelReader& reader, const at::Tensor& memory_BSD,
                                      const at::Tensor& mask_BS, std::span<const Ids> targets);
std::vector<size_t> likeliest_labels(const LabelReader& reader, const at::Tensor& memory_BSD,
                                     const at::Tensor& mask_BS);

}  // namespace dovetail
