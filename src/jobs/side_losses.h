// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "jobs/artefacts.h"
#include "plan/job.h"
#include "training/batch.h"

namespace dovetail {

struct TuneCell;

// Losses of a cell beside its test, before and after its training: on held-out documents of its
// base's text, by the base's own objective (text_loss: what it forgets), and on the outputs of
// other tasks' test examples (transfer.TASK.output_loss). Nats per target token. A text has no soft
// tokens in it, so a prompt forgets nothing of it.
class SideLosses {
 public:
  // Measures the cell as it is. `cell` must have everything but its batches. DataError for too few
  // documents.
  SideLosses(const Job& job, const TuneJob& settings, const TuneCell& cell, Artefacts& artefacts);

  // Measures the cell as it is now, and adds both to the metrics: NAME and NAME_before.
  void record(const TuneCell& cell, std::map<std::string, double>& metrics) const;

 private:
  struct Rows {
    std::string name;
    std::vector<Sequence> rows;
    int64_t batch_size = 0;
    double before = 0;
  };
  std::vector<Rows> all_;
};

}  // namespace dovetail
