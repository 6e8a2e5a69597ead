// SPDX-License-Identifier: Apache-2.0
#include "tuning/adapter_keys.h"

#include "tuning/adapter_config.h"

namespace dovetail {

namespace {

using enum KeyUse;

// The keys that every kind of adapter has.
const std::vector<ForeignKey> kEveryAdapter = {
    {"peft_type", kUsed, "the kind, of those in this section; others are refused"},
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

const std::vector<ForeignKey> kIa3Keys = {
    {"exclude_modules", kHarmless, "the file holds the modules that have factors"},
    {"fan_in_fan_out", kHarmless, "PEFT sets it to false for the layers of a T5"},
    {"feedforward_modules", kHarmless, "factors of the input are stored as a row"},
    {"init_ia3_weights", kHarmless, "decides the start of the training"},
    {"modules_to_save", kRefused,
     "whole modules that were trained beside the factors, which is not built", "[[]]"},
    {"target_modules", kHarmless, "the file holds the modules that have factors"},
    {"task_type", kHarmless, "the factors are the same for every task"}};

const std::vector<ForeignKey> kVeraKeys = {
    {"bias", kHarmless, "a T5 has no biases"},
    {"d_initial", kHarmless, "decides the start of the training"},
    {"fan_in_fan_out", kHarmless, "PEFT sets it to false for the layers of a T5"},
    {"init_weights", kHarmless, "decides the start of the training"},
    {"layers_pattern", kHarmless, "the file holds the modules that have vectors"},
    {"layers_to_transform", kHarmless, "the file holds the modules that have vectors"},
    {"modules_to_save", kRefused,
     "whole modules that were trained beside the vectors, which is not built", "[[]]"},
    {"projection_prng_key", kHarmless, "the shared matrices must be in the file"},
    {"r", kHarmless, "the shared matrices have it"},
    {"save_projection", kUsed, "the shared matrices must be in the file"},
    {"target_modules", kHarmless, "the file holds the modules that have vectors"},
    {"task_type", kHarmless, "the update is the same for every task"},
    {"vera_dropout", kHarmless, "acts in training"}};

const std::vector<ForeignKey> kPrefixKeys = {
    {"encoder_hidden_size", kHarmless, "PEFT stores what the network made"},
    {"init_weights", kHarmless, "decides the start of the training"},
    {"modules_to_save", kRefused,
     "whole modules that were trained beside the prefix, which is not built", "[[]]"},
    {"num_attention_heads", kHarmless, "the model says it"},
    {"num_layers", kHarmless, "the model says it"},
    {"num_transformer_submodules", kUsed, "2: self- and cross-attention of the decoder"},
    {"num_virtual_tokens", kUsed, "keys and values before those of the text"},
    {"prefix_projection", kHarmless, "PEFT stores what the network made"},
    {"task_type", kHarmless, "an encoder-decoder has one use for a prefix"},
    {"token_dim", kHarmless, "the file holds the vectors"}};

const std::vector<ForeignKey> kNormsKeys = {
    {"exclude_modules", kHarmless, "the file holds the norms that were trained"},
    {"modules_to_save", kRefused,
     "whole modules that were trained beside the norms, which is not built", "[[]]"},
    {"target_modules", kHarmless, "the file holds the norms that were trained"},
    {"task_type", kHarmless, "the norms are the same for every task"}};

const std::vector<ForeignKey> kOwnKeys = {
    {"parameters", kUsed, "of the tuning, as in a sweep file"},
    {"task_type", kHarmless, "what PEFT requires of every adapter"},
    {"tuning", kUsed, "the tuning that Dovetail saved"}};

ForeignFile with_common(const std::string& kinds, std::vector<ForeignKey> keys) {
  keys.insert(keys.begin(), kEveryAdapter.begin(), kEveryAdapter.end());
  return {"adapter_config.json (" + kinds + ")", std::move(keys)};
}

enum Kind { kLora, kPrompt, kIa3, kVera, kPrefix, kNorms, kOwn };

const std::vector<std::pair<std::string, Kind>> kPeftTypes = {
    {"LORA", kLora}, {"PROMPT_TUNING", kPrompt}, {"P_TUNING", kPrompt}, {"IA3", kIa3},
    {"VERA", kVera}, {"PREFIX_TUNING", kPrefix}, {"LN_TUNING", kNorms}};

}  // namespace

const std::vector<ForeignFile>& adapter_files() {
  static const std::vector<ForeignFile> files = {
      with_common("LORA", kLoraKeys),
      with_common("PROMPT_TUNING, P_TUNING", kPromptKeys),
      with_common("IA3", kIa3Keys),
      with_common("VERA", kVeraKeys),
      with_common("PREFIX_TUNING", kPrefixKeys),
      with_common("LN_TUNING", kNormsKeys),
      with_common("DOVETAIL", kOwnKeys)};
  return files;
}

const ForeignFile* adapter_file(const std::string& peft_type) {
  if (peft_type == kOwnType) return &adapter_files()[kOwn];
  if (peft_type == kOwnPromptType) return &adapter_files()[kPrompt];
  for (const auto& [name, kind] : kPeftTypes)
    if (name == peft_type) return &adapter_files()[kind];
  return nullptr;
}

std::vector<std::string> adapter_kinds() {
  std::vector<std::string> names;
  for (const auto& [name, kind] : kPeftTypes) names.push_back(name);
  return names;
}

}  // namespace dovetail
