// SPDX-License-Identifier: Apache-2.0
#include "stepgame/story_files.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/names.h"
#include "base/near_path.h"
#include "base/text.h"
#include "stepgame/mentions.h"
#include "stepgame/offset.h"

namespace dovetail {

namespace {

using nlohmann::json;
using TakeStory = std::function<void(StepStory)>;

void check_story(StepStory& story) {
  if (story.sentences.empty()) throw_<DataError>("{}: the story has no sentence", story.place);
  const std::string agents = agents_in(story.question);
  if (agents.size() != 2) {
    throw_<DataError>(
        "{}: the question \"{}\" must name two agents, which are single capital letters, and names "
        "{}",
        story.place, story.question, agents.size());
  }
  story.asked = agents[0];
  story.from = agents[1];
  if (find_relation(story.label)) return;
  throw_<DataError>("{}: unknown relation \"{}\": {}", story.place, story.label,
                    did_you_mean(story.label, relation_names()));
}

std::string text_at(const json& object, const char* key, const std::string& place) {
  const auto found = object.find(key);
  if (found != object.end() && found->is_string()) return found->get<std::string>();
  throw_<DataError>("{}: a story needs a text at the key \"{}\"", place, key);
}

// A number, which published files write as a text; 0 where it is absent.
int number_at(const json& object, const char* key, const std::string& place) {
  const auto found = object.find(key);
  if (found == object.end()) return 0;
  if (found->is_number_integer()) return found->get<int>();
  if (found->is_string()) {
    const std::string& text = found->get_ref<const std::string&>();
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) return number;
  }
  throw_<DataError>("{}: expected a whole number at the key \"{}\", found {}", place, key,
                    found->dump());
}

StepStory story_of(const json& object, std::string place, int64_t line) {
  if (!object.is_object()) throw_<DataError>("{}: a story is an object in braces", place);
  StepStory story{.question = text_at(object, "question", place),
                  .label = text_at(object, "label", place)};
  const auto sentences = object.find("story");
  if (sentences == object.end() || !sentences->is_array() ||
      !std::ranges::all_of(*sentences, [](const json& text) { return text.is_string(); })) {
    throw_<DataError>("{}: a story needs a list of sentences at the key \"story\"", place);
  }
  sentences->get_to(story.sentences);
  story.k = number_at(object, object.contains("k") ? "k" : "k_hop", place);
  story.d = number_at(object, "d", place);
  story.noise = object.contains("noise") ? text_at(object, "noise", place) : "";
  story.variant = object.contains("variant") ? text_at(object, "variant", place) : "";
  story.templates = object.contains("templates") ? text_at(object, "templates", place) : "";
  story.place = std::move(place);
  story.line = line;
  check_story(story);
  return story;
}

int64_t line_at(std::string_view text, size_t byte) {
  return 1 + std::ranges::count(text.substr(0, std::min(byte, text.size())), '\n');
}

json parsed(std::string_view text, const std::string& file, int64_t first_line) {
  try {
    return json::parse(text);
  } catch (const json::parse_error& error) {
    throw_<DataError>(
        "{}:{}: this is no JSON: the text breaks off or has a wrong sign at byte {} {}", file,
        first_line + line_at(text, error.byte) - 1, error.byte,
        first_line > 1 || text.find('\n') == std::string::npos ? "of the line" : "of the file");
  }
}

// Stories under their numbers. A story's line is where its number stands as a key.
void read_published_json(std::string_view bytes, const std::string& file, const TakeStory& take) {
  const auto all = nlohmann::ordered_json::parse(bytes, nullptr, false);
  if (all.is_discarded()) parsed(bytes, file, 1);  // says where
  size_t at = 0;
  int64_t line = 1;
  for (const auto& [number, story] : all.items()) {
    const size_t found = bytes.find('"' + number + "\":", at);
    if (found != std::string_view::npos) {
      line += std::ranges::count(bytes.substr(at, found - at), '\n');
      at = found;
    }
    take(story_of(json(story), fmt::format("{}:{} (story \"{}\")", file, line, number), line));
  }
}

void read_json_lines(std::string_view bytes, const std::string& file, const TakeStory& take) {
  for_each_line(bytes, [&](int64_t line, std::string_view text) {
    if (trim(text).empty()) return;
    take(story_of(parsed(text, file, line), fmt::format("{}:{}", file, line), line));
  });
}

class BabiReader {
 public:
  BabiReader(std::string file, const TakeStory& take) : file_(std::move(file)), take_(take) {}

  void read_line(int64_t line, std::string_view text) {
    if (trim(text).empty()) return;
    const std::string place = fmt::format("{}:{}", file_, line);
    const std::string rest = after_number(text, place);
    const std::vector<std::string> cells = split(rest, '\t');
    if (cells.size() == 1) {
      story_.sentences.push_back(std::string(trim(rest)));
      return;
    }
    story_.question = trim(cells[0]);
    story_.label = trim(cells[1]);
    story_.place = place;
    story_.line = line;
    check_story(story_);
    take_(std::exchange(story_, {}));
    expected_ = 1;
  }

  void finish() const {
    if (!story_.sentences.empty()) throw_<DataError>("{}: the last story has no question", file_);
  }

 private:
  // A story's lines are numbered from 1.
  std::string after_number(std::string_view text, const std::string& place) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view rest = text.substr(end - text.data());
    if (error != std::errc() || number != expected_ || !rest.starts_with(' ')) {
      throw_<DataError>("{}: expected line {} of a story, as in \"{} A is above B.\", found \"{}\"",
                        place, expected_, expected_, text.substr(0, 60));
    }
    ++expected_;
    return std::string(rest.substr(1));
  }

  std::string file_;
  const TakeStory& take_;
  StepStory story_;
  int expected_ = 1;
};

// Whether the first line by itself is a story.
bool is_json_lines(std::string_view bytes) {
  const std::string_view first = bytes.substr(0, bytes.find('\n'));
  const json object = json::parse(first, nullptr, false);
  return object.is_discarded() ? first.find("\"story\"") != std::string_view::npos &&
                                     first.find("\"story\"") < first.find('{', 1)
                               : object.contains("story");
}

}  // namespace

void for_each_story(const std::filesystem::path& file, const TakeStory& take) {
  if (!std::filesystem::is_regular_file(file)) {
    throw_<ConfigError>("{}: no such file{}", file.string(), near_path_hint(file));
  }
  const MappedFile mapped(file);
  const std::string_view bytes = mapped.bytes();
  const size_t begin = bytes.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) throw_<DataError>("{}: the file is empty", file.string());
  if (bytes[begin] == '{' && is_json_lines(bytes.substr(begin)))
    return read_json_lines(bytes, file.string(), take);
  if (bytes[begin] == '{') return read_published_json(bytes, file.string(), take);
  BabiReader babi(file.string(), take);
  for_each_line(bytes, [&](int64_t line, std::string_view text) { babi.read_line(line, text); });
  babi.finish();
}

}  // namespace dovetail
