// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "examples/subset.h"
#include "examples/task.h"
#include "jobs/chat_encoder.h"
#include "jobs/framing.h"
#include "plan/job_settings.h"
#include "templates/rendered.h"
#include "templates/template.h"
#include "text/vocabulary.h"
#include "training/batch.h"
#include "tuning/tuning_method.h"

namespace dovetail {

// Counts of encoded rows. A target that was cut cannot be learned, nor scored by its likelihood.
struct RowCounts {
  int64_t rows = 0;
  int64_t cut_sources = 0;
  int64_t cut_targets = 0;
  int64_t kinds[3] = {};  // tokens of conversations, by TokenKind

  RowCounts& operator+=(const RowCounts& other);
};

struct EncodedRow {
  Sequence sequence;
  RowCounts counts;
};

struct EncodedRows {
  std::vector<Sequence> rows;
  RowCounts counts;

  void add(EncodedRow row);
};

// A conversation with the soft tokens that stand before and behind its prompt.
struct PromptedChat {
  EncodedChat chat;
  std::vector<int32_t> before, behind;
  RowCounts counts;
};

// The most ids of a row, </s> included. Soft tokens do not count; a Segment with cut = 0 stays even
// if the source gets longer.
struct RowLimits {
  int64_t source = 64;
  int64_t target = 16;
  RowTexts texts = RowTexts::two;  // how the model reads source and target
};

// Encodes examples as ids, the same way for training and test.
class ExampleEncoder {
 public:
  // `tmpl` has its soft tokens already (with_soft_tokens); `soft_tokens` are all of them that the
  // template uses on this task. They are numbered from the model's vocab_size on. Task and
  // vocabulary must outlive the encoder.
  ExampleEncoder(const TaskData& task, BoundTemplate tmpl, const Vocabulary& vocabulary,
                 SoftTokenPlan soft_tokens, int64_t vocab_size, RowLimits limits = {});

  // The row of an example whose answer is `reference`.
  EncodedRow row(const Example& example, const std::string& reference) const;
  // The row as if that choice were the right one.
  EncodedRow choice_row(const Example& example, size_t choice) const;
  // The same without the question, as far as the template allows.
  EncodedRow prior_row(const Example& example, size_t choice) const;

  // The conversation of an example whose answer is `reference`, with the kind of each token. Only
  // with a chat template (tmpl().chat). `row` has the same ids: the prompt as its source behind any
  // soft tokens, the answer as its target.
  EncodedChat chat_row(const Example& example, const std::string& reference) const;
  // The same with the template's soft tokens.
  PromptedChat prompted_chat(const Example& example, const std::string& reference) const;

  const TaskData& task() const { return task_; }
  const BoundTemplate& tmpl() const { return tmpl_; }
  const Vocabulary& vocabulary() const { return vocabulary_; }
  const SoftTokenPlan& soft_tokens() const { return soft_tokens_; }
  RowTexts texts() const { return limits_.texts; }
  int64_t vocab_size() const { return vocab_size_; }

 private:
  std::vector<int32_t> target_ids(const std::string& target, RowCounts& counts) const;
  std::vector<int32_t> source_ids(const std::vector<Segment>& segments) const;
  int32_t soft_id(const SoftToken& token) const;
  EncodedRow row_of_chat(const Example& example, const std::string& reference) const;
  std::vector<int32_t> fitting_ids(std::vector<Segment> segments, RowCounts& counts) const;

  const TaskData& task_;
  BoundTemplate tmpl_;
  const Vocabulary& vocabulary_;
  SoftTokenPlan soft_tokens_;
  int64_t vocab_size_;
  RowLimits limits_;
  std::unordered_map<std::string, int32_t> soft_ids_;  // by the token's name
  std::optional<ChatEncoder> chat_;
};

// The template with the soft tokens that the tuning trains. ConfigError if the two do not fit.
BoundTemplate template_for(const TemplateSettings& settings, const ChoiceSettings& tuning);
// The template of a model without tuning.
BoundTemplate untuned_template(const TemplateSettings& settings);

// The soft tokens of a cell: their names and places from the template, the ids of words from the
// vocabulary.
SoftTokenPlan plan_soft_tokens(const BoundTemplate& tmpl, const TaskData& task,
                               const Vocabulary& vocabulary);

// Each training example of the subset with each reference that it keeps; both live in the task.
std::vector<std::pair<const Example*, const std::string*>> training_pairs(const TaskData& task,
                                                                          const Subset& subset);

// One row for each reference that the subset keeps.
EncodedRows training_rows(const ExampleEncoder& encoder, const Subset& subset);
// One row for the first reference of each validation example.
EncodedRows validation_rows(const ExampleEncoder& encoder, const Subset& subset);

}  // namespace dovetail
