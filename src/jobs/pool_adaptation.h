// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "jobs/artefacts.h"
#include "jobs/backbone.h"
#include "jobs/line_batches.h"
#include "plan/job.h"
#include "plan/record.h"

namespace dovetail {

// The text of an adaptation to a pool: a line for each example of it.
struct PoolText {
  std::vector<PoolLine> lines;
  std::vector<int64_t> labels;  // that the lines were filled with; empty: none were
  double label_accuracy = 0;    // NaN where the data do not know
};

// Makes the text of a job: tapt's, or pcp's with the labels that the job's last input has left.
// Without any label of the data but for labels = "oracle".
PoolText make_pool_text(const Job& job, const Backbone& backbone, Artefacts& artefacts);

// The labels of a pool of `count` examples by pcp's parameter `labels`. `predicted` is what the
// tuned cell says, of pseudo and shuffled; the seed decides shuffled, random and one.
std::vector<int64_t> labels_by(const std::string& how, const std::vector<int64_t>& predicted,
                               const std::vector<int64_t>& answers, size_t num_labels,
                               uint64_t seed);

// The batches of the text, and the seed of their training.
uint64_t pool_seed(const AdaptJob& settings);
LineBatches batches_of(const PoolText& text, const AdaptJob& settings, const Backbone& backbone);

// Counts the text in the record; writes it as JSON lines of text and label beside the checkpoint,
// and what the cells' records repeat.
void describe_pool_text(const PoolText& text, const LabelShares& labels, Record& record);
inline constexpr const char* kPoolTextFile = "text.jsonl";
inline constexpr const char* kPoolMetricsFile = "pool.json";
void write_pool_text(const std::filesystem::path& folder, const PoolText& text,
                     const Vocabulary& vocabulary, const Record& record);

// Adds to a cell's record how right the labels were that its start was adapted with.
void repeat_pool_metrics(const Job& job, const Artefacts& artefacts, Record& record);

}  // namespace dovetail
