// SPDX-License-Identifier: Apache-2.0
// Cases made by tests/oracles/generate_oracle.py with the reference implementation.
#include <ATen/core/Tensor.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "model/checkpoints/checkpoint.h"
#include "model/generation/generate.h"
#include "model/generation/generation_config.h"
#include "model/generation/sampling_warpers.h"
#include "model/t5.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using at::Tensor;

Json read_json(const char* name) {
  const fs::path file = fs::path(GENERATE_ORACLE_FOLDER) / name;
  return fs::exists(file) ? Json::parse(read_file(file)) : Json::array();
}

Tensor matrix(const Json& rows, at::ScalarType type) {
  std::vector<Tensor> tensors;
  for (const Json& row : rows) {
    std::vector<double> numbers;
    for (const Json& item : row) {
      numbers.push_back(item.is_boolean() ? static_cast<double>(item.get<bool>())
                                          : item.get<double>());
    }
    tensors.push_back(at::tensor(numbers).to(type));
  }
  return at::stack(tensors);
}

EarlyStopping early_stopping_from(const Json& value) {
  if (value.is_string()) return EarlyStopping::kNever;
  return value.get<bool>() ? EarlyStopping::kTrue : EarlyStopping::kFalse;
}

GenerationSettings settings_from(const Json& json) {
  GenerationSettings settings;
  settings.num_beams = json.at("num_beams");
  settings.max_new_tokens = json.at("max_new_tokens");
  settings.num_return_sequences = json.at("num_return_sequences");
  settings.min_new_tokens = json.value("min_new_tokens", 0);
  settings.length_penalty = json.value("length_penalty", 1.0);
  settings.early_stopping = early_stopping_from(json.value("early_stopping", Json(false)));
  settings.no_repeat_ngram_size = json.value("no_repeat_ngram_size", 0);
  settings.repetition_penalty = json.value("repetition_penalty", 1.0);
  if (json.contains("forced_bos_token_id"))
    settings.forced_bos_token_id = json["forced_bos_token_id"];
  if (json.contains("forced_eos_token_id"))
    settings.forced_eos_token_id = {json["forced_eos_token_id"].get<int32_t>()};
  return settings;
}

const T5Model& model_named(const std::string& name) {
  static std::map<std::string, T5Model> models;
  if (!models.contains(name)) {
    Checkpoint checkpoint = load_checkpoint(fs::path(GENERATE_ORACLE_FOLDER) / name);
    models.emplace(name, T5Model(checkpoint.config, checkpoint.weights));
  }
  return models.at(name);
}

void expect_hypotheses(const Json& one, const std::function<GenerationSettings()>& settings) {
  const T5Model& model = model_named(one["model"]);
  const Tensor mask = matrix(one["mask"], at::kFloat);
  const Tensor memory = model.encode(model.embed(matrix(one["source"], at::kLong)), mask);
  const std::string what = one["model"].get<std::string>() + " " + one["settings"].dump();

  const auto ours = generate(model, memory, mask, settings());

  ASSERT_EQ(ours.size(), one["expected"].size()) << what;
  for (size_t source = 0; source < ours.size(); ++source) {
    const Json& theirs = one["expected"][source];
    ASSERT_EQ(ours[source].size(), theirs.size()) << what;
    for (size_t n = 0; n < theirs.size(); ++n) {
      EXPECT_EQ(Json(ours[source][n].ids), theirs[n]["ids"]) << what << " " << source << "/" << n;
      EXPECT_NEAR(ours[source][n].score, theirs[n]["score"].get<double>(), 1e-4)
          << what << " source " << source << " hypothesis " << n;
    }
  }
}

TEST(GenerateParity, IdsAndScoresOfEveryHypothesis) {
  const Json cases = read_json("cases.json");
  ASSERT_GE(cases.size(), 60u) << "make the cases with tests/oracles/generate_oracle.py";
  for (const Json& one : cases)
    expect_hypotheses(one, [&] { return settings_from(one["settings"]); });
}

// The settings stand in generation_config.json, and nothing else is asked for.
TEST(GenerateParity, GenerationConfigsOfFolders) {
  const Json cases = read_json("config_cases.json");
  ASSERT_GE(cases.size(), 30u);
  for (const Json& one : cases) {
    expect_hypotheses(one, [&] {
      T5Config config = model_named(one["model"]).config();
      config.generation_config = one["settings"];
      GenerationSettings settings = settings_of_generation_config(config, "generation_config.json");
      // as the command does: transformers lets the longest length win
      settings.min_new_tokens = std::min(settings.min_new_tokens, settings.max_new_tokens);
      return settings;
    });
  }
}

TEST(GenerateParity, SamplingMayDrawWhatTheReferenceMayDraw) {
  const Json cases = read_json("warpers.json");
  ASSERT_GE(cases.size(), 10u);
  for (const Json& one : cases) {
    GenerationSettings settings;
    settings.temperature = one["temperature"];
    settings.top_k = one["top_k"];
    settings.top_p = one["top_p"];
    settings.min_p = one.value("min_p", 0.0);
    settings.typical_p = one.value("typical_p", 1.0);
    settings.epsilon_cutoff = one.value("epsilon_cutoff", 0.0);
    settings.eta_cutoff = one.value("eta_cutoff", 0.0);
    if (one.contains("top_h")) settings.top_h = one["top_h"];

    const Tensor warped = warp_for_sampling(matrix(one["scores"], at::kFloat), settings,
                                            one["min_tokens_to_keep"].get<int64_t>());

    EXPECT_TRUE(warped.isfinite().equal(matrix(one["kept"], at::kBool))) << one.dump();
  }
}

}  // namespace
}  // namespace dovetail
