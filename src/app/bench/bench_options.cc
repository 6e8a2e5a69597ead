// SPDX-License-Identifier: Apache-2.0
#include "app/bench/bench_options.h"

#include <CLI/CLI.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "jobs/provenance.h"
#include "model/shapes.h"

namespace dovetail {

namespace {

// The names and vocabulary sizes of the tables in docs/performance.md.
struct NamedShape {
  std::string catalogue_name;
  int64_t vocab_size;
};

const std::map<std::string, NamedShape>& named_shapes() {
  static const std::map<std::string, NamedShape> shapes{{"tiny", {"t5-tiny", 4096}},
                                                        {"mini", {"t5-mini", 8192}},
                                                        {"t5-small", {"t5-small", 32128}},
                                                        {"t5-base", {"t5-base", 32128}}};
  return shapes;
}

std::vector<std::string> shape_names() {
  std::vector<std::string> names;
  for (const auto& [name, shape] : named_shapes()) names.push_back(name);
  return names;
}

void add_shape_options(CLI::App& command, BenchOptions& options) {
  command.add_option("--shape", options.shape, "Sizes of the model; each can be changed below")
      ->check(CLI::IsMember(shape_names()));
  const std::pair<const char*, int64_t*> sizes[] = {
      {"--d-model", &options.d_model},     {"--d-kv", &options.d_kv},
      {"--num-heads", &options.num_heads}, {"--num-layers", &options.num_layers},
      {"--d-ff", &options.d_ff},           {"--vocab-size", &options.vocab_size}};
  for (const auto& [name, size] : sizes) {
    command.add_option(name, *size, "Instead of the shape's (0)")
        ->check(CLI::Range(int64_t{0}, int64_t{1} << 20));
  }
}

}  // namespace

void add_bench_options(CLI::App& command, BenchOptions& options) {
  add_shape_options(command, options);
  command.add_option("--batch", options.batch, "Rows")->check(CLI::Range(1, 1 << 16));
  command.add_option("--source", options.source, "Source tokens of each row, with </s>")
      ->check(CLI::Range(1, 1 << 16));
  command.add_option("--steps", options.steps, "How many are timed")->check(CLI::Range(1, 1 << 20));
  command.add_option("--warmup", options.warmup, "How many come before, untimed")
      ->check(CLI::Range(1, 1 << 20));
  command.add_option("--threads", options.threads, "Threads")->check(CLI::Range(1, 1024));
  command.add_option("--seed", options.seed, "Of the weights and the ids");
  command.add_option("--device", options.device, "cpu or cuda")
      ->check(CLI::IsMember({"cpu", "cuda"}));
  command.add_flag("--interactive", options.interactive,
                   "When warm, wait for lines \"go K\" on standard input, and answer each with the "
                   "seconds that K steps took");
}

void add_precision_of_inference(CLI::App& command, BenchOptions& options) {
  command.add_option("--precision", options.precision, "float32, bfloat16 or int8")
      ->check(CLI::IsMember({"float32", "bfloat16", "int8"}));
}

T5Config bench_config(const BenchOptions& options) {
  const NamedShape& shape = named_shapes().at(options.shape);
  nlohmann::json json = model_shapes().at(shape.catalogue_name);
  json["vocab_size"] = shape.vocab_size;
  const std::pair<const char*, int64_t> sizes[] = {{"d_model", options.d_model},
                                                   {"d_kv", options.d_kv},
                                                   {"num_heads", options.num_heads},
                                                   {"num_layers", options.num_layers},
                                                   {"num_decoder_layers", options.num_layers},
                                                   {"d_ff", options.d_ff},
                                                   {"vocab_size", options.vocab_size}};
  for (const auto& [name, size] : sizes) {
    if (size > 0) json[name] = size;
  }
  return t5_config_from(json);
}

OrderedJson bench_settings(const BenchOptions& options, const T5Config& config) {
  const nlohmann::json built = provenance(options.threads, options.device, options.precision);
  return {{"d_model", config.d_model},
          {"d_kv", config.d_kv},
          {"num_heads", config.num_heads},
          {"num_layers", config.num_layers},
          {"num_decoder_layers", config.num_decoder_layers},
          {"d_ff", config.d_ff},
          {"vocab_size", config.vocab_size},
          {"batch", options.batch},
          {"source", options.source},
          {"threads", options.threads},
          {"device", options.device},
          {"precision", options.precision},
          {"seed", options.seed},
          {"warmup", options.warmup},
          {"commit", built.at("commit")},
          {"libtorch", built.at("libtorch")},
          {"host", built.at("host")}};
}

std::vector<Sequence> random_rows(const BenchOptions& options, int64_t target, int64_t soft_tokens,
                                  int64_t vocab_size) {
  constexpr int32_t kEos = 1;
  constexpr int64_t kFirstPiece = 3;  // after padding, </s> and <unk>
  Rng rng(derive_seed(options.seed, "bench/rows"));
  const auto append = [&](std::vector<int32_t>& ids, int64_t count) {
    for (int64_t i = 0; i + 1 < count; ++i) {
      ids.push_back(static_cast<int32_t>(kFirstPiece + rng.below(vocab_size - kFirstPiece)));
    }
    ids.push_back(kEos);
  };
  std::vector<Sequence> rows(options.batch);
  for (Sequence& row : rows) {
    for (int64_t k = 0; k < soft_tokens; ++k) {
      row.source.push_back(static_cast<int32_t>(vocab_size + k));
    }
    append(row.source, options.source);
    append(row.target, target);
  }
  return rows;
}

}  // namespace dovetail
