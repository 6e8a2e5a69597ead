// SPDX-License-Identifier: Apache-2.0
#include "templates/question_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/random.h"
#include "base/text.h"
#include "templates/soft_tokens.h"

namespace dovetail {

namespace {

enum CutOrder { kCutContext = 1, kCutFact, kCutQuestion, kCutChoice };

std::string field_of(const Example& example, const std::string& name) {
  const auto found = example.fields.find(name);
  return found == example.fields.end() ? "" : collapse_whitespace(found->second);
}

// Writes a format with one placeholder filled in. The text before it is fixed; the filled-in text
// may be truncated.
void write_format(SourceWriter& writer, const std::string& format, const std::string& name,
                  const std::string& text, int cut, bool glue = false) {
  const size_t at = format.find(name);
  const std::string before = format.substr(0, at);
  if (glue) {
    writer.glued(before);
  } else {
    writer.text(before);
  }
  if (at == std::string::npos) return;
  if (before.empty() && !glue) {
    writer.text(text, cut);
  } else {
    writer.glued(text, cut);
  }
  writer.glued(format.substr(at + name.size()));
}

std::string number_of(const Verbalizer& verbalizer, int64_t choice) {
  return std::to_string(std::stoll(verbalizer.format("first_choice", "1")) + choice);
}

std::string with_number(std::string format, const std::string& number) {
  constexpr std::string_view kNumber = "{number}";
  const size_t at = format.find(kNumber);
  return at == std::string::npos ? format : format.replace(at, kNumber.size(), number);
}

void write_choices(SourceWriter& writer, const Verbalizer& verbalizer, const Example& example,
                   bool label_after, bool more_follows) {
  const std::string separator = label_after ? verbalizer.format("choice_end_separator", " ")
                                            : verbalizer.format("choice_separator", " ");
  for (size_t i = 0; i < example.choices.size(); ++i) {
    const std::string usual = verbalizer.format(label_after ? "choice_end" : "choice", "{choice}");
    const std::string own = label_after ? "" : fmt::format("choice_{}", i + 1);
    const std::string format = with_number(verbalizer.format(own, usual), number_of(verbalizer, i));
    if (i > 0) writer.glued(separator);
    write_format(writer, format, "{choice}", collapse_whitespace(example.choices[i]), kCutChoice,
                 i > 0);
  }
  if (more_follows && !label_after) writer.glued(verbalizer.format("after_choices", ""));
}

bool is_in(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string stripped(std::string text, const std::string& letters) {
  if (letters.empty()) return text;
  const size_t begin = text.find_first_not_of(letters);
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(letters) + 1 - begin);
}

}  // namespace

void write_question(SourceWriter& writer, const Verbalizer& verbalizer, const Example& example,
                    const QuestionOptions& options) {
  const auto field = [&](const std::string& name) {
    return is_in(options.omitted, name) ? "" : field_of(example, name);
  };
  const std::string question =
      stripped(collapse_whitespace(example.source), verbalizer.format("strip_question", ""));
  const std::string format = verbalizer.format("question", "{question}");
  if (options.question_first) write_format(writer, format, "{question}", question, kCutQuestion);
  for (const char* name : {"context", "passage"}) {
    if (field(name).empty()) continue;
    write_format(writer, verbalizer.format("context", "{context}"), "{context}", field(name),
                 kCutContext);
  }
  const std::string fact = field("fact");
  if (!is_in(options.omitted, "choices")) {
    write_choices(writer, verbalizer, example, options.label_after_choice,
                  !options.question_first || !fact.empty());
  }
  if (!fact.empty())
    write_format(writer, verbalizer.format("fact", "{fact}"), "{fact}", fact, kCutFact);
  if (options.question_first) return;
  const bool alone = is_in(options.omitted, "choices") && fact.empty() &&
                     field("context").empty() && field("passage").empty();
  write_format(writer, (alone ? "" : verbalizer.format("before_question", "")) + format,
               "{question}", question, kCutQuestion);
}

void write_classified(SourceWriter& writer, const Verbalizer& verbalizer, const Example& example) {
  constexpr std::string_view kSource = "{source}";
  const std::string pair = field_of(example, "pair");
  const std::string source = collapse_whitespace(example.source);
  if (pair.empty()) {
    return write_format(writer, verbalizer.format("text", "{source}"), "{source}", source, 1);
  }
  const std::string format = verbalizer.format("pair", "{source} {pair}");
  const size_t end = format.find(kSource) + kSource.size();
  write_format(writer, format.substr(0, end), "{source}", source, 1);
  write_format(writer, format.substr(end), "{pair}", pair, 1, /*glue=*/true);
}

void write_filled_cloze(SourceWriter& writer, const std::string& cloze, const std::string& source,
                        const std::string& pair) {
  std::string_view rest = cloze;
  bool first = true;
  while (!rest.empty()) {
    const size_t at = std::min(rest.find("{source}"), rest.find("{pair}"));
    if (at != 0) {
      const std::string_view fixed = rest.substr(0, at);
      first ? writer.phrase(fixed) : writer.glued_phrase(fixed);
      rest.remove_prefix(fixed.size());
    } else {
      const bool is_source = rest.starts_with("{source}");
      const std::string& text = is_source ? source : pair;
      first ? writer.text(text, 1) : writer.glued(text, 1);
      rest.remove_prefix(is_source ? std::string_view("{source}").size()
                                   : std::string_view("{pair}").size());
    }
    first = false;
  }
}

std::vector<std::string> cloze_pieces(std::string_view cloze) {
  std::vector<std::string> pieces;
  while (!cloze.empty()) {
    size_t size = cloze.find_first_of(" {[", 1);
    for (const std::string_view place : {"{source}", "{pair}", "[MASK]"})
      if (cloze.starts_with(place)) size = place.size();
    if (cloze.front() != ' ') pieces.emplace_back(cloze.substr(0, size));
    cloze.remove_prefix(cloze.front() == ' ' ? 1 : std::min(size, cloze.size()));
  }
  return pieces;
}

void write_soft_cloze(SourceWriter& writer, const TaskData& task, const std::string& cloze,
                      const std::string& source, const std::string& pair) {
  for (const std::string& piece : cloze_pieces(cloze)) {
    if (piece == "{source}" || piece == "{pair}") {
      writer.text(piece == "{pair}" ? pair : source, 1);
    } else if (piece == "[MASK]") {
      writer.mask();
    } else {
      writer.soft(cloze_token(task, piece));
    }
  }
}

std::string cloze_misfit(const Verbalizer& verbalizer, const TaskData& task) {
  if (task.layout != Layout::classification) {
    return fmt::format("it leaves a gap for a label, and task {} has no labels", task.name);
  }
  const std::string& key = cloze_key(task);
  const auto cloze = verbalizer.clozes.find(key);
  if (cloze == verbalizer.clozes.end()) {
    return fmt::format(
        "verbalizer {} has no text with a gap for task {}: give it a line \"{}\" in [clozes]",
        verbalizer.name, task.name, key);
  }
  const bool of_pairs = cloze->second.find("{pair}") != std::string::npos;
  const bool pairs = !task.train.empty() && task.train.front().fields.contains("pair");
  if (of_pairs != pairs) {
    return fmt::format("\"{}\" in [clozes] of verbalizer {} is for {}, and task {} has {}", key,
                       verbalizer.name, of_pairs ? "pairs" : "single texts", task.name,
                       pairs ? "pairs" : "single texts");
  }
  const auto words = verbalizer.label_words.find(key);
  if (words == verbalizer.label_words.end()) return "";
  for (const std::string& label : task.labels) {
    if (words->second.contains(label)) continue;
    return fmt::format("[label_words.{}] of verbalizer {} has no word for label \"{}\" of task {}",
                       key, verbalizer.name, label, task.name);
  }
  return "";
}

std::string choice_label(const Verbalizer& verbalizer, int64_t choice) {
  return with_number(verbalizer.format("label", "choice{number}"), number_of(verbalizer, choice));
}

namespace {

const std::vector<std::string>* fillers_of(const Verbalizer& verbalizer, const std::string& label) {
  const auto alias = verbalizer.label_class.find(label);
  const auto found =
      verbalizer.fillers.find(alias == verbalizer.label_class.end() ? label : alias->second);
  return found == verbalizer.fillers.end() ? nullptr : &found->second;
}

}  // namespace

std::string filler_of(const Verbalizer& verbalizer, const std::string& label,
                      const std::string& source, int64_t seed) {
  const std::vector<std::string>* fillers = fillers_of(verbalizer, label);
  if (!fillers) return label;
  Rng rng(derive_seed(static_cast<uint64_t>(seed), "filler/" + source));
  return (*fillers)[rng.below(fillers->size())];
}

int64_t label_of_filler(const Verbalizer& verbalizer, const std::vector<std::string>& labels,
                        const std::string& word) {
  for (size_t i = 0; i < labels.size(); ++i) {
    const std::vector<std::string>* fillers = fillers_of(verbalizer, labels[i]);
    if (fillers && is_in(*fillers, word)) return static_cast<int64_t>(i);
  }
  return -1;
}

}  // namespace dovetail
