// SPDX-License-Identifier: Apache-2.0
// What each template of the catalogue prints, as files that a reader can read:
// tests/golden/templates/NAME.txt. tests/golden/regenerate writes them.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "examples/verbalizer.h"
#include "golden/golden.h"
#include "templates/render.h"

namespace dovetail {
namespace {

// An example, and its description in the golden file.
struct ShownExample {
  std::string description;
  TaskData task;
  Example example;
};

ShownExample relation(const std::string& name, const std::string& head, const std::string& tail) {
  TaskData task{.name = "atomic2020/" + name, .prefix = name};
  task.phrase = load_verbalizer("atomic2020").phrase(name);
  task.relation = name;
  return {.description = fmt::format("relation {}: head \"{}\", tail \"{}\"", name, head, tail),
          .task = std::move(task),
          .example = {.source = head, .references = {tail}}};
}

ShownExample question(const std::string& source) {
  TaskData task{.name = "commonsense-qa", .prefix = "commonsense-qa", .layout = Layout::question};
  return {
      .description = fmt::format("question \"{}\": pantry, road or sea; pantry is right", source),
      .task = std::move(task),
      .example = {.source = source,
                  .references = {"pantry"},
                  .choices = {"pantry", "road", "sea"},
                  .answer = 0}};
}

ShownExample text() {
  TaskData task{.name = "imdb", .prefix = "imdb", .layout = Layout::classification};
  task.labels = {"negative", "positive"};
  return {.description = "text \"A film to remember.\": negative or positive; positive is right",
          .task = std::move(task),
          .example = {.source = "A film to remember.", .references = {"positive"}, .answer = 1}};
}

// A rule chooses a shape for each example, so its file has an example for both.
std::vector<ShownExample> examples_for(const BoundTemplate& tmpl) {
  std::vector<ShownExample> shown = {
      relation("xNeed", "PersonX goes to the mall", "to drive there"),
      question("Where would you store a jar?"), text()};
  if (tmpl.rule == TemplateRule::none) return shown;
  shown.insert(shown.begin() + 1, relation("xAttr", "PersonX goes to the mall", "bored"));
  shown.insert(shown.begin() + 3, question("You store a jar in the"));
  return shown;
}

std::string shown(const BoundTemplate& tmpl, const ShownExample& given) {
  const std::string reason = misfit(tmpl, given.task);
  if (!reason.empty()) return fmt::format("\n{}\n  does not fit: {}\n", given.description, reason);
  const Rendered found = render(tmpl, given.task, given.example, given.example.references.front());
  return fmt::format("\n{}\n  source: {}\n  target: {}\n", given.description, found.source_text(),
                     found.target);
}

std::string shown(const TemplateEntry& entry) {
  BoundTemplate tmpl = make_template(entry.name);
  if (needs_soft_tokens(tmpl)) tmpl = with_soft_tokens(tmpl, {.length = 3});
  std::string text =
      fmt::format("{}: {} in the papers, parts {}\n", entry.name, entry.paper_label, entry.parts);
  for (const ShownExample& given : examples_for(tmpl)) text += shown(tmpl, given);
  return text;
}

TEST(TemplateGoldens, ShowWhatEachTemplatePrints) {
  for (const TemplateEntry& entry : templates()) {
    expect_golden("templates/" + entry.name + ".txt", shown(entry));
  }
}

TEST(TemplateGoldens, HaveAFileForEachTemplateAndNoOther) {
  std::set<std::string> entries, files;
  for (const TemplateEntry& entry : templates()) entries.insert(entry.name + ".txt");
  const auto folder = std::filesystem::path(DOVETAIL_SOURCE_DIR) / "tests/golden/templates";
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    files.insert(file.path().filename());
  }
  EXPECT_EQ(files, entries);
}

}  // namespace
}  // namespace dovetail
