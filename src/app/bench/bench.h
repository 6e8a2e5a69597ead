// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/config.h"
#include "training/batch.h"

namespace CLI {
class App;
}

namespace dovetail {

using OrderedJson = nlohmann::ordered_json;  // printed in the order written

// What every speed measurement of a model can be told. A size of 0 is the named shape's.
struct BenchOptions {
  std::string shape = "t5-small";
  int64_t d_model = 0, d_kv = 0, num_heads = 0, num_layers = 0, d_ff = 0, vocab_size = 0;
  int64_t batch = 16;
  int64_t source = 32;
  int64_t steps = 10;
  int64_t warmup = 2;
  int threads = 1;
  uint64_t seed = 1;
  std::string device = "cpu";
  std::string precision = "float32";
  bool interactive = false;
};

void add_bench_options(CLI::App& command, BenchOptions& options);

// ConfigError for sizes that make no model.
T5Config bench_config(const BenchOptions& options);

// What the options came to, the first part of what is printed.
OrderedJson bench_settings(const BenchOptions& options, const T5Config& config);

// Random ids of exactly these lengths, </s> last; `soft_tokens` virtual ids stand before them.
std::vector<Sequence> random_rows(const BenchOptions& options, int64_t target, int64_t soft_tokens,
                                  int64_t vocab_size);

// Times equal pieces of work, the first ones (warm-up) left out. Either all the wanted pieces in a
// row, or in turns with other programs (interactive): one JSON line of settings when warm, then for
// each line "go K" on standard input K pieces and one JSON line {"pieces": K, "seconds": S}, until
// standard input ends. Between turns the process sleeps in a read.
class BenchClock {
 public:
  BenchClock(const BenchOptions& options, OrderedJson settings);

  // To be called after each piece. False: no more is wanted.
  bool after_piece();

  // Prints the one JSON line of results; a piece computes so many tokens.
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

void add_bench_train(CLI::App& bench, std::function<int()>& chosen);
void add_bench_generate(CLI::App& bench, std::function<int()>& chosen);

}  // namespace dovetail
