// SPDX-License-Identifier: Apache-2.0
#include "store/results/results_examples.h"

#include <set>

namespace dovetail {

namespace {

using ExampleScores = std::map<std::string, std::vector<float>> Record::*;

std::set<std::string> names_of(const ResultContents& contents, ExampleScores member) {
  std::set<std::string> names;
  for (const ResultRow& row : contents.cells) {
    if (!row.finished()) continue;
    for (const auto& [name, scores] : row.record->*member) names.insert(name);
  }
  return names;
}

void write_scores(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents,
                  const char* group_name, ExampleScores member) {
  const std::set<std::string> names = names_of(contents, member);
  NetcdfGroup group(file, group_name, log);
  group.add_dimension("cell_edge", std::ssize(contents.cells) + 1);
  for (const std::string& name : names) {
    const auto scores_of = [&](const ResultRow& row) -> std::span<const float> {
      if (!row.finished()) return {};
      const auto found = (row.record->*member).find(name);
      return found == (row.record->*member).end() ? std::span<const float>() : found->second;
    };
    const std::vector<int64_t> offsets = offsets_of(column_of<size_t>(
        contents.cells, [&](const ResultRow& row) { return scores_of(row).size(); }));
    std::vector<float> values;
    values.reserve(static_cast<size_t>(offsets.back()));
    for (const ResultRow& row : contents.cells) {
      const std::span<const float> scores = scores_of(row);
      values.insert(values.end(), scores.begin(), scores.end());
    }
    group.add_dimension(name + "_example", offsets.back());
    group.add(name, {name + "_example"}, values);
    group.add(name + "_offsets", {"cell_edge"}, offsets);
  }
}

}  // namespace

void write_examples(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents) {
  write_scores(file, log, contents, "examples", &Record::per_example);
  if (names_of(contents, &Record::validation_scores).empty()) return;
  write_scores(file, log, contents, "validation", &Record::validation_scores);
}

void write_predictions(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents) {
  const auto texts_of = [](const ResultRow& row) -> std::span<const std::string> {
    return row.finished() ? std::span<const std::string>(row.record->predictions)
                          : std::span<const std::string>();
  };
  const std::vector<int64_t> cell_offsets = offsets_of(column_of<size_t>(
      contents.cells, [&](const ResultRow& row) { return texts_of(row).size(); }));
  std::vector<int64_t> text_offsets = {0};
  text_offsets.reserve(static_cast<size_t>(cell_offsets.back()) + 1);
  size_t num_bytes = 0;
  for (const ResultRow& row : contents.cells)
    for (const std::string& text : texts_of(row)) num_bytes += text.size();
  std::vector<uint8_t> bytes;
  bytes.reserve(num_bytes);
  for (const ResultRow& row : contents.cells) {
    for (const std::string& text : texts_of(row)) {
      bytes.insert(bytes.end(), text.begin(), text.end());
      text_offsets.push_back(std::ssize(bytes));
    }
  }
  NetcdfGroup group(file, "predictions", log);
  group.add_attribute("encoding", "utf-8");
  group.add_dimension("cell_edge", std::ssize(cell_offsets));
  group.add_dimension("text_edge", std::ssize(text_offsets));
  group.add_dimension("byte", std::ssize(bytes));
  group.add("cell_offsets", {"cell_edge"}, cell_offsets);
  group.add("text_offsets", {"text_edge"}, text_offsets);
  group.add("text", {"byte"}, bytes);
}

}  // namespace dovetail
