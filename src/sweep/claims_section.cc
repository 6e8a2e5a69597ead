// SPDX-License-Identifier: Apache-2.0
#include "sweep/claims_section.h"

#include <algorithm>

#include "base/error.h"
#include "base/names.h"
#include "sweep/claim_pairs.h"
#include "sweep/claimed_examples.h"

namespace dovetail {

namespace {

void read_margin(const TomlTable& table, Claim& claim) {
  table.read("margin", claim.margin, kAboveZero);
  if (claim.margin == 0 || claim.margin > claim.at_least) return;
  fail_at(table.at("margin").source(),
          fmt::format("margin ({}) must be above at_least ({}): an effect between the two could "
                      "neither hold nor be equivalent to none",
                      claim.margin, claim.at_least));
}

// "NAME", or { name, size }: verdicts in it over all sweep files.
void read_family(const TomlTable& table, Claim& claim) {
  const toml::node* node = table.find("family");
  if (!node) return;
  if (!node->is_table()) {
    claim.family = text(*node, "family of [[claim]]");
    return;
  }
  const TomlTable family(*node, "family of [[claim]]", {"name", "size"});
  claim.family = text(family.at("name"), "name of the family");
  family.read("size", claim.family_size, kOneOrMore);
}

// The verdicts of a family in this file must fit into its size, which is declared once or alike.
void check_families(const toml::node& place, const std::vector<Claim>& claims) {
  std::map<std::string, std::pair<int64_t, int64_t>> families;  // verdicts here, and the size
  for (const Claim& claim : claims) {
    auto& [here, size] = families[claim.family];
    here += std::ssize(claim.metrics);
    if (size > 0 && claim.family_size > 0 && size != claim.family_size) {
      fail_at(place.source(), fmt::format("the family \"{}\" has two sizes, {} and {}; give one",
                                          claim.family, size, claim.family_size));
    }
    size = std::max(size, claim.family_size);
  }
  for (const auto& [name, numbers] : families) {
    if (numbers.second == 0 || numbers.first <= numbers.second) continue;
    fail_at(place.source(),
            fmt::format("the family \"{}\" has {} verdicts in this file (one for each claim, "
                        "stratum and metric), and a size of {} for all files; raise the size",
                        name, numbers.first, numbers.second));
  }
}

AxisLabels labels_at(const AxisLabels& first, size_t a, const std::string& axis,
                     const std::vector<std::vector<std::string>>& levels) {
  AxisLabels labels = first;
  labels[axis] = levels[a];
  return labels;
}

// The two levels of an axis, each one label or several.
std::vector<std::vector<std::string>> read_levels(const TomlTable& table, const std::string& axis,
                                                  const Sweep& sweep) {
  std::vector<std::vector<std::string>> levels;
  for (const toml::node& level : list(table.at(axis), axis + " of the interaction"))
    levels.push_back(matching_labels(level, axis, sweep.axes.at(axis), kClaimPlace));
  if (levels.size() != 2) {
    fail_at(table.at(axis).source(),
            fmt::format("the interaction names two levels of {}, in the order in which they match "
                        "those of the other axis, and {} are given",
                        axis, levels.size()));
  }
  return levels;
}

// Two axes with two levels each, of which the first match and the second match. The matched cells
// are compared with either mismatch, apart: a mismatch that fails altogether says nothing of the
// other.
void read_interaction(const TomlTable& table, const toml::node& node, const Sweep& sweep,
                      Claim& claim) {
  for (const char* key : {"better", "worse", "pair", "apart", "more_than"}) {
    if (const toml::node* other = table.find(key))
      fail_at(other->source(), fmt::format("an interaction has no {}: it makes its own", key));
  }
  const TomlTable interaction(node, "interaction of [[claim]]",
                              axes_without(sweep, {"task", "seed"}));
  AxisNames axes;
  for (const auto& [axis, levels] : *node.as_table()) axes.emplace_back(axis.str());
  if (axes.size() != 2) {
    fail_at(node.source(), fmt::format("an interaction is of two axes, and {} are named: write {{ "
                                       "template = [\"masked_prompting\", \"prompting\"], "
                                       "objective = [\"span_corruption\", \"prefix_lm\"] }}",
                                       axes.size()));
  }
  const auto first = read_levels(interaction, axes[0], sweep);
  const auto second = read_levels(interaction, axes[1], sweep);
  const auto cell = [&](size_t a, size_t b) {
    return labels_at(labels_at({}, a, axes[0], first), b, axes[1], second);
  };
  ClaimPair common;
  read_conditions(table, sweep, common);
  common.better.alternatives = {cell(0, 0), cell(1, 1)};
  for (const size_t mismatch : {size_t{0}, size_t{1}}) {
    ClaimPair& pair = claim.pairs.emplace_back(common);
    pair.worse.alternatives = {cell(mismatch, 1 - mismatch)};
    pair.label = fmt::format("against {} with {}", join(first[mismatch], ", "),
                             join(second[1 - mismatch], ", "));
    check_places(table, pair);
  }
  claim.apart = true;
}

void read_claim_metrics(const TomlTable& table, const Sweep& sweep, Claim& claim) {
  const toml::node* node = table.find("metric");
  const bool sides_name_metrics =
      std::all_of(claim.pairs.begin(), claim.pairs.end(), [](const ClaimPair& pair) {
        return !pair.better.metric.empty() && !pair.worse.metric.empty();
      });
  if (!node && sides_name_metrics) {
    claim.metrics = {claim.pairs.front().better.metric};
  } else if (const toml::node& given = table.at("metric"); given.is_array()) {
    for (const toml::node& element : list(given, "metric of [[claim]]")) {
      claim.metrics.push_back(read_metric(element, sweep));
    }
  } else {
    claim.metrics = {read_metric(given, sweep)};
  }
}

void read_apart(const TomlTable& table, Claim& claim) {
  table.read("apart", claim.apart);
  if (!claim.apart) return;
  if (claim.pairs.size() < 2) {
    fail_at(table.at("apart").source(),
            "apart asks each [[claim.pair]] of a claim to hold, and this claim has no two of them");
  }
  for (size_t i = 0; i < claim.pairs.size(); ++i) {
    if (claim.pairs[i].label.empty()) claim.pairs[i].label = fmt::format("pair {}", i + 1);
  }
}

// A claim for each stratum, about its cells and its test examples alone.
std::vector<Claim> by_stratum(const TomlTable& table, const Sweep& sweep, Claim claim) {
  const toml::node* node = table.find("strata");
  if (!node) return {std::move(claim)};
  if (!node->is_table() || node->as_table()->empty()) {
    fail_at(node->source(),
            "strata are named tables of labels, such as { lexical = { task = \"wordnet.*\" } }");
  }
  std::vector<Claim> claims;
  const AxisNames axes = axes_without(sweep, {"seed"});
  for (const auto& [name, conditions] : *node->as_table()) {
    Claim& own = claims.emplace_back(claim);
    own.name += ": " + std::string(name.str());
    AxisNames known = axes;
    known.emplace_back("examples");
    const TomlTable labels(conditions, "strata of [[claim]]", known);
    if (const toml::node* examples = labels.find("examples")) {
      for (auto& [column, values] : read_claimed_examples(*examples)) own.examples[column] = values;
    }
    for (const auto& [axis, values] : read_labels(labels, axes, sweep)) {
      for (ClaimPair& pair : own.pairs) {
        pair.where[axis] = values;
        check_places(labels, pair);
      }
    }
  }
  return claims;
}

std::vector<Claim> read_claim(const toml::node& node, const Sweep& sweep) {
  const TomlTable table(
      node, "[[claim]]",
      {"name", "source", "metric", "better", "worse", "where", "more_than", "reduce", "at_least",
       "margin", "family", "pair", "apart", "interaction", "strata", "examples"});
  Claim claim;
  claim.name = text(table.at("name"), "name of [[claim]]");
  claim.source = text(table.at("source"), "source of [[claim]]");
  table.read_name("reduce", claim.reduce, {"gain", "relative"});
  table.read("at_least", claim.at_least, {"a number"});
  read_margin(table, claim);
  read_family(table, claim);
  if (const toml::node* examples = table.find("examples"))
    claim.examples = read_claimed_examples(*examples);
  if (const toml::node* interaction = table.find("interaction")) {
    read_interaction(table, *interaction, sweep, claim);
  } else {
    read_pairs(table, sweep, claim);
    read_apart(table, claim);
  }
  read_claim_metrics(table, sweep, claim);
  return by_stratum(table, sweep, std::move(claim));
}

}  // namespace

std::vector<Claim> read_claims(const TomlTable& root, const Sweep& sweep) {
  std::vector<Claim> claims;
  const toml::node* node = root.find("claim");
  if (!node) return claims;
  if (!node->is_array_of_tables()) {
    fail_at(node->source(),
            "claims are written as tables under [[claim]], each with name, source, "
            "metric, better and worse");
  }
  if (sweep.pretrain_only)
    fail_at(node->source(), "a sweep without tasks has no scores to claim things of");
  for (const toml::node& element : *node->as_array()) {
    for (Claim& claim : read_claim(element, sweep)) {
      const auto same = [&](const Claim& other) { return other.name == claim.name; };
      if (std::any_of(claims.begin(), claims.end(), same)) {
        fail_at(element.source(), fmt::format("two claims are called \"{}\"", claim.name));
      }
      claims.push_back(std::move(claim));
    }
  }
  check_families(*node, claims);
  return claims;
}

}  // namespace dovetail
