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

std::vector<int32_t> ModelInputReader::given_ids(const Json& list, const std::string& key) const {
  if (!list.is_array() || list.empty()) {
    throw_<DataError>("{}: \"{}\": expected a list of at least one id, found {:.40}",
                      lines_.where(), key, list.dump());
  }
  std::vector<int32_t> ids;
  for (const Json& item : list) {
    const bool fits = item.is_number_integer() && item.get<int64_t>() >= 0 &&
                      item.get<int64_t>() < rules_.vocab_size;
    if (!fits) {
      throw_<DataError>("{}: \"{}\": {:.40} is no id of {}, whose embedding holds 0 to {}",
                        lines_.where(), key, item.dump(), rules_.model.string(),
                        rules_.vocab_size - 1);
    }
    ids.push_back(item.get<int32_t>());
  }
  return ids;
}

std::vector<int32_t> ModelInputReader::text_ids(const std::string& text, const std::string& side) {
  if (side == "target" && text.empty()) {
    throw_<DataError>("{}: \"target\" is empty; expected a text to score", lines_.where());
  }
  try {
    vocabulary();
  } catch (const DataError& error) {
    throw_<DataError>(
        "{}: \"{}\" is a text, but the model's vocabulary cannot be used: {}. "
        "Give \"{}_ids\" instead, or add the vocabulary to the folder",
        lines_.where(), side, error.what(), side);
  }
  std::vector<int32_t> ids = vocabulary_->frame(vocabulary_->encode_with_sentinels(text));
  for (const int32_t id : ids) {
    if (id >= rules_.vocab_size) {
      throw_<DataError>(
          "{}: \"{}\": the vocabulary gives id {}, but the model's embedding holds 0 to "
          "{}; vocabulary and model do not belong together",
          lines_.where(), side, id, rules_.vocab_size - 1);
    }
  }
  return ids;
}

std::vector<int32_t> ModelInputReader::ids_of(const Json& line, const std::string& side) {
  const std::string key = side + "_ids";
  if (line.contains(key)) return given_ids(line[key], key);
  if (line.contains(side) && line[side].is_string()) return text_ids(line[side], side);
  throw_<DataError>("{}: \"{}\", a text, or \"{}\", a list of ids, is missing", lines_.where(),
                    side, key);
}

void ModelInputReader::limit_source(std::vector<int32_t>& ids, bool is_text) const {
  const auto limit = static_cast<size_t>(rules_.max_source_length);
  if (ids.size() <= limit) return;
  if (!rules_.truncate) {
    throw_<DataError>(
        "{}: the source has {} tokens, more than --max-source-length {}; raise it, or "
        "cut longer sources with --truncate",
        lines_.where(), ids.size(), limit);
  }
  if (!is_text) return ids.resize(limit);
  // a text loses what stands before its end
  constexpr int32_t kText = -1;
  const std::vector<int32_t> frame = vocabulary_->frame({kText});
  const auto kept = std::ssize(frame) - 1 - (std::ranges::find(frame, kText) - frame.begin());
  ids.erase(ids.begin() + static_cast<int64_t>(limit) - kept, ids.end() - kept);
}

bool ModelInputReader::next(ModelInput& input) {
  std::string text;
  if (!lines_.next(text)) return false;
  const Json line = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!line.is_object()) {
    throw_<DataError>("{}: expected a JSON object, found {:.40}", lines_.where(), text);
  }
  input.number = count_++;
  input.source = ids_of(line, "source");
  limit_source(input.source, !line.contains("source_ids"));
  input.target.clear();
  if (rules_.with_target) input.target = ids_of(line, "target");
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
