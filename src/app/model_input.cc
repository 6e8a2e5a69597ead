// SPDX-License-Identifier: Apache-2.0
#include "app/model_input.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "plan/json.h"

namespace dovetail {

namespace {

// One line on a terminal's standard error, once work takes longer than two seconds.
class ProgressLine {
  using Clock = std::chrono::steady_clock;

 public:
  ~ProgressLine() {
    if (shown_) fmt::print(stderr, "\r\x1b[K");
  }
  void show(int64_t done) {
    const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    if (!is_terminal_ || seconds < next_) return;
    next_ = seconds + 1;
    shown_ = true;
    fmt::print(stderr, "\r\x1b[K{} lines, {:.0f} a second", done,
               static_cast<double>(done) / seconds);
  }

 private:
  const Clock::time_point start_ = Clock::now();
  const bool is_terminal_ = isatty(STDERR_FILENO) == 1;
  double next_ = 2;
  bool shown_ = false;
};

void print_lines(const std::vector<std::string>& answers) {
  for (const std::string& answer : answers) {
    std::fwrite(answer.data(), 1, answer.size(), stdout);
    std::fputc('\n', stdout);
  }
  if (std::fflush(stdout) != 0) {
    throw_<SystemError>("cannot write to standard output: {}", std::strerror(errno));
  }
}

}  // namespace

ModelInputReader::ModelInputReader(const std::string& input, ModelInputRules rules)
    : lines_(input), rules_(std::move(rules)) {}

const Vocabulary& ModelInputReader::vocabulary() {
  if (!vocabulary_) vocabulary_ = Vocabulary::from_folder(rules_.model);
  return *vocabulary_;
}

std::optional<std::string> ModelInputReader::text_of(const Json& line,
                                                     const std::string& side) const {
  if (line.contains(side + "_ids")) return std::nullopt;
  if (line.contains(side) && line[side].is_string()) return line[side].get<std::string>();
  throw_<DataError>("{}: \"{}\", a text, or \"{}_ids\", a list of ids, is missing", lines_.where(),
                    side, side);
}

std::vector<int32_t> ModelInputReader::given_ids(const Json& line, const std::string& side,
                                                 int64_t num_ids) const {
  const std::string key = side + "_ids";
  const Json& list = line.at(key);
  if (!list.is_array() || list.empty()) {
    throw_<DataError>("{}: \"{}\": expected a list of at least one id, found {:.40}",
                      lines_.where(), key, list.dump());
  }
  std::vector<int32_t> ids;
  for (const Json& item : list) {
    const bool fits =
        item.is_number_integer() && item.get<int64_t>() >= 0 && item.get<int64_t>() < num_ids;
    if (!fits) {
      throw_<DataError>("{}: \"{}\": {:.40} is no id of {}, whose embedding holds 0 to {}",
                        lines_.where(), key, item.dump(), rules_.model.string(),
                        rules_.vocab_size - 1);
    }
    ids.push_back(item.get<int32_t>());
  }
  return ids;
}

const Vocabulary& ModelInputReader::vocabulary_for(const std::string& side) {
  try {
    return vocabulary();
  } catch (const DataError& error) {
    throw_<DataError>(
        "{}: \"{}\" is a text, but the model's vocabulary cannot be used: {}. "
        "Give \"{}_ids\" instead, or add the vocabulary to the folder",
        lines_.where(), side, error.what(), side);
  }
}

// What the tokenizer makes of a text's ids.
std::vector<int32_t> ModelInputReader::framed(std::vector<int32_t> ids, const std::string& side) {
  const int64_t num_ids = side == "source" && rules_.prompt ? rules_.prompt->num_ids() : 0;
  ids = side == "source" ? source_frame(*vocabulary_, std::move(ids), rules_.texts)
                         : target_frame(*vocabulary_, std::move(ids), rules_.texts);
  for (const int32_t id : ids) {
    if (id >= std::max(num_ids, rules_.vocab_size)) {
      throw_<DataError>(
          "{}: \"{}\": the vocabulary gives id {}, but the model's embedding holds 0 to "
          "{}; vocabulary and model do not belong together",
          lines_.where(), side, id, rules_.vocab_size - 1);
    }
  }
  return ids;
}

std::vector<int32_t> ModelInputReader::target_ids(const Json& line) {
  const auto text = text_of(line, "target");
  if (!text) return given_ids(line, "target", rules_.vocab_size);
  if (text->empty())
    throw_<DataError>("{}: \"target\" is empty; expected a text to score", lines_.where());
  return framed(vocabulary_for("target").encode_with_sentinels(*text), "target");
}

std::vector<int32_t> ModelInputReader::source_ids(const Json& line) {
  const bool placed = rules_.prompt && rules_.prompt->reads_texts();
  std::vector<int32_t> ids;
  if (const auto text = text_of(line, "source")) {
    const Vocabulary& vocabulary = vocabulary_for("source");
    PromptPlacer::PlacedIds content;
    if (placed) {
      content = rules_.prompt->encode(*text, vocabulary, lines_.where());
    } else {
      content.ids = vocabulary.encode_with_sentinels(*text);
      content.cut_end = std::ssize(content.ids);
    }
    // a text that is too long loses what stands before its end
    constexpr int32_t kText = -1;
    const std::vector<int32_t> frame = vocabulary.frame({kText});
    content.cut_end += std::ranges::find(frame, kText) - frame.begin();
    ids = framed(std::move(content.ids), "source");
    limit_source(ids, content.cut_end);
  } else {
    ids = given_ids(line, "source", placed ? rules_.prompt->num_ids() : rules_.vocab_size);
    limit_source(ids, std::ssize(ids));
    if (placed) rules_.prompt->place_in_ids(ids, lines_.where());
  }
  if (rules_.prompt && !placed) rules_.prompt->place_in_front(ids);
  return ids;
}

// Soft tokens do not count, and stay.
void ModelInputReader::limit_source(std::vector<int32_t>& ids, int64_t cut_end) const {
  const auto is_soft = [&](int32_t id) { return id >= rules_.vocab_size; };
  const int64_t length = std::ssize(ids) - std::ranges::count_if(ids, is_soft);
  if (length <= rules_.max_source_length) return;
  if (!rules_.truncate) {
    throw_<DataError>(
        "{}: the source has {} tokens, more than --max-source-length {}; raise it, or "
        "cut longer sources with --truncate",
        lines_.where(), length, rules_.max_source_length);
  }
  int64_t excess = length - rules_.max_source_length;
  for (int64_t at = cut_end; at-- > 0 && excess > 0;) {
    if (is_soft(ids[at])) continue;
    ids.erase(ids.begin() + at);
    --excess;
  }
}

bool ModelInputReader::next(ModelInput& input) {
  std::string text;
  if (!lines_.next(text)) return false;
  const Json line = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!line.is_object()) {
    throw_<DataError>("{}: expected a JSON object, found {:.40}", lines_.where(), text);
  }
  input.number = count_++;
  input.source = source_ids(line);
  input.target.clear();
  if (rules_.with_target) input.target = target_ids(line);
  return true;
}

namespace {

std::vector<std::string> answer_window(const BatchedAnswers& answers,
                                       const std::vector<ModelInput>& window) {
  std::vector<std::string> lines(window.size());
  for (const std::vector<size_t>& batch : answers.batches(window)) {
    std::vector<std::string> found = answers.answer(window, batch);
    for (size_t i = 0; i < batch.size(); ++i) lines[batch[i]] = std::move(found[i]);
  }
  return lines;
}

}  // namespace

void answer_in_windows(ModelInputReader& inputs, const BatchedAnswers& answers) {
  constexpr int64_t kWindowBatches = 32, kGrowth = 2;
  const int64_t budget = kWindowBatches * answers.batch_budget;
  int64_t window_budget = std::max<int64_t>(1, answers.batch_budget), done = 0;
  ProgressLine progress;
  for (bool more = true; more;) {
    std::vector<ModelInput> window;
    int64_t spent = 0;
    while (spent < window_budget && (window.empty() || inputs.ready())) {
      ModelInput input;
      more = inputs.next(input);
      if (!more) break;
      spent += answers.cost(input);
      window.push_back(std::move(input));
    }
    if (window.empty()) break;
    print_lines(answer_window(answers, window));
    done += static_cast<int64_t>(window.size());
    progress.show(done);
    window_budget = std::min(budget, window_budget * kGrowth);
  }
  if (done == 0) throw_<DataError>("no line to read; expected lines of JSON objects");
}

}  // namespace dovetail
