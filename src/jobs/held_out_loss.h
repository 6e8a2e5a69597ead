// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "jobs/text_rows.h"
#include "plan/record.h"
#include "training/training_loop.h"

namespace dovetail {

// The rows of an objective that documents make: every document once; of joined documents, as many
// rows as they fill. What is random in a row does not depend on the seed of the settings, nor do
// rows on how those of a training are packed. DataError for documents that are too few.
std::vector<Sequence> rows_of_documents(const Documents& documents, const Vocabulary& vocabulary,
                                        const ChoiceSettings& objective, PretrainSettings settings,
                                        RowTexts texts);

// The loss of a pre-training on documents that it does not see: nats per target token of the
// objective's own rows of them, the same rows at each point. Objectives differ in what they
// predict, so losses compare seeds, stages and lengths of one objective, not two objectives. Keeps
// its curve in a file, so that an interrupted run continues it.
class HeldOutLoss {
 public:
  // DataError for documents that are too few to make rows of.
  HeldOutLoss(const Documents& documents, const Vocabulary& vocabulary,
              const ChoiceSettings& objective, const PretrainSettings& settings,
              std::filesystem::path file, RowTexts texts = RowTexts::two);

  // Takes the points up to a step from the file, if there is one.
  void restore(int64_t step);
  // Adds a point where one is due.
  void after_step(const TrainingRun& run, int64_t step);
  // Adds the last point, with the model as it is left; removes the file.
  void finish(const TrainingTask& task);

  const Curve& curve() const { return curve_; }

 private:
  void add_point(const TrainingTask& task, int64_t step);

  std::vector<Sequence> rows_;
  int64_t batch_size_;
  int64_t points_;
  std::filesystem::path file_;
  Curve curve_;
};

}  // namespace dovetail
