// SPDX-License-Identifier: Apache-2.0
#include "model/causal.h"

#include <ATen/ops/cat.h>
#include <map>

#include "base/error.h"
#include "kernels/embedding.h"
#include "model/causal_rows.h"
#include "model/position_bias.h"
#include "model/rotary.h"
#include "model/stack.h"

namespace dovetail {

using at::Tensor;

Tensor add_positions(const T5Model& model, const Tensor& embedded_BXD, const Tensor& positions_BX,
                     int64_t longest) {
  const Tensor& table_PD = model.weights().positions_PD;
  if (!table_PD.defined()) return embedded_BXD;
  if (longest > table_PD.size(0)) {
    throw_<ConfigError>(
        "source and answer take {} positions, and the model has learned {} (n_positions of its "
        "config.json): shorten the sources or the answers",
        longest, table_PD.size(0));
  }
  return embedded_BXD + embed_ids(table_PD, positions_BX);
}

namespace {

Tensor gathered(const Tensor& hidden_BXD, const Tensor& columns_BT) {
  const int64_t width = hidden_BXD.size(2);
  return hidden_BXD.gather(1, columns_BT.unsqueeze(2).expand({-1, -1, width}));
}

}  // namespace

std::vector<Tensor> decode_causal_group(const std::vector<DecoderPart>& parts,
                                        uint64_t first_site) {
  std::vector<StackCell> cells;
  std::vector<Tensor> columns;
  std::map<int64_t, Tensor> biases;  // by length
  for (const DecoderPart& part : parts) {
    const T5Model& model = *part.model;
    const CausalRows rows =
        lay_out_rows(part.mask_BS, part.options.segments_BT, part.decoder_ids_BT.size(1));
    const Tensor embedded = at::cat({part.memory_BSD, part.embedded_BTD()}, /*dim=*/1);
    Tensor& bias = biases[embedded.size(1)];
    if (!bias.defined())
      bias = causal_bias(model.config().num_heads, embedded.size(1), embedded.device());
    cells.push_back(
        {.model = &model,
         .options = part.options,
         .embedded_BXD = add_positions(model, embedded, rows.positions_BX, rows.longest),
         .self_mask_BX = rows.keys_BX,
         .segments_BX = rows.segments_BX,
         .bias_HXX = bias,
         .rotary = rotary_angles(rows.positions_BX, model.config())});
    columns.push_back(rows.outputs_BT);
  }
  std::vector<Tensor> hidden = run_stack(/*decoder=*/true, std::move(cells), first_site);
  for (size_t i = 0; i < hidden.size(); ++i) {
    // without sources every column predicts
    if (parts[i].memory_BSD.size(1) > 0) hidden[i] = gathered(hidden[i], columns[i]);
  }
  return hidden;
}

}  // namespace dovetail
