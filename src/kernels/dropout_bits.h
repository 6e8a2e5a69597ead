// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dovetail {

// Dropout without a stored mask: whether an element is kept follows from the site's seed and the
// element's index, so backward asks again instead of reading a mask.
struct Dropout {
  double rate = 0;
  uint64_t seed = 0;

  bool on() const { return rate > 0; }
  // One of many sites with the same seed, each with a seed of its own (SplitMix64's mixing).
  Dropout at_site(uint64_t site) const {
    uint64_t z = seed + (site + 1) * 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return {rate, z ^ (z >> 31)};
  }
};

// The same in the form that the loops use. A rate of 0 keeps everything.
struct DropoutBits {
  uint32_t key0 = 0, key1 = 0;
  uint32_t threshold = 0;  // of 2^32: kept where the hash is not below
  float scale = 1;         // of what is kept: 1 / (1 - rate)

  DropoutBits() = default;
  explicit DropoutBits(const Dropout& dropout)
      : key0(static_cast<uint32_t>(dropout.seed)),
        key1(static_cast<uint32_t>(dropout.seed >> 32)),
        threshold(static_cast<uint32_t>(dropout.rate * 4294967296.0)),
        scale(static_cast<float>(1.0 / (1.0 - dropout.rate))) {}

  // What element `index` is multiplied by. The mixing is Wellons's two-round integer hash
  // (hash-prospector), keyed before and between the rounds.
  float factor(uint32_t index) const {
    uint32_t h = index * 0x9E3779B1u + key0;
    h ^= h >> 16;
    h *= 0x21F0AAADu;
    h ^= (h >> 15) ^ key1;
    h *= 0x735A2D97u;
    h ^= h >> 15;
    return h >= threshold ? scale : 0.0f;
  }
};

}  // namespace dovetail
