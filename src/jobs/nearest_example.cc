// SPDX-License-Identifier: Apache-2.0
#include "jobs/nearest_example.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <unordered_map>

#include "base/stop.h"
#include "base/text.h"

namespace dovetail {

namespace {

using WordWeights = std::map<std::string, double>;

// Letters of other scripts than ASCII count as letters.
bool is_word_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || std::isalnum(byte);
}

void count_words(const std::string& text, WordWeights& counts) {
  std::string word;
  for (const char c : lower_case(text) + " ") {
    if (is_word_byte(c)) {
      word += c;
    } else if (!word.empty()) {
      ++counts[word];
      word.clear();
    }
  }
}

WordWeights words_in(const Example& example) {
  WordWeights counts;
  count_words(example.source, counts);
  for (const auto& [name, text] : example.fields) count_words(text, counts);
  return counts;
}

// The subset's examples by their words, each with its share of a vector of length 1.
class ExampleIndex {
 public:
  ExampleIndex(const TaskData& task, const Subset& subset) : size_(subset.examples.size()) {
    std::vector<WordWeights> all;
    for (const int64_t index : subset.examples) all.push_back(words_in(task.train[index]));
    std::unordered_map<std::string, int64_t> having;
    for (const WordWeights& words : all)
      for (const auto& [word, count] : words) ++having[word];
    for (size_t i = 0; i < all.size(); ++i) {
      double squares = 0;
      for (auto& [word, weight] : all[i]) {
        weight *= std::log(static_cast<double>(size_) / static_cast<double>(having[word]));
        squares += weight * weight;
      }
      if (squares == 0) continue;
      for (const auto& [word, weight] : all[i])
        places_[word].emplace_back(i, weight / std::sqrt(squares));
    }
    for (const auto& [word, count] : having)
      idf_[word] = std::log(static_cast<double>(size_) / static_cast<double>(count));
  }

  // The place in the subset. The length of the example's own vector changes no order.
  size_t nearest(const Example& example) const {
    std::vector<double> similarity(size_);
    for (const auto& [word, count] : words_in(example)) {
      const auto found = places_.find(word);
      if (found == places_.end()) continue;
      for (const auto& [place, weight] : found->second)
        similarity[place] += count * idf_.at(word) * weight;
    }
    return std::ranges::max_element(similarity) - similarity.begin();
  }

 private:
  size_t size_;
  std::unordered_map<std::string, std::vector<std::pair<size_t, double>>> places_;
  std::unordered_map<std::string, double> idf_;
};

}  // namespace

std::vector<std::string> nearest_answers(const TaskData& task, const Subset& subset,
                                         const std::vector<int64_t>& test) {
  const ExampleIndex index(task, subset);
  std::vector<std::string> answers;
  for (const int64_t place : test) {
    check_stop();
    const size_t nearest = index.nearest(task.test[place]);
    answers.push_back(task.train[subset.examples[nearest]].references.front());
  }
  return answers;
}

}  // namespace dovetail
