// SPDX-License-Identifier: Apache-2.0
#include "cards/leaks.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"

namespace dovetail {

namespace {

struct Shared {
  std::vector<bool> first, second;  // which examples are in both
  std::vector<std::pair<size_t, size_t>>
      pairs;  // for each shared example of second: (first, second)
};

Shared find_shared(const SplitRows& first, const SplitRows& second) {
  Shared shared{.first = std::vector<bool>(first.examples.size()),
                .second = std::vector<bool>(second.examples.size()),
                .pairs = {}};
  std::unordered_multimap<std::string, size_t> known;
  for (size_t i = 0; i < first.examples.size(); ++i) known.emplace(leak_key(first.examples[i]), i);
  for (size_t i = 0; i < second.examples.size(); ++i) {
    const auto [begin, end] = known.equal_range(leak_key(second.examples[i]));
    if (begin == end) continue;
    shared.second[i] = true;
    shared.pairs.emplace_back(begin->second, i);
    for (auto found = begin; found != end; ++found) {
      shared.first[found->second] = true;
      shared.pairs.back().first = std::min(shared.pairs.back().first, found->second);
    }
  }
  return shared;
}

int64_t drop(SplitRows& rows, const std::vector<bool>& dropped) {
  size_t kept = 0;
  for (size_t i = 0; i < rows.examples.size(); ++i) {
    if (dropped[i]) continue;
    if (kept != i) rows.examples[kept] = std::move(rows.examples[i]);
    rows.lines[kept++] = rows.lines[i];
  }
  const auto gone = static_cast<int64_t>(rows.examples.size() - kept);
  rows.examples.resize(kept);
  rows.lines.resize(kept);
  return gone;
}

std::string place(const SplitPart& part, size_t example) {
  return fmt::format("{}:{}", part.file.string(), part.rows.lines[example]);
}

void refuse(const CardTask& task, const SplitPart& first, SplitPart& second, const Shared& shared,
            DataReport& report) {
  for (const auto& [of_first, of_second] : shared.pairs) second.leaks.insert(of_second);
  report.files[second.report].leaks = static_cast<int64_t>(second.leaks.size());
  const char* noun = noun_of(task.importer.rules.layout);
  const size_t count = shared.pairs.size(), listed = std::min(count, kMaxProblems);
  const auto& [one, other] = shared.pairs[0];
  std::string text = fmt::format(
      "{}: {} \"{}\" is also at {}; {} of {} {} in both files, which leaks: remove {} from one, or "
      "set {} ({} gives up what {} has)",
      place(second, other), noun, second.rows.examples[other].source, place(first, one),
      counted(static_cast<int64_t>(count), noun), task.card.name, count == 1 ? "is" : "are",
      count == 1 ? "it" : "them", first.drop_key, first.file.filename().string(),
      second.file.filename().string());
  if (count > listed) text += fmt::format("; the first {} are at", listed);
  if (count > 1 && count == listed) text += "; they are at";
  for (size_t i = 0; count > 1 && i < listed; ++i) {
    text += fmt::format("\n  {} and {}", place(second, shared.pairs[i].second),
                        place(first, shared.pairs[i].first));
  }
  report.refusals.push_back(std::move(text));
}

// leak_key in lower case; choices are lower-cased before they are sorted.
std::string lower_case_key(const Example& example) {
  Example lowered{.source = lower_case(example.source), .references = {}};
  for (const std::string& choice : example.choices) lowered.choices.push_back(lower_case(choice));
  for (const auto& [name, text] : example.fields) lowered.fields[name] = lower_case(text);
  return leak_key(lowered);
}

// By hashes: the keys of a large set would take as much memory as the examples.
using KnownKeys = std::unordered_multimap<uint64_t, size_t>;

// The first example of `first` that differs from this one only in case; none if there is an exact
// match, which is a leak.
std::optional<size_t> in_other_case(const Example& example, const SplitRows& first,
                                    const KnownKeys& known) {
  const std::string key = leak_key(example);
  const std::string lowered = lower_case_key(example);
  const auto [begin, end] = known.equal_range(hash64(lowered));
  std::optional<size_t> other;
  for (auto found = begin; found != end; ++found) {
    const Example& candidate = first.examples[found->second];
    if (leak_key(candidate) == key) return std::nullopt;
    if (lower_case_key(candidate) != lowered) continue;
    other = std::min(other.value_or(found->second), found->second);
  }
  return other;
}

}  // namespace

const char* noun_of(Layout layout) {
  switch (layout) {
    case Layout::relation: return "head";
    case Layout::question: return "question";
    case Layout::classification:
    case Layout::text: return "text";
    case Layout::conversation: return "conversation";
  }
  return "source";
}

void settle_leaks(const CardTask& task, SplitPart& first, SplitPart& second, DataReport& report) {
  const Shared shared = find_shared(first.rows, second.rows);
  if (shared.pairs.empty()) return;
  if (task.card.leaks == Card::Leaks::refuse) return refuse(task, first, second, shared, report);
  const bool from_first = task.card.leaks == Card::Leaks::drop_from_train;
  SplitPart& part = from_first ? first : second;
  const int64_t gone = drop(part.rows, from_first ? shared.first : shared.second);
  report.files[part.report].leaks += gone;
  report.notes.push_back(fmt::format(
      "{}: {} that {} has too (a leak) {} removed", part.file.string(), counted(gone, "example"),
      (from_first ? second : first).file.string(), gone == 1 ? "was" : "were"));
  if (part.rows.examples.empty()) {
    throw_<DataError>("{}: no example is left of {}: {} has them all", part.file.string(),
                      task.card.name, (from_first ? second : first).file.string());
  }
}

void note_other_case(const CardTask& task, const SplitPart& first, const SplitPart& second,
                     DataReport& report) {
  KnownKeys known;
  for (size_t i = 0; i < first.rows.examples.size(); ++i) {
    known.emplace(hash64(lower_case_key(first.rows.examples[i])), i);
  }
  int64_t count = 0;
  std::string where;
  const char* noun = noun_of(task.importer.rules.layout);
  for (size_t i = 0; i < second.rows.examples.size(); ++i) {
    const auto other = in_other_case(second.rows.examples[i], first.rows, known);
    if (!other || ++count > 1) continue;
    where = fmt::format("{}: {} \"{}\" is also at {}", place(second, i), noun,
                        second.rows.examples[i].source, place(first, *other));
  }
  if (count == 0) return;
  report.notes.push_back(fmt::format(
      "{} apart from upper and lower case; {} {}s of {} are in two splits this way. This is not "
      "refused: remove them if they are the same",
      where, count, noun, task.card.name));
}

int64_t count_shared(const Importer& importer, const TaskData& data) {
  std::unordered_set<std::string> train, leaking, shared;
  for (const Example& example : data.train) {
    train.insert(importer.split_key(example));
    leaking.insert(leak_key(example));
  }
  for (const Example& example : data.test) {
    const std::string key = importer.split_key(example);
    if (train.contains(key) && !leaking.contains(leak_key(example))) shared.insert(key);
  }
  return static_cast<int64_t>(shared.size());
}

}  // namespace dovetail
