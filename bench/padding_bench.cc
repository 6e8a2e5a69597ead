// SPDX-License-Identifier: Apache-2.0
// How much of what is computed is padding, for the training side of tasks and several limits.
//   padding_bench VOCABULARY TASK_OR_CARD...       (VOCABULARY: a spiece.model; see padding.py)
// A line a (task, limit); mapping template, sources of up to 64 ids, targets of up to 32.
#include <algorithm>
#include <chrono>
#include <iostream>

#include "base/error.h"
#include "tasks/find_task.h"
#include "templates/render.h"
#include "templates/template.h"
#include "text/vocabulary.h"
#include "training/bucketing.h"

namespace {

using namespace dovetail;

constexpr int64_t kEpochs = 3;

constexpr size_t kMostSource = 64, kMostTarget = 32;

int32_t length_of(const std::string& text, const Vocabulary& vocabulary, size_t most) {
  return static_cast<int32_t>(
      std::min(most, vocabulary.encode_with_sentinels(text).size() + 1));  // and </s>
}

std::vector<RowLength> lengths_of(const TaskData& task, const Vocabulary& vocabulary) {
  const BoundTemplate form = make_template("mapping");
  std::vector<RowLength> lengths;
  for (const Example& example : task.train) {
    for (const std::string& reference : example.references) {
      const Rendered rendered = render(form, task, example, reference);
      lengths.push_back({length_of(rendered.source_text(), vocabulary, kMostSource),
                         length_of(rendered.target, vocabulary, kMostTarget)});
    }
  }
  return lengths;
}

void print_line(const std::string& task, const std::vector<RowLength>& lengths,
                const BatchLimit& limit) {
  Rng rng(1);
  int64_t tokens = 0, computed = 0, num_batches = 0;
  const auto start = std::chrono::steady_clock::now();
  for (int64_t epoch = 0; epoch < kEpochs; ++epoch) {
    for (const auto& batch : bucket_by_length(lengths, limit, rng)) {
      int64_t source = 0, target = 0;
      for (const int64_t row : batch) {
        source = std::max<int64_t>(source, lengths[row].source);
        target = std::max<int64_t>(target, lengths[row].target);
        tokens += lengths[row].source + lengths[row].target;
      }
      computed += static_cast<int64_t>(batch.size()) * (source + target);
      ++num_batches;
    }
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  const double padding = 1 - static_cast<double>(tokens) / static_cast<double>(computed);
  std::cout << fmt::format("{:32} {:>8} {:>12} {:>9} {:>8.2f} % {:>8.0f} ms\n", task,
                           lengths.size(),
                           limit.tokens > 0 ? fmt::format("{} tokens", limit.tokens)
                                            : fmt::format("{} rows", limit.rows),
                           num_batches / kEpochs, 100 * padding, 1000 * wall.count() / kEpochs);
}

}  // namespace

int main(int count, char** arguments) try {
  if (count < 3) throw_<ConfigError>("usage: padding_bench VOCABULARY TASK_OR_CARD...");
  const Vocabulary vocabulary = Vocabulary::from_file(arguments[1]);
  std::cout << fmt::format("{:32} {:>8} {:>12} {:>9} {:>10} {:>11}\n", "task", "rows", "batch",
                           "batches", "padding", "an epoch in");
  for (int i = 2; i < count; ++i) {
    const Task task = find_task(arguments[i]);
    const std::vector<RowLength> lengths = lengths_of(task.load(), vocabulary);
    for (const int64_t rows : {16, 32, 64}) print_line(task.name, lengths, {.rows = rows});
    for (const int64_t tokens : {512, 1024, 2048})
      print_line(task.name, lengths, {.tokens = tokens});
  }
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
