// SPDX-License-Identifier: Apache-2.0
#include "sweep/text_section.h"

#include <algorithm>

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

namespace {

void read_vocabulary_file(const TomlTable& table, Sweep& sweep) {
  for (const char* key : {"vocab_size", "max_lines", "threads"}) {
    if (const toml::node* node = table.find(key)) {
      fail_at(node->source(), fmt::format("{} means nothing for a vocabulary that is given as a "
                                          "file; leave it out",
                                          key));
    }
  }
  const toml::node& node = table.at("file");
  const std::string given = text(node, table.name_of("file"));
  sweep.vocabulary_file = find_path(given, sweep.file).string();
  if (sweep.vocabulary_file.empty()) {
    fail_at(node.source(), fmt::format("no vocabulary file \"{}\", neither in the folder of the "
                                       "sweep file nor in the working directory{}",
                                       given, path_hint(given, sweep.file)));
  }
  sweep.vocabulary.type = "file";
  sweep.vocabulary.vocab_size = 0;  // the file decides
}

void read_vocabulary(const toml::node& node, Sweep& sweep) {
  VocabularySettings& vocabulary = sweep.vocabulary;
  if (node.is_string()) {
    const std::string given = node.as_string()->get();
    if (given != "bytes" && !find_path(given, sweep.file).empty()) {
      fail_at(
          node.source(),
          fmt::format("a vocabulary of a file is written vocabulary = {{ file = \"{}\" }}{}", given,
                      std::filesystem::is_directory(find_path(given, sweep.file))
                          ? ", with the spiece.model in that folder"
                          : ""));
    }
    known_name(node, "vocabulary", {"bytes"});
    vocabulary.type = "bytes";
    vocabulary.vocab_size = 0;
    vocabulary.sentinels = 125;  // ByT5's number (Xue et al. 2022)
    return;
  }
  const TomlTable table(node, "vocabulary",
                        {"vocab_size", "max_lines", "sentinels", "threads", "file"});
  table.read("sentinels", vocabulary.sentinels, kOneOrMore);
  if (table.find("file")) return read_vocabulary_file(table, sweep);
  table.read("vocab_size", vocabulary.vocab_size, {"at least 64 and at most 1000000", 64, 1e6});
  table.read("max_lines", vocabulary.max_lines, kZeroOrMore);
  table.read("threads", vocabulary.threads, {"at least 1 and at most 128", 1, 128});
}

std::vector<std::string> read_corpus(const toml::node& node, const Sweep& sweep,
                                     const std::vector<std::string>& known) {
  std::vector<std::string> corpus;
  for (const toml::node& element : list(node, "corpus of [text]")) {
    std::string name = text(element, "each element of corpus");
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      const std::filesystem::path file = find_path(name, sweep.file);
      if (!std::filesystem::is_regular_file(file)) {
        fail_at(element.source(),
                fmt::format("\"{}\" is neither a known corpus nor a text file; {}{}", name,
                            did_you_mean(name, known), path_hint(name, sweep.file)));
      }
      name = file.string();
    }
    if (std::find(corpus.begin(), corpus.end(), name) != corpus.end()) {
      fail_at(element.source(), fmt::format("corpus \"{}\" is named twice", name));
    }
    corpus.push_back(name);
  }
  return corpus;
}

void read_add_tokens(const toml::node& node, VocabularySettings& vocabulary) {
  std::vector<std::string>& tokens = vocabulary.add_tokens;
  for (const toml::node& element : list(node, "add_tokens of [text]")) {
    std::string token = text(element, "each element of add_tokens");
    const bool is_reserved =
        token.starts_with("<extra_id_") || token == "</s>" || token == "<pad>" || token == "<unk>";
    if (trim(token) != token || token.empty() || is_reserved) {
      fail_at(
          element.source(),
          fmt::format("add_tokens: expected a text without spaces at its ends that is no special "
                      "token of T5, found \"{}\"",
                      token));
    }
    if (std::ranges::find(tokens, token) != tokens.end()) {
      fail_at(element.source(), fmt::format("add_tokens: \"{}\" is named twice", token));
    }
    tokens.push_back(std::move(token));
  }
}

}  // namespace

void read_text_section(const toml::node& node, const Catalogues& catalogues, Sweep& sweep) {
  const TomlTable table(node, "[text]", {"corpus", "vocabulary", "add_tokens"});
  if (const toml::node* corpus = table.find("corpus")) {
    sweep.corpus = read_corpus(*corpus, sweep, names_of(catalogues.corpora));
  }
  if (const toml::node* vocabulary = table.find("vocabulary")) read_vocabulary(*vocabulary, sweep);
  if (const toml::node* tokens = table.find("add_tokens")) {
    read_add_tokens(*tokens, sweep.vocabulary);
  }
}

}  // namespace dovetail
