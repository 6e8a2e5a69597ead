// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cards/card.h"

namespace dovetail {

// Where the files lie that a card names. Relative names start from the card's own folder; those of
// the project's own cards from $DOVETAIL_DATASETS/FOLDER or $DOVETAIL_DATASETS, where that is set
// (FOLDER is the card's key `folder`, or the card's own name without .toml). {seed} and {shots} in
// a name stand for split_seed and shots.
class CardFiles {
 public:
  CardFiles(const StrictToml& toml, const CardName& asked);

  // The file that stands at `key`. ConfigError when there is none.
  std::filesystem::path find(const std::string& key) const;

 private:
  std::string filled(const std::string& key) const;

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
