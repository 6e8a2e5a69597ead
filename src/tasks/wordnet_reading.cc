// SPDX-License-Identifier: Apache-2.0
#include "tasks/wordnet_reading.h"

#include <algorithm>
#include <map>

#include "base/hash.h"
#include "base/text.h"

namespace dovetail {

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;
using Synsets = std::vector<const Synset*>;

const std::string& file_of(const Synset& synset) {
  return kLexicographerFiles[static_cast<size_t>(synset.lexicographer_file)];
}

// "noun.animal" -> "animal"; "noun.Tops", where the hierarchies begin, -> "tops"
std::string category_of(const Synset& synset) {
  const std::string& file = file_of(synset);
  return lower_case(file.substr(file.find('.') + 1));
}

std::string part_of_speech_of(const Synset& synset) {
  switch (synset.part_of_speech) {
    case 'n': return "noun";
    case 'v': return "verb";
    case 'r': return "adverb";
    default: return "adjective";
  }
}

Pairs categories(const Synsets& synsets, char part_of_speech) {
  Pairs pairs;
  for (const Synset* synset : synsets) {
    if (synset->part_of_speech != part_of_speech) continue;
    pairs.emplace_back(synset->definition, category_of(*synset));
  }
  return pairs;
}

Pairs noun_categories(const WordNet&, const Synsets& synsets) { return categories(synsets, 'n'); }
Pairs verb_categories(const WordNet&, const Synsets& synsets) { return categories(synsets, 'v'); }

Pairs any_categories(const WordNet&, const Synsets& synsets) {
  Pairs pairs;
  for (const Synset* synset : synsets) pairs.emplace_back(synset->definition, file_of(*synset));
  return pairs;
}

Pairs parts_of_speech(const WordNet&, const Synsets& synsets) {
  Pairs pairs;
  for (const Synset* synset : synsets) {
    pairs.emplace_back(synset->definition, part_of_speech_of(*synset));
  }
  return pairs;
}

// The word of the synset that the example shows: the first that occurs in it uninflected, else the
// first word.
const std::string& word_shown(const Synset& synset, const std::string& example) {
  const std::string sentence = lower_case(example);
  for (const std::string& word : synset.words) {
    if (sentence.find(lower_case(word)) != std::string::npos) return word;
  }
  return synset.words[0];
}

Pairs example_categories(const WordNet&, const Synsets& synsets) {
  Pairs pairs;
  for (const Synset* synset : synsets) {
    for (const std::string& example : synset->examples) {
      pairs.emplace_back(word_shown(*synset, example) + ", as in: " + example, file_of(*synset));
    }
  }
  return pairs;
}

Pairs hypernyms(const WordNet& wordnet, const Synsets& synsets) {
  Pairs pairs;
  for (const Synset* synset : synsets) {
    for (const Synset::Pointer& pointer : synset->pointers) {
      if (pointer.symbol != "@") continue;
      const Synset& kind = wordnet.find(pointer.part_of_speech, pointer.offset);
      pairs.emplace_back(synset->definition, kind.words[0]);
    }
  }
  return pairs;
}

Pairs words(const WordNet&, const Synsets& synsets) {
  Pairs pairs;
  for (const Synset* synset : synsets) {
    for (const std::string& word : synset->words) pairs.emplace_back(synset->definition, word);
  }
  return pairs;
}

Synsets nouns_by_hash(const Synsets& synsets) {
  std::vector<std::pair<uint64_t, const Synset*>> order;
  for (const Synset* synset : synsets) {
    if (synset->part_of_speech == 'n') order.emplace_back(hash64(synset->definition), synset);
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  Synsets nouns;
  for (const auto& [hash, synset] : order) nouns.push_back(synset);
  return nouns;
}

// Pairs each noun, in the order of a hash, with a later one: alternately with the next noun of the
// same category (yes) and the next of another (no), so that half of the pairs are yes.
Pairs same_category(const WordNet&, const Synsets& synsets) {
  const Synsets nouns = nouns_by_hash(synsets);
  std::map<int, const Synset*> next_of;  // the nearest noun behind, by category
  Pairs pairs;
  const Synset* other = nullptr;  // the nearest noun behind of another category
  bool yes = true;
  for (size_t i = nouns.size(); i-- > 0;) {
    const Synset* noun = nouns[i];
    const Synset* behind = i + 1 < nouns.size() ? nouns[i + 1] : nullptr;
    if (behind != nullptr && behind->lexicographer_file != noun->lexicographer_file) other = behind;
    const Synset*& same = next_of[noun->lexicographer_file];
    const Synset* partner = yes ? same : other;
    const bool fits = partner != nullptr && partner->definition != noun->definition &&
                      (partner->lexicographer_file == noun->lexicographer_file) == yes;
    if (fits) {
      pairs.emplace_back("first: " + noun->definition + " second: " + partner->definition,
                         yes ? "yes" : "no");
      yes = !yes;
    }
    same = noun;
  }
  return pairs;
}

}  // namespace

const std::vector<ReadingTask>& wordnet_reading_tasks() {
  static const std::vector<ReadingTask> all = {
      {"category", "definition of a noun -> its category, one of 26", noun_categories},
      {"verb_category", "definition of a verb -> its category, one of 15", verb_categories},
      {"any_category", "definition -> its lexicographer file, one of 45", any_categories},
      {"part_of_speech", "definition -> noun, verb, adjective or adverb", parts_of_speech},
      {"example_category", "a word and a sentence with it -> its lexicographer file, one of 45",
       example_categories},
      {"same_category", "two definitions of nouns -> yes or no: are they of one category?",
       same_category},
      {"definition_to_hypernym", "definition -> the kind of thing or act it is", hypernyms},
      {"definition_to_word", "definition -> a word that it defines", words},
  };
  return all;
}

}  // namespace dovetail
