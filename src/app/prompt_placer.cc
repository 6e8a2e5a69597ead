// SPDX-License-Identifier: Apache-2.0
#include "app/prompt_placer.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"

namespace dovetail {

namespace {

std::string how_to_name(const std::vector<std::string>& names) {
  return fmt::format(
      "write it as `dovetail data show` prints it, with each soft token by its name, such as <{}>",
      names.front());
}

}  // namespace

PromptPlacer::PromptPlacer(const PromptAdapter& prompt, int64_t vocab_size)
    : vocab_size_(vocab_size), size_(prompt.size()), names_(prompt.names), source_(prompt.source) {}

int32_t PromptPlacer::id_of(const std::string& name) const {
  const auto row = std::ranges::find(names_, name) - names_.begin();
  DOVETAIL_CHECK(row < std::ssize(names_));
  return static_cast<int32_t>(vocab_size_ + row);
}

PromptPlacer::NamedToken PromptPlacer::next_named(const std::string& text, size_t from) const {
  NamedToken first;
  for (size_t row = 0; row < names_.size(); ++row) {
    const std::string name = "<" + names_[row] + ">";
    const size_t begin = text.find(name, from);
    if (begin < first.begin) first = {static_cast<int64_t>(row), begin, begin + name.size()};
  }
  return first;
}

std::vector<SourcePart> PromptPlacer::parts_as_named(const std::string& text) const {
  std::vector<SourcePart> parts;
  size_t from = 0;
  for (NamedToken next = next_named(text, 0); next.row >= 0; next = next_named(text, from)) {
    parts.push_back({.text = text.substr(from, next.begin - from)});
    parts.push_back({.tokens = {names_[next.row]}});
    from = next.end;
  }
  parts.push_back({.text = text.substr(from)});
  return parts;
}

// Takes the texts that all sources share off both ends. What is left is the input.
std::vector<SourcePart> PromptPlacer::parts_as_tuned(const std::string& text,
                                                     const std::string& where) const {
  if (source_.empty()) {
    throw_<DataError>(
        "{}: \"source\": the places of this prompt's {} soft tokens differ from source to source; "
        "{}",
        where, names_.size(), how_to_name(names_));
  }
  std::vector<SourcePart> parts = source_;
  std::string rest = without_outer_spaces(text);
  const auto input = std::ranges::find_if(parts, &SourcePart::is_input);
  const auto take = [&](const std::string& shared, bool from_start) {
    if (from_start ? !rest.starts_with(shared) : !rest.ends_with(shared)) {
      throw_<DataError>(
          "{}: \"source\": expected a text that {} with \"{}\", as those that the prompt was tuned "
          "on, found \"{:.60}\"; or {}",
          where, from_start ? "begins" : "ends", shared, text, how_to_name(names_));
    }
    rest = without_outer_spaces(from_start ? rest.substr(shared.size())
                                           : rest.substr(0, rest.size() - shared.size()));
  };
  for (auto part = parts.begin(); part != input; ++part) take(part->text, /*from_start=*/true);
  for (auto part = parts.end(); --part != input;) take(part->text, /*from_start=*/false);
  input->text = rest;
  return parts;
}

PromptPlacer::PlacedIds PromptPlacer::encode(const std::string& text, const Vocabulary& vocabulary,
                                             const std::string& where) const {
  const bool as_named = next_named(text, 0).row >= 0;
  const std::vector<SourcePart> parts =
      as_named ? parts_as_named(text) : parts_as_tuned(text, where);
  PlacedIds placed;
  for (size_t i = 0; i < parts.size(); ++i) {
    for (const std::string& name : parts[i].tokens) placed.ids.push_back(id_of(name));
    const std::string bare = without_outer_spaces(parts[i].text);
    const std::vector<int32_t> ids = vocabulary.encode_with_sentinels(bare);
    if (!bare.empty()) placed.ids.insert(placed.ids.end(), ids.begin(), ids.end());
    if (as_named || source_[i].is_input()) placed.cut_end = std::ssize(placed.ids);
  }
  return placed;
}

void PromptPlacer::place_in_ids(std::vector<int32_t>& ids, const std::string& where) const {
  if (std::ranges::any_of(ids, [&](int32_t id) { return id >= vocab_size_; })) return;
  const bool in_front = stands_in_front(source_, names_) && source_.size() == 2;
  if (in_front) return place_in_front(ids);
  throw_<DataError>(
      "{}: \"source_ids\": expected the soft tokens of the prompt among them: {} is token 0 of its "
      "{}, {} the last",
      where, vocab_size_, names_.size(), num_ids() - 1);
}

void PromptPlacer::place_in_front(std::vector<int32_t>& ids) const {
  std::vector<int32_t> tokens(size_);
  std::iota(tokens.begin(), tokens.end(), static_cast<int32_t>(vocab_size_));
  ids.insert(ids.begin(), tokens.begin(), tokens.end());
}

}  // namespace dovetail
