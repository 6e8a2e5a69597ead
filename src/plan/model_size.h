// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "plan/json.h"

namespace dovetail {

// Whether a config.json is that of a decoder-only model.
bool is_causal_model(const Json& config);

// Parameters of a model by the matrix products that use them. The one stack of a causal model reads
// source and target: it is counted in `encoder` and in `decoder`.
struct ModelSize {
  double encoder = 0;  // all layers
  double decoder = 0;  // without the keys and values of cross-attention, which see the source
  double cross = 0;    // the keys and values of cross-attention
  double head = 0;     // vocabulary x d_model
  double inner = 0;    // heads x d_kv
  double encoder_layers = 0;
  double decoder_layers = 0;
  double vocabulary = 0;
  bool causal = false;

  double weights() const { return (causal ? 0 : encoder) + decoder + cross + head; }
};
ModelSize model_size(const Json& config, int64_t vocabulary);

// FLOPs of a training step for one sequence, 2 a multiply-add, no recomputation:
//   6 (P_enc S_e + P_dec S_d + P_cross S_e + V d S_d) + 12 I (L_e S_e^2 + L_d (S_d^2 + S_d S_e));
// with a frozen backbone 4 in place of 6; forward alone is a third of the full step. The attention
// of a causal model is I L_d (S_e + S_d)^2.
double train_flops(const ModelSize& size, double source_length, double target_length,
                   bool frozen = false);

}  // namespace dovetail
