// SPDX-License-Identifier: Apache-2.0
#include "examples/subset.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>

#include "base/error.h"
#include "base/hash.h"
#include "base/random.h"

namespace dovetail {

namespace {

// The number of `available` examples that the request asks for, regardless of classes.
int64_t wanted_examples(const SubsetRequest& request, int64_t available) {
  if (request.examples > 0) return request.examples;
  if (request.fraction <= 0) return available;
  return std::max<int64_t>(
      1, std::llround(std::min(request.fraction, 1.0) * static_cast<double>(available)));
}

// Takes the first of each class, then the second of each class, and so on, so that a smaller
// request gives a prefix.
std::vector<int64_t> take_per_class(const TaskData& data, const SubsetRequest& request,
                                    std::span<const int64_t> candidates) {
  std::map<int64_t, std::vector<int64_t>> classes;
  for (size_t i = 0; i < data.labels.size(); ++i) classes[static_cast<int64_t>(i)];
  for (const int64_t index : candidates) {
    const int64_t answer = data.train[index].answer;
    if (answer < 0) {
      throw_<ConfigError>(
          "task {} has neither labels nor choices, which per_class needs: ask for a number "
          "of examples instead",
          data.name);
    }
    std::vector<int64_t>& members = classes[answer];
    if (static_cast<int64_t>(members.size()) < request.per_class) members.push_back(index);
  }
  for (const auto& [answer, members] : classes) {
    const auto found = static_cast<int64_t>(members.size());
    if (data.labels.empty() || found == request.per_class) continue;
    throw_<ConfigError>(
        "task {} has {} training examples with the label \"{}\" besides those for "
        "validation, too few for per_class = {}",
        data.name, found, data.labels[answer], request.per_class);
  }
  std::vector<int64_t> chosen;
  for (int64_t round = 0; round < request.per_class; ++round) {
    for (const auto& [answer, members] : classes) {
      if (round < static_cast<int64_t>(members.size())) chosen.push_back(members[round]);
    }
  }
  return chosen;
}

std::vector<int64_t> own_validation(const TaskData& data, const SubsetRequest& request) {
  const auto total = static_cast<int64_t>(data.validation.size());
  std::vector<int64_t> order = Rng(derive_seed(request.seed, "validation")).permutation(total);
  order.resize(std::min(total, request.validation_examples));
  return order;
}

}  // namespace

Subset choose_subset(const TaskData& data, const SubsetRequest& request) {
  const bool own = request.own_validation && !data.validation.empty();
  const int64_t total = static_cast<int64_t>(data.train.size());
  const int64_t held_out = own ? 0 : request.validation_examples;
  const int64_t available = total - held_out;
  const int64_t wanted = wanted_examples(request, available);
  if (available < 1 || (request.per_class == 0 && wanted > available)) {
    throw_<ConfigError>(
        "task {} has {} training examples, too few for {} to train on and {} for "
        "validation: ask for fewer, or for \"all\"",
        data.name, total, std::max<int64_t>(1, wanted), held_out);
  }
  const std::vector<int64_t> order = Rng(derive_seed(request.seed, "subset")).permutation(total);
  // training takes the front and validation the back, so that neither shifts when the other grows
  const std::span<const int64_t> candidates(order.data(), static_cast<size_t>(available));
  Subset subset{.references = request.references, .own_validation = own};
  if (request.per_class > 0) {
    subset.examples = take_per_class(data, request, candidates);
  } else {
    subset.examples.assign(candidates.begin(), candidates.begin() + wanted);
  }
  if (own) {
    subset.validation = own_validation(data, request);
  } else {
    subset.validation.assign(order.end() - held_out, order.end());
  }
  return subset;
}

namespace {

// The text to hash. It includes the choices, since several questions may share their words ("Which
// of these is alive?").
std::string test_key(const Example& example) {
  std::string key = example.source;
  for (const auto& [name, text] : example.fields) key += '\x1f' + text;
  for (const std::string& choice : example.choices) key += '\x1f' + choice;
  return key;
}

}  // namespace

std::vector<int64_t> choose_test(const TaskData& data, int64_t count) {
  struct Key {
    uint64_t hash;
    std::string text;
    int64_t index;
    auto operator<=>(const Key&) const = default;
  };
  std::vector<Key> keys;
  for (size_t i = 0; i < data.test.size(); ++i) {
    std::string text = test_key(data.test[i]);
    const uint64_t hash = hash64(text);
    keys.push_back({hash, std::move(text), static_cast<int64_t>(i)});
  }
  std::sort(keys.begin(), keys.end());
  if (count > 0 && count < static_cast<int64_t>(keys.size())) keys.resize(count);
  std::vector<int64_t> chosen;
  for (const Key& key : keys) chosen.push_back(key.index);
  return chosen;
}

}  // namespace dovetail
