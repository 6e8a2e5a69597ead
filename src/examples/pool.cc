// SPDX-License-Identifier: Apache-2.0
#include "examples/pool.h"

#include <algorithm>
#include <tuple>
#include <unordered_set>

#include "base/error.h"
#include "base/hash.h"

namespace dovetail {

namespace {

std::string text_of(const Example& example) {
  std::string text = example.source;
  for (const auto& [name, field] : example.fields) text += '\x1f' + field;
  return text;
}

void add_without_label(const Example& example, Pool& pool) {
  pool.answers.push_back(example.answer);
  pool.examples.push_back(example);
  pool.examples.back().references.clear();
  pool.examples.back().answer = -1;
}

}  // namespace

Pool labelled_as_pool(const TaskData& task, const Subset& labelled) {
  Pool pool;
  for (const int64_t index : labelled.examples) add_without_label(task.train[index], pool);
  return pool;
}

Pool rest_of_train(const TaskData& task, const Subset& labelled) {
  std::unordered_set<int64_t> taken(labelled.examples.begin(), labelled.examples.end());
  if (!labelled.own_validation)
    taken.insert(labelled.validation.begin(), labelled.validation.end());
  Pool pool;
  for (size_t i = 0; i < task.train.size(); ++i) {
    if (!taken.contains(static_cast<int64_t>(i))) add_without_label(task.train[i], pool);
  }
  return pool;
}

Pool choose_pool(const TaskData& task, Pool pool, int64_t count) {
  const auto available = static_cast<int64_t>(pool.examples.size());
  if (count > available || available == 0) {
    throw_<ConfigError>(
        "the pool of task {} has {} unlabelled examples, too few for {}: ask for fewer, or give a "
        "larger pool",
        task.name, available, std::max<int64_t>(1, count));
  }
  std::vector<std::tuple<uint64_t, std::string, size_t>> order;
  for (size_t i = 0; i < pool.examples.size(); ++i) {
    std::string text = text_of(pool.examples[i]);
    const uint64_t hash = hash64(text);
    order.emplace_back(hash, std::move(text), i);
  }
  std::sort(order.begin(), order.end());
  if (count > 0) order.resize(static_cast<size_t>(count));
  Pool chosen;
  for (const auto& [hash, text, index] : order) {
    chosen.examples.push_back(std::move(pool.examples[index]));
    chosen.answers.push_back(pool.answers[index]);
  }
  return chosen;
}

}  // namespace dovetail
