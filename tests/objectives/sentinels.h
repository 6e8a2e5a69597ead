// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "objectives/objective.h"

namespace dovetail {

using Ids = std::vector<int32_t>;

// 999, 998, ...: numbered down from the top as T5 does, and easy to tell from the tokens 10, 11...
inline Ids test_sentinels(int count = 100) {
  Ids ids;
  for (int i = 0; i < count; ++i) ids.push_back(999 - i);
  return ids;
}

inline bool is_sentinel(int32_t id) { return id > 899; }

inline Ids test_tokens(int count) {
  Ids ids;
  for (int i = 0; i < count; ++i) ids.push_back(10 + i);
  return ids;
}

// The ids of an objective's texts: 800 801, 802 803, ...
inline std::vector<Ids> test_texts(size_t count) {
  std::vector<Ids> texts;
  for (int32_t id = 800; texts.size() < count; id += 2) texts.push_back({id, id + 1});
  return texts;
}

inline bool is_text_id(int32_t id) { return id >= 800 && id <= 899; }

// One example, with `num_sentinels` sentinels and the objective's own texts.
inline Denoised apply_to(const Objective& objective, const nlohmann::json& given, const Ids& tokens,
                         Rng& rng, int num_sentinels = 100) {
  const nlohmann::json parameters = resolve_parameters(objective, given);
  const Ids sentinels = test_sentinels(num_sentinels);
  const std::vector<Ids> texts = test_texts(texts_of(objective, parameters).size());
  return objective.apply(tokens, {sentinels, texts}, parameters, rng);
}

inline nlohmann::json defaults_of(const Objective& objective) {
  return defaults_of(objective.parameters);
}

}  // namespace dovetail
