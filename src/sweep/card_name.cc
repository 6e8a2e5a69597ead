// SPDX-License-Identifier: Apache-2.0
#include "sweep/card_name.h"

#include <filesystem>
#include <string_view>
#include <vector>

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

}  // namespace dovetail
