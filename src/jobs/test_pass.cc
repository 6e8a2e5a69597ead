// SPDX-License-Identifier: Apache-2.0
#include "jobs/test_pass.h"

#include <c10/core/InferenceMode.h>
#include <algorithm>

#include "base/random.h"
#include "base/stop.h"
#include "jobs/label_answers.h"
#include "model/generation/generate.h"
#include "model/generation/generation_config.h"

namespace dovetail {

using at::Tensor;

std::vector<std::vector<size_t>> source_batches(const std::vector<Sequence>& rows,
                                                int64_t batch_size) {
  std::vector<size_t> lengths;
  for (const Sequence& row : rows) lengths.push_back(row.source.size());
  return length_batches(lengths, batch_size);
}

Batch gather(const std::vector<Sequence>& rows, const std::vector<size_t>& indices,
             const T5Model& model) {
  std::vector<const Sequence*> chosen;
  for (const size_t index : indices) chosen.push_back(&rows[index]);
  return collate(chosen, BatchIds(model.config())).to(model.device());
}

std::vector<Answers> prepare_answers(const EvaluateSettings& settings, const T5Config& config,
                                     size_t examples) {
  std::vector<Answers> all;
  all.push_back({"", make_decoding(settings.decoding, settings.max_new_tokens), {}});
  for (const FurtherDecoding& other : settings.also) {
    all.push_back({other.label, make_decoding(other, settings.max_new_tokens), {}});
  }
  for (Answers& answers : all) {
    apply_model_ids(config, answers.decoding.settings);
    answers.texts.resize(examples);
  }
  return all;
}

bool may_be_tested_together(const EvalContext& a, const EvalContext& b) {
  return !a.tuning.label_reader() && !b.tuning.label_reader() && decodes_in_groups(a.model) &&
         may_share(a.model, b.model);
}

namespace {

// One batch of a cell, with its encoded sources.
struct EncodedBatch {
  TestPass* cell = nullptr;
  const std::vector<size_t>* indices = nullptr;  // of its rows
};

// The batches of all cells that a pass takes, one after the other.
struct SharedBatch {
  std::vector<EncodedBatch> batches;
  std::vector<EncodedSources> sources;

  const LabelReader* reader() const { return batches.front().cell->context.tuning.label_reader(); }
};

SharedBatch encode(std::vector<EncodedBatch> batches) {
  std::vector<EncoderPart> parts;
  for (const auto& [cell, indices] : batches) {
    const EvalContext& context = cell->context;
    const Batch batch = gather(*cell->rows, *indices, context.model);
    parts.push_back({&context.model, context.tuning.embed(batch.source_BS), batch.mask_BS, {}});
  }
  const std::vector<Tensor> memories = encode_group(parts);
  SharedBatch shared{std::move(batches), {}};
  for (size_t i = 0; i < parts.size(); ++i)
    shared.sources.push_back({parts[i].model, memories[i], parts[i].mask_BS});
  return shared;
}

// Calls put(cell, index of its row, place among all sources) for each source.
template <typename Put>
void for_sources(const SharedBatch& shared, Put put) {
  size_t place = 0;
  for (const auto& [cell, indices] : shared.batches)
    for (const size_t index : *indices) put(*cell, index, place++);
}

void score(const SharedBatch& shared) {
  std::vector<Ids> targets;
  for_sources(shared, [&](const TestPass& cell, size_t index, size_t) {
    targets.emplace_back((*cell.rows)[index].target);
  });
  std::vector<TokenScores> found =
      score_targets(shared.batches.front().cell->context, shared.sources, targets);
  for_sources(shared, [&](TestPass& cell, size_t index, size_t place) {
    cell.scores[index] = std::move(found[place]);
  });
}

void write_labels(const SharedBatch& shared, size_t decoding) {
  const LabelReader& reader = *shared.reader();
  const EncodedSources& first = shared.sources.front();
  const std::vector<size_t> labels = likeliest_labels(reader, first.memory_BSD, first.mask_BS);
  for_sources(shared, [&](TestPass& cell, size_t index, size_t place) {
    std::vector<int32_t> ids = reader.targets()[labels[place]];
    ids.pop_back();  // </s>
    Answers& answers = cell.answers[decoding];
    answers.texts[index].assign(answers.decoding.samples,
                                cell.context.encoder.vocabulary().decode(ids));
  });
}

// Each sample has a seed of its own, as if it were a separate call.
void write_answers(const SharedBatch& shared, size_t decoding) {
  if (shared.reader()) return write_labels(shared, decoding);
  const Decoding& how = shared.batches.front().cell->answers[decoding].decoding;
  GenerationSettings settings = how.settings;
  for_sources(shared, [&](const TestPass&, size_t index, size_t) {
    settings.source_numbers.push_back(static_cast<int64_t>(index));
  });
  for (int64_t sample = 0; sample < how.samples; ++sample) {
    settings.seed = derive_seed(how.settings.seed, fmt::format("sample/{}", sample));
    const auto hypotheses = generate(shared.sources, settings);
    for_sources(shared, [&](TestPass& cell, size_t index, size_t place) {
      cell.answers[decoding].texts[index].push_back(
          cell.context.encoder.vocabulary().decode(hypotheses[place].front().ids));
    });
  }
}

}  // namespace

void run_test(std::vector<TestPass>& cells, int64_t batch_size) {
  const at::InferenceMode inference;
  std::vector<std::vector<std::vector<size_t>>> batches;
  size_t most = 0;
  for (TestPass& cell : cells) {
    cell.scores.resize(cell.rows->size());
    batches.push_back(source_batches(*cell.rows, batch_size));
    most = std::max(most, batches.back().size());
  }
  for (size_t number = 0; number < most; ++number) {
    check_stop();
    std::vector<EncodedBatch> together;
    for (size_t i = 0; i < cells.size(); ++i)
      if (number < batches[i].size()) together.push_back({&cells[i], &batches[i][number]});
    const SharedBatch shared = encode(std::move(together));
    score(shared);
    for (size_t decoding = 0; decoding < cells.front().answers.size(); ++decoding)
      write_answers(shared, decoding);
  }
}

}  // namespace dovetail
