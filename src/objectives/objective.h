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

// How text becomes a pre-training example. Neither side ends in </s>; the batcher adds it.
struct Denoised {
  std::vector<int32_t> inputs;
  std::vector<int32_t> targets;
};

struct Objective {
  std::string name;
  std::string paper;                 // "Raffel et al. 2020, sec. 3.3.4"
  nlohmann::json defaults;           // its parameters, all numbers, lists or strings
  // Deterministic in `rng`. `tokens` holds at least two ids. Throws ConfigError for parameters
  // out of range (checked by make_objective once, before any token is seen).
  std::function<Denoised(std::span<const int32_t> tokens, Sentinels sentinels,
                         const nlohmann::json& parameters, Rng& rng)> apply;
  std::function<void(const nlohmann::json& parameters)> check;
  // Tokens to cut from the corpus so that the inputs, with </s>, come to at most `length`.
  std::function<int64_t(int64_t length, const nlohmann::json& parameters)> chunk_length;
};

// The catalogue (objectives.inc), and one entry by name; ConfigError lists the known ones.
const std::vector<Objective>& objectives();
const Objective& find_objective(const std::string& name);

}  // namespace dovetail
