// SPDX-License-Identifier: Apache-2.0
#include "cards/row_reader.h"

#include <algorithm>

#include "base/error.h"
#include "base/file.h"
#include "base/names.h"
#include "base/text.h"
#include "cards/json_elements.h"

namespace dovetail {

namespace {

using Json = nlohmann::json;

std::optional<std::string> text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "";
  if (value.is_primitive()) return value.dump();
  return std::nullopt;
}

std::optional<Json> at_path(const Json& value, std::string_view path) {
  if (path.empty()) return value;
  if (value.is_array()) {
    Json found = Json::array();
    for (const Json& element : value) {
      std::optional<Json> part = at_path(element, path);
      if (!part) return std::nullopt;
      found.push_back(*std::move(part));
    }
    return found;
  }
  const size_t dot = path.find('.');
  const std::string key(path.substr(0, dot));
  if (!value.is_object() || !value.contains(key)) return std::nullopt;
  return at_path(value.at(key), dot == std::string_view::npos ? "" : path.substr(dot + 1));
}

Json fields_of_line(std::string_view line) {
  Json fields = Json::array();
  for (std::string& field : split(line, '\t')) fields.push_back(std::move(field));
  return fields;
}

// The record at the start of `rest`: its fields and its length with the line end. A quote that is
// never closed is taken as text.
struct CsvRecord {
  Json fields = Json::array();
  size_t length = 0;
  int64_t lines = 1;
};
CsvRecord csv_record(std::string_view rest, bool quotes = true) {
  CsvRecord record;
  std::string field;
  bool inside = false;
  size_t i = 0;
  for (; i < rest.size(); ++i) {
    const char letter = rest[i];
    if (inside && i > kMaxRowBytes) break;
    if (inside) {
      if (letter == '\n') ++record.lines;
      if (letter != '"') {
        field += letter;
      } else if (i + 1 < rest.size() && rest[i + 1] == '"') {
        field += rest[++i];
      } else {
        inside = false;
      }
    } else if (quotes && letter == '"' && field.empty()) {
      inside = true;
    } else if (letter == ',') {
      record.fields.push_back(std::exchange(field, {}));
    } else if (letter == '\n') {
      break;
    } else {
      field += letter;
    }
  }
  if (inside) return csv_record(rest.substr(0, rest.find('\n')), false);
  if (field.ends_with('\r')) field.pop_back();
  record.fields.push_back(std::move(field));
  record.length = std::min(i + 1, rest.size());
  return record;
}

class RowFileReader {
 public:
  RowFileReader(bool header, ExampleImporter& sink, const std::function<void(const Row&)>& take)
      : has_header_(header), sink_(sink), take_(take) {}

  void tsv(std::string_view bytes) {
    sink_.set_lines(for_each_line(bytes, [&](int64_t line, std::string_view text) {
      if (is_header(line)) {
        set_header(fields_of_line(text));
      } else if (sink_.begin(line, text)) {
        take(fields_of_line(text));
      }
    }));
  }

  void csv(std::string_view bytes) {
    if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
    int64_t line = 0;
    while (!bytes.empty()) {
      CsvRecord record = csv_record(bytes);
      if (is_header(line + 1)) {
        set_header(record.fields);
      } else if (sink_.begin(line + 1, bytes.substr(0, record.length))) {
        take(std::move(record.fields));
      }
      line += record.lines;
      bytes.remove_prefix(record.length);
    }
    sink_.set_lines(line);
  }

  void jsonl(std::string_view bytes) {
    sink_.set_lines(for_each_line(bytes, [&](int64_t line, std::string_view text) {
      if (sink_.begin(line, text)) take_object(text);
    }));
  }

  void json(std::string_view bytes) {
    const auto take_element = [&](int64_t line, std::string_view element) {
      if (sink_.begin(line, element)) take_object(element);
    };
    sink_.set_lines(for_each_json_element(bytes, sink_.file(), take_element));
  }

 private:
  static constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

  bool is_header(int64_t line) const { return has_header_ && line == 1; }

  void set_header(const Json& fields) {
    for (const Json& field : fields)
      header_.push_back(collapse_whitespace(field.get<std::string>()));
  }

  void take(Json fields) { take_(Row(std::move(fields), header_, sink_.file())); }

  void take_object(std::string_view text) {
    Json object = Json::parse(text, nullptr, false);
    if (!object.is_object()) return sink_.bad("not_json", "this is no JSON object");
    take(std::move(object));
  }

  const bool has_header_;
  std::vector<std::string> header_;
  ExampleImporter& sink_;
  const std::function<void(const Row&)>& take_;
};

}  // namespace

std::string to_string(const Column& column) {
  return std::visit([](const auto& value) { return fmt::format("{}", value); }, column);
}

std::optional<Json> Row::find(const Column& column) const {
  if (!value_.is_array()) return at_path(value_, to_string(column));
  size_t position = 0;
  if (const int64_t* number = std::get_if<int64_t>(&column)) {
    position = static_cast<size_t>(*number - 1);
  } else {
    const auto& name = std::get<std::string>(column);
    const auto found = std::find(header_.begin(), header_.end(), name);
    if (found == header_.end()) {
      throw_<DataError>("{}:1: the header has no column \"{}\": {}", file_, name,
                        did_you_mean(name, header_));
    }
    position = found - header_.begin();
  }
  if (position >= value_.size()) return std::nullopt;
  return value_[position];
}

std::optional<std::string> Row::text(const Column& column) const {
  const std::optional<Json> found = find(column);
  return found ? text_of(*found) : std::nullopt;
}

std::optional<std::vector<std::string>> Row::texts(const Column& column) const {
  const std::optional<Json> found = find(column);
  if (!found || !found->is_array()) return std::nullopt;
  std::vector<std::string> texts;
  for (const Json& element : *found) {
    std::optional<std::string> text = text_of(element);
    if (!text) return std::nullopt;
    texts.push_back(*std::move(text));
  }
  return texts;
}

void read_rows(const std::filesystem::path& file, TextFormat format, bool header,
               ExampleImporter& sink, const std::function<void(const Row&)>& take) {
  const MappedFile mapped(file);
  RowFileReader reader(header, sink, take);
  switch (format) {
    case TextFormat::tsv: return reader.tsv(mapped.bytes());
    case TextFormat::csv: return reader.csv(mapped.bytes());
    case TextFormat::jsonl: return reader.jsonl(mapped.bytes());
    case TextFormat::json: return reader.json(mapped.bytes());
  }
}

}  // namespace dovetail
