// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

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

}  // namespace dovetail
