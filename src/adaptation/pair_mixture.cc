// SPDX-License-Identifier: Apache-2.0
#include "adaptation/pair_mixture.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/random.h"

namespace dovetail {

namespace {

constexpr int kRounds = 8;

uint64_t round_function(uint64_t half, uint64_t key, int round) {
  return Rng(key ^ (half * 0x9e3779b97f4a7c15u + static_cast<uint64_t>(round))).next();
}

int64_t limited(int64_t size, const MixtureSettings& settings) {
  return settings.limit > 0 ? std::min(size, settings.limit) : size;
}

// Divides `total` rows by these rates: rounded down, and the rest to the largest remainders.
std::vector<int64_t> share_out(int64_t total, const std::vector<double>& rates) {
  std::vector<int64_t> counts;
  std::vector<std::pair<double, size_t>> remainders;
  for (size_t i = 0; i < rates.size(); ++i) {
    const double exact = rates[i] * static_cast<double>(total);
    counts.push_back(static_cast<int64_t>(exact + 1e-9));
    remainders.emplace_back(static_cast<double>(counts.back()) - exact, i);
  }
  std::sort(remainders.begin(), remainders.end());
  int64_t left = total - std::accumulate(counts.begin(), counts.end(), int64_t{0});
  for (size_t i = 0; left > 0; ++i, --left) ++counts[remainders[i % remainders.size()].second];
  return counts;
}

}  // namespace

std::vector<double> mixing_rates(const std::vector<int64_t>& sizes,
                                 const MixtureSettings& settings) {
  if (settings.limit < 0) {
    throw_<ConfigError>("the limit of a mixture must be at least 0, found {}", settings.limit);
  }
  if (!(settings.temperature >= 1)) {
    throw_<ConfigError>("the temperature of a mixture must be at least 1, found {}",
                        settings.temperature);
  }
  if (sizes.empty()) throw_<ConfigError>("a mixture needs at least one file of rows");
  std::vector<double> rates;
  for (const int64_t size : sizes) {
    if (size < 1) throw_<ConfigError>("file {} of a mixture has no row", rates.size() + 1);
    const double counted = static_cast<double>(limited(size, settings));
    rates.push_back(std::pow(counted, 1 / settings.temperature));
  }
  const double total = std::accumulate(rates.begin(), rates.end(), 0.0);
  for (double& rate : rates) rate /= total;
  return rates;
}

PairMixture::PairMixture(std::vector<std::vector<TextPair>> files, const MixtureSettings& settings)
    : files_(std::move(files)), seed_(settings.seed) {
  std::vector<int64_t> sizes;
  for (const auto& file : files_) sizes.push_back(static_cast<int64_t>(file.size()));
  rates_ = mixing_rates(sizes, settings);
  int64_t total = 0;
  for (const int64_t size : sizes) total += limited(size, settings);
  starts_.push_back(0);
  for (const int64_t count : share_out(total, rates_)) starts_.push_back(starts_.back() + count);
}

PairMixture::Place PairMixture::place(int64_t i) const {
  const int64_t epoch = i / epoch_rows();
  const uint64_t epoch_key = derive_seed(seed_, fmt::format("mixture/{}", epoch));
  const int64_t slot = shuffled_index(i % epoch_rows(), epoch_rows(), epoch_key);
  const auto next = std::upper_bound(starts_.begin(), starts_.end(), slot);
  const int64_t file = next - starts_.begin() - 1;
  const int64_t size = static_cast<int64_t>(files_[file].size());
  // the number of this file's rows before this one, over all epochs
  const int64_t served = epoch * (starts_[file + 1] - starts_[file]) + slot - starts_[file];
  const uint64_t pass_key = derive_seed(seed_, fmt::format("file/{}/{}", file, served / size));
  return {file, shuffled_index(served % size, size, pass_key)};
}

const TextPair& PairMixture::row(int64_t i) const {
  const Place at = place(i);
  return files_[at.file][at.row];
}

int64_t shuffled_index(int64_t index, int64_t count, uint64_t key) {
  DOVETAIL_CHECK(index >= 0 && index < count);
  const auto bits = static_cast<int>(std::bit_width(static_cast<uint64_t>(count - 1)));
  const int half_bits = std::max(1, (bits + 1) / 2);
  const uint64_t mask = (uint64_t{1} << half_bits) - 1;
  auto value = static_cast<uint64_t>(index);
  do {
    uint64_t left = value >> half_bits, right = value & mask;
    for (int round = 0; round < kRounds; ++round) {
      const uint64_t mixed = left ^ (round_function(right, key, round) & mask);
      left = right;
      right = mixed;
    }
    value = left << half_bits | right;
  } while (value >= static_cast<uint64_t>(count));
  return static_cast<int64_t>(value);
}

}  // namespace dovetail
