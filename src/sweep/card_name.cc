// SPDX-License-Identifier: Apache-2.0
#include "sweep/card_name.h"

#include <algorithm>

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

bool names_card(const std::string& given) {
  return given.substr(0, given.find('#')).ends_with(".toml");
}

std::string card_label(const std::string& given) {
  constexpr std::string_view kSplit = "split_";
  const std::vector<std::string> parts = split(given, '#');
  std::string label = std::filesystem::path(parts[0]).stem().string();
  for (size_t i = 1; i < parts.size(); ++i) {
    std::string part = parts[i].starts_with(kSplit) ? parts[i].substr(kSplit.size()) : parts[i];
    std::erase(part, '=');
    label += "." + part;
  }
  return label;
}

std::string card_location(const toml::node& name, const std::filesystem::path& sweep_file,
                          const std::vector<std::string>& known) {
  const std::string given = text(name, "task");
  const std::string card = given.substr(0, given.find('#'));
  const std::filesystem::path here = find_path(card, sweep_file);
  if (std::filesystem::is_regular_file(here)) return here.string() + given.substr(card.size());
  if (std::find(known.begin(), known.end(), card) != known.end()) return given;
  fail_at(name.source(),
          fmt::format("no data set card \"{}\", neither beside the sweep file nor in "
                      "the working directory, nor of the project: {}",
                      card, did_you_mean(card, known)));
}

}  // namespace dovetail
