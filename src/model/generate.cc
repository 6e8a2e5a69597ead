// SPDX-License-Identifier: Apache-2.0
#include "model/generate.h"

#include <numeric>
#include <utility>

namespace dovetail {

using torch::Tensor;

namespace {

constexpr int64_t kDecoderStart = 0, kEos = 1;

void keep_rows(DecoderCache& cache, const Tensor& rows) {
  for (auto* memories : {&cache.self, &cache.cross}) {
    for (KeyValue& memory : *memories) {
      memory.key_BHTC = memory.key_BHTC.index_select(0, rows);
      memory.value_BHTC = memory.value_BHTC.index_select(0, rows);
    }
  }
}

}  // namespace

std::vector<std::vector<int32_t>> generate_greedy(const T5Model& model, const Tensor& memory_BSD,
                                                  const Tensor& mask_BS, int64_t max_new_tokens) {
  const torch::InferenceMode inference;
  const int64_t batch = memory_BSD.size(0);
  std::vector<std::vector<int32_t>> outputs(batch);
  std::vector<int64_t> rows(batch);   // of the sequences that have not ended
  std::iota(rows.begin(), rows.end(), int64_t{0});
  DecoderCache cache = model.start_decoding(memory_BSD);
  Tensor mask = mask_BS;
  Tensor ids_B = torch::full({batch}, kDecoderStart, torch::kInt64).to(memory_BSD.device());
  for (int64_t step = 0; step < max_new_tokens && !rows.empty(); ++step) {
    const Tensor hidden = model.decode_step(ids_B, cache, mask);
    ids_B = model.logits(hidden).squeeze(1).argmax(-1);
    const Tensor ids = ids_B.to(torch::kCPU);
    const int64_t* id = ids.const_data_ptr<int64_t>();
    std::vector<int64_t> alive, alive_rows;
    for (size_t i = 0; i < rows.size(); ++i) {
      if (id[i] == kEos) continue;
      outputs[rows[i]].push_back(static_cast<int32_t>(id[i]));
      alive.push_back(static_cast<int64_t>(i));
      alive_rows.push_back(rows[i]);
    }
    if (alive.size() < rows.size()) {
      const Tensor kept = torch::tensor(alive, torch::kInt64).to(memory_BSD.device());
      keep_rows(cache, kept);
      ids_B = ids_B.index_select(0, kept);
      mask = mask.index_select(0, kept);
    }
    rows = std::move(alive_rows);
  }
  return outputs;
}

}  // namespace dovetail
