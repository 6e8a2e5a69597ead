// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace dovetail {

// Which of MTO's two groups a relation belongs to: "Filling" (the tail completes the head, which a
// denoising objective practises) or "Mapping" (the tail is another event, which a language
// modelling objective practises). Kept as data: data/relation_groups/NAME.toml.
struct RelationGroups {
  std::string name;
  int64_t version = 1;
  std::string source;
  std::map<std::string, std::string> groups;  // relation -> "Filling" or "Mapping"
  // What MTO's learned steps were trained and tested on, in the published order.
  std::vector<std::string> classifier_train, classifier_test, splitter;

  // ConfigError for a relation in neither group, with the nearest known one.
  const std::string& group(const std::string& relation) const;
};

inline constexpr const char* kFilling = "Filling";
inline constexpr const char* kMapping = "Mapping";

// By name, or a file that ends in .toml. ConfigError: FILE:LINE:COLUMN.
RelationGroups load_relation_groups(const std::string& name_or_file = "mto");

}  // namespace dovetail
