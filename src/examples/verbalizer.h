// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace dovetail {

// The wording of relations, questions or labels. It is kept as data, because results depend on it:
// data/verbalizers/NAME.toml with name, version, source and [phrases]. A changed phrase is a new
// version. The content is part of a cell's key (template_fingerprint).
struct Verbalizer {
  std::string name;
  int64_t version = 1;
  std::string source;               // where the wording comes from
  std::string layout = "relation";  // relation, question, classification
  // The tasks that use this verbalizer unless a template names another, by prefix or by a part of
  // their name. Empty for the default of a layout: the verbalizer of the layout's name.
  std::vector<std::string> tasks;
  // For relations: relation -> "But before {source}, PersonX needed". For questions and
  // classifications: the template part nat or a version of vnat (v1, vs2 ...) -> "The answer is
  // [MASK]". [MASK] becomes a sentinel. {ans} is the place of the answer; only the target has it.
  std::map<std::string, std::string> phrases;
  std::map<std::string, std::string> formats;               // keys: question_text.h
  std::map<std::string, std::string> label_class;           // label -> key of `fillers`
  std::map<std::string, std::vector<std::string>> fillers;  // class -> words to draw from

  // For classifications, by the prefix of the task: its text, the text of a pair and a gap for the
  // label, as "{source} ? [MASK] , {pair}"; and the words of its labels, where a label is not its
  // own word.
  std::map<std::string, std::string> clozes;
  std::map<std::string, std::map<std::string, std::string>> label_words;

  // The phrase of a relation or version. ConfigError with the nearest one if it is missing.
  const std::string& phrase(const std::string& relation) const;
  // The format, or `otherwise` where the file has none.
  std::string format(const std::string& key, const std::string& otherwise) const;
  // All that decides the printed text, as one string to hash.
  std::string content() const;
};

// A verbalizer by its name in data_folder(), or by a file that ends in .toml, which is looked up in
// `beside` if it is relative. ConfigError FILE:LINE:COLUMN for a malformed file.
Verbalizer load_verbalizer(const std::string& name_or_file,
                           const std::filesystem::path& beside = {});

// The names in data_folder()/verbalizers, sorted.
std::vector<std::string> verbalizer_names();

// What is wrong with a cloze; "" if nothing. It has {source} and [MASK] once, {pair} at most once,
// and no other braces.
std::string cloze_mistake(const std::string& cloze);

// What is wrong with a phrase; "" if nothing. A phrase may have {source} at most once ({ans} for
// questions and classifications), and no other braces.
std::string phrase_mistake(const std::string& phrase, const std::string& layout = "relation");

}  // namespace dovetail
