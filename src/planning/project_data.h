// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "examples/task.h"
#include "metrics/coverage.h"
#include "planning/cut_rows.h"
#include "planning/template_prints.h"
#include "planning/text_overlap.h"
#include "sweep/data_inspector.h"
#include "templates/template.h"

namespace dovetail {

// The data behind the project's catalogues, cards and files. Keeps the task that it loaded last,
// because a plan asks several questions about one task in a row, and the facts of all.
class ProjectData : public DataInspector {
 public:
  std::string fingerprint(DataSource source, const std::string& name) override;
  std::string wording(const ChoiceSettings& tmpl, const std::string& task) override;
  std::string task_kind(const std::string& task) override;
  Json task_facts(const std::string& task) override;
  TaskStrata test_strata(const std::string& task, int64_t count) override;
  std::string task_source(const std::string& task) override;
  TaskSize task_size(const std::string& task) override;
  std::optional<PretrainEstimate> pretrain_estimate(const PretrainJob& job,
                                                    const std::vector<std::string>& corpus,
                                                    const VocabularySettings& vocabulary,
                                                    const std::string& vocabulary_file,
                                                    const ModelSize& size) override;
  void check_size(const std::string& task, const TrainSizeSettings& size,
                  int64_t validation_examples, uint64_t seed) override;
  std::string pool_fingerprint(const PoolRequest& request) override;
  void check_label_mask(const std::string& objective, const std::string& mask_label) override;
  std::vector<std::string> measurable(const std::string& task,
                                      const std::vector<std::string>& metrics) override;
  std::string primary_metric(const std::string& task,
                             const std::vector<std::string>& metrics) override;
  std::vector<std::string> metric_notes(const std::string& task,
                                        const std::vector<std::string>& metrics) override;
  std::vector<std::string> data_notes(const std::string& task) override;
  int64_t check_tuning(const ChoiceSettings& tuning, const TuneSettings& tune,
                       const Json& model) override;
  void check_saved_start(const std::string& tuning, const std::string& folder) override;
  std::string overlap_note(const std::string& task,
                           const std::vector<std::string>& corpora) override;
  void check_headers(const ChoiceSettings& tmpl, const TuneSettings& tune,
                     const std::string& checkpoint, const VocabularySettings& vocabulary,
                     const std::string& vocabulary_file) override;
  int64_t soft_tokens(const ChoiceSettings& tmpl, const ChoiceSettings& tuning,
                      const std::string& task) override;
  int64_t num_sentinels(const std::string& folder) override;
  int64_t sentinels_to_denoise(int64_t instruction_tokens) override;
  std::vector<std::string> cut_row_notes(const std::string& task, int64_t max_source_length,
                                         int64_t max_target_length) override;

 private:
  const TaskData& load(const std::string& task);
  const BoundTemplate& made(const ChoiceSettings& tmpl);

  std::string loaded_;  // the name of data_
  TaskData data_;
  std::map<std::string, Json> facts_;
  std::map<std::string, TaskSize> sizes_;
  std::map<std::string, TaskStrata> strata_;  // of all test examples
  std::map<std::string, WordCounts> words_;
  std::map<std::string, TestPassages> passages_;
  std::map<std::string, std::string> overlap_notes_;
  std::map<std::string, SetLetters> references_;    // of the tasks that were loaded
  std::map<std::string, BoundTemplate> templates_;  // making one may read files
  std::map<std::string, std::vector<std::string>> data_notes_;
  std::map<std::string, TemplatePrints> prints_;
};

}  // namespace dovetail
