// SPDX-License-Identifier: Apache-2.0
#include "cards/card.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.h"
#include "base/names.h"
#include "cards/card_files.h"
#include "examples/verbalizer.h"
#include "tables/data_file.h"

namespace dovetail {

#define CARD_KIND(name) CardKind name();
#include "cards/card_kinds.inc"
#undef CARD_KIND

namespace {

const std::vector<std::string> kSharedKeys = {
    "kind",           "name",     "description", "source", "task_kind",     "prefix",
    "phrase",         "train",    "test",        "dev",    "test_fraction", "validation",
    "bad_rows",       "leaks",    "duplicates",  "folder", "split_seed",    "shots",
    "longest_answer", "encoding", "drop_tails"};
const std::vector<std::string> kAnswerKeys = {"train_answers", "test_answers", "dev_answers"};
const std::vector<std::string> kChoices = {"split_seed", "shots"};

const CardKind& kind_of(const std::filesystem::path& file) {
  const StrictToml toml(file, {"*"});
  return one_of_catalogue(toml, "kind", card_kinds());
}

std::vector<std::string> keys_of(const CardKind& kind) {
  std::vector<std::string> keys = kSharedKeys;
  keys.insert(keys.end(), kind.keys.begin(), kind.keys.end());
  if (kind.reads_answers) keys.insert(keys.end(), kAnswerKeys.begin(), kAnswerKeys.end());
  return keys;
}

void check_name(const StrictToml& toml, const std::string& name) {
  const auto allowed = [](unsigned char letter) {
    return std::isalnum(letter) || std::string_view("/_-.").find(letter) != std::string_view::npos;
  };
  if (name.empty() || !std::all_of(name.begin(), name.end(), allowed)) {
    toml.fail("name", fmt::format("name must consist of letters, digits and / _ - ., "
                                  "found \"{}\"",
                                  name));
  }
}

void read_names(const StrictToml& toml, const CardKind& kind, const CardName& asked, Card& card) {
  card.kind = kind.name;
  card.name = toml.text("name");
  check_name(toml, card.name);
  for (const auto& [key, value] : asked.choices) {
    card.name += "/" + (key == "split_seed" ? "seed" : key) + value;
  }
  card.description = toml.text("description", kind.description + " of " + card.name);
  card.source = toml.text("source", card.file.filename().string());
  card.task_kind = one_of(toml, "task_kind", kind.task_kind,
                          std::vector<std::string>(kTaskKinds.begin(), kTaskKinds.end()));
  card.prefix = toml.text("prefix", "");
  card.phrase = toml.text("phrase", "");
  const std::string mistake = phrase_mistake(card.phrase);
  if (!mistake.empty()) toml.fail("phrase", mistake);
}

std::string read_encoding(const StrictToml& toml) {
  const std::string encoding = toml.text("encoding", "");
  if (is_known_encoding(encoding)) return encoding;
  toml.fail("encoding", fmt::format("unknown encoding \"{}\"; `iconv --list` prints all, such as "
                                    "utf-8, latin-1, utf-16 and windows-1252",
                                    encoding));
}

void read_splits(const StrictToml& toml, const CardFiles& files, Card& card) {
  const std::string encoding = read_encoding(toml);
  const auto split = [&](const std::string& name) {
    return Card::Split{.rows = files.find(name),
                       .answers = toml.has(name + "_answers") ? files.find(name + "_answers") : "",
                       .encoding = encoding};
  };
  card.train = split("train");
  if (toml.has("test")) card.test = split("test");
  if (toml.has("dev")) card.dev = split("dev");
  card.test_fraction = toml.number("test_fraction").value_or(0);
  if (card.test && toml.has("test_fraction")) {
    toml.fail("test_fraction", "give a test file or test_fraction, not both");
  }
  if (!card.test && !(card.test_fraction > 0 && card.test_fraction < 1)) {
    toml.fail("test_fraction",
              "without a test file, test_fraction must say which part of the sources is for the "
              "test, between 0 and 1");
  }
  card.validate_on_dev = one_of(toml, "validation", "train", {"train", "dev"}) == "dev";
  if (card.validate_on_dev && !card.dev) toml.fail("validation", "this needs a dev file");
}

// The key bad_rows: a share, "skip" for all, "refuse" for none.
double read_most_bad_rows(const StrictToml& toml) {
  constexpr double kUsual = 0.1;
  if (!toml.has("bad_rows")) return kUsual;
  if (toml.is_text("bad_rows")) {
    return one_of(toml, "bad_rows", "skip", {"skip", "refuse"}) == "skip" ? 1 : 0;
  }
  const double share = *toml.number("bad_rows");
  if (share >= 0 && share <= 1) return share;
  toml.fail("bad_rows", fmt::format("expected the share of rows that may be bad, from 0 to 1, "
                                    "found {}",
                                    share));
}

void read_rules(const StrictToml& toml, Card& card) {
  card.most_bad_rows = read_most_bad_rows(toml);
  card.keep_duplicates = one_of(toml, "duplicates", "drop", {"drop", "keep"}) == "keep";
  const std::string leaks =
      one_of(toml, "leaks", "refuse", {"refuse", "drop_from_train", "drop_from_test"});
  card.leaks = leaks == "refuse"            ? Card::Leaks::refuse
               : leaks == "drop_from_train" ? Card::Leaks::drop_from_train
                                            : Card::Leaks::drop_from_test;
}

// MTO's len_thresh; 0: any length.
int64_t read_longest_answer(const StrictToml& toml) {
  const double words = toml.number("longest_answer").value_or(0);
  if (words >= 1 && words == std::floor(words)) return static_cast<int64_t>(words);
  if (toml.has("longest_answer")) {
    toml.fail("longest_answer",
              fmt::format("expected a number of words, at least 1, found {}", words));
  }
  return 0;
}

}  // namespace

std::string one_of(const StrictToml& toml, const std::string& key, const std::string& otherwise,
                   const std::vector<std::string>& allowed) {
  const std::string found = toml.text(key, otherwise);
  if (std::find(allowed.begin(), allowed.end(), found) == allowed.end()) {
    toml.fail(key, fmt::format("unknown {} \"{}\": {}", key, found, did_you_mean(found, allowed)));
  }
  return found;
}

Column read_column(const StrictToml& toml, const std::string& key, const Column& otherwise,
                   bool has_names) {
  if (!toml.has(key)) return otherwise;
  const Column found = toml.number_or_text(key, 1);
  if (const int64_t* number = std::get_if<int64_t>(&found); number && *number < 1) {
    toml.fail(key, fmt::format("{} counts from 1, found {}", key, *number));
  }
  if (std::holds_alternative<std::string>(found) && !has_names) {
    toml.fail(key, fmt::format("{} is a name, which needs header = true; or give its number", key));
  }
  return found;
}

std::vector<std::string> names_of(const std::vector<Column>& columns) {
  std::vector<std::string> names;
  for (const Column& column : columns) names.push_back(to_string(column));
  return names;
}

std::vector<std::pair<std::string, std::string>> read_labels(const StrictToml& toml) {
  std::vector<std::pair<std::string, std::string>> labels;
  std::set<std::string> words;
  for (const auto& [raw, word] : toml.text_table("labels")) {
    if (trim(word).empty())
      toml.fail("labels", fmt::format("the word for {} is empty; a label needs a word", raw));
    if (!words.insert(word).second) {
      toml.fail("labels",
                fmt::format("each label needs a word of its own, found \"{}\" for {}", word, raw));
    }
    labels.emplace_back(raw, word);
  }
  if (labels.size() == 1) toml.fail("labels", "there must be two labels at least");
  return labels;
}

void refuse_relation(const StrictToml& toml, const CardName& asked) {
  if (asked.relation.empty()) return;
  toml.fail("kind", fmt::format("{}#{}: only cards of kind \"kg-tsv\" have relations to choose",
                                asked.file, asked.relation));
}

const std::vector<CardKind>& card_kinds() {
  static const std::vector<CardKind> all = {
#define CARD_KIND(name) name(),
#include "cards/card_kinds.inc"
#undef CARD_KIND
  };
  return all;
}

CardName parse_card_name(const std::string& name) {
  std::vector<std::string> parts = split(name, '#');
  CardName parsed{.file = parts[0]};
  for (size_t i = 1; i < parts.size(); ++i) {
    const size_t equals = parts[i].find('=');
    if (equals == std::string::npos) {
      parsed.relation = parts[i];
      continue;
    }
    const std::string key = parts[i].substr(0, equals), value = parts[i].substr(equals + 1);
    if (std::find(kChoices.begin(), kChoices.end(), key) == kChoices.end()) {
      throw_<ConfigError>("{}: unknown choice \"{}\" after #: {}", name, key,
                          did_you_mean(key, kChoices));
    }
    if (value.empty() || value.find_first_not_of("0123456789") != std::string::npos) {
      throw_<ConfigError>("{}: expected a whole number after {}=, found \"{}\"", name, key, value);
    }
    parsed.choices[key] = value;
  }
  return parsed;
}

CardTask read_card(const std::string& name) {
  const CardName asked = parse_card_name(name);
  CardTask task;
  Card& card = task.card;
  card.file = find_card(asked.file);
  const CardKind& kind = kind_of(card.file);
  const StrictToml toml(card.file, keys_of(kind));
  read_names(toml, kind, asked, card);
  const CardFiles files(toml, asked);
  read_rules(toml, card);
  task.importer = kind.make(toml, asked, card);
  check_name(toml, card.name);
  read_splits(toml, files, card);
  task.importer.rules.keep_duplicates = card.keep_duplicates;
  task.importer.rules.drop_targets = toml.texts("drop_tails");
  task.importer.rules.longest_answer = read_longest_answer(toml);
  return task;
}

}  // namespace dovetail
