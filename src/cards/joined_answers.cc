// SPDX-License-Identifier: Apache-2.0
#include "cards/joined_answers.h"

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

namespace {

using JsonValue = nlohmann::json;

// Every row of a file of answers must be readable: a missing answer would be found out late.
class StrictSink : public RowSink {
 public:
  explicit StrictSink(std::string file) : file_(std::move(file)) {}

  bool begin(int64_t line, std::string_view raw) override {
    line_ = line;
    return !trim(raw).empty();
  }
  void bad(const std::string&, const std::string& what) override {
    throw_<DataError>("{}:{}: {}", file_, line_, what);
  }
  void set_lines(int64_t) override {}
  const std::string& file() const override { return file_; }
  int64_t line() const { return line_; }

 private:
  std::string file_;
  int64_t line_ = 0;
};

JsonValue object_of(const Row& row) {
  if (row.cells().empty()) return row.objects().front();
  JsonValue object = JsonValue::object();
  for (size_t i = 0; i < row.cells().size(); ++i) {
    object[i < row.header().size() ? row.header()[i] : std::to_string(i + 1)] = row.cells()[i];
  }
  for (const JsonValue& parsed : row.objects()) object.update(parsed);
  return object;
}

}  // namespace

JoinedAnswers::JoinedAnswers(const std::filesystem::path& file, const std::string& encoding)
    : name_(file.string()) {
  lines_.emplace(file, encoding);
}

JoinedAnswers::JoinedAnswers(const std::filesystem::path& file, const RowFormat& format,
                             const Column& id)
    : name_(file.string()) {
  StrictSink sink(name_);
  read_rows(file, format, sink, [&](Row& row) {
    const std::optional<std::string> name = row.text(id);
    if (!name) sink.bad("", fmt::format("there is no \"{}\" here", to_string(id)));
    rows_[std::string(trim(*name))].push_back(object_of(row));
  });
}

std::string JoinedAnswers::join(Row& row, const Column& id, int64_t line) const {
  JsonValue answers;
  if (lines_) {
    const auto text = lines_->at(line);
    if (!text) return "the file of answers is shorter than this one";
    answers = std::string(*text);
  } else {
    const std::optional<std::string> name = row.text(id);
    if (!name) return fmt::format("there is no text at the key \"{}\"", to_string(id));
    const auto found = rows_.find(std::string(trim(*name)));
    if (found == rows_.end()) return fmt::format("{} has no answer for \"{}\"", name_, *name);
    // several rows are a list of answers: references of one text
    answers = found->second.size() == 1 ? found->second.front() : JsonValue(found->second);
  }
  row.join({{kColumn, std::move(answers)}});
  return "";
}

void JoinedAnswers::expect_lines(int64_t lines, const std::string& first) const {
  if (lines_) lines_->expect_lines(lines, first);
}

}  // namespace dovetail
