// SPDX-License-Identifier: Apache-2.0
#include "templates/render.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "templates/conversation.h"
#include "templates/question_text.h"
#include "templates/shape_choice.h"
#include "templates/soft_tokens.h"

namespace dovetail {

namespace {

constexpr std::string_view kSourcePlaceholder = "{source}";

// An example's answer as a text ("pantry") and as a label ("choice1").
struct AnswerWords {
  std::string text, label;
};

bool has_choices(const TaskData& task) {
  return task.layout == Layout::question || task.layout == Layout::classification;
}

class Renderer {
 public:
  Renderer(const BoundTemplate& tmpl, const TaskData& task, const Example& example)
      : tmpl_(tmpl),
        task_(task),
        example_(example),
        shape_(shape_for(tmpl, task, example)),
        relation_(relation_of(task, tmpl.verbalizer.get(), example)),
        head_(collapse_whitespace(bare_source(task, example))),
        verbalizer_(has_choices(task) ? &verbalizer_of(*tmpl.wordings, tmpl.verbalizer.get(), task)
                                      : nullptr) {}

  Rendered render(const AnswerWords& answer) {
    Rendered rendered;
    const std::string phrase = said_phrase();
    head_in_phrase_ =
        phrase.find(kSourcePlaceholder) != std::string::npos && (shape_.has(Slot::phrase));
    for (const Slot slot : shape_.source) write(slot, answer);
    rendered.source = writer_.take();
    rendered.target = target(answer);
    return rendered;
  }

  AnswerWords answer(int64_t choice, const std::string& reference) const {
    if (!verbalizer_ || choice < 0) return {reference, reference};
    if (task_.layout == Layout::question) {
      return {collapse_whitespace(example_.choices.at(choice)), choice_label(*verbalizer_, choice)};
    }
    const std::string& label = choices_of(task_, example_).at(choice);
    if (shape_.has(Slot::cloze)) {
      const std::string word = label_word(clozes(), task_, label);
      return {word, word};
    }
    const auto seed = tmpl_.parameters.at("filler_seed").get<int64_t>();
    return {filler_of(*verbalizer_, label, example_.source, seed), label};
  }

 private:
  std::string said_phrase() const {
    if (!verbalizer_) return collapse_whitespace(relation_.phrase);
    return collapse_whitespace(relation_.phrase.empty() ? phrase_or_none(*verbalizer_, "nat")
                                                        : relation_.phrase);
  }

  void write(Slot slot, const AnswerWords& answer) {
    if (is_prompt(slot)) {
      for (SoftToken& token : tokens_of_slot(tmpl_, shape_, relation_, slot, position_)) {
        writer_.soft(std::move(token));
      }
      return;
    }
    switch (slot) {
      case Slot::prefix: return write_prefix();
      case Slot::relation_token: return writer_.text(relation_token());
      case Slot::phrase: return write_phrase();
      case Slot::verbal: return write_verbal();
      case Slot::features:
        return writer_.text(tmpl_.wordings->feature_tokens.phrase(relation_.key));
      case Slot::gloss: return writer_.text(tmpl_.wordings->feature_glosses.phrase(relation_.key));
      case Slot::source: return write_source();
      case Slot::cloze: return write_cloze();
      case Slot::chat: return writer_.glued(chat_source(tmpl_, task_, example_, answer.text));
      case Slot::tail: return writer_.text(collapse_whitespace(answer.text), 2);
      case Slot::mask: return writer_.mask();
      default: DOVETAIL_CHECK(false);
    }
  }

  void write_prefix() {
    const std::string prefix = collapse_whitespace(relation_.prefix);
    if (!prefix.empty()) writer_.text(prefix + ":");
  }

  std::string relation_token() const {
    const std::string token = phrase_or_none(tmpl_.wordings->relation_tokens, relation_.key);
    return token.empty() ? "<" + relation_.key + ">" : token;
  }

  void write_phrase() {
    const std::string phrase = said_phrase();
    const size_t at = phrase.find(kSourcePlaceholder);
    if (at == std::string::npos) return writer_.phrase(phrase);
    writer_.phrase(collapse_whitespace(phrase.substr(0, at)));
    if (task_.layout == Layout::question || example_.fields.contains("pair")) {
      write_formatted();
    } else if (at == 0 || phrase[at - 1] == ' ') {
      writer_.text(head_, 1);
    } else {
      writer_.glued(head_, 1);
    }
    writer_.glued_phrase(phrase.substr(at + kSourcePlaceholder.size()));
  }

  void write_verbal() {
    std::string phrase = verbal_phrase(*verbalizer_, shape_);
    if (const size_t at = phrase.find("{ans}"); at != std::string::npos) phrase.erase(at, 5);
    writer_.phrase(phrase);
  }

  void write_source() {
    if (head_in_phrase_) return;
    write_formatted();
    if (tmpl_.parameters.at("full_stop")) writer_.glued(".");
  }

  const Verbalizer& clozes() const {
    return cloze_verbalizer(*tmpl_.wordings, tmpl_.verbalizer.get());
  }

  void write_cloze() {
    const auto pair = example_.fields.find("pair");
    const std::string second =
        pair == example_.fields.end() ? "" : collapse_whitespace(pair->second);
    const std::string& cloze = clozes().clozes.at(cloze_key(task_));
    if (shape_.soft_words) return write_soft_cloze(writer_, task_, cloze, head_, second);
    write_filled_cloze(writer_, cloze, head_, second);
  }

  void write_formatted() {
    if (task_.layout == Layout::question) {
      write_question(writer_, *verbalizer_, example_, question_options());
    } else if (task_.layout == Layout::classification) {
      write_classified(writer_, *verbalizer_, example_);
    } else {
      writer_.text(head_, 1);
    }
  }

  QuestionOptions question_options() const {
    std::string position = tmpl_.parameters.at("question_position");
    if (position == "auto") position = shape_.question_position;
    QuestionOptions options{.question_first = position.empty() ? shape_.sup : position == "start",
                            .label_after_choice = tmpl_.parameters.at("choice_position") == "end",
                            .omitted = tmpl_.parameters.at("omit").get<std::vector<std::string>>()};
    options.omitted.insert(options.omitted.end(), shape_.omitted.begin(), shape_.omitted.end());
    return options;
  }

  std::string target(const AnswerWords& answer) const {
    SourceWriter writer;
    int64_t masks = 0;
    const auto mask = [&] { writer.text(fmt::format("<extra_id_{}>", masks++)); };
    if (shape_.label_place >= 0) {
      const TargetParts parts = target_parts(*verbalizer_, shape_);
      for (const bool is_label : parts.labels) {
        if (parts.masked) mask();
        writer.text(is_label ? answer.label : answer.text);
      }
    } else {
      for (const Slot slot : shape_.target) {
        if (slot == Slot::mask) mask();
        if (slot == Slot::phrase) writer.text(target_phrase(said_phrase(), head_));
        if (slot == Slot::target) writer.text(verbalizer_ ? answer.label : answer.text);
      }
    }
    if (masks > 0 && tmpl_.parameters.at("closing_sentinel")) mask();
    return collapse_whitespace(Rendered{.source = writer.take(), .target = ""}.source_text());
  }

  const BoundTemplate& tmpl_;
  const TaskData& task_;
  const Example& example_;
  const TemplateShape& shape_;
  RelationWords relation_;
  std::string head_;
  const Verbalizer* verbalizer_;
  SourceWriter writer_;
  bool head_in_phrase_ = false;
  int64_t position_ = 0;
};

int64_t choice_of(const TaskData& task, const Example& example, const std::string& reference) {
  if (!has_choices(task)) return -1;
  const std::vector<std::string>& choices = choices_of(task, example);
  const auto size = static_cast<int64_t>(choices.size());
  if (example.answer >= 0 && example.answer < size && choices[example.answer] == reference) {
    return example.answer;
  }
  const auto found = std::find(choices.begin(), choices.end(), reference);
  return found == choices.end() ? -1 : found - choices.begin();
}

// The misfits of vnat and cloze alone: cheap enough to check for every example.
std::string verbal_misfit(const BoundTemplate& tmpl, const TaskData& task) {
  for (const TemplateShape& shape : tmpl.shapes) {
    if (shape.has(Slot::cloze)) {
      const std::string reason =
          cloze_misfit(cloze_verbalizer(*tmpl.wordings, tmpl.verbalizer.get()), task);
      if (!reason.empty()) return fmt::format("template \"{}\": {}", tmpl.name, reason);
    }
    if (shape.label_place < 0) continue;
    if (!has_choices(task)) {
      return fmt::format(
          "template \"{}\" asks for an answer out of several, and task {} has neither choices nor "
          "labels",
          tmpl.name, task.name);
    }
    const Verbalizer& question = verbalizer_of(*tmpl.wordings, tmpl.verbalizer.get(), task);
    if (verbal_phrase_or_none(question, shape)) continue;
    return fmt::format(
        "template \"{}\" needs version \"{}\" of the phrase, which verbalizer {} (task {}) lacks",
        tmpl.name, shape.version, question.name, task.name);
  }
  return "";
}

void refuse_misfit(const BoundTemplate& tmpl, const TaskData& task) {
  const std::string reason = verbal_misfit(tmpl, task);
  if (!reason.empty()) throw ConfigError(reason);
}

// Without a phrase, Prompting would print what Mapping prints. Questions and classifications have
// one in their verbalizer.
std::string phrase_misfit(const BoundTemplate& tmpl, const TaskData& task) {
  const auto says_phrase = [](const TemplateShape& shape) { return shape.has(Slot::phrase); };
  if (has_choices(task) || std::ranges::none_of(tmpl.shapes, says_phrase)) return "";
  for (const RelationWords& relation : relations_of(task, tmpl.verbalizer.get())) {
    if (!relation.phrase.empty()) continue;
    return fmt::format(
        "template \"{}\" says a phrase, and task {} has none{}: give its card the key phrase, as "
        "in "
        "phrase = \"{{source}} is\", or leave the template out",
        tmpl.name, task.name,
        task.relations.empty() ? "" : fmt::format(" for relation {}", relation.key));
  }
  return "";
}

}  // namespace

std::string misfit(const BoundTemplate& tmpl, const TaskData& task) {
  const std::string reason = verbal_misfit(tmpl, task);
  if (!reason.empty()) return reason;
  const bool by_relation = tmpl.rule == TemplateRule::flex || tmpl.rule == TemplateRule::mixed;
  if (by_relation && (task.layout == Layout::question || task.layout == Layout::classification)) {
    return fmt::format(
        "template \"{}\" chooses its shape by an example's relation, and task {} has none "
        "(temp_len "
        "chooses by the form of a question)",
        tmpl.name, task.name);
  }
  try {
    for (const RelationWords& relation : relations_of(task, tmpl.verbalizer.get())) {
      for (const TemplateShape& shape : tmpl.shapes) {
        if (shape.has(Slot::features)) tmpl.wordings->feature_tokens.phrase(relation.key);
        if (shape.has(Slot::gloss)) tmpl.wordings->feature_glosses.phrase(relation.key);
      }
    }
    return phrase_misfit(tmpl, task);
  } catch (const ConfigError& error) {
    return fmt::format("template \"{}\" does not print task {}: {}", tmpl.name, task.name,
                       error.what());
  }
}

Rendered render(const BoundTemplate& tmpl, const TaskData& task, const Example& example,
                const std::string& reference) {
  refuse_misfit(tmpl, task);
  Renderer renderer(tmpl, task, example);
  return renderer.render(renderer.answer(choice_of(task, example, reference), reference));
}

std::string target_for_choice(const BoundTemplate& tmpl, const TaskData& task,
                              const Example& example, int64_t choice) {
  const std::vector<std::string>& choices = choices_of(task, example);
  DOVETAIL_CHECK(choice >= 0 && choice < static_cast<int64_t>(choices.size()));
  refuse_misfit(tmpl, task);
  Renderer renderer(tmpl, task, example);
  return renderer.render(renderer.answer(choice, choices[choice])).target;
}

}  // namespace dovetail
