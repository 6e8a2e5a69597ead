// SPDX-License-Identifier: Apache-2.0
#include "examples/verbalizer.h"

#include <nlohmann/json.hpp>

#include <algorithm>

#include "base/error.h"
#include "base/named_file.h"
#include "base/names.h"
#include "base/strict_toml.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

const std::vector<std::string> kKeys = {"name",      "version",   "source",        "layout",
                                        "tasks",     "phrases.*", "label_class.*", "fillers.*",
                                        "formats.*", "clozes.*",  "label_words.*"};
const std::vector<std::string> kLayouts = {"relation", "question", "classification"};

fs::path verbalizer_file(const std::string& name_or_file, const fs::path& beside) {
  const fs::path file = named_data_file("verbalizer", "verbalizers", name_or_file);
  return name_or_file.ends_with(".toml") ? beside / file : file;
}

// The words of a list such as "good, great, superb".
std::vector<std::string> split_words(const std::string& list) {
  std::vector<std::string> words;
  for (const std::string& word : split(list, ',')) words.emplace_back(trim(word));
  return words;
}

void read_fillers(const StrictToml& toml, Verbalizer& verbalizer) {
  for (const auto& [name, list] : toml.text_table("fillers")) {
    verbalizer.fillers[name] = split_words(list);
  }
  verbalizer.label_class = toml.text_table("label_class");
  for (const auto& [label, name] : verbalizer.label_class) {
    if (verbalizer.fillers.contains(name)) continue;
    toml.fail("label_class." + label,
              fmt::format("{} takes its words from \"{}\", which [fillers] lacks", label, name));
  }
}

void read_clozes(const StrictToml& toml, Verbalizer& verbalizer) {
  verbalizer.clozes = toml.text_table("clozes");
  for (const auto& [task, cloze] : verbalizer.clozes) {
    const std::string mistake = cloze_mistake(cloze);
    if (!mistake.empty()) toml.fail("clozes." + task, mistake);
    auto words = toml.text_table("label_words." + task);
    for (const auto& [label, word] : words) {
      if (trim(word).empty())
        toml.fail("label_words." + task, fmt::format("the word of label {} is empty", label));
    }
    if (!words.empty()) verbalizer.label_words[task] = std::move(words);
  }
}

int64_t times_in(const std::string& text, std::string_view wanted) {
  int64_t times = 0;
  for (size_t at = text.find(wanted); at != std::string::npos; at = text.find(wanted, at + 1))
    ++times;
  return times;
}

}  // namespace

std::vector<std::string> verbalizer_names() { return data_file_names("verbalizers"); }

const std::string& Verbalizer::phrase(const std::string& relation) const {
  const auto found = phrases.find(relation);
  if (found != phrases.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [name_of_relation, phrase] : phrases) known.push_back(name_of_relation);
  throw_<ConfigError>("verbalizer {} has no phrase for {} \"{}\": {}", name,
                      layout == "relation" ? "relation" : "version", relation,
                      did_you_mean(relation, known));
}

std::string Verbalizer::format(const std::string& key, const std::string& otherwise) const {
  const auto found = formats.find(key);
  return found == formats.end() ? otherwise : found->second;
}

std::string Verbalizer::content() const {
  nlohmann::json content = {{"layout", layout},
                            {"phrases", phrases},
                            {"formats", formats},
                            {"label_class", label_class},
                            {"fillers", fillers}};
  if (!clozes.empty()) content.update({{"clozes", clozes}, {"label_words", label_words}});
  return content.dump();
}

Verbalizer load_verbalizer(const std::string& name_or_file, const fs::path& beside) {
  const StrictToml toml(verbalizer_file(name_or_file, beside), kKeys);
  Verbalizer verbalizer;
  verbalizer.name = toml.text("name");
  verbalizer.version = toml.version();
  verbalizer.source = toml.text("source", "");
  verbalizer.layout = toml.text("layout", "relation");
  if (std::find(kLayouts.begin(), kLayouts.end(), verbalizer.layout) == kLayouts.end()) {
    toml.fail("layout", fmt::format("unknown layout \"{}\": {}", verbalizer.layout,
                                    did_you_mean(verbalizer.layout, kLayouts)));
  }
  verbalizer.tasks = toml.texts("tasks");
  verbalizer.formats = toml.text_table("formats");
  verbalizer.phrases = toml.text_table("phrases");
  for (const auto& [relation, phrase] : verbalizer.phrases) {
    const std::string mistake = phrase_mistake(phrase, verbalizer.layout);
    if (!mistake.empty()) toml.fail("phrases." + relation, mistake);
  }
  read_fillers(toml, verbalizer);
  read_clozes(toml, verbalizer);
  return verbalizer;
}

std::string cloze_mistake(const std::string& cloze) {
  const int64_t masks = times_in(cloze, "[MASK]"), sources = times_in(cloze, "{source}"),
                pairs = times_in(cloze, "{pair}");
  if (masks == 1 && sources == 1 && pairs <= 1 && times_in(cloze, "{") == sources + pairs)
    return "";
  return fmt::format(
      "expected a text with [MASK] once, where the label goes, {{source}} once, {{pair}} at most "
      "once and no other braces, found \"{}\"",
      cloze);
}

std::string phrase_mistake(const std::string& phrase, const std::string& layout) {
  const std::string placed = layout == "relation" ? "{source}" : "{ans}";
  std::string rest = phrase;
  if (const size_t at = rest.find(placed); at != std::string::npos) rest.erase(at, placed.size());
  if (rest.find_first_of("{}") == std::string::npos) return "";
  return fmt::format("expected a phrase with {} at most once and no other braces, found \"{}\"",
                     placed, phrase);
}

}  // namespace dovetail
