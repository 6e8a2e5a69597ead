// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cards/card.h"

namespace dovetail {

// Finds the files that a card names. A relative name starts from the card's folder. For the
// project's own cards it starts from $DOVETAIL_DATASETS/FOLDER or $DOVETAIL_DATASETS, if that is
// set; FOLDER is the card's key `folder`, or the card's file name without .toml. {seed} and {shots}
// in a name are replaced by split_seed and shots.
class CardFiles {
 public:
  CardFiles(const StrictToml& toml, const CardName& asked);

  // The path of the file named at `key`. ConfigError if there is no such file.
  std::filesystem::path find(const std::string& key) const;
  // The same of each file in the list at `key`.
  std::vector<std::filesystem::path> find_all(const std::string& key) const;

 private:
  std::filesystem::path find(const std::string& key, const std::string& given) const;
  std::string filled(const std::string& key, std::string name) const;

  const StrictToml& toml_;
  std::vector<std::filesystem::path> folders_;
  std::string seed_, shots_;
};

// The card's file: as named, else among the project's own (data/cards). ConfigError with the
// nearest known card when it is in neither.
std::filesystem::path find_card(const std::string& file);
// File names of the project's own cards ("piqa.toml"), sorted.
std::vector<std::string> shipped_cards();

}  // namespace dovetail
