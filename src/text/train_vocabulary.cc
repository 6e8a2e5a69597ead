// SPDX-License-Identifier: Apache-2.0
#include "text/train_vocabulary.h"

#include <sentencepiece_trainer.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_map>

#include "base/child_process.h"
#include "base/error.h"
#include "base/file.h"
#include "text/document_reader.h"
#include "text/utf8.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

// The trainer's time grows with the square of a sentence's length: a line of a million letters took
// 8 s, in parts it takes one. So long documents are passed on in parts that end at a space, and
// runs without whitespace (encoded data, scripts without spaces) are split as well.
constexpr size_t kMaxSentenceBytes = 4096;
constexpr size_t kMaxWordBytes = 512;

void cut_long_words(std::string& document) {
  std::string cut;
  size_t word_bytes = 0;
  for (std::string_view rest = document; !rest.empty();) {
    const Utf8Character character = first_character(rest);
    word_bytes = character.code_point == ' ' ? 0 : word_bytes + character.length;
    if (word_bytes > kMaxWordBytes) {
      cut += ' ';
      word_bytes = character.length;
    }
    cut += rest.substr(0, character.length);
    rest.remove_prefix(character.length);
  }
  document = std::move(cut);
}

// Feeds documents to the trainer, which so has no file name to store in the model.
class Sentences final : public sentencepiece::SentenceIterator {
 public:
  // Feeds `wanted` of the `available` documents, evenly spread.
  Sentences(const fs::path& file, int64_t available, int64_t wanted)
      : reader_({file}), available_(available), wanted_(wanted) {
    Next();
  }

  bool done() const override { return done_; }
  const std::string& value() const override { return sentence_; }
  sentencepiece::util::Status status() const override { return {}; }
  void Next() override {
    if (rest_.empty() && !next_document()) return;
    size_t size = std::min(rest_.size(), kMaxSentenceBytes);
    if (size < rest_.size()) {
      // there is a space, as no word is longer than kMaxWordBytes
      if (const size_t space = rest_.rfind(' ', size); space != rest_.npos && space > 0) {
        size = space;
      }
    }
    sentence_ = rest_.substr(0, size);
    rest_.remove_prefix(size);
  }

 private:
  bool next_document() {
    while (!done_) {
      done_ = !reader_.next(document_);
      const int64_t i = index_++;
      if ((i + 1) * wanted_ / available_ > i * wanted_ / available_) break;
    }
    if (document_.size() > kMaxWordBytes) cut_long_words(document_);
    rest_ = document_;
    return !done_;
  }

  DocumentReader reader_;
  int64_t available_, wanted_, index_ = 0;
  std::string document_, sentence_;
  std::string_view rest_;  // of document_, not yet passed on
  bool done_ = false;
};

int64_t count_documents(const fs::path& file) {
  DocumentReader reader({file});
  std::string document;
  while (reader.next(document)) {
  }
  return reader.statistics().documents;
}

std::optional<int64_t> number_after(const std::string& text, const std::string& words) {
  const size_t at = text.find(words);
  if (at == text.npos) return {};
  int64_t number = 0;
  const char* first = text.data() + at + words.size();
  if (std::from_chars(first, text.data() + text.size(), number).ec != std::errc()) return {};
  return number;
}

// Rewrites SentencePiece's errors so that they name the setting to change.
[[noreturn]] void explain(const std::string& message, const fs::path& file, int64_t vocab_size) {
  if (const auto most = number_after(message, "Please set it to a value <= ")) {
    throw_<ConfigError>(
        "a vocabulary of {} pieces was asked for, but the text {} gives at most {}; set "
        "vocab_size to {} or less, or add text",
        vocab_size, file.string(), *most, *most);
  }
  if (const auto least = number_after(message, fmt::format("required_chars. {} vs ", vocab_size))) {
    throw_<ConfigError>(
        "a vocabulary of {} pieces was asked for, but the text {} has {} characters that "
        "need one each; set vocab_size to more than that",
        vocab_size, file.string(), *least);
  }
  if (message.find("sentences_.empty()") != message.npos) {
    throw_<DataError>("{}: no text to train a vocabulary on", file.string());
  }
  throw_<SystemError>("SentencePiece could not train a vocabulary on {}: {}", file.string(),
                      message);
}

std::string train(const fs::path& text_file, int64_t vocab_size, int64_t threads,
                  int64_t max_lines) {
  const int64_t available = count_documents(text_file);
  if (available == 0) throw_<DataError>("{}: no text to train a vocabulary on", text_file.string());
  Sentences sentences(text_file, available,
                      max_lines > 0 ? std::min(max_lines, available) : available);
  const std::unordered_map<std::string, std::string> settings = {
      {"model_type", "unigram"},
      {"vocab_size", std::to_string(vocab_size)},
      {"num_threads", std::to_string(threads)},  // decides the order in which scores are summed
      {"pad_id", "0"},
      {"eos_id", "1"},
      {"unk_id", "2"},
      {"bos_id", "-1"},
      {"byte_fallback", "false"},
      // keeps every character of a small text, and drops the rarest millionth of a large one
      {"character_coverage", "0.999999"},
      {"max_sentence_length",
       std::to_string(4 * kMaxLineBytes)},  // never skip a sentence: ours are short
      {"minloglevel", "3"}};
  std::string model;
  const auto status = sentencepiece::SentencePieceTrainer::Train(settings, &sentences, &model);
  if (!status.ok()) explain(status.ToString(), text_file, vocab_size);
  return model;
}

}  // namespace

void train_vocabulary(const fs::path& text_file, int64_t vocab_size, int64_t threads,
                      int64_t max_lines, const fs::path& folder) {
  if (vocab_size < 4)
    throw_<ConfigError>("expected a vocabulary of at least 4 pieces, found {}", vocab_size);
  if (threads < 1 || threads > 1024)
    throw_<ConfigError>("expected 1 to 1024 threads, found {}", threads);
  if (max_lines < 0) throw_<ConfigError>("expected max_lines 0 (all) or more, found {}", max_lines);
  const std::string model = run_in_child(
      "training the vocabulary", [&] { return train(text_file, vocab_size, threads, max_lines); });
  fs::create_directories(folder);
  write_file_atomically(folder / "spiece.model", model);
}

}  // namespace dovetail
