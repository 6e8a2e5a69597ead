// SPDX-License-Identifier: Apache-2.0
#include "jobs/text_rows.h"

#include <algorithm>

#include "base/error.h"
#include "base/random.h"

namespace dovetail {

namespace {

// Packed rows that wait for an example that still fits: more leave fewer holes.
constexpr size_t kOpenRows = 32;

// A chunk leaves room for the one id that T5's tokenizer puts around a text.
int64_t more_than_an_end(const Vocabulary& vocabulary) {
  return std::ssize(vocabulary.frame({})) - 1;
}

// The longest chunk that any example takes: of objectives that draw it, at most twice the room and
// then some, found by drawing.
int64_t longest_chunk(const Objective& objective, int64_t room, const nlohmann::json& parameters) {
  int64_t longest = objective.chunk_length(room, parameters);
  if (!objective.drawn_chunk_length_fn) return longest;
  Rng rng(1);
  for (int i = 0; i < 1000; ++i)
    longest = std::max(longest, objective.drawn_chunk_length_fn(room, parameters, rng));
  return longest;
}

void add_example(TextRow& row, const TextRow& example) {
  Sequence& all = row.sequence;
  const Sequence& one = example.sequence;
  all.source.insert(all.source.end(), one.source.begin(), one.source.end());
  all.target.insert(all.target.end(), one.target.begin(), one.target.end());
  all.source_ends.push_back(static_cast<int32_t>(all.source.size()));
  all.target_ends.push_back(static_cast<int32_t>(all.target.size()));
  row.examples.push_back(example.examples.front());
  row.spans += example.spans;
  row.final_only += example.final_only;
}

Spending spending_of(const TextRow& row, const ModelSize& size) {
  Spending spent{.spans = static_cast<double>(row.spans),
                 .final_only = static_cast<double>(row.final_only)};
  for (const TextRow::Lengths& example : row.examples) {
    const auto source = static_cast<double>(example.source);
    const auto target = static_cast<double>(example.target);
    spent += {.examples = 1,
              .text_tokens = static_cast<double>(example.text),
              .source_tokens = source,
              .target_tokens = target,
              .loss_tokens = target,
              .flops = train_flops(size, source, target)};
  }
  return spent;
}

}  // namespace

TextRows::TextRows(Documents documents, const Vocabulary& vocabulary,
                   const ChoiceSettings& objective, const PretrainSettings& settings,
                   RowTexts texts)
    : vocabulary_(vocabulary),
      objective_(find_objective(objective.name)),
      parameters_(resolve_parameters(objective_, objective.parameters)),
      seed_(derive_seed(settings.seed, "text")),
      texts_(texts),
      cuts_documents_(objective_.running_text && settings.pack_sequences),
      pack_pairs_(settings.pack_pairs),
      longest_(settings.sequence_length),
      symbols_(objective_, parameters_, vocabulary),
      room_(settings.sequence_length - symbols_.longest_text() - more_than_an_end(vocabulary)),
      stream_(std::move(documents),
              {.longest = longest_chunk(objective_, room_, parameters_),
               .pack_sequences = settings.pack_sequences,
               .separator = settings.separator || cuts_documents_
                                ? std::optional(vocabulary.special_ids().eos)
                                : std::nullopt},
              seed_) {}

TextRows::Chunk TextRows::next_chunk() {
  const int64_t number = next_number_++;
  if (!objective_.drawn_chunk_length_fn) return {stream_.next(), number};
  Rng rng(derive_seed(seed_, fmt::format("row/{}", number)));  // as make() has it
  return {stream_.next(objective_.drawn_chunk_length_fn(room_, parameters_, rng)), number};
}

std::vector<int32_t> TextRows::framed_target(std::vector<int32_t> ids) const {
  return cuts_documents_ ? ids : target_frame(vocabulary_, std::move(ids), texts_);
}

TextRow TextRows::make(const Chunk& chunk) const {
  Rng rng(derive_seed(seed_, fmt::format("row/{}", chunk.number)));
  Denoised denoised = objective_.apply(chunk.tokens, symbols_.symbols(), parameters_, rng);
  const NoiseRuns noise = noise_runs(denoised.noise);
  TextRow row{.sequence = {source_frame(vocabulary_, std::move(denoised.inputs), texts_),
                           framed_target(std::move(denoised.targets))},
              .spans = noise.runs,
              .final_only = noise.final_only};
  row.examples = {{.text = std::ssize(chunk.tokens),
                   .source = std::ssize(row.sequence.source),
                   .target = std::ssize(row.sequence.target)}};
  return row;
}

TextRow TextRows::next() { return pack_pairs_ ? next_packed() : make(next_chunk()); }

// The first open row with room takes an example; without one, the oldest row is done.
TextRow TextRows::next_packed() {
  while (true) {
    const TextRow example = make(next_chunk());
    const TextRow::Lengths& size = example.examples.front();
    const auto fits = std::ranges::find_if(open_, [&](const TextRow& row) {
      return std::ssize(row.sequence.source) + size.source <= longest_ &&
             std::ssize(row.sequence.target) + size.target <= longest_;
    });
    if (fits != open_.end()) {
      add_example(*fits, example);
      continue;
    }
    open_.emplace_back();
    add_example(open_.back(), example);
    if (open_.size() <= kOpenRows) continue;
    TextRow done = std::move(open_.front());
    open_.pop_front();
    return done;
  }
}

int64_t rows_per_batch(const PretrainSettings& settings) {
  return std::max<int64_t>(1, settings.batch_tokens / settings.sequence_length);
}

Spending step_spending(TextRows& rows, const PretrainSettings& settings, const ModelSize& size,
                       int64_t sample) {
  const int64_t a_step = rows_per_batch(settings);
  const int64_t steps = std::max<int64_t>(1, (sample + a_step - 1) / a_step);
  Spending spent;
  for (int64_t i = 0; i < steps * a_step; ++i) spent += spending_of(rows.next(), size);
  return spent * (1.0 / static_cast<double>(steps));
}

}  // namespace dovetail
