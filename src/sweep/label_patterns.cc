// SPDX-License-Identifier: Apache-2.0
#include "sweep/label_patterns.h"

#include <algorithm>

#include "base/error.h"
#include "base/names.h"
#include "sweep/axis_choice.h"

namespace dovetail {

namespace {

std::string pattern_of(const toml::node& node, const std::string& axis, const PatternPlace& place) {
  const std::string what = axis + " of " + place.table;
  if (node.is_integer()) {
    const int64_t number = whole_number(node, what, kZeroOrMore);
    return fmt::format("{}{}", axis == "train_size" ? "examples" : "", number);
  }
  return axis == "task" ? dotted(text(node, what)) : text(node, what);
}

void add_matches(const toml::node& node, const std::string& axis,
                 const std::vector<AxisValue>& values, const PatternPlace& place,
                 std::vector<std::string>& matches) {
  const std::string pattern = pattern_of(node, axis, place);
  std::vector<std::string> labels;
  bool any = false;
  for (const AxisValue& value : values) {
    labels.push_back(value.label);
    if (!glob_matches(pattern, value.label)) continue;
    any = true;
    if (std::ranges::find(matches, value.label) == matches.end()) matches.push_back(value.label);
  }
  if (any) return;
  fail_at(node.source(), fmt::format("{}'s {} \"{}\" matches no value of that axis; {}",
                                     place.owner, axis, pattern, did_you_mean(pattern, labels)));
}

}  // namespace

std::vector<std::string> matching_labels(const toml::node& node, const std::string& axis,
                                         const std::vector<AxisValue>& values,
                                         const PatternPlace& place) {
  std::vector<std::string> matches;
  if (!node.is_array()) {
    add_matches(node, axis, values, place, matches);
    return matches;
  }
  for (const toml::node& element : list(node, axis + " of " + place.table)) {
    add_matches(element, axis, values, place, matches);
  }
  return matches;
}

}  // namespace dovetail
