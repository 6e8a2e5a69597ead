// SPDX-License-Identifier: Apache-2.0
#include "tasks/verbalizer.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/names.h"
#include "tasks/data_folder.h"
#include "tasks/strict_toml.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

std::vector<std::string> verbalizer_names() {
  std::vector<std::string> names;
  const fs::path folder = data_folder() / "verbalizers";
  if (!fs::is_directory(folder)) return names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".toml") names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

fs::path verbalizer_file(const std::string& name_or_file, const fs::path& beside) {
  if (name_or_file.ends_with(".toml")) return beside / name_or_file;
  const std::vector<std::string> known = verbalizer_names();
  if (std::find(known.begin(), known.end(), name_or_file) == known.end()) {
    throw_<ConfigError>("unknown verbalizer \"{}\": {}", name_or_file,
                        did_you_mean(name_or_file, known));
  }
  return data_folder() / "verbalizers" / (name_or_file + ".toml");
}

}  // namespace

const std::string& Verbalizer::phrase(const std::string& relation) const {
  const auto found = phrases.find(relation);
  if (found != phrases.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [name_of_relation, phrase] : phrases) known.push_back(name_of_relation);
  throw_<ConfigError>("verbalizer {} has no phrase for relation \"{}\": {}", name, relation,
                      did_you_mean(relation, known));
}

Verbalizer load_verbalizer(const std::string& name_or_file, const fs::path& beside) {
  const StrictToml toml(verbalizer_file(name_or_file, beside),
                        {"name", "version", "source", "phrases.*"});
  Verbalizer verbalizer;
  verbalizer.name = toml.text("name");
  verbalizer.source = toml.text("source", "");
  const double version = toml.number("version").value_or(0);
  if (version < 1 || version != std::floor(version)) {
    toml.fail("version", "version must be a whole number from 1 on");
  }
  verbalizer.version = static_cast<int64_t>(version);
  verbalizer.phrases = toml.text_table("phrases");
  for (const auto& [relation, phrase] : verbalizer.phrases) {
    const std::string mistake = phrase_mistake(phrase);
    if (!mistake.empty()) toml.fail("phrases." + relation, mistake);
  }
  return verbalizer;
}

std::string phrase_mistake(const std::string& phrase) {
  constexpr std::string_view kSource = "{source}";
  std::string rest = phrase;
  if (const size_t at = rest.find(kSource); at != std::string::npos) rest.erase(at, kSource.size());
  if (rest.find_first_of("{}") == std::string::npos) return "";
  return fmt::format(
      "expected a phrase with {{source}} at most once and no other braces, found \"{}\"", phrase);
}

}  // namespace dovetail
