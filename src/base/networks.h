// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace dovetail {

// The kinds of networks: an encoder with a decoder (T5), a decoder alone, which is causal (Llama,
// GPT-2). It is here because objectives and sweeps share it and know nothing of each other.
enum class Networks { encoder_decoder, causal, both };

}  // namespace dovetail
