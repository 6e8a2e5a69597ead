// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "model/config.h"
#include "training/batch.h"

namespace CLI {
class App;
}

namespace dovetail {

using OrderedJson = nlohmann::ordered_json;  // printed in the order written

// The options that all speed measurements of a model share. A size of 0 keeps that of the shape.
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
void add_precision_of_inference(CLI::App& command, BenchOptions& options);

// The model's configuration. Throws ConfigError for sizes that make no model.
T5Config bench_config(const BenchOptions& options);

// The resolved options, which begin the printed JSON line.
OrderedJson bench_settings(const BenchOptions& options, const T5Config& config);

// Rows of random ids of exactly these lengths, with </s> last, after `soft_tokens` virtual ids.
std::vector<Sequence> random_rows(const BenchOptions& options, int64_t target, int64_t soft_tokens,
                                  int64_t vocab_size);

}  // namespace dovetail
