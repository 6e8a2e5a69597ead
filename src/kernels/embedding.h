// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

namespace dovetail {

// Rows of the weight: ids [...] to [..., D]. Its backward adds the rows' gradients straight into
// weight.grad(), so that a weight used thrice (encoder, decoder, head) has one gradient of the
// vocabulary's size and not three that are summed.
at::Tensor embed_ids(const at::Tensor& weight_VD, const at::Tensor& ids);

}  // namespace dovetail
