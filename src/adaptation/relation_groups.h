// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace dovetail {

// MTO's two groups of relations, kept as data in data/relation_groups/NAME.toml. In "Filling" the
// tail completes the head, as a denoising objective trains it; in "Mapping" the tail is another
// event, as a language modelling objective trains it.
struct RelationGroups {
  std::string name;
  int64_t version = 1;
  std::string source;
  std::map<std::string, std::string> groups;  // relation -> "Filling" or "Mapping"
  // The relations that MTO's learned steps were trained and tested on, in the published order.
  std::vector<std::string> classifier_train, classifier_test, splitter;

  // The group of a relation. ConfigError with the nearest known one for a relation in neither.
  const std::string& group(const std::string& relation) const;
};

inline constexpr const char* kFilling = "Filling";
inline constexpr const char* kMapping = "Mapping";

// Reads groups by name, or a file that ends in .toml. ConfigError FILE:LINE:COLUMN.
RelationGroups load_relation_groups(const std::string& name_or_file = "mto");

}  // namespace dovetail
