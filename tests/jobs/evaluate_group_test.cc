// SPDX-License-Identifier: Apache-2.0
// Cells that are tested in shared passes get what each gets alone.
#include <ATen/ops/arange.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/torch.h>

#include "jobs/evaluate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "jobs/test_pass.h"
#include "jobs/tune_cell.h"
#include "model/checkpoints/checkpoint.h"
#include "model/generation/decoder_session.h"
#include "tuning/tuning_cases.h"

namespace dovetail {
namespace {

constexpr int64_t kBytes = 384;

T5Config byte_config() {
  Json json = model_shapes().at("t5-tiny");
  json["vocab_size"] = kBytes;
  return t5_config_from(json);
}

TaskData made_up_task() {
  TaskData task;
  task.name = task.prefix = "task";
  task.phrase = "{source} is";
  for (const char* head : {"one", "twenty-two", "a"})
    task.test.push_back({head, {std::string(head) + "s"}});
  task.train = task.test;
  return task;
}

// One tuned cell around the weights of `base`, with every trained tensor away from its start.
struct Cell {
  Cell(const TuningCase& one, const T5Model& base, const TaskData& task,
       const Vocabulary& vocabulary)
      : choice{one.tuning, one.parameters.is_null() ? Json::object() : one.parameters},
        model(base),
        tmpl(template_for({"mapping"}, choice)),
        soft_tokens(plan_soft_tokens(tmpl, task, vocabulary)),
        method(
            find_tuning(choice.name)
                .make(model, tuning_parameters(choice, {.max_source_length = 32}), 5, soft_tokens)),
        encoder(task, tmpl, vocabulary, soft_tokens, kBytes, {32, 16}) {
    const at::NoGradGuard no_grad;
    at::manual_seed(17);
    for (auto& [name, tensor] : method->trainable())
      tensor.add_(at::randn(tensor.sizes(), tensor.options().requires_grad(false)), 0.1);
  }

  EvalContext context() const { return {model, *method, encoder}; }

  ChoiceSettings choice;
  T5Model model;
  BoundTemplate tmpl;
  SoftTokenPlan soft_tokens;
  std::unique_ptr<TuningMethod> method;
  ExampleEncoder encoder;
};

EvaluateSettings settings(const std::string& precision) {
  EvaluateSettings all{.test_examples = 0,
                       .metrics = {"rouge_l", "depth_rank", "best_of_k_rouge_l"},
                       .max_new_tokens = 4,
                       .batch_size = 2};
  all.precision = precision;
  all.also.push_back({{.name = "beam", .parameters = {{"num_beams", 2}}}, "beam"});
  all.also.push_back({{.name = "sample", .parameters = {{"samples", 2}}}, "sampled"});
  return all;
}

class SharedTest : public testing::Test {
 protected:
  Record alone(Cell& cell, const EvaluateSettings& how) {
    Record record;
    evaluate(cell.model, *cell.method, cell.encoder, how, record);
    return record;
  }

  std::vector<Record> together(const std::vector<Cell*>& cells, const EvaluateSettings& how) {
    std::vector<Record> records(cells.size());
    std::vector<CellTest> tests;
    for (size_t i = 0; i < cells.size(); ++i) {
      Cell& cell = *cells[i];
      tests.push_back(
          {cell.model, *cell.method, cell.encoder, test_examples_of(task_, how), records[i]});
    }
    evaluate_group(tests, how);
    return records;
  }

  void expect_as_alone(const std::vector<Cell*>& cells, const EvaluateSettings& how) {
    const std::vector<Record> records = together(cells, how);
    for (size_t i = 0; i < cells.size(); ++i) {
      const Record expected = alone(*cells[i], how);
      EXPECT_EQ(records[i].predictions, expected.predictions) << "cell " << i;
      ASSERT_EQ(records[i].metrics.size(), expected.metrics.size());
      for (const auto& [name, value] : expected.metrics)
        EXPECT_NEAR(records[i].metrics.at(name), value, 1e-4 * std::abs(value)) << name;
    }
  }

  TaskData task_ = made_up_task();
  Vocabulary vocabulary_ = Vocabulary::bytes();
  T5Model base_{byte_config(), random_weights(byte_config(), 3)};
  TuningCase prompt_{"soft_prompt", {{"num_virtual_tokens", 3}}, 0, false};
  TuningCase prefix_{"prefix", {{"num_virtual_tokens", 2}}, 0, false};
};

class EvaluateGroup : public SharedTest, public testing::WithParamInterface<TuningCase> {};

TEST_P(EvaluateGroup, GivesEachCellWhatItGetsAlone) {
  Cell cell(GetParam(), base_, task_, vocabulary_), prompt(prompt_, base_, task_, vocabulary_),
      prefix(prefix_, base_, task_, vocabulary_);
  if (!may_be_tested_together(cell.context(), prompt.context()))
    GTEST_SKIP() << "the decoder does not answer";
  expect_as_alone({&prompt, &cell, &prefix}, settings("float32"));
}

TEST_F(SharedTest, GivesEachCellWhatItGetsAloneInInt8Too) {
  const TuningCase with_lora{"lora", {{"r", 4}}, 0, false};
  Cell prompt(prompt_, base_, task_, vocabulary_), prefix(prefix_, base_, task_, vocabulary_),
      lora(with_lora, base_, task_, vocabulary_);
  expect_as_alone({&lora, &prefix, &prompt}, settings("int8"));
}

// The rows of a cell in a session.
struct SessionPart {
  EncodedSources sources;
  int64_t rows = 0;
};

SessionPart part_of(const Cell& cell, const TaskData& task, size_t examples) {
  std::vector<Sequence> rows;
  for (size_t i = 0; i < examples; ++i)
    rows.push_back(cell.encoder.row(task.test[i], task.test[i].references[0]).sequence);
  std::vector<size_t> all(examples);
  std::iota(all.begin(), all.end(), size_t{0});
  const Batch batch = gather(rows, all, cell.model);
  const at::Tensor memory = cell.model.encode(cell.method->embed(batch.source_BS), batch.mask_BS);
  return {{&cell.model, memory, batch.mask_BS}, 2 * static_cast<int64_t>(examples)};
}

// Answers of random models are too alike to show that each reads its own: logits are not. Two beams
// a source, three steps; then the first source of each cell ends, and the beams of the others
// change places.
TEST_P(EvaluateGroup, HasTheLogitsThatEachCellHasAlone) {
  const at::InferenceMode inference;
  Cell cell(GetParam(), base_, task_, vocabulary_), prompt(prompt_, base_, task_, vocabulary_),
      prefix(prefix_, base_, task_, vocabulary_);
  if (!may_be_tested_together(cell.context(), prompt.context())) GTEST_SKIP();
  const std::vector<SessionPart> parts{part_of(prompt, task_, 2), part_of(cell, task_, 3),
                                       part_of(prefix, task_, 1)};
  std::vector<EncodedSources> sources;
  for (const SessionPart& part : parts) sources.push_back(part.sources);
  DecoderSession together(sources, 2);
  std::vector<DecoderSession> alone;
  for (const SessionPart& part : parts) alone.emplace_back(std::span(&part.sources, 1), 2);
  std::vector<int64_t> rows{4, 6, 2};
  for (const int64_t step : {0, 1, 2, 3}) {
    if (step == 3) {
      together.select(at::tensor({3, 2, 7, 6, 9, 8}, at::kLong));
      alone[0].select(at::tensor({3, 2}, at::kLong));
      alone[1].select(at::tensor({3, 2, 5, 4}, at::kLong));
      rows = {2, 4, 0};
    }
    const int64_t count = together.num_rows();
    const at::Tensor ids = at::arange(10 * step, 10 * step + count, at::kLong);
    const at::Tensor logits = together.next_logits(ids);
    for (size_t i = 0, first = 0; i < rows.size(); first += rows[i++]) {
      if (rows[i] == 0) continue;
      const at::Tensor own = alone[i].next_logits(ids.narrow(0, first, rows[i]));
      EXPECT_LT((logits.narrow(0, first, rows[i]) - own).abs().max().item<double>(), 1e-4)
          << "cell " << i << ", step " << step;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Tunings, EvaluateGroup, testing::ValuesIn(kCases), [](const auto& tested) {
  return tested.param.tuning + "_" + std::to_string(tested.index);
});

// The weights must be the same memory.
TEST_F(SharedTest, ModelsOfOtherWeightsAreTestedAlone) {
  const T5Model other(byte_config(), random_weights(byte_config(), 4));
  Cell here(prompt_, base_, task_, vocabulary_), there(prompt_, other, task_, vocabulary_);
  EXPECT_TRUE(may_be_tested_together(here.context(), here.context()));
  EXPECT_FALSE(may_be_tested_together(here.context(), there.context()));
}

}  // namespace
}  // namespace dovetail
