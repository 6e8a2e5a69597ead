// SPDX-License-Identifier: Apache-2.0
// budget: one table of keys, which is easier to check in one piece.
#include "model/config_file.h"

#include <algorithm>

#include "model/causal_config_file.h"
#include "model/generation_config_file.h"

namespace dovetail {

namespace {

constexpr KeyUse kUsed = KeyUse::kUsed, kHarmless = KeyUse::kHarmless, kRefused = KeyUse::kRefused;

// The network and its ids.
const std::vector<ForeignKey>& network_keys() {
  static const std::vector<ForeignKey> keys = {
      {"model_type", kUsed, "t5, mt5 or umt5"},
      {"vocab_size", kUsed, "rows of the embedding"},
      {"d_model", kUsed, "width of the network"},
      {"d_kv", kUsed, "width of a head"},
      {"d_ff", kUsed, "width of the feed-forward layer"},
      {"num_layers", kUsed, "blocks of the encoder"},
      {"num_decoder_layers", kUsed, "blocks of the decoder; else num_layers"},
      {"num_heads", kUsed, "heads of an attention"},
      {"hidden_size", kUsed, "another name of d_model, which it overrides"},
      {"head_dim", kUsed, "another name of d_kv, which it overrides"},
      {"num_hidden_layers", kUsed, "another name of num_layers, which it overrides"},
      {"num_attention_heads", kUsed, "another name of num_heads, which it overrides"},
      {"relative_attention_num_buckets", kUsed, "buckets of the position bias"},
      {"relative_attention_max_distance", kUsed, "distance from which all share the last bucket"},
      {"dropout_rate", kUsed, "exported; a sweep's dropout is its own"},
      {"layer_norm_epsilon", kUsed, "of the RMS norms"},
      {"initializer_factor", kUsed, "scale of random weights, for a config without weights"},
      {"feed_forward_proj", kUsed, "relu, gated-gelu or gated-silu"},
      {"dense_act_fn", kUsed, "overrides feed_forward_proj"},
      {"is_gated_act", kUsed, "overrides feed_forward_proj"},
      {"tie_word_embeddings", kUsed,
       "t5: whether logits are scaled, where scale_decoder_outputs is not given"},
      {"scale_decoder_outputs", kUsed,
       "whether logits are scaled; else: mt5, umt5: where the head is tied"},
      {"pad_token_id", kUsed, "padding of batches, and the start where none is given"},
      {"eos_token_id", kUsed, "the end of an answer, one id or several; else 1"},
      {"decoder_start_token_id", kUsed, "the decoder's first input in training and scoring"},
      {"tokenizer_class", kUsed, "ByT5Tokenizer: texts are bytes"},
      {"is_encoder_decoder", kRefused, "a T5 has an encoder and a decoder", "[true]"},
      {"tie_encoder_decoder", kRefused, "encoder and decoder have weights of their own", "[false]"},
      {"add_cross_attention", kRefused, "the decoder always has it", "[false]"},
      {"pruned_heads", kRefused, "heads cannot be left out", "[{}]"},
      {"per_layer_config", kRefused, "all blocks are alike", "[{}]"},
      {"quantization_config", kRefused, "quantized weights are not read", "[{}]"},
      {"adapters", kRefused, "adapters of another library are not read", "[{}]"},
  };
  return keys;
}

const std::vector<ForeignKey>& harmless_config_keys() {
  static const std::vector<ForeignKey> keys = {
      {"_name_or_path", kHarmless, "where the model came from"},
      {"name_or_path", kHarmless, "where the model came from"},
      {"_commit_hash", kHarmless, "where the model came from"},
      {"architectures", kHarmless, "the tensors must be those of the whole model"},
      {"transformers_version", kHarmless, "who wrote the file"},
      {"dtype", kHarmless, "weights are read in the type that their file has"},
      {"torch_dtype", kHarmless, "weights are read in the type that their file has"},
      {"use_bfloat16", kHarmless, "of TensorFlow"},
      {"tf_legacy_loss", kHarmless, "of TensorFlow"},
      {"initializer_factor", kHarmless, "scale of random weights, which a folder does not have"},
      {"initializer_range", kHarmless, "scale of random weights, which a folder does not have"},
      {"classifier_dropout", kHarmless, "of a classification head"},
      {"id2label", kHarmless, "of a classification head"},
      {"label2id", kHarmless, "of a classification head"},
      {"num_labels", kHarmless, "of a classification head"},
      {"_num_labels", kHarmless, "of a classification head"},
      {"problem_type", kHarmless, "of a classification head"},
      {"finetuning_task", kHarmless, "a name"},
      {"task_specific_params", kHarmless, "prefixes and decodings of transformers' pipelines"},
      {"prefix", kHarmless, "of transformers' pipelines"},
      {"n_positions", kHarmless, "T5's positions are relative"},
      {"max_position_embeddings", kHarmless, "T5's positions are relative"},
      {"model_max_length", kHarmless, "T5's positions are relative"},
      {"rope_scaling", kHarmless, "T5's positions are relative"},
      {"rope_theta", kHarmless, "T5's positions are relative"},
      {"scalable_attention", kHarmless, "of T5X; transformers does not read it"},
      {"sep_token_id", kHarmless, "texts are framed as the tokenizer says"},
      {"unk_token_id", kHarmless, "the tokenizer says it"},
      {"is_decoder", kHarmless, "of one half of the network"},
      {"use_cache", kHarmless, "how a result is computed"},
      {"output_past", kHarmless, "what transformers returns"},
      {"output_attentions", kHarmless, "what transformers returns"},
      {"output_hidden_states", kHarmless, "what transformers returns"},
      {"output_scores", kHarmless, "what transformers returns"},
      {"return_dict", kHarmless, "what transformers returns"},
      {"return_dict_in_generate", kHarmless, "what transformers returns"},
      {"torchscript", kHarmless, "how a result is computed"},
      {"gradient_checkpointing", kHarmless, "how a result is computed"},
      {"chunk_size_feed_forward", kHarmless, "how a result is computed"},
      {"attn_implementation", kHarmless, "how a result is computed"},
      {"_attn_implementation", kHarmless, "how a result is computed"},
      {"_attn_implementation_autoset", kHarmless, "how a result is computed"},
      {"_attn_implementation_internal", kHarmless, "how a result is computed"},
      {"experts_implementation", kHarmless, "how a result is computed"},
      {"_experts_implementation_internal", kHarmless, "how a result is computed"},
      {"_output_attentions", kHarmless, "what transformers returns"},
      {"_post_init_done", kHarmless, "a mark of transformers' own"},
      {"tie_last_hidden_states", kHarmless, "what transformers returns"},
      {"cross_attention_hidden_size", kHarmless, "of other architectures"},
      {"auto_map", kHarmless, "of code in the folder, which is not run"},
      {"custom_pipelines", kHarmless, "of code in the folder, which is not run"},
      {"transformers.js_config", kHarmless, "of transformers.js"},
  };
  return keys;
}

}  // namespace

ForeignFile with_common_keys(ForeignFile file) {
  const auto add = [&](const ForeignKey& key) {
    const auto same = [&](const ForeignKey& known) { return known.name == key.name; };
    if (std::ranges::none_of(file.keys, same)) file.keys.push_back(key);
  };
  std::ranges::for_each(harmless_config_keys(), add);
  for (ForeignKey key : generation_config_file().keys) {
    // what stands there is checked when generation reads it, and only where that file is missing
    if (key.use == kRefused) key.use = kUsed;
    if (key.use == kUsed) key.doc = "as in generation_config.json, where that file is missing";
    add(key);
  }
  return file;
}

const ForeignFile& config_file() {
  static const ForeignFile file = with_common_keys({"config.json", network_keys()});
  return file;
}

const ForeignFile& config_file_of(const std::string& model_type) {
  if (model_type == "llama") return llama_config_file();
  return model_type == "gpt2" ? gpt2_config_file() : config_file();
}

}  // namespace dovetail
