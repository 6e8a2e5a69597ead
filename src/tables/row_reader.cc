// SPDX-License-Identifier: Apache-2.0
#include "tables/row_reader.h"

#include <algorithm>

#include "base/error.h"
#include "base/names.h"
#include "base/text.h"
#include "tables/data_file.h"
#include "tables/delimited.h"
#include "tables/json_elements.h"

namespace dovetail {

namespace {

using Json = nlohmann::json;

class RowFileReader {
 public:
  RowFileReader(const RowFormat& format, RowSink& sink, const std::function<void(Row&)>& take)
      : format_(format),
        context_{.file = sink.file(), .header = {}, .json_columns = format.json_columns},
        sink_(sink),
        take_(take) {}

  void read(std::string_view bytes) {
    switch (format_.text) {
      case TextFormat::tsv: return lines(bytes, delimiter_cells());
      case TextFormat::label_text: return lines(bytes, label_cells);
      case TextFormat::csv: return records(bytes);
      case TextFormat::jsonl: return json_lines(bytes);
      case TextFormat::json: return json(bytes);
    }
  }

 private:
  using Cells = std::vector<std::string>;
  static constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

  std::function<Cells(std::string_view)> delimiter_cells() const {
    return [delimiter = format_.delimiter_or_usual()](std::string_view line) {
      return cut_cells(line, delimiter);
    };
  }

  static Cells label_cells(std::string_view line) {
    line = trim(line);
    const size_t end = line.find_first_of(" \t");
    if (end == std::string_view::npos) return {std::string(line)};
    return {std::string(line.substr(0, end)), std::string(trim(line.substr(end)))};
  }

  void lines(std::string_view bytes, const std::function<Cells(std::string_view)>& cut) {
    sink_.set_lines(for_each_line(bytes, [&](int64_t line, std::string_view text) {
      if (is_header(line)) {
        set_header(cut(text));
      } else if (sink_.begin(line, text)) {
        take(Row(cut(text), context_));
      }
    }));
  }

  void records(std::string_view bytes) {
    if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
    const std::string delimiter = format_.delimiter_or_usual();
    int64_t line = 0;
    while (!bytes.empty()) {
      QuotedRecord record = quoted_record(bytes, delimiter);
      if (is_header(line + 1)) {
        set_header(record.cells);
      } else if (sink_.begin(line + 1, bytes.substr(0, record.length))) {
        Row row(std::move(record.cells), context_);
        row.set_stray_quote(record.stray_quote);
        take(std::move(row));
      }
      line += record.lines;
      bytes.remove_prefix(record.length);
    }
    sink_.set_lines(line);
  }

  void json_lines(std::string_view bytes) {
    sink_.set_lines(for_each_line(bytes, [&](int64_t line, std::string_view text) {
      if (!format_.rows.empty()) {
        if (!trim(text).empty()) descend({text, sink_.file(), line}, split(format_.rows, '.'), {});
      } else if (sink_.begin(line, text)) {
        take_element({.line = line, .key = "", .text = text}, {});
      }
    }));
  }

  void json(std::string_view bytes) {
    const JsonText whole{bytes, sink_.file()};
    if (!format_.rows.empty()) {
      descend(whole, split(format_.rows, '.'), {});
      return sink_.set_lines(1 + std::ranges::count(bytes, '\n'));
    }
    sink_.set_lines(for_each_json_element(whole, [&](const JsonElement& element) {
      if (sink_.begin(element.line, element.text)) take_element(element, {});
    }));
  }

  // Goes to the lists at the first key of the path, and to their elements from there. `around` are
  // the objects passed on the way, the innermost first.
  void descend(const JsonText& object, std::vector<std::string> path, std::vector<Json> around) {
    const std::string key = path.front();
    path.erase(path.begin());
    around.insert(around.begin(), Json::parse(object.bytes, nullptr, false));
    if (!around.front().is_object() || !around.front().contains(key)) {
      throw_<DataError>("{}:{}: there is no key \"{}\" here; correct the key rows of the card",
                        object.file, object.line, key);
    }
    around.front().erase(key);
    for_each_json_element(object, [&](const JsonElement& member) {
      if (member.key != key) return;
      for_each_json_element({member.text, object.file, member.line}, [&](const JsonElement& row) {
        if (!path.empty()) return descend({row.text, object.file, row.line}, path, around);
        if (sink_.begin(row.line, row.text)) take_element(row, around);
      });
    });
  }

  bool is_header(int64_t line) const { return format_.header && line == 1; }

  void set_header(const Cells& cells) {
    for (const std::string& cell : cells) context_.header.push_back(collapse_whitespace(cell));
  }

  // Empty cells at the end come from spreadsheets. More would give the row to the wrong columns.
  bool has_superfluous(const Row& row) const {
    const size_t named = context_.header.size();
    if (named == 0 || row.cells().size() <= named) return false;
    return std::any_of(row.cells().begin() + named, row.cells().end(),
                       [](const std::string& cell) { return !trim(cell).empty(); });
  }

  void take(Row row) {
    if (has_superfluous(row)) {
      return sink_.bad(
          "superfluous_cells",
          fmt::format("{} cells under a header of {}; a text that holds the delimiter needs quotes",
                      row.cells().size(), context_.header.size()));
    }
    const std::string broken = row.read_json_columns();
    if (broken.empty()) return take_(row);
    sink_.bad("not_json", fmt::format("the text of \"{}\" is no JSON", broken));
  }

  void take_element(const JsonElement& element, std::vector<Json> around) {
    Json object = Json::parse(element.text, nullptr, false);
    if (!element.key.empty() && !object.is_discarded()) {
      if (!object.is_object()) object = {{kRowValue, std::move(object)}};
      object[kRowName] = Json::parse(fmt::format("\"{}\"", element.key), nullptr, false);
    }
    if (!object.is_object()) return sink_.bad("not_json", "this is no JSON object");
    around.insert(around.begin(), std::move(object));
    take(Row(std::move(around), context_));
  }

  const RowFormat& format_;
  RowContext context_;
  RowSink& sink_;
  const std::function<void(Row&)>& take_;
};

}  // namespace

void read_rows(const std::filesystem::path& file, const RowFormat& format, RowSink& sink,
               const std::function<void(Row&)>& take) {
  const DataFile data(file, format.encoding);
  RowFormat as_stored = format;
  // a Parquet file is JSON lines by now, whatever the card calls it
  if (data.is_parquet_file())
    as_stored = {.text = TextFormat::jsonl, .json_columns = format.json_columns};
  RowFileReader(as_stored, sink, take).read(data.bytes());
}

}  // namespace dovetail
