// SPDX-License-Identifier: Apache-2.0
// Which examples a cell trains on, is validated on, and is scored on.
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/hash.h"
#include "base/random.h"
#include "tasks/task.h"

namespace dovetail {

Subset choose_subset(const TaskData& data, int64_t num_heads, int64_t tails, double fraction,
                     int64_t validation_examples, uint64_t seed) {
  const int64_t total = static_cast<int64_t>(data.train.size());
  const int64_t available = total - validation_examples;
  int64_t wanted = available;
  if (num_heads > 0) {
    wanted = num_heads;
  } else if (fraction > 0) {
    wanted = std::max<int64_t>(1, std::llround(std::min(fraction, 1.0) * available));
  }
  if (available < 1 || wanted > available) {
    throw_<ConfigError>(
        "task {} has {} training heads, which is too few for {} to train on and {} for "
        "validation: ask for fewer, or for \"all\"",
        data.name, total, std::max<int64_t>(1, wanted), validation_examples);
  }
  const std::vector<int64_t> order = Rng(derive_seed(seed, "subset")).permutation(total);
  // training from the front and validation from the back: neither moves when the other grows
  return {.heads = {order.begin(), order.begin() + wanted},
          .tails = tails,
          .validation = {order.end() - validation_examples, order.end()}};
}

std::vector<int64_t> choose_test(const TaskData& data, int64_t count) {
  struct Key {
    uint64_t hash;
    std::string_view source;
    int64_t index;
    auto operator<=>(const Key&) const = default;
  };
  std::vector<Key> keys;
  for (size_t i = 0; i < data.test.size(); ++i) {
    const Example& example = data.test[i];
    keys.push_back({hash64(example.source), example.source, static_cast<int64_t>(i)});
  }
  std::sort(keys.begin(), keys.end());
  if (count > 0 && count < static_cast<int64_t>(keys.size())) keys.resize(count);
  std::vector<int64_t> chosen;
  for (const Key& key : keys) chosen.push_back(key.index);
  return chosen;
}

}  // namespace dovetail
