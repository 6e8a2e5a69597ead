// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/torch.h>

namespace dovetail {

// Rows of the weight: ids [...] to [..., D]. Its backward adds the rows' gradients straight into
// weight.grad(), so that a weight used thrice (encoder, decoder, head) has one gradient of the
// vocabulary's size and not three that are summed.
torch::Tensor embed_ids(const torch::Tensor& weight_VD, const torch::Tensor& ids);

}  // namespace dovetail
