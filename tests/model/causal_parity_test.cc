// SPDX-License-Identifier: Apache-2.0
// Cases made by tests/oracles/causal_oracle.py with the reference implementation: Llama with its
// kinds of groups, heads, biases and rotary positions, and GPT-2. The reference reads each row
// alone; here rows are padded, and source and target come apart.
#include <ATen/core/Tensor.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/where.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "kernels/head_loss.h"
#include "model/generation/generate.h"
#include "model/generation/generation_config.h"
#include "model/generation/score.h"
#include "model/t5_case.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using at::Tensor;

constexpr int64_t kNewTokens = 10, kBeams = 3;

struct CausalCase : T5Case {
  using T5Case::T5Case;

  Tensor mask() const { return expected.at("mask"); }
  Tensor decoder_ids() const {
    const Tensor labels = ids("labels");
    const Tensor start =
        at::full({labels.size(0), 1}, model.config().decoder_start_token_id, at::kLong);
    const Tensor shifted = at::cat({start, labels.slice(1, 0, -1)}, 1);
    return at::where(shifted < 0, 0, shifted);
  }
  Tensor hidden() const { return model.decode(decoder_ids(), memory(), mask()); }
  // Of the labels that count, row after row.
  Tensor at_labels(const Tensor& hidden_BTD) const {
    const Tensor places = (ids("labels").flatten() >= 0).nonzero().squeeze(1);
    return model.logits(hidden_BTD.flatten(0, 1).index_select(0, places));
  }
  std::vector<std::vector<int32_t>> sources() const {
    std::vector<std::vector<int32_t>> rows;
    const Tensor source = ids("source"), lengths = mask().sum(1);
    for (int64_t row = 0; row < source.size(0); ++row) {
      rows.emplace_back();
      for (int64_t i = 0; i < lengths[row].item<int64_t>(); ++i)
        rows.back().push_back(source[row][i].item<int32_t>());
    }
    return rows;
  }
};

std::vector<std::string> causal_case_names() { return t5_case_names(CAUSAL_ORACLE_FOLDER); }
CausalCase read_causal_case(const std::string& name) {
  return CausalCase(fs::path(CAUSAL_ORACLE_FOLDER) / name);
}

// transformers pads what follows an end.
std::vector<int32_t> until_end(const Tensor& ids_T, const T5Config& config) {
  std::vector<int32_t> ids;
  for (int64_t i = 0; i < ids_T.size(0); ++i) {
    ids.push_back(ids_T[i].item<int32_t>());
    if (ids.back() != config.eos_token_id[0]) continue;
    ids.pop_back();
    break;
  }
  return ids;
}

TEST(CausalParity, HasCases) { EXPECT_GE(causal_case_names().size(), 24u); }

TEST(CausalParity, LogitsWithin1e4) {
  const at::InferenceMode inference;
  double worst = 0;
  for (const std::string& name : causal_case_names()) {
    const CausalCase c = read_causal_case(name);
    const double difference = largest_difference(c.at_labels(c.hidden()), c.expected.at("logits"));
    EXPECT_LT(difference, 1e-4) << name;
    worst = std::max(worst, difference);
  }
  std::printf("largest difference of a logit: %.2e\n", worst);
}

// The start token stands where a row has no source, whatever other rows have.
TEST(CausalParity, RowsWithoutASourceBeginWithTheStart) {
  const at::InferenceMode inference;
  for (const std::string& name : causal_case_names()) {
    const CausalCase c = read_causal_case(name);
    const int64_t rows = c.mask().size(0);
    const Tensor none = at::zeros({rows, 0}), padding = at::zeros_like(c.mask());
    const Tensor no_ids = at::zeros({rows, 0}, at::kLong);

    const Tensor bare = c.model.decode(c.decoder_ids(), c.model.embed(no_ids), none);
    const Tensor padded = c.model.decode(c.decoder_ids(), c.memory(), padding);

    const Tensor& expected = c.expected.at("logits_without_source");
    EXPECT_LT(largest_difference(c.at_labels(bare), expected), 1e-4) << name;
    EXPECT_LT(largest_difference(c.at_labels(padded), expected), 1e-4) << name;
  }
}

TEST(CausalParity, LossAndEveryGradient) {
  double worst = 0;
  for (const std::string& name : causal_case_names()) {
    const CausalCase c = read_causal_case(name);
    NamedTensors named = named_tensors(c.model.config(), c.model.weights());
    for (auto& [key, tensor] : named) tensor.requires_grad_(true);
    const Tensor labels = c.ids("labels");
    const double count = (labels >= 0).sum().item<double>();
    const Tensor loss = c.model.loss(c.hidden(), labels, {.weight = static_cast<float>(1 / count)});
    loss.backward();
    EXPECT_NEAR(loss.item<double>(), c.expected.at("loss").item<double>(), 1e-5) << name;
    for (auto& [key, tensor] : named) {
      Tensor expected = c.expected.at("grad." + key);
      if (expected.sizes() != tensor.sizes() || key.find(".c_") != std::string::npos)
        expected = expected.dim() == 2 ? expected.t() : expected;  // GPT-2's Conv1D
      const double scale = std::max(1e-6, expected.abs().max().item<double>());
      const double difference = largest_difference(tensor.grad(), expected) / scale;
      EXPECT_LT(difference, 1e-4) << name << " " << key;
      worst = std::max(worst, difference);
    }
  }
  std::printf("largest relative difference of a gradient: %.2e\n", worst);
}

TEST(CausalParity, GreedyIdsIdenticalInAPaddedBatch) {
  for (const std::string& name : causal_case_names()) {
    const at::InferenceMode inference;
    const CausalCase c = read_causal_case(name);
    const auto ours = generate_greedy(c.model, c.memory(), c.mask(), kNewTokens);
    const Tensor theirs = c.ids("greedy");
    for (size_t row = 0; row < ours.size(); ++row)
      EXPECT_EQ(ours[row], until_end(theirs[row], c.model.config())) << name << " row " << row;
  }
}

TEST(CausalParity, BeamIdsAndScoresIdentical) {
  for (const std::string& name : causal_case_names()) {
    const at::InferenceMode inference;
    const CausalCase c = read_causal_case(name);
    GenerationSettings settings{.num_beams = kBeams, .max_new_tokens = kNewTokens};
    settings.num_return_sequences = kBeams;
    apply_model_ids(c.model.config(), settings);
    const auto ours = generate(c.model, c.memory(), c.mask(), settings);
    const Tensor theirs = c.ids("beams"), scores = c.expected.at("beam_scores");
    for (size_t row = 0; row < ours.size(); ++row) {
      for (int64_t n = 0; n < kBeams; ++n) {
        const auto place = static_cast<int64_t>(row) * kBeams + n;
        EXPECT_EQ(ours[row][n].ids, until_end(theirs[place], c.model.config()))
            << name << " row " << row << " beam " << n;
        EXPECT_NEAR(ours[row][n].score, scores[place].item<double>(), 1e-4) << name;
      }
    }
  }
}

// A row alone and the same row in a padded batch: the same ids, greedy and sampled, and the same
// likelihood of its target.
TEST(CausalParity, PaddingChangesNoRow) {
  for (const std::string& name : causal_case_names()) {
    const at::InferenceMode inference;
    const CausalCase c = read_causal_case(name);
    GenerationSettings settings{.max_new_tokens = kNewTokens, .do_sample = true, .seed = 5};
    apply_model_ids(c.model.config(), settings);
    const auto together = generate(c.model, c.memory(), c.mask(), settings);
    const auto greedy = generate_greedy(c.model, c.memory(), c.mask(), kNewTokens);
    const auto rows = c.sources();
    const std::vector<int32_t> target = {5, 6, 7};
    const std::vector<Ids> sources(rows.begin(), rows.end()), targets(rows.size(), target);
    const auto scored = score_targets(c.model, sources, targets);
    for (size_t row = 0; row < rows.size(); ++row) {
      const PaddedSources one = pad_sources(std::span(sources).subspan(row, 1));
      const Tensor memory = c.model.encode(c.model.embed(one.ids_BS), one.mask_BS);
      settings.source_numbers = {static_cast<int64_t>(row)};
      const auto alone = generate(c.model, memory, one.mask_BS, settings);
      EXPECT_EQ(alone[0][0].ids, together[row][0].ids) << name;
      EXPECT_EQ(generate_greedy(c.model, memory, one.mask_BS, kNewTokens)[0], greedy[row]) << name;
      const auto own = score_targets(c.model, std::span(sources).subspan(row, 1),
                                     std::span(targets).subspan(row, 1));
      EXPECT_NEAR(own[0].logprob, scored[row].logprob, 1e-4) << name;
    }
  }
}

// What tests/oracles/causal_saved_folders.py reads with the reference implementation.
TEST(CausalParity, SavesFoldersForTheReference) {
  for (const std::string& name : causal_case_names()) {
    const Checkpoint checkpoint = load_checkpoint(fs::path(CAUSAL_ORACLE_FOLDER) / name);
    const fs::path folder = fs::path(CAUSAL_SAVED_FOLDER) / name;
    save_checkpoint(folder, checkpoint.config, checkpoint.weights);
    EXPECT_TRUE(fs::exists(folder / "model.safetensors"));
  }
}

}  // namespace
}  // namespace dovetail
