// SPDX-License-Identifier: Apache-2.0
#include "jobs/adapt.h"

#include <algorithm>
#include <cmath>

#include "adaptation/relation_groups.h"
#include "adaptation/text_pairs.h"
#include "base/error.h"
#include "base/random.h"
#include "jobs/backbone.h"
#include "jobs/epoch_batches.h"
#include "jobs/framing.h"
#include "jobs/packed_text.h"
#include "jobs/periodic_saver.h"
#include "jobs/pool_adaptation.h"
#include "jobs/segment.h"
#include "training/learning_rate.h"
#include "training/saved_state.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

constexpr const char* kSentinel = "<extra_id_0>";

bool is_denoised(const AdaptSettings& adapt, const TextPair& sentence) {
  if (adapt.name != "mixed") return adapt.name == "denoising";
  if (sentence.group.empty()) {
    throw_<DataError>("the sentence of line {} has no group, which adaptation mixed needs",
                      sentence.line);
  }
  return sentence.group == kFilling;
}

// The ids of a text, cut so that its frame has at most `longest`.
std::vector<int32_t> encode(const Vocabulary& vocabulary, const std::string& text, int64_t longest,
                            int64_t& cut) {
  std::vector<int32_t> ids = vocabulary.encode_with_sentinels(text);
  const int64_t room = room_in_frame(vocabulary, longest);
  cut += std::ssize(ids) > room;
  ids.resize(std::min<size_t>(ids.size(), room));
  return ids;
}

// The sentinel must stay when a sentence is cut short.
std::vector<int32_t> encode_source(const Vocabulary& vocabulary, const std::string& text,
                                   bool denoised, int64_t longest, int64_t& cut) {
  if (!denoised) return vocabulary.frame(encode(vocabulary, text, longest, cut));
  std::vector<int32_t> ids = encode(vocabulary, text, longest - 1, cut);
  ids.push_back(vocabulary.sentinel(0));
  return vocabulary.frame(std::move(ids));
}

std::vector<Sequence> make_rows(const AdaptSettings& adapt, const fs::path& file,
                                const Vocabulary& vocabulary, Record& record) {
  std::vector<Sequence> rows;
  int64_t cut = 0, denoised_rows = 0;
  for (const TextPair& sentence : read_pairs(file).rows) {
    const bool denoised = is_denoised(adapt, sentence);
    denoised_rows += denoised;
    const std::string source =
        adapt.prefix.empty() ? sentence.source : adapt.prefix + ": " + sentence.source;
    const std::string target =
        denoised ? fmt::format("{} {}", kSentinel, sentence.target) : sentence.target;
    rows.push_back({encode_source(vocabulary, source, denoised, adapt.max_source_length, cut),
                    vocabulary.frame(encode(vocabulary, target, adapt.max_target_length, cut))});
  }
  record.metrics["rows"] = static_cast<double>(rows.size());
  record.metrics["denoised_rows"] = static_cast<double>(denoised_rows);
  record.metrics["texts_cut"] = static_cast<double>(cut);
  return rows;
}

// The batches: cut sentences, lines of a pool, or more of the base's own text.
class AdaptBatches {
 public:
  AdaptBatches(const Job& job, const Backbone& backbone, Artefacts& artefacts, Record& record) {
    const Vocabulary& vocabulary = *backbone.vocabulary;
    const BatchIds ids(backbone.model.config());
    const AdaptJob& settings = settings_of<AdaptJob>(job);
    const AdaptSettings& adapt = settings.adapt;
    if (settings.pool) {
      pool_text_ = make_pool_text(job, backbone, artefacts);
      lines_.emplace(batches_of(*pool_text_, settings, backbone));
      describe_pool_text(*pool_text_, lines_->label_shares(), record);
      return;
    }
    if (!settings.continued) {
      const fs::path split = artefacts.whole_folder(artefacts.folder(job.input_keys.back()));
      sentences_.emplace(make_rows(adapt, split / kSplitRowsFile, vocabulary, record),
                         BatchLimit{adapt.batch_size}, derive_seed(adapt.seed, "adapt"), ids);
      return;
    }
    PretrainSettings pretrain = settings.continued->pretrain;
    pretrain.batch_tokens = adapt.batch_size * pretrain.sequence_length;
    // other rows than the pre-training had
    pretrain.seed = static_cast<int64_t>(derive_seed(adapt.seed, "continued") >> 1);
    corpus_ = artefacts.corpus(settings.continued->corpus, job.locations, vocabulary);
    text_.emplace(split_corpus(*corpus_, pretrain.held_out).training, vocabulary,
                  settings.continued->objective, pretrain, ids);
  }

  // Steps must rise; steps before the first one asked for are skipped.
  Batch batch(int64_t step) {
    if (lines_) return lines_->batch(step);
    if (text_) return text_->batch(step);
    for (; next_ < step; ++next_) sentences_->next();
    ++next_;
    return sentences_->next();
  }

  // As many as the settings say, or as take the tokens that they say.
  int64_t steps(const AdaptSettings& adapt) {
    const auto tokens = adapt.parameters.value("tokens", int64_t{0});
    if (!lines_ || tokens == 0)
      return resolve_steps(adapt.steps, (adapt.rows + adapt.batch_size - 1) / adapt.batch_size);
    return std::max<int64_t>(
        1, std::llround(static_cast<double>(tokens) / lines_->mean_batch_tokens()));
  }

  const std::optional<PoolText>& pool_text() const { return pool_text_; }

 private:
  std::optional<PoolText> pool_text_;
  std::optional<LineBatches> lines_;
  std::optional<EpochBatches> sentences_;
  int64_t next_ = 0;
  std::shared_ptr<const TokenCorpus> corpus_;
  std::optional<PackedText> text_;
};

TrainingTask training_task(const AdaptJob& settings, T5Model& model, TuningMethod& tuning,
                           AdaptBatches& batches) {
  const AdaptSettings& adapt = settings.adapt;
  return {.model = &model,
          .tuning = &tuning,
          .optimizer = adapt.optimizer,
          .options = adapt.options,
          .steps = batches.steps(adapt),
          .dropout = adapt.dropout,
          .seed = settings.pool ? pool_seed(settings) : static_cast<uint64_t>(adapt.seed)};
}

}  // namespace

void run_adapt(const Job& job, Artefacts& artefacts, double checkpoint_seconds, Record& record) {
  const AdaptJob& settings = settings_of<AdaptJob>(job);
  const AdaptSettings& adapt = settings.adapt;
  Backbone backbone = load_backbone(job, settings.start, static_cast<uint64_t>(adapt.seed),
                                    /*keeps_weights=*/false, artefacts);
  const auto tuning = find_tuning("full").make(backbone.model, {}, 0);
  AdaptBatches batches(job, backbone, artefacts, record);
  TrainingTask training = training_task(settings, backbone.model, *tuning, batches);
  TrainingState state;
  TrainingOutcome outcome;
  prepare(training, state);
  const fs::path partial = artefacts.partial_file(job.key);
  restore_if_saved({training, state, outcome}, partial);
  training.next_batch = [&](int64_t step) { return batches.batch(step); };
  training.after_step = PeriodicSaver(partial, checkpoint_seconds);
  train(training, state, outcome);
  if (!outcome.failure.empty()) throw_<SystemError>("{}", outcome.failure);
  publish_checkpoint(
      artefacts.folder(job.key), backbone.model, *backbone.vocabulary, [&](const fs::path& folder) {
        if (batches.pool_text())
          write_pool_text(folder, *batches.pool_text(), *backbone.vocabulary, record);
      });
  fs::remove(partial);
  record.curves["train_loss"] = outcome.train_loss;
  record.metrics["train_loss"] = outcome.train_loss.values.back();
  record.metrics["steps"] = static_cast<double>(training.steps);
  record.cost = outcome.cost;
  record.provenance["schedule"] = effective_schedule(training.optimizer, training.steps);
}

}  // namespace dovetail
