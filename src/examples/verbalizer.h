// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace dovetail {

// How relations, questions or labels are said in words, kept as data because results depend on the
// wording: a file data/verbalizers/NAME.toml with name, version, source and [phrases]. A changed
// phrase is a new version; its content is part of a cell's key (template_fingerprint).
struct Verbalizer {
  std::string name;
  int64_t version = 1;
  std::string source;               // where the wording comes from
  std::string layout = "relation";  // relation, question, classification
  // Tasks that are worded so where a template names no verbalizer, by prefix or by a part of the
  // name; none: the layout's default.
  std::vector<std::string> tasks;
  // relation -> "But before {source}, PersonX needed"; of a question or classification: "nat" and
  // the versions v1, vs2 ..., with [MASK] and {ans} in them.
  std::map<std::string, std::string> phrases;
  std::map<std::string, std::string> formats;               // question_text.h tells their keys
  std::map<std::string, std::string> label_class;           // label -> key of `fillers`
  std::map<std::string, std::vector<std::string>> fillers;  // class -> words to draw from

  // ConfigError for a relation or version that it does not say, with the nearest one.
  const std::string& phrase(const std::string& relation) const;
  // The format, or `otherwise` where the file has none.
  std::string format(const std::string& key, const std::string& otherwise) const;
  // All that decides what is printed, as one text: for hashes.
  std::string content() const;
};

// By name (in data_folder()), or a file when it ends in .toml; relative files are looked for in
// `beside`. ConfigError: FILE:LINE:COLUMN.
Verbalizer load_verbalizer(const std::string& name_or_file,
                           const std::filesystem::path& beside = {});

// The names in data_folder()/verbalizers, sorted.
std::vector<std::string> verbalizer_names();

// "" when a phrase can be used: {source} at most once, {ans} where a question or a classification
// is worded, no other braces; else what is wrong.
std::string phrase_mistake(const std::string& phrase, const std::string& layout = "relation");

}  // namespace dovetail
