// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "adaptation/text_pairs.h"

namespace dovetail {

// The mixing rates of files (Raffel et al. 2020, sec. 3.5.2): min(e_m, K)^(1/T), normalized, where
// e_m is the number of rows of file m, K the artificial limit and T the temperature. T = 1 is
// examples-proportional mixing; T towards infinity mixes all files equally.
struct MixtureSettings {
  int64_t limit = 0;       // K; 0: none
  double temperature = 1;  // T, at least 1
  uint64_t seed = 1;
};

// The rates for files of these sizes. ConfigError for a limit below 0, a temperature below 1, no
// files, and an empty file.
std::vector<double> mixing_rates(const std::vector<int64_t>& sizes,
                                 const MixtureSettings& settings);

// The endless sequence of rows of a mixture. A row depends on the seed and its number alone, so
// rows may be read in any order and from several threads. An epoch has as many rows as the files
// have under the limit, and each file has its exact share of it, rounded. A file's rows all come
// once before any comes again.
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
  std::vector<int64_t> starts_;  // the first row of each file in an epoch, and the epoch's end
};

// Element `index` of a random permutation of 0 .. count-1, computed without the whole permutation:
// a Feistel network on as many bits as `count` needs, with cycle walking (Black and Rogaway 2002).
int64_t shuffled_index(int64_t index, int64_t count, uint64_t key);

}  // namespace dovetail
