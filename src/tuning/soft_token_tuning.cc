// SPDX-License-Identifier: Apache-2.0
#include "tuning/soft_token_tuning.h"

#include <ATen/ops/nonzero.h>

#include "tuning/prompt_start.h"

namespace dovetail {

using at::Tensor;

SoftTokenTuning::SoftTokenTuning(std::string name, T5Model& model, SoftTokenPlan plan,
                                 nlohmann::json parameters, uint64_t seed)
    : AroundFrozen(model),
      parameters_(std::move(parameters)),
      plan_(plan_or_default(std::move(plan), parameters_)),
      name_(std::move(name)) {
  notes_["num_soft_tokens"] = plan_.tokens.size();
  if (plan_.tokens.empty()) return;
  PromptStart start = start_vectors(model, plan_, parameters_, seed);
  notes_.update(start.notes);
  table_KD_ = add_trained("prompt_embeddings", start.table_KD);
}

Tensor SoftTokenTuning::is_text(const Tensor& ids_BS) const {
  return (ids_BS < model_.config().vocab_size)
      .unsqueeze(2)
      .to(model_.weights().shared_VD.scalar_type());
}

Tensor SoftTokenTuning::embed(const Tensor& ids_BS) {
  const int64_t vocab_size = model_.config().vocab_size, width = ids_BS.size(1);
  const Tensor soft_BS = ids_BS >= vocab_size;
  const Tensor plain = model_.embed(ids_BS.masked_fill(soft_BS, model_.config().pad_token_id));
  const Tensor changed_BSD = change_text(ids_BS, plain);
  if (!table_KD_.defined()) return changed_BSD;
  const Tensor table_BKD = prompts(ids_BS, plain);
  const int64_t count = table_BKD.size(1);
  const Tensor places = at::nonzero(soft_BS.flatten()).squeeze(1);
  Tensor which = ids_BS.flatten().index_select(0, places) - vocab_size;
  if (table_BKD.size(0) > 1) which = which + places.div(width, "floor") * count;
  return changed_BSD.flatten(0, 1)
      .index_copy(0, places, table_BKD.flatten(0, 1).index_select(0, which))
      .view(changed_BSD.sizes());
}

void SoftTokenTuning::save(const std::filesystem::path& folder) const {
  AroundFrozen::save(folder);
  write_soft_tokens(folder, plan_, notes_, /*rows_before=*/0);
}

Parameters soft_token_parameters(int64_t num_virtual_tokens) {
  return {{"num_virtual_tokens", num_virtual_tokens, "soft tokens, where the template names none",
           between(0, 1000)},
          {"placement",
           "before",
           "the side of the input that the soft tokens are on",
           {},
           {"before", "after"}},
          {"initialization",
           "sampled_vocabulary",
           "the vectors at the start",
           {},
           {"sampled_vocabulary", "random_uniform", "random_normal", "words"}}};
}

}  // namespace dovetail
