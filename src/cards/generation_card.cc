// SPDX-License-Identifier: Apache-2.0
// Cards of kind "generation": source and target texts in the files of their publishers. Rows that
// share a source are one example with several references.
#include "base/error.h"
#include "base/text.h"
#include "cards/aligned_lines.h"
#include "cards/card.h"
#include "tables/data_file.h"

namespace dovetail {

namespace {

// CommonGen (Lin et al. 2020): line N of the rows has concepts, line N of the answers a sentence.
void read_common_gen(const Card::Split& split, ExampleImporter& sink) {
  const AlignedLines targets(split.answers, split.encoding);
  const DataFile sources(split.rows, split.encoding);
  const int64_t lines = for_each_line(sources.bytes(), [&](int64_t line, std::string_view text) {
    if (!sink.begin(line, text)) return;
    const std::optional<std::string_view> target = targets.at(line);
    if (!target) return sink.bad("missing_columns", "the file of targets is shorter than this one");
    if (!is_valid_utf8(*target)) return sink.bad("invalid_utf8", "its target is not UTF-8");
    sink.add({.source = std::string(text), .targets = {std::string(*target)}});
  });
  targets.expect_lines(lines, sink.file());
  sink.set_lines(lines);
}

// E2E NLG (Novikova et al. 2017): CSV with the columns mr (meaning) and ref (text).
void read_e2e(const Card::Split& split, ExampleImporter& sink) {
  const RowFormat format{.text = TextFormat::csv, .header = true, .encoding = split.encoding};
  read_rows(split.rows, format, sink, [&](const Row& row) {
    const auto meaning = row.text("mr"), reference = row.text("ref");
    if (!meaning || !reference) {
      return sink.bad("missing_columns", "expected the columns mr and ref");
    }
    sink.add({.source = *meaning, .targets = {*reference}});
  });
}

// SCAN (Lake and Baroni 2018): "IN: jump twice OUT: I_JUMP I_JUMP".
void read_scan(const Card::Split& split, ExampleImporter& sink) {
  constexpr std::string_view kIn = "IN:", kOut = " OUT:";
  const DataFile data(split.rows, split.encoding);
  sink.set_lines(for_each_line(data.bytes(), [&](int64_t line, std::string_view text) {
    if (!sink.begin(line, text)) return;
    const size_t out = text.find(kOut);
    if (!text.starts_with(kIn) || out == std::string_view::npos) {
      return sink.bad("missing_columns", "expected \"IN: ... OUT: ...\"");
    }
    sink.add({.source = std::string(text.substr(kIn.size(), out - kIn.size())),
              .targets = {std::string(text.substr(out + kOut.size()))}});
  }));
}

struct TextSetFormat {
  std::string name;
  bool needs_answers = false;
  void (*read)(const Card::Split&, ExampleImporter&);
};
const std::vector<TextSetFormat> kTextSetFormats = {
    {"common_gen", true, read_common_gen}, {"e2e", false, read_e2e}, {"scan", false, read_scan}};

Importer make_generation_importer(const StrictToml& toml, const CardName& asked, Card&) {
  refuse_relation(toml, asked);
  const TextSetFormat& format = one_of_catalogue(toml, "format", kTextSetFormats);
  check_answers(toml, format.name, format.needs_answers);
  return {.rules = {.layout = Layout::text},
          .read = format.read,
          .settings = {{"format", format.name}}};
}

}  // namespace

CardKind generation() {
  return {.name = "generation",
          .description = "texts",
          .task_kind = "generation",
          .reads_answers = true,
          .keys = {"format"},
          .make = make_generation_importer};
}

}  // namespace dovetail
