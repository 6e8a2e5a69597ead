// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "tasks/wordnet_relations.h"
#include "wordnet/wordnet.h"

namespace dovetail {

// Splits WordNet's tasks into train and test by connected units, with about a fifth of the facts in
// the test split.
//
// A relation is split together with its inverse. The heads of Hypernym and those of Hyponym are the
// two sides of a bipartite graph, whose edges are the facts. Whole components go to one split, so
// that
//   - no head (word with sense) of a task is in both splits;
//   - no fact of Hypernym in train has its inverse in the test split of Hyponym, or vice versa;
//   - the same holds for bare words: facts with equal bare words are in one unit.
// A word is a different node as a head of Hypernym and as a head of Hyponym; otherwise all nouns
// would be connected. In symmetric relations (Antonym) it is one node. Relations between words
// (Antonym, DerivedFrom, PertainsTo, ParticipleOf) are split by the bare word, others by the word
// with its sense; relations without an inverse by their heads alone.
//
// DefinedAs, UsedIn and the tasks that read text (definition -> word, category ...) share one
// split: synsets with the same first word, definition or example are one unit. So a definition is
// in the same split whether it is read or answered.
//
// Units go to the test split in the order of a hash of their text, until it has a fifth of the
// facts. A unit with more than a twentieth of the facts always trains, so that the test split is
// never a single topic. (Relations that are nearly one unit, such as InUsage, so have a smaller
// test split.)
class Units {
 public:
  // Connects two nodes, which are named by text and created on first use.
  void join(std::string_view a, std::string_view b);
  // Adds a fact to the unit of this node.
  void weigh(std::string_view node);
  // Assigns the units to splits; call it after all joins and weighs.
  void cut();

  bool is_test(std::string_view node) const;

 private:
  struct Unit {
    uint64_t order = 0;  // from the smallest hash of its nodes, whatever their order
    int64_t weight = 0;
    size_t root = 0;
  };

  size_t id(std::string_view node);
  size_t root(size_t node) const;
  std::vector<Unit> units() const;  // sorted by `order`

  std::unordered_map<uint64_t, size_t> ids_;  // by the hash of the node's text
  std::vector<uint64_t> hash_;
  std::vector<size_t> parent_;
  std::vector<int64_t> weight_;
  std::unordered_set<size_t> test_roots_;
};

// Facts by split.
struct SplitFacts {
  std::vector<WordNetFact> train, test;
};
SplitFacts split_facts(const WordNet& wordnet, const WordNetRelation& relation);

// For tasks that read text: whether each synset, by position, is in the test split.
std::vector<bool> text_sides(const WordNet& wordnet);

}  // namespace dovetail
