// SPDX-License-Identifier: Apache-2.0
#include "jobs/label_answers.h"

#include <ATen/ops/log_softmax.h>

#include <algorithm>

namespace dovetail {

using at::Tensor;

std::vector<TokenScores> score_labels(const LabelReader& reader, const Tensor& memory_BSD,
                                      const Tensor& mask_BS, std::span<const Ids> targets) {
  const Tensor logprobs_BC =
      at::log_softmax(reader.logits(memory_BSD, mask_BS), 1).to(at::kCPU, at::kFloat).contiguous();
  const int64_t num_labels = logprobs_BC.size(1);
  std::vector<TokenScores> scores;
  for (size_t row = 0; row < targets.size(); ++row) {
    const float* logprobs = logprobs_BC.const_data_ptr<float>() + row * num_labels;
    const float own = logprobs[reader.label_of(targets[row])];
    TokenScores& score = scores.emplace_back();
    score.logprob = own;
    score.token_logprobs.assign(targets[row].size(), 0.0F);
    score.token_logprobs.front() = own;
    score.token_ranks.assign(targets[row].size(), 1);
    score.token_ranks.front() =
        1 + std::count_if(logprobs, logprobs + num_labels, [&](float p) { return p > own; });
  }
  return scores;
}

std::vector<size_t> likeliest_labels(const LabelReader& reader, const Tensor& memory_BSD,
                                     const Tensor& mask_BS) {
  const Tensor best_B = reader.logits(memory_BSD, mask_BS).argmax(1).to(at::kCPU);
  return {best_B.const_data_ptr<int64_t>(), best_B.const_data_ptr<int64_t>() + best_B.numel()};
}

}  // namespace dovetail
