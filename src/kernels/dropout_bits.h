// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dovetail {

// Dropout without a stored mask. A hash of the site's seed and the element's index decides whether
// the element is kept, so the backward pass computes it again instead of reading a mask.
struct Dropout {
  double rate = 0;
  uint64_t seed = 0;

  bool on() const { return rate > 0; }
  // Derives the seed of one of the sites that share this seed (SplitMix64's mixing).
  Dropout at_site(uint64_t site) const {
    uint64_t z = seed + (site + 1) * 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return {rate, z ^ (z >> 31)};
  }
};

// Dropout in the form that the loops use. A rate of 0 keeps everything.
struct DropoutBits {
  uint32_t key0 = 0, key1 = 0;
  uint32_t threshold = 0;  // rate * 2^32: elements with a hash below it are dropped
  float scale = 1;         // of kept elements: 1 / (1 - rate)

  DropoutBits() = default;
  explicit DropoutBits(const Dropout& dropout)
      : key0(static_cast<uint32_t>(dropout.seed)),
        key1(static_cast<uint32_t>(dropout.seed >> 32)),
        threshold(static_cast<uint32_t>(dropout.rate * 4294967296.0)),
        scale(static_cast<float>(1.0 / (1.0 - dropout.rate))) {}

  // The factor of element `index`: 0 or the scale. The mixing is Wellons's two-round integer hash
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
