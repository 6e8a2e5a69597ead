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

// How WordNet's tasks are cut into train and test: by connected units, about a fifth of the facts
// for testing.
//
// A relation is cut together with its inverse. Hypernym's heads are kinds below, Hyponym's heads
// kinds above: two sides of one bipartite graph, whose edges are the facts. Whole components of it
// go to one side, so that
//   - no head (word with sense) of a task is on both sides;
//   - a fact of Hypernym in train never has its inverse in the test side of Hyponym, or the
//     other way round;
//   - the same holds for the bare words: facts whose two bare words are equal are in one unit.
// A word is one node below and another above ("dog" as a head of Hypernym is not "dog" as a head
// of Hyponym), otherwise all nouns hung together. In symmetric relations (Antonym) it is one node.
// Relations between words (Antonym, DerivedFrom, PertainsTo, ParticipleOf) are cut by the bare
// word, the others by word with sense; relations without an inverse by their heads alone.
//
// DefinedAs, UsedIn and all that is read from text (definition -> word, category ...) share one
// split: synsets with the same first word, definition or example are one unit. A definition is
// therefore on the same side whether it is asked for or read.
//
// Units go to the test side in the order of a hash of their text until a fifth of the facts is
// there; one with more than a twentieth of the facts always trains, so that the test side is never
// one topic. (That leaves less than a fifth for relations which are nearly one unit, as InUsage.)
class Units {
 public:
  // Nodes are named by text; both are made when new.
  void join(std::string_view a, std::string_view b);
  // One fact more in the unit of this node.
  void weigh(std::string_view node);
  // Decides the sides; no join or weigh after it.
  void cut();

  bool is_test(std::string_view node) const;

 private:
  struct Unit {
    uint64_t order = 0;  // from the smallest hash of its nodes, in whatever order they came
    int64_t weight = 0;
    size_t root = 0;
  };

  size_t id(std::string_view node);
  size_t root(size_t node) const;
  std::vector<Unit> units() const;  // in their order

  std::unordered_map<uint64_t, size_t> ids_;  // by the hash of the node's text
  std::vector<uint64_t> hash_;
  std::vector<size_t> parent_;
  std::vector<int64_t> weight_;
  std::unordered_set<size_t> test_roots_;
};

// Facts with their side.
struct SplitFacts {
  std::vector<WordNetFact> train, test;
};
SplitFacts split_facts(const WordNet& wordnet, const WordNetRelation& relation);

// The side of each synset, by position, for tasks that read its text: true is test.
std::vector<bool> text_sides(const WordNet& wordnet);

}  // namespace dovetail
