// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/error.h"
#include "base/hash.h"
#include "sweep/make_plan.h"

namespace dovetail {

// A small catalogue, so that these tests need no other room.
inline Catalogues test_catalogues() {
  const auto named = [](std::initializer_list<const char*> names) {
    std::vector<CatalogueEntry> entries;
    for (const char* name : names) entries.push_back({.name = name});
    return entries;
  };
  const auto check_density = [](const Json& parameters) {
    const double density = parameters.at("noise_density");
    if (density <= 0 || density >= 1) {
      throw_<ConfigError>("noise_density must be between 0 and 1, not {}", density);
    }
  };
  const Json component = {{"name", "prefix_lm"}, {"weight", 0.5}, {"parameters", Json::object()}};
  Catalogues catalogues;
  catalogues.objectives = {
      {.name = "span_corruption",
       .defaults = {{"noise_density", 0.15}, {"mean_span", 3}},
       .check = check_density},
      {.name = "prefix_lm"},
      {.name = "suffix_denoising", .defaults = {{"share", 0.5}}},
      {.name = "mixed", .defaults = {{"components", Json::array({component})}}}};
  catalogues.tasks = named({"wordnet/category", "wordnet/verb_category", "wordnet/part_of_speech",
                            "wordnet/example_category", "wordnet/derived_from",
                            "wordnet/definition_to_hypernym", "wordnet/same_category"});
  catalogues.templates = named({"mapping", "masked_mapping", "prompting", "masked_prompting"});
  catalogues.templates.push_back({.name = "post_pt", .soft_tokens = true});
  catalogues.templates.push_back(
      {.name = "soft_mapping", .soft_tokens = true, .in_words = "mapping"});
  catalogues.templates[2].defaults = {
      {"closing_sentinel", false}, {"verbalizer", ""}, {"omit", {"fact"}}};
  catalogues.other_template = [](const std::string& name) -> CatalogueEntry {
    if (name == "0-ptar-unsup") return {.name = name, .soft_tokens = true};
    throw_<ConfigError>("unknown template \"{}\"", name);
  };
  catalogues.tunings = {{.name = "full"},
                        {.name = "soft_prompt",
                         .defaults = {{"num_virtual_tokens", 20}, {"place", "before"}},
                         .soft_tokens = true,
                         .keeps_weights = [](const Json&) { return true; }}};
  const auto check_momentum = [](const Json& parameters) {
    const double momentum = parameters.at("momentum");
    if (momentum >= 1) throw_<ConfigError>("momentum must be below 1, not {}", momentum);
  };
  catalogues.optimizers = {
      {.name = "adamw", .defaults = {{"beta1", 0.9}, {"beta2", 0.999}, {"rms_scaling", false}}},
      {.name = "adafactor", .defaults = {{"beta1", 0.0}, {"relative_step", false}}},
      {.name = "sgd", .defaults = {{"momentum", 0.0}}, .check = check_momentum}};
  catalogues.metrics = {{.name = "rouge_l"},
                        {.name = "exact_match"},
                        {.name = "bleu_4", .traits = {.corpus_level = true}},
                        {.name = "best_of_k_rouge_l", .needs_samples = true}};
  catalogues.decodings = {{.name = "greedy"},
                          {.name = "beam", .defaults = {{"num_beams", 4}}},
                          {.name = "sample", .defaults = {{"top_k", 50}, {"samples", 1}}}};
  catalogues.corpora = named({"wordnet-text"});
  catalogues.baselines = {"most_frequent", "copy", "untuned"};
  catalogues.model_shapes["t5-tiny"] = {
      {"d_model", 128}, {"d_kv", 32}, {"d_ff", 512}, {"num_heads", 4}, {"num_layers", 2}};
  return catalogues;
}

// Data that hold nothing but their names: every task is large enough and has every metric.
class NamedData : public DataInspector {
 public:
  std::string fingerprint(DataSource, const std::string& name) override {
    return content_hash(std::filesystem::path(name).filename().string());
  }
  std::string wording(const ChoiceSettings&, const std::string&) override { return ""; }
  std::string task_kind(const std::string&) override { return "lexical"; }
  Json task_facts(const std::string&) override { return Json::object(); }
  void check_size(const std::string&, const TrainSizeSettings&, int64_t, uint64_t) override {}
  std::vector<std::string> measurable(const std::string&,
                                      const std::vector<std::string>& metrics) override {
    return metrics;
  }
  std::string primary_metric(const std::string&, const std::vector<std::string>&) override {
    return "";
  }
};

inline Plan plan_of(const Sweep& sweep) {
  NamedData data;
  return make_plan(sweep, data);
}

inline void write_text(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

// A folder for one test, removed when it ends.
class SweepFixture : public ::testing::Test {
 protected:
  SweepFixture() {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(::testing::TempDir()) /
              fmt::format("sweep_{}_{}_{}", info->test_suite_name(), info->name(), getpid());
    std::filesystem::create_directories(folder_);
  }
  ~SweepFixture() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) { write_text(folder_ / name, text); }
  void write_checkpoint(const std::string& name) {
    write(name + "/config.json",
          R"({"_name_or_path": "/somewhere/else", "d_model": 64, "d_kv": 16, "d_ff": 128,
              "num_heads": 4, "num_layers": 2, "vocab_size": 1000})");
  }

  Sweep parse(const std::string& text) {
    write("q.toml", text);
    return parse_sweep(folder_ / "q.toml", test_catalogues());
  }
  Plan plan(const std::string& text) { return plan_of(parse(text)); }

  // The message of the ConfigError, without the folder in front.
  std::string message(const std::string& text) {
    try {
      plan(text);
    } catch (const ConfigError& error) {
      const std::string what = error.what(), prefix = folder_.string() + "/";
      return what.starts_with(prefix) ? what.substr(prefix.size()) : what;
    }
    return "no error";
  }

  std::filesystem::path folder_;
};

// A sweep with every table; line numbers matter to the tests of bad input.
inline constexpr const char* kSmallSweep = R"(name = "small"
[model]
config = "t5-tiny"
[text]
corpus = ["wordnet-text"]
vocabulary = { vocab_size = 1000 }
[pretrain]
steps = 100
optimizer = { learning_rate = 3e-3, schedule = "linear", warmup = 10 }
[tune]
steps = { per_epoch = 5, at_least = 40 }
optimizer = { name = "adafactor", learning_rate = 5e-4 }
[evaluate]
metrics = ["rouge_l", "exact_match"]
[axes]
objective = ["none", "span_corruption"]
task = ["wordnet/category", "wordnet/derived_from"]
template = ["mapping", "prompting"]
tuning = ["full", { name = "soft_prompt", learning_rate = 0.3 }]
train_size = [{ examples = 30, references = 3 }, "all"]
seed = [1, 2]
[[exclude]]
tuning = "soft_prompt"
objective = "none"
)";

// The text with one piece of it replaced; the piece must be there.
inline std::string with(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

}  // namespace dovetail
