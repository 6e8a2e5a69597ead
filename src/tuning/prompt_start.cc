// SPDX-License-Identifier: Apache-2.0
#include "tuning/prompt_start.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/names.h"
#include "base/random.h"
#include "tuning/adapter_config.h"
#include "tuning/prompt_adapter.h"

namespace dovetail {

using at::Tensor;

namespace {

// A model that has shapes and no numbers has no rows to take.
Tensor rows_of(const Tensor& table_VD, const std::vector<int64_t>& rows) {
  if (table_VD.is_meta())
    return at::empty({std::ssize(rows), table_VD.size(1)}, table_VD.options());
  return table_VD.detach().index_select(0, at::tensor(rows, at::kLong).to(table_VD.device()));
}

constexpr int64_t kFirstPiece = 3, kLastPiece = 5000;

// Draws rows without repetition until all have been drawn.
Tensor sampled_vocabulary(const T5Model& model, int64_t count, uint64_t seed) {
  const Tensor& shared_VD = model.weights().shared_VD;
  const int64_t choice = std::min(kLastPiece, shared_VD.size(0)) - kFirstPiece;
  Rng rng(derive_seed(seed, "soft_prompt"));
  std::vector<int64_t> rows;
  while (static_cast<int64_t>(rows.size()) < count) {
    for (const int64_t row : rng.permutation(choice)) {
      if (static_cast<int64_t>(rows.size()) < count) rows.push_back(kFirstPiece + row);
    }
  }
  return rows_of(shared_VD, rows);
}

Tensor random_vectors(const T5Model& model, int64_t count, uint64_t seed, bool normal) {
  auto generator = at::detail::createCPUGenerator(derive_seed(seed, "soft_prompt"));
  Tensor table_KD = at::empty({count, model.config().d_model});
  if (normal) {
    table_KD.normal_(0, 1, generator);
  } else {
    table_KD.uniform_(-0.5, 0.5, generator);
  }
  return table_KD.to(model.device());
}

PromptStart from_words(const T5Model& model, const SoftTokenPlan& plan, uint64_t seed) {
  const auto count = static_cast<int64_t>(plan.tokens.size());
  PromptStart start{.table_KD = sampled_vocabulary(model, count, seed).clone(), .notes = {}};
  int64_t with_word = 0;
  for (int64_t i = 0; i < count; ++i) {
    const std::vector<int32_t>& pieces = plan.tokens[i].pieces;
    if (pieces.empty()) continue;
    const std::vector<int64_t> rows(pieces.begin(), pieces.end());
    start.table_KD[i].copy_(rows_of(model.weights().shared_VD, rows).mean(0));
    ++with_word;
  }
  start.notes = {{"from_words", with_word}, {"from_sampled_vocabulary", count - with_word}};
  return start;
}

PromptAdapter read_saved(const std::filesystem::path& folder, int64_t d_model) {
  if (!folder.empty() && std::filesystem::is_directory(folder))
    return read_prompt(folder, read_adapter_config(folder), d_model);
  throw_<ConfigError>(
      "soft_prompt: initialization \"saved\" needs initialization_folder, the folder of a prompt "
      "that was kept (keep_model = true) or saved by PEFT; found \"{}\"",
      folder.string());
}

PromptStart from_saved(const T5Model& model, const SoftTokenPlan& plan,
                       const nlohmann::json& parameters, uint64_t seed) {
  const std::filesystem::path folder = parameters.value("initialization_folder", "");
  const PromptAdapter saved = read_saved(folder, model.config().d_model);
  const auto count = static_cast<int64_t>(plan.tokens.size());
  const auto row_of = [&](const PromptToken& token) -> int64_t {
    const auto found = std::find(saved.names.begin(), saved.names.end(), token.name);
    return found == saved.names.end() ? -1 : found - saved.names.begin();
  };
  PromptStart start{.table_KD = sampled_vocabulary(model, count, seed).clone(), .notes = {}};
  int64_t by_name = 0;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t row = row_of(plan.tokens[i]);
    if (row < 0 || row >= saved.table_KD.size(0)) continue;
    start.table_KD[i].copy_(saved.table_KD[row]);
    ++by_name;
  }
  start.notes = {{"from_saved", by_name}, {"from_sampled_vocabulary", count - by_name}};
  if (by_name > 0) return start;
  if (saved.table_KD.size(0) != count) {
    throw_<ConfigError>(
        "{}: has {} soft tokens, none of them of a name that this cell's {} have; as many would be "
        "taken "
        "by their place",
        folder.string(), saved.table_KD.size(0), count);
  }
  start.table_KD = saved.table_KD.clone().to(model.device());
  start.notes = {{"from_saved", count}, {"by_place", true}};
  return start;
}

}  // namespace

const std::vector<std::string>& prompt_initializations() {
  static const std::vector<std::string> all = {"sampled_vocabulary", "random_uniform",
                                               "random_normal", "words", "saved"};
  return all;
}

SoftTokenPlan plan_or_default(SoftTokenPlan given, const nlohmann::json& parameters) {
  if (!given.tokens.empty()) return given;
  const auto count = parameters.at("num_virtual_tokens").get<int64_t>();
  for (int64_t i = 0; i < count; ++i) given.tokens.push_back({fmt::format("P{}", i), ""});
  given.source = {{.tokens = given.names()}, {}};
  return given;
}

PromptStart start_vectors(const T5Model& model, const SoftTokenPlan& plan,
                          const nlohmann::json& parameters, uint64_t seed) {
  const std::string name = parameters.at("initialization").get<std::string>();
  const auto count = static_cast<int64_t>(plan.tokens.size());
  PromptStart start;
  if (name == "sampled_vocabulary") {
    start.table_KD = sampled_vocabulary(model, count, seed);
  } else if (name == "random_uniform" || name == "random_normal") {
    start.table_KD = random_vectors(model, count, seed, name == "random_normal");
  } else if (name == "words") {
    start = from_words(model, plan, seed);
  } else if (name == "saved") {
    start = from_saved(model, plan, parameters, seed);
  } else {
    throw_<ConfigError>("soft_prompt: unknown initialization \"{}\": {}", name,
                        did_you_mean(name, prompt_initializations()));
  }
  start.notes["initialization"] = name;
  return start;
}

}  // namespace dovetail
