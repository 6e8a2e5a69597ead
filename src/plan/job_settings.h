// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "plan/settings.h"

// The settings of a job, one struct for each kind: everything that decides the job's result beside
// its inputs. A job's content key hashes their JSON, so a struct holds nothing else, and no path.
namespace dovetail {

// A pre-training text or a file of sentences. A file has its name without folders.
struct CorpusSource {
  std::string name;
  std::string fingerprint;  // hash of the content
};

struct TaskSource {
  std::string name;
  std::string fingerprint;  // hash of the data
  std::string kind;         // Task::kind, "choice" for example; "" where nobody asks for it
};

struct TemplateSettings {
  std::string name;
  Json parameters = Json::object();
  std::string wording;  // hash of the words that the template adds to the task's data; may be ""
};

// The model that a job starts from. Its weights come from the job's inputs (the adapted checkpoint,
// or the vocabulary and the pre-trained checkpoint) or from a published checkpoint.
struct StartSettings {
  ChoiceSettings objective;  // "none": random weights; "checkpoint": the folder in the locations
  std::string adaptation;    // its name; "": the model is used without adaptation
  Json model;                // config.json keys; null after an adaptation, which holds its own
};

// Trains or copies a vocabulary.
struct TokenizerJob {
  VocabularySettings vocabulary;
  std::vector<CorpusSource> corpus;    // of type unigram
  std::string vocabulary_fingerprint;  // of type file
};

// Text and objective -> checkpoint. Inputs: the vocabulary; from the second stage on, also the
// checkpoint of the stage before.
struct PretrainJob {
  Json model;  // config.json keys
  ChoiceSettings objective;
  PretrainSettings pretrain;
  std::vector<CorpusSource> corpus;
  int64_t stage = 1;
};

// Two stages of MTO's adaptation: split cuts sentences in two; group assigns each cut sentence the
// group that a trained classifier predicts.
enum class SegmentStage { split, group };

struct SplitSettings {
  std::string sentences;  // as in AdaptSettings
  std::string split;
  int64_t rows = 0;
  uint64_t seed = 1;
  std::string lexicon;  // its name without folders
  std::string lexicon_fingerprint;
  std::vector<CorpusSource> corpus;  // the sentences
  std::vector<TaskSource> avoid;     // their test examples may not occur in the sentences
};

// Sentences -> cut, grouped rows. Inputs of split: the splitter's tune job, if the split is
// learned. Inputs of group: the split and the classifier's tune job.
struct SegmentJob {
  SegmentStage stage = SegmentStage::split;
  SplitSettings split;  // of stage split
};

// The base's own pre-training and text: of the adaptation "continued", which goes on with it, and
// of cells whose forgetting is measured by it.
struct ContinueSettings {
  ChoiceSettings objective;
  PretrainSettings pretrain;
  std::vector<CorpusSource> corpus;
};

// Training examples that a baseline counts, or that a pool is without.
struct SubsetSettings {
  TrainSizeSettings train_size;
  uint64_t seed = 1;
  int64_t validation_examples = 0;  // held out, so not in the cells' training subset either
};

// Where the unlabelled examples of a task come from.
struct PoolSource {
  std::string from = "card";  // or file; train, labelled: what a cell leaves or takes of train
  std::string fingerprint;    // of the card's pool or the file
  int64_t examples = 0;       // the first so many of choose_pool; 0: all
};

// The base's own objective on a task's pool.
struct PoolAdaptation {
  TaskSource task;
  PoolSource pool;
  ChoiceSettings objective;
  std::optional<TemplateSettings> tmpl;    // that lines, or their labels, are written in
  std::optional<SubsetSettings> labelled;  // of a pool from train
  uint64_t seed = 1;                       // of labels that are drawn
};

// A checkpoint and text -> another checkpoint. Last input: the sentences' segment job, or the tune
// job that has labelled the pool.
struct AdaptJob {
  StartSettings start;
  AdaptSettings adapt;                        // its lexicon without folders
  std::optional<ContinueSettings> continued;  // of the adaptation "continued"
  std::optional<PoolAdaptation> pool = {};    // of tapt and pcp
};

// How a cell labels a pool after its training, for adaptations that learn from these labels.
struct PoolLabelling {
  PoolSource pool;
  std::string long_labels;  // labels of several pieces: normalize (by length), refuse
};

// How a cell learns from a pool beside its labelled examples.
struct SelfTraining {
  PoolSource pool;
  std::string long_labels;
  int64_t more_steps = 0;  // beside those of the tuning: what an adaptation would have taken
  Json parameters;         // of the adaptation self_training
};

struct TransferTask {
  std::string label;  // of the axis task
  TaskSource task;
  TemplateSettings tmpl;
};

// One cell: tunes the model on the task's training subset and evaluates it on the test set.
struct TuneJob {
  StartSettings start;
  TaskSource task;
  TemplateSettings tmpl;
  ChoiceSettings tuning;
  TrainSizeSettings train_size;
  uint64_t seed = 1;
  TuneSettings tune;
  EvaluateSettings evaluate;
  SeedParts seed_parts = {};
  std::optional<PoolLabelling> labelling = {};
  std::optional<SelfTraining> self_training = {};
  // Parameters of the adaptation instruction_modelling, all of them.
  std::optional<Json> instruction_modelling = {};
  // Text, of whose held-out documents the loss is measured before and after the training.
  std::optional<ContinueSettings> text_loss = {};
  // Other tasks, of whose outputs the loss is measured before and after the training.
  std::vector<TransferTask> transfer = {};

  // The seed of one part: its own, or the cell's.
  uint64_t seed_of(std::optional<uint64_t> SeedParts::*part) const {
    return (seed_parts.*part).value_or(seed);
  }
};

// jobs/baseline.h says what each answers.
enum class BaselineKind {
  chance,
  most_frequent_position,
  longest_choice,
  most_frequent,
  most_frequent_in_stratum,
  nearest_example,
  one_sentence,
  entity_overlap,
  copy,
  untuned
};

// A model before tuning.
struct UntunedSettings {
  StartSettings start;
  TemplateSettings tmpl;
  int64_t max_source_length = 0;
  int64_t max_target_length = 0;
  std::optional<uint64_t> seed;  // of random weights; otherwise no seed decides anything
};

// Where a baseline is scored beside the test set: on the examples that the cells of these seeds
// are validated on.
struct BaselineValidation {
  int64_t examples = 0;  // of each seed
  std::vector<uint64_t> seeds;
};

struct BaselineJob {  // a cell without training
  BaselineKind baseline = BaselineKind::copy;
  TaskSource task;
  EvaluateSettings evaluate;
  std::optional<SubsetSettings> subset;    // of those that look at training examples
  std::optional<UntunedSettings> untuned;  // of untuned
  // Where cells have validation examples: the baseline is scored on these too.
  std::optional<BaselineValidation> validation;
};

// zero_shot: untuned. shots: after a brief tuning on a few examples. race: the same, scored by the
// primary metric alone. filling: the relation classifier's opinion of the task's triples.
enum class ProbeKind { zero_shot, shots, race, filling };

// A measurement for selectors, on training examples. `cell` has the probed model, the task, and the
// tuning before the measurement; tune.validation_examples is the number of probed examples. For
// filling only task, train_size, seed and validation_examples apply.
struct ProbeJob {
  ProbeKind probe = ProbeKind::zero_shot;
  TuneJob cell;
  std::string race_metric;  // of race: the metric that becomes race_score
};

// monostate: a job without settings, as tests make up.
using JobSettings = std::variant<std::monostate, TokenizerJob, PretrainJob, SegmentJob, AdaptJob,
                                 TuneJob, BaselineJob, ProbeJob>;

std::string to_string(SegmentStage stage);
std::string to_string(BaselineKind kind);
std::string to_string(ProbeKind kind);

// DataError for a name that is none.
SegmentStage segment_stage_from(const std::string& name);
BaselineKind baseline_kind_from(const std::string& name);
ProbeKind probe_kind_from(const std::string& name);

void to_json(Json& json, const TokenizerJob& job);
void from_json(const Json& json, TokenizerJob& job);
void to_json(Json& json, const PretrainJob& job);
void from_json(const Json& json, PretrainJob& job);
void to_json(Json& json, const SegmentJob& job);
void from_json(const Json& json, SegmentJob& job);
void to_json(Json& json, const AdaptJob& job);
void from_json(const Json& json, AdaptJob& job);
void to_json(Json& json, const TuneJob& job);
void from_json(const Json& json, TuneJob& job);
void to_json(Json& json, const BaselineJob& job);
void from_json(const Json& json, BaselineJob& job);
void to_json(Json& json, const ProbeJob& job);
void from_json(const Json& json, ProbeJob& job);

// The parts that only jobs have.
void to_json(Json& json, const CorpusSource& source);
void from_json(const Json& json, CorpusSource& source);
void to_json(Json& json, const TaskSource& source);
void from_json(const Json& json, TaskSource& source);
void to_json(Json& json, const TemplateSettings& settings);
void from_json(const Json& json, TemplateSettings& settings);
void to_json(Json& json, const StartSettings& settings);
void from_json(const Json& json, StartSettings& settings);
void to_json(Json& json, const SplitSettings& settings);
void from_json(const Json& json, SplitSettings& settings);
void to_json(Json& json, const ContinueSettings& settings);
void from_json(const Json& json, ContinueSettings& settings);
void to_json(Json& json, const TransferTask& task);
void from_json(const Json& json, TransferTask& task);
void to_json(Json& json, const PoolSource& source);
void from_json(const Json& json, PoolSource& source);
void to_json(Json& json, const PoolAdaptation& adaptation);
void from_json(const Json& json, PoolAdaptation& adaptation);
void to_json(Json& json, const PoolLabelling& labelling);
void from_json(const Json& json, PoolLabelling& labelling);
void to_json(Json& json, const SelfTraining& training);
void from_json(const Json& json, SelfTraining& training);
void to_json(Json& json, const SubsetSettings& settings);
void from_json(const Json& json, SubsetSettings& settings);
void to_json(Json& json, const UntunedSettings& settings);
void from_json(const Json& json, UntunedSettings& settings);

}  // namespace dovetail
