// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace dovetail {

// How relations are said in words, kept as data because results depend on the wording: a file
// data/verbalizers/NAME.toml with name, version, source and [phrases]. A changed phrase is a new
// version.
struct Verbalizer {
  std::string name;
  int64_t version = 1;
  std::string source;                          // where the wording comes from
  std::map<std::string, std::string> phrases;  // relation -> "But before {source}, PersonX needed"

  // ConfigError for a relation that it does not say, with the nearest one.
  const std::string& phrase(const std::string& relation) const;
};

// By name (in data_folder()), or a file when it ends in .toml; relative files are looked for in
// `beside`. ConfigError: FILE:LINE:COLUMN.
Verbalizer load_verbalizer(const std::string& name_or_file,
                           const std::filesystem::path& beside = {});

// "" when a phrase can be used: {source} at most once, no other braces; else what is wrong.
std::string phrase_mistake(const std::string& phrase);

}  // namespace dovetail
