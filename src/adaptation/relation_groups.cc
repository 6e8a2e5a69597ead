// SPDX-License-Identifier: Apache-2.0
#include "adaptation/relation_groups.h"

#include <cmath>

#include "base/error.h"
#include "base/named_file.h"
#include "base/names.h"
#include "base/strict_toml.h"

namespace dovetail {

namespace {

std::vector<std::string> relations_of(const StrictToml& toml, const std::string& key,
                                      const RelationGroups& groups) {
  std::vector<std::string> relations = toml.texts(key);
  for (const std::string& relation : relations) {
    try {
      groups.group(relation);
    } catch (const ConfigError& error) {
      toml.fail(key, error.what());
    }
  }
  return relations;
}

}  // namespace

const std::string& RelationGroups::group(const std::string& relation) const {
  const auto found = groups.find(relation);
  if (found != groups.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [name_of_relation, group_of_it] : groups) known.push_back(name_of_relation);
  throw_<ConfigError>("the relation groups {} have no relation \"{}\": {}", name, relation,
                      did_you_mean(relation, known));
}

RelationGroups load_relation_groups(const std::string& name_or_file) {
  const StrictToml toml(named_data_file("relation groups", "relation_groups", name_or_file),
                        {"name", "version", "source", "groups.Filling", "groups.Mapping",
                         "classifier.train", "classifier.test", "splitter.relations"});
  RelationGroups groups;
  groups.name = toml.text("name");
  groups.source = toml.text("source", "");
  groups.version = toml.version();
  for (const std::string group : {kFilling, kMapping}) {
    for (const std::string& relation : toml.texts("groups." + group)) {
      if (groups.groups.emplace(relation, group).second) continue;
      toml.fail("groups." + group, fmt::format("{} is named twice in the groups", relation));
    }
  }
  groups.classifier_train = relations_of(toml, "classifier.train", groups);
  groups.classifier_test = relations_of(toml, "classifier.test", groups);
  groups.splitter = relations_of(toml, "splitter.relations", groups);
  return groups;
}

}  // namespace dovetail
