// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "adaptation/text_pairs.h"

namespace dovetail {

// How often each file of a mixture is drawn from (Raffel et al. 2020, sec. 3.5.2): in proportion to
// its rows e_m, of which at most the artificial limit K count, to the power of 1/T:
// min(e_m, K)^(1/T), normalised. T = 1 is examples-proportional mixing, T towards infinity equal.
struct MixtureSettings {
  int64_t limit = 0;       // K; 0: none
  double temperature = 1;  // T, at least 1
  uint64_t seed = 1;
};

// ConfigError for a limit below 0, a temperature below 1, no files, or an empty one.
std::vector<double> mixing_rates(const std::vector<int64_t>& sizes,
                                 const MixtureSettings& settings);

// The endless sequence of rows of such a mixture. Any row can be asked for by its number, in any
// order and from several threads: the seed and the number alone decide. An epoch has as many rows
// as the files have under the limit, and each file's share of it is exact (rounded); a file's
// rows come once each before any comes again.
class PairMixture {
 public:
  PairMixture(std::vector<std::vector<TextPair>> files, const MixtureSettings& settings);

  struct Place {
    int64_t file = 0, row = 0;
    bool operator==(const Place&) const = default;
  };
  Place place(int64_t i) const;
  const TextPair& row(int64_t i) const;
  int64_t epoch_rows() const { return starts_.back(); }
  const std::vector<double>& rates() const { return rates_; }

 private:
  std::vector<std::vector<TextPair>> files_;
  uint64_t seed_;
  std::vector<double> rates_;
  std::vector<int64_t> starts_;  // of each file's rows in an epoch, and the epoch's end
};

// Place `index` of a random order of 0 .. count-1, without making the whole order: a Feistel
// network on as many bits as `count` needs, walked until it is below (Black and Rogaway 2002).
int64_t shuffled_index(int64_t index, int64_t count, uint64_t key);

}  // namespace dovetail
