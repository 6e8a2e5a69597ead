// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/random.h"

namespace dovetail {

// ids of the sentinels; sentinels[0] is <extra_id_0>.
using Sentinels = std::span<const int32_t>;

// What an objective may write beside the tokens of the text.
struct Symbols {
  Symbols(const std::vector<int32_t>& sentinel_ids) : sentinels(sentinel_ids) {}
  Symbols(Sentinels sentinel_ids, std::span<const std::vector<int32_t>> text_ids)
      : sentinels(sentinel_ids), texts(text_ids) {}

  Sentinels sentinels;
  std::span<const std::vector<int32_t>> texts;  // the ids of Objective::texts(), in its order
};

// How text becomes a pre-training example. Neither side ends in </s>; the batcher adds it.
struct Denoised {
  std::vector<int32_t> inputs;
  std::vector<int32_t> targets;
};

struct Objective {
  std::string name;
  std::string paper;        // "Raffel et al. 2020, sec. 3.3.4"
  nlohmann::json defaults;  // its parameters: numbers, flags, lists
  nlohmann::json example;   // parameters under which six tokens show what it does
  // Deterministic in `rng`. `tokens` holds at least two ids. A parameter that is left out has its
  // default. ConfigError when there are fewer sentinels than the text needs.
  std::function<Denoised(std::span<const int32_t> tokens, const Symbols& symbols,
                         const nlohmann::json& parameters, Rng& rng)>
      apply;
  // ConfigError for parameters out of range or of the wrong type; unknown keys are
  // make_objective's to find.
  std::function<void(const nlohmann::json& parameters)> check;
  // Tokens to cut from the corpus so that the inputs, with </s> and without any of texts(), come
  // to at most `length`; the same holds for every shorter text. ConfigError when `length` is below
  // kMinSequenceLength.
  std::function<int64_t(int64_t length, const nlohmann::json& parameters)> chunk_length;
  // Texts that it sets before inputs (UL2's mode tokens), at most one in each example. Who calls
  // apply() has the vocabulary and hands in their ids. Empty: it wants none.
  std::function<std::vector<std::string>(const nlohmann::json& parameters)> texts = {};
  // +1: asks for what stood where sentinels are; -1: for what follows; 0: for both, or for neither.
  int fills = 0;
};

// Objective::texts(), or none.
std::vector<std::string> texts_of(const Objective& objective, const nlohmann::json& parameters);

// Two tokens, of which one is kept, a sentinel and </s>.
inline constexpr int64_t kMinSequenceLength = 3;

// The catalogue (objectives.inc), and one entry by name; ConfigError lists the known ones.
const std::vector<Objective>& objectives();
const Objective& find_objective(const std::string& name);

// `given` over the defaults. ConfigError for an unknown key (with the nearest known one) and for
// a value out of range.
nlohmann::json resolve_parameters(const Objective& objective, const nlohmann::json& given);

// An objective with its parameters settled and checked.
struct BoundObjective {
  const Objective* objective = nullptr;
  nlohmann::json parameters;

  Denoised apply(std::span<const int32_t> tokens, const Symbols& symbols, Rng& rng) const {
    return objective->apply(tokens, symbols, parameters, rng);
  }
  int64_t chunk_length(int64_t length) const { return objective->chunk_length(length, parameters); }
};

BoundObjective make_objective(const std::string& name,
                              const nlohmann::json& parameters = nlohmann::json::object());

}  // namespace dovetail
