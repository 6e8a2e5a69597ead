// SPDX-License-Identifier: Apache-2.0
#include "jobs/pool_lines.h"

#include <algorithm>

#include "jobs/framing.h"

namespace dovetail {

namespace {

bool is_frame(const Vocabulary& vocabulary, int32_t id) {
  return id == vocabulary.special_ids().eos || id == vocabulary.special_ids().bos;
}

void append(PoolLine& line, const std::vector<int32_t>& ids, bool is_label) {
  line.ids.insert(line.ids.end(), ids.begin(), ids.end());
  line.is_label.insert(line.is_label.end(), ids.size(), is_label);
}

// What a target has for each sentinel in turn; all of it for a target without any.
std::vector<std::vector<int32_t>> filled_parts(const Vocabulary& vocabulary,
                                               const std::vector<int32_t>& target) {
  std::vector<std::vector<int32_t>> parts;
  for (const int32_t id : target) {
    if (is_frame(vocabulary, id)) continue;
    if (parts.empty() || vocabulary.is_sentinel(id)) parts.emplace_back();
    if (!vocabulary.is_sentinel(id)) parts.back().push_back(id);
  }
  return parts;
}

// A byte vocabulary keeps the spaces on both sides of a sentinel, and has none before a word.
void append_label(const Vocabulary& vocabulary, std::vector<int32_t> part, PoolLine& line) {
  if (vocabulary.is_bytes() && !line.ids.empty() && !part.empty()) {
    const int32_t space = vocabulary.encode(" ").front();
    const bool before = line.ids.back() == space, within = part.front() == space;
    if (before && within) part.erase(part.begin());
    if (!before && !within) append(line, {space}, false);
  }
  append(line, part, true);
}

std::string fields_text(const Example& example, const std::string& between) {
  std::string text = example.source;
  for (const auto& [name, field] : example.fields) text += between + field;
  return text;
}

}  // namespace

PoolLine filled_line(const ExampleEncoder& encoder, const Example& example, int64_t label,
                     bool label_last) {
  const Vocabulary& vocabulary = encoder.vocabulary();
  const Sequence row = encoder.choice_row(example, static_cast<size_t>(label)).sequence;
  const auto parts = filled_parts(vocabulary, row.target);
  PoolLine line;
  size_t next = 0;
  for (const int32_t id : row.source) {
    if (is_frame(vocabulary, id)) continue;
    if (!vocabulary.is_sentinel(id)) {
      append(line, {id}, false);
    } else if (!label_last && next < parts.size()) {
      append_label(vocabulary, parts[next++], line);
    }
  }
  for (; next < parts.size(); ++next) append_label(vocabulary, parts[next], line);
  return line;
}

PoolLine unfilled_line(const ExampleEncoder& encoder, const Example& example) {
  const Vocabulary& vocabulary = encoder.vocabulary();
  PoolLine line;
  for (const int32_t id : encoder.choice_row(example, 0).sequence.source) {
    if (!is_frame(vocabulary, id) && !vocabulary.is_sentinel(id)) append(line, {id}, false);
  }
  return line;
}

PoolLine text_line(const Vocabulary& vocabulary, const Example& example, bool separator,
                   int64_t longest) {
  PoolLine line;
  if (separator) {
    append(line, vocabulary.encode(example.source), false);
    for (const auto& [name, field] : example.fields) {
      append(line, {vocabulary.special_ids().eos}, false);
      append(line, vocabulary.encode(field), false);
    }
  } else {
    append(line, vocabulary.encode(fields_text(example, " ")), false);
  }
  const auto room = static_cast<size_t>(room_in_frame(vocabulary, longest));
  line.ids.resize(std::min(line.ids.size(), room));
  line.is_label.resize(line.ids.size());
  return line;
}

PoolLine labelled_text_line(const ExampleEncoder& encoder, const Example& example, int64_t label,
                            int64_t longest) {
  PoolLine line = text_line(encoder.vocabulary(), example, /*separator=*/false, longest);
  const Sequence row = encoder.choice_row(example, static_cast<size_t>(label)).sequence;
  for (const auto& part : filled_parts(encoder.vocabulary(), row.target))
    append_label(encoder.vocabulary(), part, line);
  return line;
}

}  // namespace dovetail
