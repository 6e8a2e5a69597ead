// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "app/bench/bench_options.h"

namespace dovetail {

// Times equal pieces of work after some untimed ones (warm-up). It runs all pieces at once, or
// takes turns with other programs (interactive). In turns it prints one JSON line of settings when
// warm. Each line "go K" on standard input then runs K pieces and prints
// {"pieces": K, "seconds": S}, until standard input ends. Between turns the process sleeps in a
// read.
class BenchClock {
 public:
  BenchClock(const BenchOptions& options, OrderedJson settings);

  // To be called after each piece. Returns false when it was the last one.
  bool after_piece();

  // Prints the one JSON line of results; each piece computes so many tokens.
  void print_results(int64_t tokens_a_piece) const;

 private:
  bool await_turn();

  OrderedJson settings_;
  int64_t warmup_, pieces_wanted_, num_done_ = 0;
  int64_t turn_pieces_ = 0, turn_done_ = 0;
  bool interactive_;
  std::chrono::steady_clock::time_point piece_began_;
  std::vector<double> seconds_;  // of each piece after the warm-up
};

}  // namespace dovetail
