// SPDX-License-Identifier: Apache-2.0
// Files that are torn, or lie about themselves: each is refused, and none is read past its end.
#include "text/corpus_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/random.h"
#include "text/build_corpus.h"
#include "text/corpus.h"
#include "text/text_fixture.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

std::string whole_corpus(const ScratchFolder& folder) {
  const auto text = folder.write("text", "abc\nde\nfghij\n");
  build_corpus({text}, Vocabulary::bytes(), folder / "corpus");
  return read_file(folder / "corpus");
}

std::string refusal(const ScratchFolder& folder, std::string_view bytes) {
  const auto file = folder.write("other", bytes);
  return message_of<DataError>([&] { TokenCorpus corpus(file); });
}

// The file with another header, whose own hash is right.
std::string with_header(std::string bytes, const std::function<void(CorpusHeader&)>& change) {
  CorpusHeader header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  change(header);
  header.header_hash = header.hash();
  std::memcpy(bytes.data(), &header, sizeof(header));
  return bytes;
}

TEST(CorpusFile, RefusesEveryTruncationAndEveryTail) {
  const ScratchFolder folder;
  const std::string whole = whole_corpus(folder);

  EXPECT_EQ(refusal(folder, whole), "");
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(refusal(folder, whole.substr(0, size)), "") << size;
  }
  EXPECT_THAT(refusal(folder, whole + " "), HasSubstr("bytes where its header promises"));
}

TEST(CorpusFile, RefusesEveryDamagedByteButInTheTokens) {
  const ScratchFolder folder;
  const std::string whole = whole_corpus(folder);
  const size_t tokens_from = sizeof(CorpusHeader), tokens_to = tokens_from + 10 * 2;

  for (size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] ^= 0x10;
    const bool is_padding = at >= tokens_to && at < 64 + 24;
    if (at >= tokens_from && (at < tokens_to || is_padding)) continue;
    EXPECT_NE(refusal(folder, damaged), "") << at;
  }
  std::string damaged = whole;
  damaged[tokens_from + 3] ^= 0x10;
  const auto file = folder.write("damaged", damaged);
  EXPECT_THAT(message_of<DataError>([&] { TokenCorpus(file).verify(); }),
              HasSubstr("damaged tokens"));
}

TEST(CorpusFile, RefusesCountsThatLie) {
  const ScratchFolder folder;
  const std::string whole = whole_corpus(folder);
  const auto lie = [&](const std::function<void(CorpusHeader&)>& change) {
    return refusal(folder, with_header(whole, change));
  };

  EXPECT_NE(lie([](CorpusHeader& header) { header.num_tokens += 4; }), "");
  EXPECT_NE(lie([](CorpusHeader& header) { header.num_documents = 1000; }), "");
  EXPECT_NE(lie([](CorpusHeader& header) { header.token_bytes = 4; }), "");
  EXPECT_NE(lie([](CorpusHeader& header) { header.description_bytes -= 8; }), "");
  // one document fewer, and 8 bytes more of JSON: the size is right
  EXPECT_NE(lie([](CorpusHeader& header) {
              --header.num_documents;
              header.description_bytes += 8;
            }),
            "");
  // sums that overflow to the right size
  EXPECT_THAT(lie([](CorpusHeader& header) { header.num_tokens = uint64_t{1} << 63 | 10; }),
              HasSubstr("impossible counts"));
  EXPECT_THAT(lie([](CorpusHeader& header) { header.num_documents += uint64_t{1} << 61; }),
              HasSubstr("impossible counts"));
  EXPECT_THAT(lie([](CorpusHeader& header) { header.token_bytes = 3; }),
              HasSubstr("impossible counts"));
  EXPECT_THAT(lie([](CorpusHeader& header) { header.version = 9; }), HasSubstr("format 9"));
}

TEST(CorpusFile, RefusesOffsetsOutOfOrder) {
  const ScratchFolder folder;
  std::string bytes = whole_corpus(folder);
  const size_t offsets_at = 64 + 24;  // 10 tokens of 2 bytes, padded
  const uint64_t beyond = 1'000'000;
  std::memcpy(bytes.data() + offsets_at + 8, &beyond, 8);

  // with hashes that are right, as a hostile or a faulty writer would leave them
  const std::string lying = with_header(bytes, [&](CorpusHeader& header) {
    const std::string_view offsets = std::string_view(bytes).substr(offsets_at, 32);
    header.tail_hash =
        hash64(std::string_view(bytes).substr(offsets_at + 32), chained_hash(offsets));
  });

  EXPECT_THAT(refusal(folder, lying), HasSubstr("offsets that do not match"));
}

TEST(CorpusFile, RefusesOtherFiles) {
  const ScratchFolder folder;

  EXPECT_THAT(refusal(folder, ""), HasSubstr("0 bytes"));
  EXPECT_THAT(refusal(folder, std::string(5000, 'x')), HasSubstr("another kind"));
  EXPECT_THAT(message_of<DataError>([&] { TokenCorpus corpus(folder / "absent"); }),
              HasSubstr("no such file"));
  EXPECT_THAT(message_of<DataError>([&] { TokenCorpus corpus(folder.path()); }),
              HasSubstr("no such file"));
}

// Blocks of a megabyte are hashed as the writer and the reader see them.
TEST(CorpusFile, LargeFilesVerify) {
  const uint64_t seed = 5;
  Rng rng(seed);
  const ScratchFolder folder;
  std::vector<std::vector<int32_t>> documents;
  CorpusWriter writer(folder / "corpus", true);
  for (int i = 0; i < 300'000; ++i) {  // offsets: 2.4 MB; tokens: about 4 MB
    std::vector<int32_t> ids(1 + rng.below(12));
    for (int32_t& id : ids) id = static_cast<int32_t>(rng.below(65536));
    writer.add_document(ids);
    documents.push_back(std::move(ids));
  }
  const nlohmann::json description = {{"statistics", CorpusStatistics()}, {"vocabulary", "none"}};
  writer.commit(description.dump());

  const TokenCorpus corpus(folder / "corpus");
  corpus.verify();
  ASSERT_EQ(corpus.num_documents(), 300'000);
  for (int64_t i = 0; i < corpus.num_documents(); ++i)
    ASSERT_EQ(corpus.document(i), documents[i]) << i;
}

}  // namespace
}  // namespace dovetail
