// SPDX-License-Identifier: Apache-2.0
#include "tables/row_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/scratch_folder.h"

namespace dovetail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ListingSink : public RowSink {
 public:
  bool begin(int64_t line, std::string_view raw) override {
    line_ = line;
    return raw.find_first_not_of(" \r\n") != std::string_view::npos;
  }
  void bad(const std::string& what_class, const std::string&) override {
    seen.push_back(fmt::format("{} {}", line_, what_class));
  }
  void set_lines(int64_t count) override { lines = count; }
  const std::string& file() const override { return name_; }

  std::vector<std::string> seen;
  int64_t lines = 0, line_ = 0;

 private:
  std::string name_ = "f";
};

// "LINE VALUES" of each row.
std::vector<std::string> rows_of(const std::string& bytes, const RowFormat& format,
                                 const std::vector<Column>& columns) {
  const ScratchFolder scratch;
  ListingSink sink;
  read_rows(scratch.write("f", bytes), format, sink, [&](Row& row) {
    std::string shown = std::to_string(sink.line_);
    for (const Column& column : columns) shown += " " + row.text(column).value_or("-");
    sink.seen.push_back(shown);
  });
  return sink.seen;
}

TEST(ReadRows, GoesDownToRowsAndKeepsTheirLines) {
  const std::string json =
      "{\"v\": 1, \"data\": [\n"
      " {\"c\": \"C1\", \"qas\": [{\"q\": \"a\"},\n"
      "   {\"q\": \"b\", \"c\": \"own\"}]},\n"
      " {\"c\": \"C2\", \"qas\": [7]}]}";
  const RowFormat format{.text = TextFormat::json, .rows = "data.qas"};

  EXPECT_THAT(rows_of(json, format, {"q", "c", "v"}),
              ElementsAre("2 a C1 1", "3 b own 1", "4 not_json"));
}

TEST(ReadRows, SaysWhereTheKeyOfTheRowsIsMissing) {
  try {
    rows_of("{\"data\": [{\"qas\": []},\n{\"q\": 1}]}",
            {.text = TextFormat::json, .rows = "data.qas"}, {});
    FAIL() << "read";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("f:2: there is no key \"qas\" here"));
  }
}

TEST(ReadRows, NamesTheMembersOfAnObject) {
  const RowFormat format{.text = TextFormat::json};

  EXPECT_THAT(rows_of("{\"a\": {\"x\": 1},\n \"b\\n\": 2}", format, {"@name", "x", "@value"}),
              ElementsAre("1 a 1 -", "2 b\n - 2"));
}

TEST(ReadRows, CutsALabelFromItsText) {
  const RowFormat format{.text = TextFormat::label_text};

  EXPECT_THAT(rows_of("__label__1 a b\n\n x\ty z \nalone\n", format, {int64_t{1}, int64_t{2}}),
              ElementsAre("1 __label__1 a b", "3 x y z", "4 alone -"));
}

}  // namespace
}  // namespace dovetail
