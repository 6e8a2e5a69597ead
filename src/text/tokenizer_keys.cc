// SPDX-License-Identifier: Apache-2.0
#include "text/tokenizer_keys.h"

namespace dovetail {

namespace {

constexpr KeyUse kUsed = KeyUse::kUsed, kHarmless = KeyUse::kHarmless, kRefused = KeyUse::kRefused;

constexpr const char* kNamedToken = "a special token; one id wherever its text stands";
constexpr const char* kTokenList =
    "special tokens; one id each, numbered on top where no file does";
constexpr const char* kOwnLimits = "Dovetail has its own limits of length";
constexpr const char* kOnlyDecodes = "changes texts that transformers decodes, no ids";
constexpr const char* kPythonOnly = "for Python's objects";
constexpr const char* kFileSays = "tokenizer.json itself says so";

constexpr ForeignKey kConfigKeys[] = {
    {"tokenizer_class", kUsed, "a name that begins with ByT5 means bytes"},
    {"extra_ids", kUsed, "sentinels on top of the pieces where no file lists them"},
    {"added_tokens_decoder", kUsed, "added tokens by their ids, with all their flags"},
    {"split_special_tokens", kRefused, "special tokens are one id each", "[false]"},
    {"sp_model_kwargs", kRefused, "sampling of segmentations is not supported", "[{}]"},
    {"do_lower_case", kRefused, "spiece.model or tokenizer.json must lower the case", "[false]"},
    {"fix_mistral_regex", kRefused, "words are as tokenizer.json cuts them", "[false]"},
    {"keep_accents", kRefused, "spiece.model or tokenizer.json must drop accents", "[true]"},
    {"add_bos_token", kRefused, "nothing is put before a text but by tokenizer.json", "[false]"},
    {"add_eos_token", kRefused, "a text always ends with </s>", "[true]"},
    {"legacy", kHarmless,
     "changes 4.57 alone: a text that follows a special token without a space between"},
    {"add_prefix_space", kHarmless, kFileSays},
    {"trim_offsets", kHarmless, "moves offsets, not ids"},
    {"byte_fallback", kHarmless, kFileSays},
    {"unk_id", kHarmless, kFileSays},
    {"remove_space", kHarmless, kFileSays},
    {"errors", kHarmless, kOnlyDecodes},
    {"clean_up_tokenization_spaces", kHarmless, kOnlyDecodes},
    {"clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output", kHarmless,
     kOnlyDecodes},
    {"spaces_between_special_tokens", kHarmless, kOnlyDecodes},
    {"model_max_length", kHarmless, kOwnLimits},
    {"max_len", kHarmless, kOwnLimits},
    {"max_length", kHarmless, kOwnLimits},
    {"truncation", kHarmless, kOwnLimits},
    {"truncation_side", kHarmless, kOwnLimits},
    {"truncation_strategy", kHarmless, kOwnLimits},
    {"stride", kHarmless, kOwnLimits},
    {"padding", kHarmless, "batches are padded by Dovetail"},
    {"padding_side", kHarmless, "batches are padded by Dovetail"},
    {"pad_to_multiple_of", kHarmless, "batches are padded by Dovetail"},
    {"pad_token_type_id", kHarmless, "T5 has no token types"},
    {"model_input_names", kHarmless, kPythonOnly},
    {"chat_template", kHarmless, "texts are taken as they are"},
    {"chat_control_tokens", kHarmless, "texts are taken as they are"},
    {"response_schema", kHarmless, "texts are taken as they are"},
    {"response_template", kHarmless, "texts are taken as they are"},
    {"use_default_system_prompt", kHarmless, "texts are taken as they are"},
    {"auto_map", kHarmless, kPythonOnly},
    {"backend", kHarmless, kPythonOnly},
    {"device_map", kHarmless, kPythonOnly},
    {"fast_tokenizer_files", kHarmless, kPythonOnly},
    {"files_loaded", kHarmless, kPythonOnly},
    {"from_slow", kHarmless, kPythonOnly},
    {"init_inputs", kHarmless, kPythonOnly},
    {"is_local", kHarmless, kPythonOnly},
    {"local_files_only", kHarmless, kPythonOnly},
    {"merges_file", kHarmless, "a path of the machine that wrote it"},
    {"name_or_path", kHarmless, "a path of the machine that wrote it"},
    {"processor_class", kHarmless, kPythonOnly},
    {"slow_tokenizer_class", kHarmless, kPythonOnly},
    {"special_tokens_map_file", kHarmless, "a path of the machine that wrote it"},
    {"spiece_model_file", kHarmless, "a path of the machine that wrote it"},
    {"tokenizer_file", kHarmless, "a path of the machine that wrote it"},
    {"use_fast", kHarmless, kPythonOnly},
    {"verbose", kHarmless, kPythonOnly},
    {"vocab", kRefused, "pieces are read from spiece.model and tokenizer.json"},
    {"vocab_file", kHarmless, "a path of the machine that wrote it"},
    {"_spm_precompiled_charsmap", kRefused, "spiece.model or tokenizer.json must hold it"}};

std::vector<ForeignKey> named_token_keys() {
  return {{"eos_token", kUsed, "the token that ends a text; </s> by default"},
          {"pad_token", kUsed, "the padding; <pad> by default"},
          {"unk_token", kUsed, "stands for unknown characters; <unk> by default"},
          {"bos_token", kUsed, kNamedToken},
          {"sep_token", kUsed, kNamedToken},
          {"cls_token", kUsed, kNamedToken},
          {"mask_token", kUsed, kNamedToken},
          {"additional_special_tokens", kUsed, kTokenList},
          {"extra_special_tokens", kUsed, kTokenList},
          {"model_specific_special_tokens", kUsed, kTokenList}};
}

}  // namespace

const ForeignFile& tokenizer_json_keys() {
  static const ForeignFile file = {
      "tokenizer.json",
      {{"version", kRefused, "expected the format 1.0", R"(["1.0"])"},
       {"truncation", kHarmless, kOwnLimits},
       {"padding", kHarmless, "batches are padded by Dovetail"},
       {"added_tokens", kUsed, "one id each, with all their flags"},
       {"normalizer", kUsed, "types that are not supported are refused by name"},
       {"pre_tokenizer", kUsed, "types that are not supported are refused by name"},
       {"post_processor", kUsed, "what stands around a text; types as above"},
       {"decoder", kUsed, "how pieces are written; types as above"},
       {"model", kUsed, "Unigram and BPE; other types are refused by name"}}};
  return file;
}

const ForeignFile& special_tokens_map_keys() {
  static const ForeignFile file = {"special_tokens_map.json", named_token_keys()};
  return file;
}

const ForeignFile& tokenizer_config_keys() {
  static const ForeignFile file = [] {
    ForeignFile declared = {"tokenizer_config.json", named_token_keys()};
    declared.keys.insert(declared.keys.end(), std::begin(kConfigKeys), std::end(kConfigKeys));
    return declared;
  }();
  return file;
}

}  // namespace dovetail
