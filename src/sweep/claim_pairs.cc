// SPDX-License-Identifier: Apache-2.0
#include "sweep/claim_pairs.h"

#include <algorithm>

#include "base/error.h"
#include "base/names.h"
#include "sweep/evaluate_section.h"

namespace dovetail {

namespace {

bool holds(const AxisNames& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

AxisNames axes_without(const Sweep& sweep, const AxisNames& left_out) {
  AxisNames axes;
  for (const auto& [axis, values] : sweep.axes) {
    if (!holds(left_out, axis)) axes.push_back(axis);
  }
  return axes;
}

AxisLabels read_labels(const TomlTable& table, const AxisNames& axes, const Sweep& sweep) {
  AxisLabels labels;
  for (const std::string& axis : axes) {
    const toml::node* given = table.find(axis);
    if (given) labels[axis] = matching_labels(*given, axis, sweep.axes.at(axis), kClaimPlace);
  }
  return labels;
}

namespace {

// NAME or NAME@LABEL.
bool is_corpus_level(const std::string& metric, const Sweep& sweep) {
  return traits_of(sweep.metric_traits, metric.substr(0, metric.find('@'))).corpus_level;
}

}  // namespace

std::string read_metric(const toml::node& node, const Sweep& sweep) {
  const std::string name = text(node, "metric of [[claim]]");
  if (is_cost(name)) return name;  // every record has it
  AxisNames measured = under_all_decodings(sweep.evaluate.metrics, sweep.evaluate);
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

namespace {

void add_alternative(const toml::node& node, const std::string& key, const Sweep& sweep,
                     ClaimSide& side) {
  // Both sides must be scored on the same examples and seeds.
  const AxisNames axes = axes_without(sweep, {"task", "seed"});
  AxisNames known = axes;
  known.emplace_back("metric");
  if (key == "worse") known.emplace_back("baseline");
  const TomlTable table(node, key + " of [[claim]]", known);
  if (const toml::node* baseline = table.find("baseline")) {
    if (node.as_table()->size() > 1)
      fail_at(node.source(), "a baseline stands alone on its side: it has no axes of its own");
    side.baseline = known_name(*baseline, "baseline", sweep.baselines);
  }
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

AxisNames axes_of(const AxisLabels& labels) {
  AxisNames axes;
  for (const auto& [axis, values] : labels) axes.push_back(axis);
  return axes;
}

// An axis that only some of the tables name would vary freely in the others.
void check_same_axes(const toml::node& better_node, const toml::node& worse_node,
                     const ClaimPair& pair) {
  if (!pair.worse.baseline.empty()) return;  // compared where it is at home
  const AxisNames axes = axes_of(pair.better.alternatives.front());
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

}  // namespace

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

void read_conditions(const TomlTable& table, const Sweep& sweep, ClaimPair& pair) {
  if (const toml::node* node = table.find("where")) {
    const AxisNames axes = axes_without(sweep, {"seed"});
    for (auto& [axis, labels] :
         read_labels(TomlTable(*node, "where of [[claim]]", axes), axes, sweep)) {
      pair.where[axis] = labels;
    }
  }
  if (const toml::node* node = table.find("more_than")) {
    const AxisNames axes = axes_without(sweep, {"task", "seed"});
    pair.more_than = read_labels(TomlTable(*node, "more_than of [[claim]]", axes), axes, sweep);
    if (pair.more_than.empty()) fail_at(node->source(), "more_than names no axis");
  }
}

namespace {

ClaimPair read_pair(const TomlTable& table, const Sweep& sweep, ClaimPair pair) {
  read_conditions(table, sweep, pair);
  pair.better = read_side(table.at("better"), "better", sweep);
  pair.worse = read_side(table.at("worse"), "worse", sweep);
  check_same_axes(table.at("better"), table.at("worse"), pair);
  check_places(table, pair);
  return pair;
}

}  // namespace

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
    const TomlTable pair(node, "[[claim.pair]]",
                         {"better", "worse", "where", "more_than", "label"});
    claim.pairs.push_back(read_pair(pair, sweep, common));
    if (const toml::node* label = pair.find("label"))
      claim.pairs.back().label = text(*label, "label of [[claim.pair]]");
  }
}

}  // namespace dovetail
