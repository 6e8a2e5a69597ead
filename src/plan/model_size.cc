// SPDX-License-Identifier: Apache-2.0
#include "plan/model_size.h"

namespace dovetail {

ModelSize model_size(const Json& config, int64_t vocabulary) {
  const double d = config.at("d_model"), d_ff = config.at("d_ff");
  const double layers = config.at("num_layers");
  const double decoder_layers = config.value("num_decoder_layers", layers);
  const double inner = config.at("num_heads").get<double>() * config.at("d_kv").get<double>();
  const bool gated = config.value("feed_forward_proj", std::string("relu")).starts_with("gated");
  const double feed_forward = (gated ? 3 : 2) * d * d_ff;
  return {.encoder = layers * (4 * d * inner + feed_forward),
          .decoder = decoder_layers * (6 * d * inner + feed_forward),
          .cross = decoder_layers * 2 * d * inner,
          .head = static_cast<double>(vocabulary) * d,
          .inner = inner,
          .encoder_layers = layers,
          .decoder_layers = decoder_layers,
          .vocabulary = static_cast<double>(vocabulary)};
}

double train_flops(const ModelSize& size, double source_length, double target_length, bool frozen) {
  const double products =
      (size.encoder + size.cross) * source_length + (size.decoder + size.head) * target_length;
  const double attention = size.encoder_layers * source_length * source_length +
                           size.decoder_layers * target_length * (target_length + source_length);
  return (frozen ? 4 : 6) * products + 12 * size.inner * attention;
}

}  // namespace dovetail
