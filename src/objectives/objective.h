// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/answer_style.h"
#include "base/networks.h"
#include "base/parameters.h"
#include "base/random.h"

namespace dovetail {

using TokenIds = std::vector<int32_t>;

// ids of the sentinels; sentinels[0] is <extra_id_0>.
using Sentinels = std::span<const int32_t>;

// What an objective may write beside the tokens of the text, and what it may know of them.
struct Symbols {
  Symbols(const TokenIds& sentinel_ids) : sentinels(sentinel_ids) {}
  Symbols(Sentinels sentinel_ids, std::span<const TokenIds> text_ids)
      : sentinels(sentinel_ids), texts(text_ids) {}

  Sentinels sentinels;
  std::span<const TokenIds> texts;  // the ids of Objective::texts(), in its order
  // By id: whether it is an ordinary piece, which may stand for another at random; begins a word;
  // ends a sentence. Empty: every token of the text may; every token does; none does.
  std::span<const char> ordinary = {}, begins_word = {}, ends_sentence = {};
};

// Which tokens are noise: 1 for noise. (char and not bool: a span of it can be shuffled.)
using NoiseMask = std::vector<char>;

// A pre-training example. Neither side ends in </s>; the batcher adds it.
struct Denoised {
  TokenIds inputs;
  TokenIds targets;
  NoiseMask noise = {};  // which tokens of the text inputs lack; empty: none
};

// The runs of noise of an example, and whether the only one is the end of the text.
struct NoiseRuns {
  int64_t runs = 0;
  bool final_only = false;
};
NoiseRuns noise_runs(const NoiseMask& noise);

// A text with its noise, from which inputs_fn and targets_fn each make one side of the example.
struct NoisyText {
  std::span<const int32_t> tokens;
  std::span<const char> mask;  // one for each token; empty without a noise_mask_fn
  Sentinels sentinels;
  const nlohmann::json& parameters;
  Rng& rng;  // inputs_fn draws before targets_fn
};

// How text becomes pre-training examples: T5's three functions (t5/data/preprocessors.py, denoise),
// or one function of its own where no mask of tokens says what happens.
struct Objective {
  std::string name;
  std::string paper;           // "Raffel et al. 2020, sec. 3.3.4"
  Parameters parameters = {};  // noise_density among them, where there is one
  // Parameters under which six tokens show what it does.
  nlohmann::json example = nlohmann::json::object();

  // The mask of `length` tokens, at least two. Empty: the other two need no mask.
  std::function<NoiseMask(int64_t length, const nlohmann::json& parameters, Rng& rng)>
      noise_mask_fn = {};
  std::function<TokenIds(const NoisyText& text)> inputs_fn = {};
  std::function<TokenIds(const NoisyText& text)> targets_fn = {};

  // Takes the place of the three. `tokens` holds at least two ids.
  std::function<Denoised(std::span<const int32_t> tokens, const Symbols& symbols,
                         const nlohmann::json& parameters, Rng& rng)>
      denoise_fn = {};

  // The longest text whose inputs, with </s> and without any of texts(), have at most `length`
  // tokens; every shorter text fits too. Empty: length - 1, for inputs no longer than the text.
  std::function<int64_t(int64_t length, const nlohmann::json& parameters)> chunk_length_fn = {};
  // Where an example's way of denoising is drawn, and the ways take texts of different lengths: the
  // longest text of the example that apply() makes with an Rng in the same state. Empty: that of
  // chunk_length_fn for all.
  std::function<int64_t(int64_t length, const nlohmann::json& parameters, Rng& rng)>
      drawn_chunk_length_fn = {};
  // Texts that it sets before inputs (UL2's mode tokens), at most one in each example. The caller
  // of apply() has the vocabulary and hands in their ids. Empty: none.
  std::function<std::vector<std::string>(const nlohmann::json& parameters)> texts = {};
  // Throws ConfigError for parameters that do not fit together.
  std::function<void(const nlohmann::json& parameters)> check = {};
  AnswerStyle answer_style = AnswerStyle::mixed;
  // The networks that learn from it: targets of a causal one go on where its inputs stop.
  Networks networks = Networks::encoder_decoder;
  // Whether targets are whole stretches of running text: they end in </s> where a document does,
  // and not where a row is cut.
  bool running_text = false;

  // The functions below take complete parameters, as resolve_parameters() makes them.

  // Deterministic in `rng`. `tokens` holds at least two ids. ConfigError when there are fewer
  // sentinels than the text needs.
  Denoised apply(std::span<const int32_t> tokens, const Symbols& symbols,
                 const nlohmann::json& parameters, Rng& rng) const;
  // How many tokens to cut from the corpus for inputs of `length`: chunk_length_fn. ConfigError
  // when `length` is below kMinSequenceLength.
  int64_t chunk_length(int64_t length, const nlohmann::json& parameters) const;
};

// Objective::texts(), or none.
std::vector<std::string> texts_of(const Objective& objective, const nlohmann::json& parameters);

// Two tokens, of which one is kept, a sentinel and </s>.
inline constexpr int64_t kMinSequenceLength = 3;

// The catalogue (objectives.inc), and one entry by name; ConfigError lists the known ones.
const std::vector<Objective>& objectives();
const Objective& find_objective(const std::string& name);

// An objective with its parameters resolved and checked.
struct BoundObjective {
  const Objective* objective = nullptr;
  nlohmann::json parameters;

  Denoised apply(std::span<const int32_t> tokens, const Symbols& symbols, Rng& rng) const {
    return objective->apply(tokens, symbols, parameters, rng);
  }
  int64_t chunk_length(int64_t length) const { return objective->chunk_length(length, parameters); }
};

// Throws ConfigError for an unknown name and for what resolve_parameters() refuses.
BoundObjective make_objective(const std::string& name,
                              const nlohmann::json& parameters = nlohmann::json::object());

}  // namespace dovetail
