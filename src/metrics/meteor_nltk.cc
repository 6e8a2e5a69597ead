// SPDX-License-Identifier: Apache-2.0
// METEOR as nltk computes it: it matches equal words, then stems, then synonyms. Prediction "the
// car ran" against "the auto runs": "the" is equal, "car" shares a synset with "auto", and "ran",
// through its base form, with the stem "run"; three of three words in one chunk, so 1 - 0.5 *
// (1/3)^3.
//
// nltk looks for synonyms among the stems that the stage before left, so a word whose stem is no
// word ("larg" for "large") has none. This is kept, because COMET (Hwang et al. 2021) reports
// nltk's number as METEOR.
#include <algorithm>
#include <cmath>

#include "metrics/evidence.h"
#include "metrics/metric.h"
#include "metrics/porter_stemmer.h"
#include "metrics/synonyms.h"
#include "metrics/tokens.h"
#include "metrics/unicode_text.h"

namespace dovetail {

namespace {

struct PlacedWord {
  size_t position;
  std::string text;
};
using PlacedWords = std::vector<PlacedWord>;
using Pairs = std::vector<std::pair<size_t, size_t>>;  // positions in prediction and reference

PlacedWords words_of(std::string_view text) {
  PlacedWords words;
  for (const std::string& token : split_white_space(text))
    words.push_back({words.size(), unicode_lower_case(token)});
  return words;
}

void stem(PlacedWords& words) {
  for (PlacedWord& word : words) word.text = porter_stem(word.text);
}

// Goes from the last word of the prediction to the first. Each takes the last remaining word of the
// reference that matches, and both are removed.
template <typename Matches>
void match(PlacedWords& prediction, PlacedWords& reference, Pairs& pairs, Matches&& matches) {
  for (size_t i = prediction.size(); i-- > 0;) {
    for (size_t j = reference.size(); j-- > 0;) {
      if (!matches(prediction[i].text, reference[j].text)) continue;
      pairs.emplace_back(prediction[i].position, reference[j].position);
      prediction.erase(prediction.begin() + static_cast<std::ptrdiff_t>(i));
      reference.erase(reference.begin() + static_cast<std::ptrdiff_t>(j));
      break;
    }
  }
}

bool equal(const std::string& a, const std::string& b) { return a == b; }

bool are_synonyms(const std::string& predicted, const std::string& wanted) {
  if (predicted == wanted) return true;
  const std::vector<int>& there = Synonyms::of_wordnet().synsets_with(wanted);
  if (there.empty()) return false;
  const std::vector<int> here = Synonyms::of_wordnet().synsets_of_forms(predicted);
  return std::find_first_of(here.begin(), here.end(), there.begin(), there.end()) != here.end();
}

Pairs alignment(PlacedWords prediction, PlacedWords reference) {
  Pairs pairs;
  match(prediction, reference, pairs, equal);
  stem(prediction);
  stem(reference);
  match(prediction, reference, pairs, equal);
  match(prediction, reference, pairs, are_synonyms);
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

// Counts the runs of matches that are neighbours on both sides.
int count_chunks(const Pairs& pairs) {
  int chunks = 1;
  for (size_t i = 1; i < pairs.size(); ++i) {
    chunks +=
        pairs[i].first != pairs[i - 1].first + 1 || pairs[i].second != pairs[i - 1].second + 1;
  }
  return chunks;
}

double meteor(const PlacedWords& prediction, const PlacedWords& reference) {
  constexpr double kAlpha = 0.9, kBeta = 3, kGamma = 0.5;
  const Pairs pairs = alignment(prediction, reference);
  if (pairs.empty()) return 0;
  const auto matches = static_cast<double>(pairs.size());
  const double precision = matches / static_cast<double>(prediction.size());
  const double recall = matches / static_cast<double>(reference.size());
  const double mean = precision * recall / (kAlpha * precision + (1 - kAlpha) * recall);
  return (1 - kGamma * std::pow(count_chunks(pairs) / matches, kBeta)) * mean;
}

}  // namespace

Metric meteor_nltk() {
  return {
      .name = "meteor_nltk",
      .definition =
          "METEOR (Lavie and Agarwal 2007) as nltk computes it: words between whitespace in lower "
          "case that are equal, have one Porter stem or share a synset of WordNet 3.0; "
          "alpha 0.9, beta 3, gamma 0.5, the best over the references. Needs WordNet's files; a "
          "text equal to its reference has 1 - 0.5 / words^3",
      .score = each_text([](std::string_view prediction, std::span<const std::string> references) {
        DOVETAIL_CHECK(!references.empty());
        const PlacedWords predicted = words_of(prediction);
        double best = 0;
        for (const std::string& reference : references) {
          best = std::max(best, meteor(predicted, words_of(reference)));
        }
        return best;
      }),
      .words = Words::between_blanks};
}

}  // namespace dovetail
