// SPDX-License-Identifier: Apache-2.0
#include "tuning/embed_soft_tokens.h"

#include <ATen/ops/nonzero.h>

namespace dovetail {

using at::Tensor;

Tensor embed_soft_tokens(const T5Model& model, const Tensor& ids_BS, const Tensor& table_KD) {
  const int64_t vocab_size = model.config().vocab_size;
  const Tensor places = at::nonzero(ids_BS.flatten() >= vocab_size).squeeze(1);
  const Tensor which = ids_BS.flatten().index_select(0, places) - vocab_size;
  const Tensor embedded_BSD = model.embed(ids_BS.clamp_max(vocab_size - 1));
  return embedded_BSD.flatten(0, 1)
      .index_copy(0, places, table_KD.index_select(0, which))
      .view(embedded_BSD.sizes());
}

}  // namespace dovetail
