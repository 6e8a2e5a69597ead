// SPDX-License-Identifier: Apache-2.0
#include "model/generation/generation_config.h"

#include <fmt/format.h>
#include <algorithm>

#include "base/error.h"
#include "base/log.h"
#include "model/generation_config_file.h"

namespace dovetail {

namespace {

using Json = nlohmann::json;

constexpr const char* kFile = "generation_config.json";
constexpr int64_t kMostTokens = int64_t{1} << 30;

// Reads typed values; null counts as a missing key.
class SettingsReader {
 public:
  explicit SettingsReader(const T5Config& config)
      : json_(config.generation_config), vocab_size_(config.vocab_size) {}

  const Json* find(const char* key) const {
    const auto found = json_.find(key);
    return found == json_.end() || found->is_null() ? nullptr : &*found;
  }

  void read(const char* key, int64_t& value) const {
    const Json* found = find(key);
    if (found == nullptr) return;
    if (!found->is_number_integer() || found->get<int64_t>() > kMostTokens)
      refuse(key, "a whole number");
    value = found->get<int64_t>();
  }

  void read(const char* key, double& value) const {
    const Json* found = find(key);
    if (found == nullptr) return;
    if (!found->is_number()) refuse(key, "a number");
    value = found->get<double>();
  }

  void read(const char* key, bool& value) const {
    const Json* found = find(key);
    if (found == nullptr) return;
    if (!found->is_boolean()) refuse(key, "true or false");
    value = found->get<bool>();
  }

  // One id or a list; whether there is any.
  bool read(const char* key, std::vector<int32_t>& ids) const {
    const std::vector<int64_t> found = token_ids(json_, kFile, key, vocab_size_);
    if (!found.empty()) ids.assign(found.begin(), found.end());
    return !found.empty();
  }

  std::optional<int64_t> one_id(const char* key) const {
    const std::vector<int64_t> found = token_ids(json_, kFile, key, vocab_size_);
    if (found.empty()) return std::nullopt;
    if (found.size() > 1) refuse(key, "one id");
    return found[0];
  }

  std::vector<int32_t> sequence(const char* key, const Json& list) const {
    if (!list.is_array() || list.empty()) refuse(key, "lists of ids");
    const std::vector<int64_t> ids = token_ids(Json{{key, list}}, kFile, key, vocab_size_);
    return {ids.begin(), ids.end()};
  }

  [[noreturn]] void refuse(const char* key, const char* expected) const {
    throw_<ConfigError>("{}: expected {} for \"{}\", found {:.60}", kFile, expected, key,
                        json_.at(key).dump());
  }

 private:
  const Json& json_;
  int64_t vocab_size_;
};

void read_biases(const SettingsReader& reader, GenerationSettings& settings) {
  if (const Json* words = reader.find("bad_words_ids")) {
    if (!words->is_array()) reader.refuse("bad_words_ids", "lists of ids");
    for (const Json& word : *words)
      settings.bad_words_ids.push_back(reader.sequence("bad_words_ids", word));
  }
  if (const Json* biases = reader.find("sequence_bias")) {
    constexpr const char* kExpected = "a list of [IDS, BIAS]";
    if (!biases->is_array()) reader.refuse("sequence_bias", kExpected);
    for (const Json& one : *biases) {
      const bool fits = one.is_array() && one.size() == 2 && one[1].is_number();
      if (!fits) reader.refuse("sequence_bias", kExpected);
      settings.sequence_bias.push_back(
          {reader.sequence("sequence_bias", one[0]), one[1].get<float>()});
    }
  }
}

// The ids of the file; whether it names an end.
bool read_model_ids(const T5Config& config, GenerationSettings& settings) {
  const SettingsReader reader(config);
  const auto start = reader.one_id("decoder_start_token_id"), bos = reader.one_id("bos_token_id");
  settings.decoder_start_token_id =
      static_cast<int32_t>(start.value_or(bos.value_or(config.decoder_start_token_id)));
  settings.forced_bos_token_id = reader.one_id("forced_bos_token_id");
  bool forces_bos = false;  // a key of old configurations
  reader.read("force_bos_token_to_be_generated", forces_bos);
  if (forces_bos && reader.find("_from_model_config") != nullptr)
    settings.forced_bos_token_id = bos;
  reader.read("forced_eos_token_id", settings.forced_eos_token_id);
  reader.read("suppress_tokens", settings.suppress_tokens);
  reader.read("begin_suppress_tokens", settings.begin_suppress_tokens);
  read_biases(reader, settings);
  return reader.read("eos_token_id", settings.eos_token_id);
}

// In a decoder-only model max_length and min_length count the source, whose length differs from row
// to row.
void note_lengths_with_source(const SettingsReader& reader, const std::filesystem::path& path) {
  for (const char* key : {"max_length", "min_length"}) {
    const Json* given = reader.find(key);
    if (given == nullptr || *given == 0) continue;
    log_warning(
        "{}: \"{}\" counts the source too and is not read for a decoder-only model; say "
        "max_new_tokens or min_new_tokens",
        path.string(), key);
  }
}

void read_lengths(const SettingsReader& reader, bool causal, GenerationSettings& settings) {
  int64_t max_length = settings.max_new_tokens + 1, min_length = 0;
  if (!causal) {
    reader.read("max_length", max_length);
    reader.read("min_length", min_length);
  }
  settings.max_new_tokens = max_length - 1;
  settings.min_new_tokens = std::max<int64_t>(0, min_length - 1);
  reader.read("max_new_tokens", settings.max_new_tokens);
  reader.read("min_new_tokens", settings.min_new_tokens);
  if (settings.max_new_tokens < 1) {
    reader.refuse(reader.find("max_new_tokens") != nullptr ? "max_new_tokens" : "max_length",
                  "room for a token");
  }
}

void read_search(const SettingsReader& reader, GenerationSettings& settings) {
  reader.read("num_beams", settings.num_beams);
  reader.read("length_penalty", settings.length_penalty);
  reader.read("num_return_sequences", settings.num_return_sequences);
  reader.read("no_repeat_ngram_size", settings.no_repeat_ngram_size);
  reader.read("repetition_penalty", settings.repetition_penalty);
  reader.read("renormalize_logits", settings.renormalize_logits);
  if (const Json* stop = reader.find("early_stopping")) {
    if (*stop != "never" && !stop->is_boolean())
      reader.refuse("early_stopping", "true, false or \"never\"");
    settings.early_stopping = *stop == "never" ? EarlyStopping::kNever
                              : *stop == true  ? EarlyStopping::kTrue
                                               : EarlyStopping::kFalse;
  }
  if (const Json* decay = reader.find("exponential_decay_length_penalty")) {
    const bool fits = decay->is_array() && decay->size() == 2 && (*decay)[0].is_number_integer() &&
                      (*decay)[1].is_number();
    if (!fits) reader.refuse("exponential_decay_length_penalty", "[START, FACTOR]");
    settings.exponential_decay_length_penalty = {(*decay)[0], (*decay)[1]};
  }
}

void read_sampling(const SettingsReader& reader, GenerationSettings& settings) {
  reader.read("do_sample", settings.do_sample);
  reader.read("temperature", settings.temperature);
  reader.read("top_k", settings.top_k);
  reader.read("top_p", settings.top_p);
  reader.read("min_p", settings.min_p);
  reader.read("typical_p", settings.typical_p);
  reader.read("epsilon_cutoff", settings.epsilon_cutoff);
  reader.read("eta_cutoff", settings.eta_cutoff);
  if (reader.find("top_h") != nullptr) reader.read("top_h", settings.top_h.emplace());
}

}  // namespace

GenerationSettings settings_of_generation_config(const T5Config& config,
                                                 const std::filesystem::path& path) {
  GenerationSettings settings;
  const bool has_file = config.generation_config.is_object();
  if (has_file) {
    note_unknown_keys(check_foreign_keys(generation_config_file(), config.generation_config, path),
                      path);
  }
  const bool has_end = read_model_ids(config, settings);
  if (!has_end && has_file) {
    settings.eos_token_id.clear();  // as in transformers
    log_warning("{}: names no eos_token_id, so nothing ends an answer before its longest length",
                path.string());
  }
  const SettingsReader reader(config);
  if (config.is_causal()) note_lengths_with_source(reader, path);
  read_lengths(reader, config.is_causal(), settings);
  read_search(reader, settings);
  read_sampling(reader, settings);
  return settings;
}

void apply_model_ids(const T5Config& config, GenerationSettings& settings) {
  if (!read_model_ids(config, settings))
    settings.eos_token_id.assign(config.eos_token_id.begin(), config.eos_token_id.end());
}

std::vector<std::string> settings_set_aside(const T5Config& config) {
  const SettingsReader reader(config);
  std::vector<std::string> found;
  for (const ForeignKey& key : generation_config_file().keys) {
    const Json* value = reader.find(std::string(key.name).c_str());
    const bool is_id = std::ranges::find(kModelIdKeys, key.name) != std::end(kModelIdKeys);
    if (value == nullptr || is_id || key.use == KeyUse::kHarmless) continue;
    if (!is_neutral(key, *value))
      found.push_back(fmt::format("{} {:.60}", key.name, value->dump()));
  }
  return found;
}

void clear_sampling(GenerationSettings& settings) {
  const GenerationSettings plain;
  settings.temperature = plain.temperature;
  settings.top_k = plain.top_k;
  settings.top_p = plain.top_p;
  settings.min_p = plain.min_p;
  settings.epsilon_cutoff = plain.epsilon_cutoff;
  settings.eta_cutoff = plain.eta_cutoff;
  settings.typical_p = plain.typical_p;
  settings.top_h = plain.top_h;
}

}  // namespace dovetail
