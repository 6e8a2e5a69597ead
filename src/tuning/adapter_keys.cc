// SPDX-License-Identifier: Apache-2.0
#include "tuning/adapter_keys.h"

namespace dovetail {

namespace {

using enum KeyUse;

// The keys that every kind of adapter has.
const std::vector<ForeignKey> kEveryAdapter = {
    {"peft_type", kUsed, "LORA, PROMPT_TUNING or P_TUNING; other kinds are refused"},
    {"auto_mapping", kHarmless, "names a Python class of the model"},
    {"base_model_name_or_path", kHarmless, "--model names the model"},
    {"inference_mode", kHarmless, "nothing is trained here"},
    {"peft_version", kHarmless, "a note of the writer"},
    {"revision", kHarmless, "a version on the Hub; --model names the model"},
    {"runtime_config", kHarmless, "PEFT does not read it from a file either"}};

const std::vector<ForeignKey> kLoraKeys = {
    {"alora_invocation_tokens", kRefused,
     "activated LoRA adds its update after some tokens only, and PEFT does not apply it to "
     "encoder-decoders; train a LoRA adapter without it",
     "[[]]"},
    {"alpha_pattern", kUsed, "lora_alpha of the modules that match, by PEFT's rule"},
    {"arrow_config", kRefused, "routes between adapters, which is not built"},
    {"bias", kHarmless, "a T5 has no biases"},
    {"corda_config", kHarmless, "acts with init_lora_weights corda, which is refused"},
    {"enable_lora", kRefused, "of PEFT before 0.4, for joined weights, which no T5 has"},
    {"ensure_weight_tying", kHarmless, "acts on embeddings, and their adapters are refused"},
    {"eva_config", kHarmless, "decides the start of the training"},
    {"exclude_modules", kUsed, "modules without an update"},
    {"fan_in_fan_out", kHarmless, "PEFT sets it to false for the layers of a T5"},
    {"init_lora_weights", kUsed,
     "pissa and olora change the model that the update is added to; pissa_niter_N, corda and "
     "loftq are refused; the others decide the start of the training"},
    {"kasa_config", kRefused, "KaSA cuts the model's weights, which is not built"},
    {"layer_replication", kRefused, "repeats blocks of the model, which is not built", "[[]]"},
    {"layers_pattern", kUsed, "where the number of a layer stands"},
    {"layers_to_transform", kUsed, "numbers of the layers with an update"},
    {"loftq_config", kHarmless, "acts with init_lora_weights loftq, which is refused"},
    {"lora_alpha", kUsed, "the update is scaled by lora_alpha / r"},
    {"lora_bias", kRefused, "adds a bias to layers that have none here", "[false]"},
    {"lora_dropout", kHarmless, "acts in training"},
    {"lora_ga_config", kHarmless, "decides the start of the training"},
    {"megatron_config", kRefused, "layers of Megatron, which is not built"},
    {"megatron_core", kHarmless, "acts with megatron_config, which is refused"},
    {"merge_weights", kHarmless, "of PEFT before 0.4: whether to add the update in advance"},
    {"modules_to_save", kRefused,
     "whole modules that were trained beside the update, which is not built", "[[]]"},
    {"monteclora_config", kRefused, "samples the update, which is not built"},
    {"qalora_group_size", kHarmless, "acts with use_qalora, which is refused"},
    {"r", kUsed, "rank of the update"},
    {"rank_pattern", kUsed, "r of the modules that match, by PEFT's rule"},
    {"target_modules", kUsed, "modules with an update"},
    {"target_parameters", kUsed, "weights with an update"},
    {"task_type", kHarmless, "the update is the same for every task"},
    {"trainable_token_indices", kRefused,
     "rows of the embedding that were trained, which is not built"},
    {"use_bdlora", kRefused, "matrices in blocks, which is not built"},
    {"use_dora", kUsed, "DoRA: the update gives a direction, and a vector the lengths"},
    {"use_qalora", kRefused, "matrices over groups of inputs, which is not built", "[false]"},
    {"use_rslora", kUsed, "scales by lora_alpha / sqrt(r)"},
    {"velora_config", kRefused, "stores tensors of its own, which is not built"}};

const std::vector<ForeignKey> kPromptKeys = {
    {"encoder_dropout", kHarmless, "PEFT stores what the prompt encoder made"},
    {"encoder_hidden_size", kHarmless, "PEFT stores what the prompt encoder made"},
    {"encoder_num_layers", kHarmless, "PEFT stores what the prompt encoder made"},
    {"encoder_reparameterization_type", kHarmless, "PEFT stores what the prompt encoder made"},
    {"modules_to_save", kRefused,
     "whole modules that were trained beside the prompt, which is not built", "[[]]"},
    {"num_attention_heads", kHarmless, "acts in other kinds of adapters"},
    {"num_layers", kHarmless, "acts in other kinds of adapters"},
    {"num_transformer_submodules", kUsed,
     "2: twice num_virtual_tokens rows are stored; PEFT uses the first half, in the encoder"},
    {"num_virtual_tokens", kUsed, "vectors before the encoder's input"},
    {"prompt_tuning_init", kHarmless, "decides the start of the training"},
    {"prompt_tuning_init_text", kHarmless, "decides the start of the training"},
    {"task_type", kUsed, "SEQ_2_SEQ_LM; with others PEFT uses the prompt in another way"},
    {"token_dim", kUsed, "width of the vectors"},
    {"tokenizer_kwargs", kHarmless, "decides the start of the training"},
    {"tokenizer_name_or_path", kHarmless, "decides the start of the training"}};

std::vector<ForeignKey> with_common(std::vector<ForeignKey> keys) {
  keys.insert(keys.begin(), kEveryAdapter.begin(), kEveryAdapter.end());
  return keys;
}

}  // namespace

const ForeignFile& lora_adapter_file() {
  static const ForeignFile file = {"adapter_config.json (LORA)", with_common(kLoraKeys)};
  return file;
}

const ForeignFile& prompt_adapter_file() {
  static const ForeignFile file = {"adapter_config.json (PROMPT_TUNING, P_TUNING)",
                                   with_common(kPromptKeys)};
  return file;
}

}  // namespace dovetail
