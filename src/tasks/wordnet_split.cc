// SPDX-License-Identifier: Apache-2.0
#include "tasks/wordnet_split.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"

namespace dovetail {

namespace {

constexpr int64_t kTestShare = 5;      // one fact in 5 is for testing
constexpr int64_t kLargestShare = 20;  // a unit with more than one fact in 20 trains

// Texts are connected by the first word in lower case, the definition and the examples.
std::string word_node(const std::string& word) { return "word\t" + lower_case(word); }

Units text_units(const WordNet& wordnet) {
  Units units;
  for (const Synset& synset : wordnet.synsets()) {
    const std::string node = word_node(synset.words[0]);
    units.join(node, "text\t" + synset.definition);
    for (const std::string& example : synset.examples) units.join(node, "text\t" + example);
    units.weigh(node);
  }
  units.cut();
  return units;
}

// Names the nodes that a fact connects. A fact of the inverse relation is passed in reversed.
class FactNodes {
 public:
  explicit FactNodes(const WordNetRelation& relation)
      : by_word_(relation.is_between_words), symmetric_(relation.inverse == relation.name) {}

  std::string head(const WordNetFact& fact) const {
    return (symmetric_ ? "" : "head\t") + (by_word_ ? fact.head : fact.head_sense);
  }
  std::string tail(const WordNetFact& fact) const {
    return (symmetric_ ? "" : "tail\t") + (by_word_ ? fact.tail : fact.tail_sense);
  }
  // The node that facts with equal bare words share.
  std::string pair(const WordNetFact& fact) const {
    const bool swap = symmetric_ && fact.tail < fact.head;
    return "pair\t" + (swap ? fact.tail + '\t' + fact.head : fact.head + '\t' + fact.tail);
  }

 private:
  bool by_word_, symmetric_;
};

WordNetFact turned(const WordNetFact& fact) {
  return {.head = fact.tail,
          .tail = fact.head,
          .head_sense = fact.tail_sense,
          .tail_sense = fact.head_sense};
}

void join_facts(const std::vector<WordNetFact>& facts, const FactNodes& nodes, bool has_inverse,
                bool is_inverse, Units& units) {
  for (const WordNetFact& fact : facts) {
    const WordNetFact forward = is_inverse ? turned(fact) : fact;
    const std::string head = nodes.head(forward);
    units.weigh(head);
    if (!has_inverse) continue;
    units.join(head, nodes.tail(forward));
    units.join(head, nodes.pair(forward));
  }
}

// Whether facts are reversed: the first of two inverse relations in the table gives the direction.
bool is_turned(const WordNetRelation& relation) {
  for (const WordNetRelation& other : wordnet_relations()) {
    if (other.name == relation.name) return false;
    if (other.name == relation.inverse) return true;
  }
  return false;
}

SplitFacts split_by_relation(const WordNet& wordnet, const WordNetRelation& relation) {
  std::vector<WordNetFact> facts = wordnet_facts(wordnet, relation);
  const FactNodes nodes(relation);
  const bool turns = is_turned(relation);
  Units units;
  join_facts(facts, nodes, !relation.inverse.empty(), turns, units);
  if (!relation.inverse.empty() && relation.inverse != relation.name) {
    const auto inverse = wordnet_facts(wordnet, find_wordnet_relation(relation.inverse));
    join_facts(inverse, nodes, true, !turns, units);
  }
  units.cut();
  SplitFacts split;
  for (WordNetFact& fact : facts) {
    const bool test = units.is_test(nodes.head(turns ? turned(fact) : fact));
    (test ? split.test : split.train).push_back(std::move(fact));
  }
  return split;
}

SplitFacts split_by_text(const WordNet& wordnet, const WordNetRelation& relation) {
  const Units units = text_units(wordnet);
  SplitFacts split;
  for (WordNetFact& fact : wordnet_facts(wordnet, relation)) {
    const bool test = units.is_test(word_node(fact.head));
    (test ? split.test : split.train).push_back(std::move(fact));
  }
  return split;
}

}  // namespace

size_t Units::id(std::string_view node) {
  const uint64_t hash = hash64(node);
  const auto [found, fresh] = ids_.try_emplace(hash, parent_.size());
  if (fresh) {
    parent_.push_back(found->second);
    hash_.push_back(hash);
    weight_.push_back(0);
  }
  return found->second;
}

size_t Units::root(size_t node) const {
  while (parent_[node] != node) node = parent_[node];
  return node;
}

void Units::join(std::string_view a, std::string_view b) {
  const auto shortened_root = [&](size_t node) {
    while (parent_[node] != node) node = parent_[node] = parent_[parent_[node]];
    return node;
  };
  const size_t root_a = shortened_root(id(a)), root_b = shortened_root(id(b));
  parent_[std::max(root_a, root_b)] = std::min(root_a, root_b);
}

void Units::weigh(std::string_view node) { ++weight_[id(node)]; }

std::vector<Units::Unit> Units::units() const {
  std::vector<Unit> by_root(parent_.size(), {.order = std::numeric_limits<uint64_t>::max()});
  for (size_t node = 0; node < parent_.size(); ++node) {
    Unit& unit = by_root[root(node)];
    unit.order = std::min(unit.order, hash_[node]);
    unit.weight += weight_[node];
    unit.root = root(node);
  }
  std::vector<Unit> all;
  for (size_t node = 0; node < parent_.size(); ++node) {
    if (parent_[node] != node) continue;
    all.push_back(by_root[node]);
    // hashed again: the smallest of many hashes is small, and large units must not come first
    all.back().order = hash64(fmt::format("{:016x}", by_root[node].order));
  }
  std::sort(all.begin(), all.end(), [](const Unit& a, const Unit& b) { return a.order < b.order; });
  return all;
}

void Units::cut() {
  const std::vector<Unit> all = units();
  int64_t total = 0, taken = 0;
  for (const Unit& unit : all) total += unit.weight;
  for (const Unit& unit : all) {
    if (taken * kTestShare >= total) break;
    if (unit.weight > std::max(int64_t{1}, total / kLargestShare)) continue;
    test_roots_.insert(unit.root);
    taken += unit.weight;
  }
  if (taken > 0 || all.size() < 2) return;
  // with so few facts that every unit is large, test on the smallest
  const auto smallest = std::min_element(
      all.begin(), all.end(), [](const Unit& a, const Unit& b) { return a.weight < b.weight; });
  test_roots_.insert(smallest->root);
}

bool Units::is_test(std::string_view node) const {
  const auto found = ids_.find(hash64(node));
  DOVETAIL_CHECK(found != ids_.end());
  return test_roots_.contains(root(found->second));
}

SplitFacts split_facts(const WordNet& wordnet, const WordNetRelation& relation) {
  const bool is_text = relation.kind == "phrasal";
  return is_text ? split_by_text(wordnet, relation) : split_by_relation(wordnet, relation);
}

std::vector<bool> text_sides(const WordNet& wordnet) {
  const Units units = text_units(wordnet);
  std::vector<bool> sides;
  for (const Synset& synset : wordnet.synsets()) {
    sides.push_back(units.is_test(word_node(synset.words[0])));
  }
  return sides;
}

}  // namespace dovetail
