// SPDX-License-Identifier: Apache-2.0
// What each task of the catalogue holds, as readable files: its words for templates, how many
// examples it has, and the first of them. `wn WORD` of Debian's package wordnet checks them.
#include "golden/golden.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tasks/find_task.h"

namespace dovetail {
namespace {

constexpr size_t kShown = 3;  // examples of each side

std::string golden(const std::vector<Example>& examples) {
  std::string text;
  for (size_t i = 0; i < std::min(kShown, examples.size()); ++i) {
    text +=
        fmt::format("  {} -> {}\n", examples[i].source, fmt::join(examples[i].references, " | "));
  }
  return text;
}

std::string golden(const Task& task) {
  const TaskData data = task.load();
  std::string text =
      fmt::format("{} ({})\n{}\n{}\n\nprefix: {}\nphrase: {}\n", task.name, task.kind,
                  task.description, task.source, data.prefix, data.phrase);
  text += fmt::format("\ntrain: {} examples\n{}", data.train.size(), golden(data.train));
  return text + fmt::format("\ntest: {} examples\n{}", data.test.size(), golden(data.test));
}

TEST(TasksGolden, EveryTaskHasOne) {
  if (!std::filesystem::exists("/usr/share/wordnet/data.noun")) {
    GTEST_SKIP() << "needs WordNet in /usr/share/wordnet: apt-get install wordnet-base";
  }
  for (const Task& task : tasks()) {
    std::string file = task.name;
    std::replace(file.begin(), file.end(), '/', '.');
    expect_golden("tasks/" + file + ".txt", golden(task));
  }
}

}  // namespace
}  // namespace dovetail
