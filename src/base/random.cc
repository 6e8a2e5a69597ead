// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <bit>
#include <numeric>

#include "base/error.h"
#include "base/hash.h"

namespace dovetail {

uint64_t derive_seed(uint64_t seed, std::string_view purpose) { return hash64(purpose, seed); }

Rng::Rng(uint64_t seed) {
  for (uint64_t& word : state_) {  // splitmix64 spreads a small seed over the whole state
    seed += 0x9e3779b97f4a7c15ULL;
    uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    word = z ^ (z >> 31);
  }
}

uint64_t Rng::next() {
  const uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
  const uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

uint64_t Rng::below(uint64_t bound) {
  DOVETAIL_CHECK(bound > 0);
  const uint64_t limit = -bound % bound;  // rejecting smaller draws leaves a multiple of bound
  for (;;) {
    const uint64_t draw = next();
    if (draw >= limit) return draw % bound;
  }
}

double Rng::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

std::vector<int64_t> Rng::permutation(int64_t count) {
  std::vector<int64_t> order(count);
  std::iota(order.begin(), order.end(), int64_t{0});
  shuffle(std::span(order));
  return order;
}

}  // namespace dovetail
