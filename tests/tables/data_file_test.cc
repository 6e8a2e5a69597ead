// SPDX-License-Identifier: Apache-2.0
// Packed files and Parquet: tests/cards/kinds_of_data_test.py, which has programs that write them.
#include "tables/data_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/scratch_folder.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

std::string message_of(const std::string& file, const std::string& encoding) {
  try {
    DataFile(file, encoding);
  } catch (const DataError& error) {
    return error.what();
  }
  return "read";
}

TEST(DataFile, ReadsOtherEncodings) {
  const ScratchFolder scratch;
  const std::string latin = scratch.write("latin.txt", "caf\xe9");
  const std::string utf16 = scratch.write("utf16.txt", std::string("\xff\xfe\xe9\0x\0", 6));

  EXPECT_EQ(DataFile(latin, "latin-1").bytes(), "caf\xc3\xa9");
  EXPECT_EQ(DataFile(latin, "ISO-8859-1").bytes(), "caf\xc3\xa9");
  EXPECT_EQ(DataFile(latin, "cp1252").bytes(), "caf\xc3\xa9");
  EXPECT_EQ(DataFile(utf16, "UTF_16").bytes(), "\xc3\xa9x");
  EXPECT_EQ(DataFile(latin).bytes(), "caf\xe9") << "rows are checked one by one";
}

TEST(DataFile, SaysWhichByteIsInNoEncodingAndWhichEncodingItIs) {
  const ScratchFolder scratch;
  const std::string ascii = scratch.write("a.txt", "ab\xff");
  const std::string utf16 = scratch.write("utf16.txt", std::string("\xff\xfex\0", 4));

  EXPECT_THAT(message_of(ascii, "ascii"), HasSubstr("byte 3 is no text in the encoding \"ascii\""));
  EXPECT_THAT(message_of(utf16, ""), HasSubstr("set encoding = \"utf-16\""));
  EXPECT_TRUE(is_known_encoding("windows-1252"));
  EXPECT_FALSE(is_known_encoding("klingon"));
}

TEST(DataFile, RefusesBrokenArchives) {
  const ScratchFolder scratch;
  const std::string broken = scratch.write("a.csv.gz", "\x1f\x8b no gzip");
  const std::string plain = scratch.write("b.csv", "a,b\n");

  EXPECT_THAT(message_of(broken, ""), HasSubstr("a.csv.gz: it cannot be unpacked"));
  EXPECT_THAT(message_of(plain + "/c.csv", ""), HasSubstr("this is no archive"));
  EXPECT_EQ(find_data_path(scratch.path() / "none/c.csv"), std::nullopt);
}

}  // namespace
}  // namespace dovetail
