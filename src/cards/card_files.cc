// SPDX-License-Identifier: Apache-2.0
#include "cards/card_files.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/data_folder.h"
#include "base/error.h"
#include "base/named_file.h"
#include "base/names.h"
#include "base/near_path.h"
#include "tables/data_file.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

bool is_ours(const fs::path& card) {
  std::error_code ignored;
  return fs::equivalent(card.parent_path().empty() ? "." : card.parent_path(),
                        data_folder() / "cards", ignored);
}

// A whole number of the card, or the one asked for in its place; "" where the card has none.
std::string choice(const StrictToml& toml, const CardName& asked, const std::string& key) {
  if (const auto found = asked.choices.find(key); found != asked.choices.end()) {
    if (!toml.has(key)) {
      toml.fail(key, fmt::format("#{}={}: this card has no {}", key, found->second, key));
    }
    return found->second;
  }
  const std::optional<double> number = toml.number(key);
  if (!number) return "";
  if (*number < 0 || *number != std::floor(*number)) {
    toml.fail(key, fmt::format("{} must be a whole number from 0 on", key));
  }
  return fmt::format("{}", static_cast<int64_t>(*number));
}

std::string replaced(const std::string& text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  if (at == std::string::npos) return text;
  return text.substr(0, at) + to + replaced(text.substr(at + from.size()), from, to);
}

}  // namespace

CardFiles::CardFiles(const StrictToml& toml, const CardName& asked)
    : toml_(toml), seed_(choice(toml, asked, "split_seed")), shots_(choice(toml, asked, "shots")) {
  const char* datasets = std::getenv("DOVETAIL_DATASETS");
  if (datasets && *datasets && is_ours(toml.file())) {
    folders_.push_back(fs::path(datasets) / toml.text("folder", toml.file().stem().string()));
    folders_.push_back(datasets);
  }
  folders_.push_back(toml.file().parent_path());
}

std::string CardFiles::filled(const std::string& key, std::string name) const {
  for (const auto& [place, named, value] :
       {std::tuple("{seed}", "split_seed", seed_), std::tuple("{shots}", "shots", shots_)}) {
    if (name.find(place) == std::string::npos) continue;
    if (value.empty()) toml_.fail(key, fmt::format("{} in {} needs the key {}", place, key, named));
    name = replaced(name, place, value);
  }
  return name;
}

fs::path CardFiles::find(const std::string& key) const { return find(key, toml_.text(key)); }

std::vector<fs::path> CardFiles::find_all(const std::string& key) const {
  std::vector<fs::path> files;
  for (const std::string& given : toml_.text_or_texts(key)) files.push_back(find(key, given));
  return files;
}

fs::path CardFiles::find(const std::string& key, const std::string& given) const {
  const std::string name = filled(key, given);
  std::vector<std::string> tried;
  for (const fs::path& folder : folders_) {
    const fs::path path = (folder / name).lexically_normal();
    if (find_data_path(path)) return path;
    tried.push_back(path.string());
  }
  const bool ours = is_ours(toml_.file());
  toml_.fail(key, fmt::format("{}: there is no file {} ({}){}", key, join(tried, ", nor "),
                              ours ? "get the data set, then copy this card to where it lies, or "
                                     "set DOVETAIL_DATASETS: docs/data.md"
                                   : "relative names start from the card's folder",
                              near_path_hint(name, folders_)));
}

fs::path find_card(const std::string& name) {
  if (fs::path(name).is_absolute() || fs::exists(name)) return name;
  const fs::path ours = data_folder() / "cards" / name;
  if (fs::exists(ours)) return ours;
  // without the ending, which would make all short names look alike
  const std::vector<std::string> known = data_file_names("cards");
  const std::string nearest = nearest_name(fs::path(name).stem().string(), known);
  throw_<ConfigError>("no data set card {}, neither here ({}) nor at {}: {}known: {}{}", name,
                      fs::current_path().string(), ours.string(),
                      nearest.empty() ? "" : fmt::format("did you mean \"{}.toml\"? ", nearest),
                      join(shipped_cards(), ", "), near_path_hint(name));
}

std::vector<std::string> shipped_cards() {
  std::vector<std::string> names = data_file_names("cards");
  for (std::string& name : names) name += ".toml";
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace dovetail
