// SPDX-License-Identifier: Apache-2.0
#include "adaptation/sentence_selection.h"

#include <algorithm>
#include <tuple>
#include <unordered_set>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/near_path.h"
#include "base/random.h"
#include "base/text.h"

namespace dovetail {

namespace {

// " word word " in lower case without punctuation, so that a substring search finds whole words.
std::string searchable(std::string_view text) {
  std::string words = " ";
  for (const std::string& word : words_of(lower_case(text))) {
    const std::string_view bare = without_punctuation(word);
    if (!bare.empty()) words.append(bare).push_back(' ');
  }
  return words;
}

class SentenceSelector {
 public:
  SentenceSelector(const Splitter& splitter, const SelectionSettings& settings,
                   const TestTriples& tests)
      : splitter_(splitter), settings_(settings), tests_(tests) {}

  // Returns false once enough sentences are kept.
  bool add(std::string_view line) {
    ++selection_.lines;
    const std::string text = collapse_whitespace(line);
    if (!is_valid_utf8(text) && !text.empty()) return reject("not utf-8");
    SplitResult result = splitter_(text, selection_.lines);
    if (!result.sentence) return reject(result.rejection);
    if (!seen_.insert(hash64(text)).second) return reject("duplicate");
    if (tests_.leaks_into(text)) return reject("test triple");
    const uint64_t key = hash64(text, derive_seed(settings_.seed, "selection"));
    keys_.emplace_back(key, selection_.sentences.size());
    selection_.sentences.push_back(std::move(*result.sentence));
    return settings_.at_random || settings_.count == 0 ||
           static_cast<int64_t>(selection_.sentences.size()) < settings_.count;
  }

  SentenceSelection finish() {
    if (settings_.at_random && settings_.count > 0) draw();
    for (const SplitSentence& sentence : selection_.sentences) {
      ++selection_.relations[sentence.relation];
    }
    return std::move(selection_);
  }

 private:
  bool reject(const std::string& why) {
    ++selection_.rejections[why];
    return true;
  }

  void draw() {
    const size_t kept = std::min<size_t>(keys_.size(), settings_.count);
    if (kept == keys_.size()) return;
    selection_.rejections["not drawn"] = static_cast<int64_t>(keys_.size() - kept);
    std::sort(keys_.begin(), keys_.end());
    keys_.resize(kept);
    std::vector<size_t> indices;
    for (const auto& [key, index] : keys_) indices.push_back(index);
    std::sort(indices.begin(), indices.end());
    std::vector<SplitSentence> drawn;
    for (const size_t index : indices) drawn.push_back(std::move(selection_.sentences[index]));
    selection_.sentences = std::move(drawn);
  }

  const Splitter& splitter_;
  const SelectionSettings& settings_;
  const TestTriples& tests_;
  SentenceSelection selection_;
  std::unordered_set<uint64_t> seen_;
  std::vector<std::pair<uint64_t, size_t>> keys_;  // hash, place in the sentences
};

}  // namespace

void TestTriples::add(const TaskData& task) {
  for (const Example& example : task.test) {
    std::string_view head = example.source;
    const size_t end = head.find(kRelationEnd);
    if (!task.relations.empty() && end != std::string_view::npos) {
      head.remove_prefix(end + kRelationEnd.size());
    }
    Triple triple{searchable(head), {}};
    for (const std::string& tail : example.references) triple.tails.push_back(searchable(tail));
    std::erase(triple.tails, " ");
    const std::vector<std::string> words = words_of(triple.head);
    if (words.empty() || triple.tails.empty()) continue;
    const auto longest =
        std::max_element(words.begin(), words.end(), [](const auto& a, const auto& b) {
          return std::tuple(a.size(), a) < std::tuple(b.size(), b);
        });
    by_word_[*longest].push_back(triples_.size());
    triples_.push_back(std::move(triple));
  }
}

bool TestTriples::leaks_into(std::string_view sentence) const {
  if (triples_.empty()) return false;
  const std::string text = searchable(sentence);
  const auto holds = [&](const std::string& part) { return text.find(part) != std::string::npos; };
  for (const std::string& word : words_of(text)) {
    const auto found = by_word_.find(word);
    if (found == by_word_.end()) continue;
    for (const size_t index : found->second) {
      const Triple& triple = triples_[index];
      if (holds(triple.head) && std::any_of(triple.tails.begin(), triple.tails.end(), holds)) {
        return true;
      }
    }
  }
  return false;
}

SentenceSelection select_sentences(const std::filesystem::path& file, const Splitter& splitter,
                                   const SelectionSettings& settings, const TestTriples& tests) {
  if (!std::filesystem::is_regular_file(file)) {
    throw_<ConfigError>("{}: no such file; expected sentences, one a line{}", file.string(),
                        near_path_hint(file));
  }
  const MappedFile mapped(file);
  std::string_view bytes = mapped.bytes();
  if (bytes.empty()) throw_<DataError>("{}:1: the file is empty", file.string());
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);  // a byte order mark
  SentenceSelector selector(splitter, settings, tests);
  for (bool more = true; more && !bytes.empty();) {
    const size_t end = std::min(bytes.find('\n'), bytes.size());
    more = selector.add(bytes.substr(0, end));
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
  }
  return selector.finish();
}

}  // namespace dovetail
