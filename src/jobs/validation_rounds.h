// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace dovetail {

struct TuneCell;

// One point of a cell's validation curves.
struct ValidationPoint {
  double loss = 0;              // nats per target token
  std::optional<double> score;  // where the cell chooses by it: higher is better
};

// The points of cells that train side by side: the first one that asks after a step has those of
// all measured, in shared passes, that are due then and have taken the step with it.
class ValidationRounds {
 public:
  // The cells must outlive this.
  explicit ValidationRounds(const std::vector<TuneCell*>& cells) : cells_(cells) {}

  // Each point is given once. Where the shared passes fail, the cell is measured alone.
  ValidationPoint point(TuneCell& cell, int64_t step);

 private:
  std::vector<TuneCell*> due_with(const TuneCell& cell, int64_t step) const;
  void measure(const std::vector<TuneCell*>& cells);

  const std::vector<TuneCell*>& cells_;
  std::map<const TuneCell*, ValidationPoint> points_;  // that nobody has asked for yet
};

// Trains cells side by side; those around one frozen model share their passes.
void train_together(const std::vector<TuneCell*>& cells);

}  // namespace dovetail
