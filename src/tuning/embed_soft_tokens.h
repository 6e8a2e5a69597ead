// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/t5.h"

namespace dovetail {

// Embeds ids [B, S] to [B, S, D], soft tokens among them: from the vocabulary's size on, vocab_size
// + k is row k of the table.
at::Tensor embed_soft_tokens(const T5Model& model, const at::Tensor& ids_BS,
                             const at::Tensor& table_KD);

}  // namespace dovetail
