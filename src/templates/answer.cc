// SPDX-License-Identifier: Apache-2.0
#include "templates/answer.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "base/names.h"
#include "base/text.h"
#include "templates/question_text.h"
#include "templates/render.h"
#include "templates/shape_choice.h"

namespace dovetail {

namespace {

bool same_text(const std::string& a, const std::string& b) {
  const std::string x = collapse_whitespace(a), y = collapse_whitespace(b);
  return std::equal(x.begin(), x.end(), y.begin(), y.end(), [](unsigned char p, unsigned char q) {
    return std::tolower(p) == std::tolower(q);
  });
}

// The text before the closing sentinel, for templates that train one.
std::string before_closing(const std::string& generated, int64_t closing) {
  const size_t at = generated.find("<extra_id_" + std::to_string(closing) + ">");
  return at == std::string::npos ? generated : generated.substr(0, at);
}

struct Answered {
  std::optional<std::string> text, label;
};

// Reads generated answers to a question or classification.
class AnswerReader {
 public:
  AnswerReader(const BoundTemplate& tmpl, const TaskData& task, const Example& example)
      : tmpl_(tmpl),
        task_(task),
        choices_(choices_of(task, example)),
        verbalizer_(verbalizer_of(*tmpl.wordings, tmpl.verbalizer.get(), task)),
        shape_(shape_for(tmpl, task, example)) {}

  std::string read(const std::string& generated) const {
    const Answered found =
        shape_.label_place < 0 ? Answered{{}, postprocess(generated)} : parts_of(generated);
    for (const int64_t choice : {found.text ? choice_of_text(*found.text) : -1,
                                 found.label ? choice_of_label(*found.label) : -1,
                                 found.label ? choice_of_text(*found.label) : -1}) {
      if (choice >= 0) return choices_[choice];  // spelled as in the references
    }
    return found.text && !found.text->empty() ? *found.text : postprocess(generated);
  }

 private:
  int64_t choice_of_text(const std::string& text) const {
    for (size_t i = 0; i < choices_.size(); ++i) {
      if (same_text(choices_[i], text)) return static_cast<int64_t>(i);
    }
    return task_.layout == Layout::classification ? label_of_filler(verbalizer_, choices_, text)
                                                  : -1;
  }

  int64_t choice_of_label(const std::string& label) const {
    for (size_t i = 0; i < choices_.size(); ++i) {
      if (same_text(label_of(i), label)) return static_cast<int64_t>(i);
    }
    return -1;
  }

  std::string label_of(size_t choice) const {
    if (shape_.has(Slot::cloze)) {
      return label_word(cloze_verbalizer(*tmpl_.wordings, tmpl_.verbalizer.get()), task_,
                        choices_[choice]);
    }
    return task_.layout == Layout::question
               ? choice_label(verbalizer_, static_cast<int64_t>(choice))
               : choices_[choice];
  }

  Answered parts_of(const std::string& generated) const {
    const TargetParts expected = target_parts(verbalizer_, shape_);
    if (expected.labels.size() == 1) {
      const std::string all = postprocess(generated);
      return expected.labels.front() ? Answered{{}, all} : Answered{all, {}};
    }
    return expected.masked ? masked_parts(generated, expected) : plain_parts(generated, expected);
  }

  Answered masked_parts(const std::string& generated, const TargetParts& expected) const {
    Answered found;
    const int64_t closing = static_cast<int64_t>(expected.labels.size());
    for (const SentinelPart& part : split_at_sentinels(generated)) {
      const int64_t place = std::max<int64_t>(0, part.number);
      if (part.text.empty() || place >= closing) continue;
      auto& slot = expected.labels[place] ? found.label : found.text;
      if (!slot) slot = part.text;
    }
    return found;
  }

  // Splits "pantry choice1". The label is found at the start or the end of the text.
  Answered plain_parts(const std::string& generated, const TargetParts& expected) const {
    const std::string all = postprocess(generated);
    const bool label_first = expected.labels.front();
    for (size_t i = 0; i < choices_.size(); ++i) {
      const std::string label = collapse_whitespace(label_of(i));
      if (same_text(all, label)) return {{}, label};
      if (all.size() <= label.size()) continue;
      const size_t rest = all.size() - label.size() - 1;
      if (label_first && same_text(all.substr(0, label.size()), label) &&
          all[label.size()] == ' ') {
        return {all.substr(label.size() + 1), label};
      }
      if (!label_first && same_text(all.substr(rest + 1), label) && all[rest] == ' ') {
        return {all.substr(0, rest), label};
      }
    }
    return {all, {}};
  }

  const BoundTemplate& tmpl_;
  const TaskData& task_;
  const std::vector<std::string>& choices_;
  const Verbalizer& verbalizer_;
  const TemplateShape& shape_;
};

bool asks_for_relation(const TemplateShape& shape) { return shape.has(Slot::tail); }

// For targets that repeat the relation's phrase: the answer follows the phrase.
std::string without_phrase(const std::string& text, const std::string& phrase) {
  if (phrase.empty() || !text.starts_with(phrase)) return text;
  return collapse_whitespace(text.substr(phrase.size()));
}

int64_t count_masks(const std::string& target) {
  return static_cast<int64_t>(split_at_sentinels(target).size()) - 1;
}

}  // namespace

std::vector<std::string> references_of(const BoundTemplate& tmpl, const TaskData& task,
                                       const Example& example) {
  if (!asks_for_relation(shape_for(tmpl, task, example))) return example.references;
  const std::string phrase = relation_of(task, tmpl.verbalizer.get(), example).phrase;
  return {
      target_phrase(collapse_whitespace(phrase), collapse_whitespace(bare_source(task, example)))};
}

std::string answer_of(const BoundTemplate& tmpl, const TaskData& task, const Example& example,
                      const std::string& generated) {
  const TemplateShape& shape = shape_for(tmpl, task, example);
  std::string text = generated;
  if (tmpl.parameters.at("closing_sentinel") && !example.references.empty()) {
    const int64_t masks =
        count_masks(render(tmpl, task, example, example.references.front()).target);
    if (masks > 1) text = before_closing(text, masks - 1);
  }
  if (task.layout == Layout::question || task.layout == Layout::classification) {
    return AnswerReader(tmpl, task, example).read(text);
  }
  text = postprocess(text);
  const bool repeats =
      std::find(shape.target.begin(), shape.target.end(), Slot::phrase) != shape.target.end();
  if (!repeats || asks_for_relation(shape)) return text;
  const std::string phrase = relation_of(task, tmpl.verbalizer.get(), example).phrase;
  return without_phrase(text, target_phrase(collapse_whitespace(phrase),
                                            collapse_whitespace(bare_source(task, example))));
}

}  // namespace dovetail
