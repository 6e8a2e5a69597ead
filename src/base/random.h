// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace dovetail {

// Derives the seed for one purpose from the seed of a cell: derive_seed(1, "dropout"). Streams of
// different purposes are independent, and a new purpose changes no other stream.
uint64_t derive_seed(uint64_t seed, std::string_view purpose);

// xoshiro256++ (Blackman and Vigna 2019). All draws are defined here and not by the standard
// library, so that a seed gives the same examples on every platform.
class Rng {
 public:
  explicit Rng(uint64_t seed);

  uint64_t next();
  // Uniform in [0, bound); bound > 0.
  uint64_t below(uint64_t bound);
  // Uniform in [0, 1).
  double uniform();

  // Fisher-Yates.
  template <typename T>
  void shuffle(std::span<T> items) {
    for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }
  // 0 .. count-1 in random order.
  std::vector<int64_t> permutation(int64_t count);

 private:
  uint64_t state_[4];
};

}  // namespace dovetail
