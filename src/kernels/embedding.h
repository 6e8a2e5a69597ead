// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

// Shape suffixes: V vocabulary, D d_model.
namespace dovetail {

// Looks up rows of the weight: int64 ids [...] to [..., D]. The backward pass adds the rows'
// gradients straight into weight.grad(). A weight that is used three times (encoder, decoder, head)
// so has one gradient of the vocabulary's size instead of three that are summed.
at::Tensor embed_ids(const at::Tensor& weight_VD, const at::Tensor& ids);

}  // namespace dovetail
