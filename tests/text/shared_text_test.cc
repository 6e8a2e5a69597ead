// SPDX-License-Identifier: Apache-2.0
// 10,000 lines of real text and thousands of Unicode's corner cases, against reference tokenizers,
// live: tests/oracles/tokenizer_oracle.py --shared. The text is that of ../shared/data; skips
// without it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "text/text_fixture.h"
#include "text/vocabulary.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using LineIds = std::vector<int32_t>;

std::string from_hexadecimal(const std::string& digits) {
  std::string bytes;
  for (size_t at = 0; at < digits.size(); at += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(at, 2), nullptr, 16));
  }
  return bytes;
}

// Why the reference implementation is not asked; "" when it is.
std::string reason_to_skip(const fs::path& data, const std::string& python) {
  if (!fs::exists(data / "model-t5-spiece.tar.xz")) return "no text in " + data.string();
  if (!fs::exists(python) ||
      std::system((python + " -c 'import transformers, sentencepiece' 2> /dev/null").c_str()) !=
          0) {
    return "no transformers and sentencepiece in .venv";
  }
  return "";
}

struct Comparison {
  const Vocabulary& vocabulary;
  const Vocabulary& saved;     // by transformers: tokenizer.json alone
  std::vector<double> scores;  // of pieces
  std::map<std::string, int> counts;

  std::string text_of(const LineIds& ids) const {
    std::string text;
    for (const int32_t id : ids) text += vocabulary.piece(id);
    return text;
  }
  double score_of(const LineIds& ids) const {
    double sum = 0;
    for (const int32_t id : ids) sum += id < static_cast<int32_t>(scores.size()) ? scores[id] : 0;
    return sum;
  }

  // SentencePiece's releases break ties ("----" as "- ---" or "--- -") each in its own way, as
  // rounding in single precision falls; all else must be equal.
  void expect_ids(const LineIds& ours, const LineIds& theirs, const std::string& text) {
    if (ours == theirs) return;
    ++counts["broken tie"];
    EXPECT_EQ(text_of(ours), text_of(theirs)) << text.substr(0, 200);
    EXPECT_NEAR(score_of(ours), score_of(theirs), 1e-4) << text.substr(0, 200);
  }

  // Compares one item: counts agreements, and fails where the ids differ.
  void check(const nlohmann::json& item) {
    const std::string text = from_hexadecimal(item.at("bytes")), source = item.at("source");
    ++counts[source];
    const LineIds pieces = item.at("sentencepiece").get<LineIds>();
    expect_ids(vocabulary.encode(text), pieces, text);
    if (!item.contains("transformers")) {
      ++counts[source + ", no UTF-8"];
      return;
    }
    const LineIds transformers_ids = item.at("transformers").get<LineIds>();
    EXPECT_EQ(saved.encode_with_sentinels(text), transformers_ids) << text.substr(0, 200);
    const LineIds with_specials = item.at("with_specials").get<LineIds>();
    expect_ids(vocabulary.encode_with_sentinels(text), with_specials, text);
    counts[source + ", special tokens"] += with_specials != pieces;
    const std::string corner = item.value("corner", "");
    EXPECT_EQ(corner.empty(), transformers_ids == with_specials);
    EXPECT_NE(corner, "other") << "transformers gives other ids for: " << text.substr(0, 200);
    if (!corner.empty()) ++counts[source + ", " + corner];
  }
};

TEST(SharedText, HasTheIdsOfTheReferenceTokenizers) {
  const std::string root = DOVETAIL_SOURCE_DIR;
  const fs::path data = fs::path(root).parent_path() / "shared/data";
  const std::string python = root + "/.venv/bin/python";
  const std::string reason = reason_to_skip(data, python);
  if (!reason.empty()) GTEST_SKIP() << reason;
  const ScratchFolder folder;
  const fs::path target = folder / "items.jsonl";
  ASSERT_EQ(std::system((python + " " + root + "/tests/oracles/tokenizer_oracle.py --shared " +
                         data.string() + " --target " + target.string())
                            .c_str()),
            0);
  std::ifstream lines(target);
  std::string line;
  std::getline(lines, line);
  const nlohmann::json head = nlohmann::json::parse(line);
  const Vocabulary vocabulary = Vocabulary::from_file(head.at("model").get<std::string>());
  EXPECT_EQ(vocabulary.size(), 32100);
  EXPECT_EQ(vocabulary.sentinel(0), 32099);
  EXPECT_EQ(vocabulary.sentinel(99), 32000);

  const Vocabulary saved = Vocabulary::from_folder(head.at("saved").get<std::string>());
  Comparison comparison{vocabulary, saved, head.at("scores").get<std::vector<double>>(), {}};
  while (std::getline(lines, line)) comparison.check(nlohmann::json::parse(line));

  auto& counts = comparison.counts;
  for (const auto& [what, count] : counts) std::cout << what << ": " << count << "\n";
  EXPECT_EQ(counts["shared"], 10'000);
  EXPECT_GT(counts["corner"], 4000);
  EXPECT_GT(counts["corner, special tokens"], 300);
  EXPECT_LT(counts["broken tie"], 150);  // of 28,000 comparisons
  EXPECT_LT(counts["shared, tie"], 10);  // of real text nothing else differs
  EXPECT_EQ(counts["shared, next_line"] + counts["shared, combining"], 0);
}

}  // namespace
}  // namespace dovetail
