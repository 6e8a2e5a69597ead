// SPDX-License-Identifier: Apache-2.0
#include "sweep/claims_section.h"

#include <algorithm>

#include "base/error.h"
#include "base/names.h"
#include "sweep/evaluate_section.h"
#include "sweep/label_patterns.h"
#include "sweep/sweep.h"
#include "sweep/toml_table.h"

namespace dovetail {

namespace {

using Names = std::vector<std::string>;

bool holds(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The sweep's axes but for those named.
Names axes_without(const Sweep& sweep, const Names& left_out) {
  Names axes;
  for (const auto& [axis, values] : sweep.axes) {
    if (!holds(left_out, axis)) axes.push_back(axis);
  }
  return axes;
}

constexpr PatternPlace kClaimPlace = {"[[claim]]", "the claim"};

AxisLabels read_labels(const TomlTable& table, const Names& axes, const Sweep& sweep) {
  AxisLabels labels;
  for (const std::string& axis : axes) {
    const toml::node* given = table.find(axis);
    if (given) labels[axis] = matching_labels(*given, axis, sweep.axes.at(axis), kClaimPlace);
  }
  return labels;
}

// NAME or NAME@LABEL.
bool is_corpus_level(const std::string& metric, const Sweep& sweep) {
  return traits_of(sweep.metric_traits, metric.substr(0, metric.find('@'))).corpus_level;
}

std::string read_metric(const toml::node& node, const Sweep& sweep) {
  const std::string name = text(node, "metric of [[claim]]");
  Names measured = under_all_decodings(sweep.evaluate.metrics, sweep.evaluate);
  if (!holds(measured, "loss")) measured.emplace_back("loss");  // every record has it
  if (is_corpus_level(name, sweep)) {
    fail_at(node.source(),
            fmt::format("\"{}\" is a corpus-level metric, and claims are judged by pairs of "
                        "examples: name a metric that is a mean over examples, such as exact_match "
                        "or rouge_l",
                        name));
  }
  if (holds(measured, name)) return name;
  fail_at(node.source(),
          fmt::format("the sweep does not measure \"{}\", so nothing can be claimed of "
                      "it: name it in metrics of [evaluate]; {}",
                      name, did_you_mean(name, measured)));
}

void add_alternative(const toml::node& node, const std::string& key, const Sweep& sweep,
                     ClaimSide& side) {
  // Both sides must be scored on the same examples and seeds.
  const Names axes = axes_without(sweep, {"task", "seed"});
  Names known = axes;
  known.emplace_back("metric");
  const TomlTable table(node, key + " of [[claim]]", known);
  side.alternatives.push_back(read_labels(table, axes, sweep));
  const toml::node* metric = table.find("metric");
  const std::string name = metric ? read_metric(*metric, sweep) : "";
  if (side.alternatives.size() > 1 && name != side.metric) {
    fail_at(node.source(), fmt::format("all tables of {} must name the same metric", key));
  }
  side.metric = name;
}

ClaimSide read_side(const toml::node& node, const std::string& key, const Sweep& sweep) {
  ClaimSide side;
  if (key == "worse" && node.is_string()) {
    known_name(node, key, {"best_other"});
    side.best_other = true;
    return side;
  }
  if (!node.is_array()) {
    add_alternative(node, key, sweep, side);
    return side;
  }
  for (const toml::node& element : list(node, key + " of [[claim]]")) {
    add_alternative(element, key, sweep, side);
  }
  return side;
}

Names axes_of(const AxisLabels& labels) {
  Names axes;
  for (const auto& [axis, values] : labels) axes.push_back(axis);
  return axes;
}

// An axis that only some of the tables name would vary freely in the others.
void check_same_axes(const toml::node& better_node, const toml::node& worse_node,
                     const ClaimPair& pair) {
  const Names axes = axes_of(pair.better.alternatives.front());
  const auto check = [&](const toml::node& node, const ClaimSide& side) {
    for (const AxisLabels& labels : side.alternatives) {
      if (axes_of(labels) == axes) continue;
      fail_at(node.source(),
              fmt::format(
                  "better and worse must name the same axes, and name {} here but {} in the first; "
                  "an axis that is the same on both sides belongs in where",
                  labels.empty() ? "none" : join(axes_of(labels), ", "),
                  axes.empty() ? "none" : join(axes, ", ")));
    }
  };
  check(better_node, pair.better);
  check(worse_node, pair.worse);
  if (pair.worse.best_other && axes.empty()) {
    fail_at(better_node.source(),
            "worse = \"best_other\" needs an axis in better that others differ on");
  }
  if (pair.better == pair.worse) {
    fail_at(worse_node.source(), "better and worse are the same cells, scored alike");
  }
}

void check_places(const TomlTable& table, const ClaimPair& pair) {
  for (const auto& [axis, labels] : pair.better.alternatives.front()) {
    if (pair.where.contains(axis)) {
      fail_at(table.place(),
              fmt::format("{} stands in where and in better; it can only be in one", axis));
    }
  }
  for (const auto& [axis, labels] : pair.more_than) {
    const auto replaced = pair.where.find(axis);
    if (replaced == pair.where.end()) {
      fail_at(table.place(),
              fmt::format("more_than replaces {}, which where leaves open; name it there", axis));
    }
    if (replaced->second == labels) {
      fail_at(table.place(), fmt::format("more_than and where name the same {}", axis));
    }
  }
}

// Reads the conditions of all pairs of a claim; a pair's own lines override them.
void read_conditions(const TomlTable& table, const Sweep& sweep, ClaimPair& pair) {
  if (const toml::node* node = table.find("where")) {
    const Names axes = axes_without(sweep, {"seed"});
    for (auto& [axis, labels] :
         read_labels(TomlTable(*node, "where of [[claim]]", axes), axes, sweep)) {
      pair.where[axis] = labels;
    }
  }
  if (const toml::node* node = table.find("more_than")) {
    const Names axes = axes_without(sweep, {"task", "seed"});
    pair.more_than = read_labels(TomlTable(*node, "more_than of [[claim]]", axes), axes, sweep);
    if (pair.more_than.empty()) fail_at(node->source(), "more_than names no axis");
  }
}

ClaimPair read_pair(const TomlTable& table, const Sweep& sweep, ClaimPair pair) {
  read_conditions(table, sweep, pair);
  pair.better = read_side(table.at("better"), "better", sweep);
  pair.worse = read_side(table.at("worse"), "worse", sweep);
  check_same_axes(table.at("better"), table.at("worse"), pair);
  check_places(table, pair);
  return pair;
}

void read_pairs(const TomlTable& table, const Sweep& sweep, Claim& claim) {
  const toml::node* pairs = table.find("pair");
  if (!pairs) {
    claim.pairs.push_back(read_pair(table, sweep, {}));
    return;
  }
  for (const char* key : {"better", "worse"}) {
    const toml::node* node = table.find(key);
    if (node)
      fail_at(node->source(),
              fmt::format("a claim with [[claim.pair]] tables has its {} there", key));
  }
  if (!pairs->is_array_of_tables()) {
    fail_at(pairs->source(), "pairs are written as tables under [[claim.pair]]");
  }
  ClaimPair common;
  read_conditions(table, sweep, common);
  for (const toml::node& node : *pairs->as_array()) {
    const TomlTable pair(node, "[[claim.pair]]", {"better", "worse", "where", "more_than"});
    claim.pairs.push_back(read_pair(pair, sweep, common));
  }
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

Claim read_claim(const toml::node& node, const Sweep& sweep) {
  const TomlTable table(node, "[[claim]]",
                        {"name", "source", "metric", "better", "worse", "where", "more_than",
                         "reduce", "at_least", "pair"});
  Claim claim;
  claim.name = text(table.at("name"), "name of [[claim]]");
  claim.source = text(table.at("source"), "source of [[claim]]");
  table.read_name("reduce", claim.reduce, {"gain", "relative"});
  table.read("at_least", claim.at_least, {"a number"});
  read_pairs(table, sweep, claim);
  read_claim_metrics(table, sweep, claim);
  return claim;
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
    Claim claim = read_claim(element, sweep);
    const auto same = [&](const Claim& other) { return other.name == claim.name; };
    if (std::any_of(claims.begin(), claims.end(), same)) {
      fail_at(element.source(), fmt::format("two claims are called \"{}\"", claim.name));
    }
    claims.push_back(std::move(claim));
  }
  return claims;
}

}  // namespace dovetail
