// SPDX-License-Identifier: Apache-2.0
#include "wordnet/wordnet.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"

namespace dovetail {

namespace fs = std::filesystem;

const std::vector<std::string> kLexicographerFiles = {
    "adj.all",          "adj.pert",           "adv.all",
    "noun.Tops",        "noun.act",           "noun.animal",
    "noun.artifact",    "noun.attribute",     "noun.body",
    "noun.cognition",   "noun.communication", "noun.event",
    "noun.feeling",     "noun.food",          "noun.group",
    "noun.location",    "noun.motive",        "noun.object",
    "noun.person",      "noun.phenomenon",    "noun.plant",
    "noun.possession",  "noun.process",       "noun.quantity",
    "noun.relation",    "noun.shape",         "noun.state",
    "noun.substance",   "noun.time",          "verb.body",
    "verb.change",      "verb.cognition",     "verb.communication",
    "verb.competition", "verb.consumption",   "verb.contact",
    "verb.creation",    "verb.emotion",       "verb.motion",
    "verb.perception",  "verb.possession",    "verb.social",
    "verb.stative",     "verb.weather",       "adj.ppl"};

namespace {

constexpr std::array<const char*, 4> kFiles = {"data.noun", "data.verb", "data.adj", "data.adv"};

// The file of a part of speech; satellites (s) are among the adjectives.
size_t file_of(char part_of_speech) {
  switch (part_of_speech) {
    case 'n': return 0;
    case 'v': return 1;
    case 'a':
    case 's': return 2;
    case 'r': return 3;
    default:
      throw_<DataError>("unknown part of speech '{}': expected n, v, a, s or r", part_of_speech);
  }
}

// Strips the position marker of adjectives: "galore(ip)", "awake(p)", "former(a)".
std::string word_of(std::string_view field) {
  for (const std::string_view marker : {"(a)", "(p)", "(ip)"}) {
    if (field.ends_with(marker)) field.remove_suffix(marker.size());
  }
  std::string word(field);
  std::replace(word.begin(), word.end(), '_', ' ');
  return word;
}

std::string_view strip(std::string_view text, std::string_view unwanted) {
  const size_t begin = text.find_first_not_of(unwanted);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(unwanted) + 1 - begin);
}

// The fields of one line, from left to right.
class LineReader {
 public:
  LineReader(std::string_view line, const fs::path& file, int64_t number)
      : rest_(line), file_(file), number_(number) {}

  std::string_view field(const char* name) {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
    const std::string_view found = rest_.substr(0, rest_.find(' '));
    if (found.empty() || found == "|") fail(name, "nothing");
    rest_.remove_prefix(found.size());
    return found;
  }

  int64_t integer(const char* name, int base = 10) { return parse(name, field(name), base); }

  char part_of_speech() {
    const std::string_view found = field("a part of speech");
    if (found.size() != 1 || std::string_view("nvasr").find(found[0]) == std::string_view::npos) {
      fail("a part of speech (n v a s r)", found);
    }
    return found[0];
  }

  // "0102": word 1 of this synset points to word 2 of the other.
  void words_of_pointer(Synset::Pointer& pointer) {
    const std::string_view found = field("the words of a pointer");
    if (found.size() != 4) fail("the words of a pointer (4 hexadecimal digits)", found);
    pointer.source_word = static_cast<int>(parse("a word's number", found.substr(0, 2), 16));
    pointer.target_word = static_cast<int>(parse("a word's number", found.substr(2), 16));
  }

  // The text after the bar. Verbs have frames before it, which are not read.
  std::string_view gloss() {
    const size_t bar = rest_.find("| ");
    if (bar == std::string_view::npos) fail("a gloss after \"| \"", rest_);
    return rest_.substr(bar + 2);
  }

  [[noreturn]] void fail(std::string_view expected, std::string_view found) const {
    throw_<DataError>(
        "{}:{}: expected {}, found \"{}\": not a WordNet 3 database (wndb(5WN)), or a damaged one",
        file_.string(), number_, expected, found);
  }

 private:
  int64_t parse(const char* name, std::string_view digits, int base) const {
    int64_t value = 0;
    const char* end = digits.data() + digits.size();
    const auto [at, error] = std::from_chars(digits.data(), end, value, base);
    if (error != std::errc() || at != end || value < 0) fail(name, digits);
    return value;
  }

  std::string_view rest_;
  const fs::path& file_;
  int64_t number_;
};

Synset::Pointer parse_pointer(LineReader& line, size_t num_words) {
  Synset::Pointer pointer;
  pointer.symbol = line.field("a pointer's symbol");
  pointer.offset = line.integer("a pointer's offset");
  pointer.part_of_speech = line.part_of_speech();
  line.words_of_pointer(pointer);
  if (static_cast<size_t>(pointer.source_word) > num_words) {
    line.fail(fmt::format("a pointer from one of {} words", num_words),
              fmt::format("word {}", pointer.source_word));
  }
  return pointer;
}

Synset parse_synset(LineReader line) {
  Synset synset;
  synset.offset = line.integer("a synset's offset");
  const int64_t lexicographer_file = line.integer("a lexicographer file's number");
  if (lexicographer_file >= static_cast<int64_t>(kLexicographerFiles.size())) {
    line.fail("a lexicographer file's number below 45", fmt::to_string(lexicographer_file));
  }
  synset.lexicographer_file = static_cast<int>(lexicographer_file);
  synset.part_of_speech = line.part_of_speech();
  const int64_t num_words = line.integer("the number of words (hexadecimal)", 16);
  if (num_words == 0) line.fail("at least one word", "0");
  for (int64_t i = 0; i < num_words; ++i) {
    synset.words.push_back(word_of(line.field("a word")));
    line.field("a word's lexicographer id");
  }
  const int64_t num_pointers = line.integer("the number of pointers");
  for (int64_t i = 0; i < num_pointers; ++i) {
    synset.pointers.push_back(parse_pointer(line, synset.words.size()));
  }
  split_gloss(line.gloss(), synset.definition, synset.examples);
  return synset;
}

bool has_database(const fs::path& folder) {
  return std::all_of(kFiles.begin(), kFiles.end(),
                     [&](const char* file) { return fs::exists(folder / file); });
}

}  // namespace

void split_gloss(std::string_view gloss, std::string& definition,
                 std::vector<std::string>& examples) {
  // the end of the part that begins at `from`: a semicolon, spaces, a quote
  const auto end_of_part = [&](size_t from) {
    for (size_t at = gloss.find(';', from); at != gloss.npos; at = gloss.find(';', at + 1)) {
      const size_t next = gloss.find_first_not_of(' ', at + 1);
      if (next != gloss.npos && gloss[next] == '"') return at;
    }
    return gloss.size();
  };
  size_t end = end_of_part(0);
  definition = strip(gloss.substr(0, end), " ;");
  examples.clear();
  while (end < gloss.size()) {
    const size_t begin = gloss.find('"', end) + 1;
    end = end_of_part(begin);
    examples.emplace_back(strip(gloss.substr(begin, end - begin), " ;\""));
  }
}

WordNet::WordNet(const fs::path& folder) : index_(kFiles.size()) {
  for (size_t part = 0; part < kFiles.size(); ++part) read_file_of(part, folder / kFiles[part]);
}

void WordNet::read_file_of(size_t part, const fs::path& file) {
  const MappedFile mapped(file);
  std::string_view rest = mapped.bytes();
  auto& index = index_[part];
  for (int64_t number = 1; !rest.empty(); ++number) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.starts_with("  ")) continue;  // Princeton's notice
    const LineReader reader(line, file, number);
    Synset synset = parse_synset(reader);
    if (file_of(synset.part_of_speech) != part) {
      reader.fail("a synset of this file's part of speech", {&synset.part_of_speech, 1});
    }
    index.emplace_back(synset.offset, static_cast<int64_t>(synsets_.size()));
    synsets_.push_back(std::move(synset));
  }
  std::sort(index.begin(), index.end());
}

const Synset& WordNet::find(char part_of_speech, int64_t offset) const {
  const auto& index = index_[file_of(part_of_speech)];
  const auto found = std::lower_bound(index.begin(), index.end(), std::pair(offset, int64_t{0}));
  if (found == index.end() || found->first != offset) {
    throw_<DataError>(
        "WordNet's {} has no synset {:08}, but another synset points to it: the "
        "database is incomplete; apt-get install --reinstall wordnet-base",
        kFiles[file_of(part_of_speech)], offset);
  }
  return synsets_[static_cast<size_t>(found->second)];
}

fs::path wordnet_folder() {
  const char* chosen = std::getenv("WNSEARCHDIR");
  const bool is_chosen = chosen != nullptr && *chosen != '\0';
  const fs::path folder = is_chosen ? chosen : "/usr/share/wordnet";
  if (has_database(folder)) return folder;
  throw_<ConfigError>(
      "expected WordNet's data.noun, data.verb, data.adj and data.adv in {}{}: {}"
      "apt-get install wordnet-base",
      folder.string(), is_chosen ? " (from WNSEARCHDIR)" : "",
      is_chosen ? "correct or unset WNSEARCHDIR, or " : "");
}

std::string wordnet_fingerprint() {
  const fs::path folder = wordnet_folder();
  std::string hashes;
  for (const char* file : kFiles) hashes += file_hash(folder / file);
  return content_hash(hashes);
}

const WordNet& shared_wordnet() {
  static std::mutex mutex;
  static std::map<fs::path, std::unique_ptr<const WordNet>> read;
  const fs::path folder = wordnet_folder();
  const std::lock_guard lock(mutex);
  auto& wordnet = read[folder];
  if (wordnet == nullptr) wordnet = std::make_unique<const WordNet>(folder);
  return *wordnet;
}

void write_wordnet_text(const WordNet& wordnet, const fs::path& target) {
  std::string text;
  for (const Synset& synset : wordnet.synsets()) {
    (text += synset.definition) += '\n';
    for (const std::string& example : synset.examples) (text += example) += '\n';
  }
  write_file_atomically(target, text);
}

}  // namespace dovetail
