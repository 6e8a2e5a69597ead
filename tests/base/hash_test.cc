// SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/error.h"
#include "base/file.h"

namespace dovetail {
namespace {

// The published values of the empty input: https://github.com/Cyan4973/xxHash, XXH3_128bits and
// XXH3_64bits with seed 0.
TEST(ContentHash, OfNothingIsThePublishedValue) {
  EXPECT_EQ(content_hash(""), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(hash64(""), 0x2d06800538d394c2ULL);
}

TEST(ContentHash, OneByteMatters) {
  const std::string text(1000, 'a');
  std::string other = text;
  other[500] = 'b';

  EXPECT_EQ(content_hash(text).size(), 32u);
  EXPECT_EQ(content_hash(text), content_hash(std::string(1000, 'a')));
  EXPECT_NE(content_hash(text), content_hash(other));
  EXPECT_NE(content_hash(text), content_hash(text.substr(1)));
}

TEST(ContentHash, NulBytesCount) {
  EXPECT_NE(content_hash(std::string_view("a\0b", 3)), content_hash(std::string_view("a\0c", 3)));
}

TEST(FileHash, IsTheHashOfTheBytes) {
  const auto file =
      std::filesystem::temp_directory_path() / ("dovetail_hash_test." + std::to_string(::getpid()));
  write_file_atomically(file, "hot\tantonym\tcold\n");

  EXPECT_EQ(file_hash(file), content_hash("hot\tantonym\tcold\n"));

  std::filesystem::remove(file);
  EXPECT_THROW(file_hash(file), SystemError);
}

TEST(Hash64, SeedsGiveDifferentHashes) {
  EXPECT_EQ(hash64("dropout", 1), hash64("dropout", 1));
  EXPECT_NE(hash64("dropout", 1), hash64("dropout", 2));
}

}  // namespace
}  // namespace dovetail
