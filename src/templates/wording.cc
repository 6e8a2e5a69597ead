// SPDX-License-Identifier: Apache-2.0
#include "templates/wording.h"

#include <algorithm>

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

namespace {

std::string simplified(std::string name) {
  for (char& letter : name) {
    letter =
        letter == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  return name;
}

bool is_listed(const Verbalizer& verbalizer, const TaskData& task) {
  std::vector<std::string> names = split(task.name, '/');
  names.push_back(task.prefix);
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return std::any_of(
        verbalizer.tasks.begin(), verbalizer.tasks.end(),
        [&](const std::string& listed) { return simplified(listed) == simplified(name); });
  });
}

// The phrase of the given verbalizer, which must have it; without one the task's own.
std::string phrase_for(const Verbalizer* own, const std::string& key, const std::string& phrase) {
  return own && own->layout == "relation" ? own->phrase(key) : phrase;
}

}  // namespace

std::shared_ptr<const Wordings> load_wordings() {
  auto wordings = std::make_shared<Wordings>();
  for (const std::string& name : verbalizer_names()) {
    Verbalizer verbalizer = load_verbalizer(name);
    if (verbalizer.layout != "relation") wordings->verbalizers.push_back(std::move(verbalizer));
  }
  wordings->shared_words = load_verbalizer("shared_words");
  wordings->feature_tokens = load_verbalizer("feature_tokens");
  wordings->feature_glosses = load_verbalizer("feature_glosses");
  wordings->relation_tokens = load_verbalizer("relation_tokens");
  return wordings;
}

const Verbalizer& verbalizer_of(const Wordings& wordings, const Verbalizer* own,
                                const TaskData& task) {
  const std::string layout = task.layout == Layout::question ? "question" : "classification";
  if (own && own->layout == layout) return *own;
  const Verbalizer* otherwise = nullptr;
  for (const Verbalizer& verbalizer : wordings.verbalizers) {
    if (verbalizer.layout != layout) continue;
    if (is_listed(verbalizer, task)) return verbalizer;
    if (verbalizer.tasks.empty() && verbalizer.name == layout) otherwise = &verbalizer;
  }
  if (otherwise) return *otherwise;
  throw_<ConfigError>(
      "the project's data folder has no verbalizer \"{}\", the default wording of a {}", layout,
      layout);
}

RelationWords relation_of(const TaskData& task, const Verbalizer* own, const Example& example) {
  if (task.relations.empty()) {
    const std::string named = task.relation.empty() ? task.prefix : task.relation;
    const std::string key = named.empty() ? task.name : named;
    return {key, task.prefix, phrase_for(own, key, task.phrase)};
  }
  const size_t end = example.source.find(kRelationEnd);
  const auto relation = task.relations.find(example.source.substr(0, end));
  DOVETAIL_CHECK(end != std::string::npos && relation != task.relations.end());
  const auto& [prefix, phrase] = relation->second;
  return {relation->first, prefix, phrase_for(own, relation->first, phrase)};
}

std::vector<RelationWords> relations_of(const TaskData& task, const Verbalizer* own) {
  if (task.relations.empty()) return {relation_of(task, own, {})};
  std::vector<RelationWords> all;
  for (const auto& [name, words] : task.relations) {
    all.push_back({name, words.prefix, phrase_for(own, name, words.phrase)});
  }
  return all;
}

std::string bare_source(const TaskData& task, const Example& example) {
  if (task.relations.empty()) return example.source;
  const size_t end = example.source.find(kRelationEnd);
  DOVETAIL_CHECK(end != std::string::npos);
  return example.source.substr(end + kRelationEnd.size());
}

std::string phrase_or_none(const Verbalizer& verbalizer, const std::string& key) {
  const auto found = verbalizer.phrases.find(key);
  return found == verbalizer.phrases.end() ? "" : found->second;
}

const Verbalizer& cloze_verbalizer(const Wordings& wordings, const Verbalizer* own) {
  if (own && !own->clozes.empty()) return *own;
  for (const Verbalizer& verbalizer : wordings.verbalizers)
    if (verbalizer.name == "clozes") return verbalizer;
  throw ConfigError("the project's data folder has no verbalizer \"clozes\"");
}

const std::string& cloze_key(const TaskData& task) {
  return task.prefix.empty() ? task.name : task.prefix;
}

std::string label_word(const Verbalizer& verbalizer, const TaskData& task,
                       const std::string& label) {
  const auto words = verbalizer.label_words.find(cloze_key(task));
  if (words == verbalizer.label_words.end()) return label;
  const auto word = words->second.find(label);
  return word == words->second.end() ? label : word->second;
}

}  // namespace dovetail
