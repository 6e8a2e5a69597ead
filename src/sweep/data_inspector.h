// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plan/job_settings.h"
#include "plan/model_size.h"
#include "plan/settings.h"
#include "plan/spending.h"
#include "plan/task_strata.h"

namespace dovetail {

// The things that a sweep names and whose content decides results.
enum class DataSource {
  task,        // a name of the catalogue, or the location of a data set card
  corpus,      // a name of the catalogue, or a text file
  checkpoint,  // a folder
  vocabulary,  // a SentencePiece model file
  adapter,     // the folder of a saved adapter
  lexicon,     // a name of the project's, or a file
  pairs        // a file of JSON lines, or a folder of them
};

// How much a task's data are, for estimates; the defaults are a guess for unknown data.
struct TaskSize {
  double train_examples = 10000, train_references = 10000;  // references of all train examples
  double test_examples = 2000;
  double source_letters = 100, target_letters = 20;  // means, of an example and of a reference
  double choices = 0;                                // of a question or classification, mean
};

// What a step of a pre-training spends, estimated from a sample of its text.
struct PretrainEstimate {
  Spending step;
  Spending reference_step;      // of the budget's reference, where it has one
  double long_final_share = 0;  // of rows of 512 tokens: whose only span is the end of the text
};

// The pool that a sweep wants of a task.
struct PoolRequest {
  std::string task;         // as DataSource::task
  std::string from;         // as PoolSource::from
  std::string file;         // of a pool from a file
  int64_t examples = 0;     // that are asked for; 0: all
  bool for_labels = false;  // which only a classification has
  SubsetSettings labelled;  // that a pool from train is without
};

// Looks at the data of a sweep while it is planned. planning/ implements it; this room knows no
// data. A task is named as DataSource::task. All functions throw ConfigError or DataError for data
// that are missing or broken.
class DataInspector {
 public:
  virtual ~DataInspector() = default;

  // A hash of the content.
  virtual std::string fingerprint(DataSource source, const std::string& name) = 0;

  // A hash of the words that a template adds to the task's data (phrases, formats); "" if it adds
  // none. ConfigError for a template that does not fit the task.
  virtual std::string wording(const ChoiceSettings& tmpl, const std::string& task) = 0;

  virtual std::string task_kind(const std::string& task) = 0;  // Task::kind
  virtual Json task_facts(const std::string& task) = 0;        // as in Plan::task_facts

  // Of the test examples that cells are scored on, where `count` of them are asked for (0: all).
  virtual TaskStrata test_strata(const std::string& task, int64_t count) {
    (void)task, (void)count;
    return {};
  }

  virtual std::string task_source(const std::string& task) {  // Task::source
    (void)task;
    return "";
  }

  virtual TaskSize task_size(const std::string& task) {
    (void)task;
    return {};
  }

  // `corpus`: the locations of the job's text. Nothing for a job that learns from pairs.
  virtual std::optional<PretrainEstimate> pretrain_estimate(const PretrainJob& job,
                                                            const std::vector<std::string>& corpus,
                                                            const VocabularySettings& vocabulary,
                                                            const std::string& vocabulary_file,
                                                            const ModelSize& size) {
    (void)job, (void)corpus, (void)vocabulary, (void)vocabulary_file, (void)size;
    return {};
  }

  // ConfigError if the task has too few examples.
  virtual void check_size(const std::string& task, const TrainSizeSettings& size,
                          int64_t validation_examples, uint64_t seed) = 0;

  // A hash of the content of a task's pool of unlabelled examples. ConfigError for a task without
  // one, for too few examples, and for a task without labels; DataError for test examples in it.
  virtual std::string pool_fingerprint(const PoolRequest& request) {
    (void)request;
    return "";
  }

  // ConfigError where an objective draws no mask of tokens in which labels could be set.
  virtual void check_label_mask(const std::string& objective, const std::string& mask_label) {
    (void)objective, (void)mask_label;
  }

  // The metrics that have their evidence on this task (accuracy needs choices). ConfigError for a
  // metric that cannot score the task's references.
  virtual std::vector<std::string> measurable(const std::string& task,
                                              const std::vector<std::string>& metrics) = 0;

  // The metric that decides about this task, where `metrics` are measured: one of them that was
  // made to decide about tasks of this kind, or one that must be measured too, since none of them
  // can read the task's references; "" for none.
  virtual std::string primary_metric(const std::string& task,
                                     const std::vector<std::string>& metrics) = 0;

  // What to know of those metrics on this task: sentences.
  virtual std::vector<std::string> metric_notes(const std::string& task,
                                                const std::vector<std::string>& metrics) {
    (void)task, (void)metrics;
    return {};
  }

  // What to know of the rows that surely exceed these limits, in tokens: sentences.
  virtual std::vector<std::string> cut_row_notes(const std::string& task, int64_t max_source_length,
                                                 int64_t max_target_length) {
    (void)task, (void)max_source_length, (void)max_target_length;
    return {};
  }

  // Throws ConfigError where a tuning cannot start from the saved adapter in that folder.
  virtual void check_saved_start(const std::string& tuning, const std::string& folder) {
    (void)tuning, (void)folder;
  }

  // The number of parameters that the tuning trains. Throws ConfigError where a cell could not make
  // it around a model of that config.json.
  virtual int64_t check_tuning(const ChoiceSettings& tuning, const TuneSettings& tune,
                               const Json& model) {
    (void)tuning, (void)tune, (void)model;
    return 0;
  }

  // ConfigError where the headers of a chat template and a token of each side exceed the limits of
  // [tune]. The vocabulary is that of a checkpoint's folder, or where that is empty, as described;
  // one that is still to be trained has no tokens to count.
  virtual void check_headers(const ChoiceSettings& tmpl, const TuneSettings& tune,
                             const std::string& checkpoint, const VocabularySettings& vocabulary,
                             const std::string& vocabulary_file) {
    (void)tmpl, (void)tune, (void)checkpoint, (void)vocabulary, (void)vocabulary_file;
  }

  // The number of soft tokens that the tuning trains on the task under the template.
  virtual int64_t soft_tokens(const ChoiceSettings& tmpl, const ChoiceSettings& tuning,
                              const std::string& task) {
    (void)tmpl, (void)tuning, (void)task;
    return 0;
  }

  // The number of sentinels in the vocabulary of a checkpoint's folder, and how many it may take to
  // denoise an instruction of so many tokens.
  virtual int64_t num_sentinels(const std::string& folder) {
    (void)folder;
    return 0;
  }
  virtual int64_t sentinels_to_denoise(int64_t instruction_tokens) {
    (void)instruction_tokens;
    return 0;
  }

  // How much of the task's test set stands in the text of these corpora: a sentence, or "".
  virtual std::string overlap_note(const std::string& task,
                                   const std::vector<std::string>& corpora) {
    (void)task, (void)corpora;
    return "";
  }

  // What to know of the data, and of the templates whose wording was asked for: sentences.
  virtual std::vector<std::string> data_notes(const std::string& task) {
    (void)task;
    return {};
  }
};

}  // namespace dovetail
