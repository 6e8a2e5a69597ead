// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/json.h"

// The parts that the settings of jobs are made of (plan/job_settings.h). Parsing a sweep file fills
// in every default, so a resolved setting does not depend on the version of the defaults; from_json
// throws Json::out_of_range for a missing key.
namespace dovetail {

// Trained tensors with settings of their own: DePT's two rates, or LoRA+ (Hayou et al. 2024).
struct OptimizerGroup {
  std::string names;  // a glob that their names match; a tensor is in the first group that fits
  double learning_rate = 0;        // 0: that of the other tensors times the ratio
  double learning_rate_ratio = 1;  // so that a search of the main rate moves it too
  std::string schedule = "constant";
  int64_t warmup = 0;
  double warmup_ratio = 0;
  double weight_decay = 0;
};

struct OptimizerSettings {
  std::string name = "adamw";  // of the catalogue, training/optimizers.inc
  double learning_rate = 1e-3;
  std::string schedule = "constant";  // constant, linear, cosine: after the warm-up
  int64_t warmup = 0;                 // steps
  double warmup_ratio = 0;            // a share of all steps, in place of `warmup`
  double weight_decay = 0;            // decoupled, but for sgd
  double clip = 1.0;                  // global gradient norm; 0: none
  Json parameters = Json::object();  // the optimizer's own, such as beta1; all of them, once parsed
  std::vector<OptimizerGroup> groups = {};
};

// What a group's tensors are trained with: the rest as for the others, and no groups.
OptimizerSettings settings_of_group(const OptimizerSettings& settings, const OptimizerGroup& group);

// The steps over which the rate rises, in a training of `total` steps, as the settings say.
// ConfigError where they would take all of them, or more.
int64_t warmup_steps(const OptimizerSettings& settings, int64_t total);

// How a training step is computed, in pre-training, adaptation and tuning alike.
struct TrainingOptions {
  int64_t accumulate = 1;  // gradient accumulation: micro-batches of a step
  double label_smoothing = 0;
  double z_loss = 0;                      // coefficient of (log Z)^2
  double ema = 0;                         // decay of the weights' moving average; 0: none
  bool activation_checkpointing = false;  // recompute blocks in the backward pass to save memory
  std::string precision = "float32";      // float32, or bfloat16 with float32 master weights
};

// A catalogue entry with its parameters: { name = "soft_prompt", num_virtual_tokens = 20 }.
struct ChoiceSettings {
  std::string name;
  Json parameters = Json::object();
};

struct VocabularySettings {
  std::string type = "unigram";  // unigram (SentencePiece, trained on the corpus), file, bytes
  int64_t vocab_size = 4000;     // without the sentinels
  int64_t sentinels = 100;
  int64_t threads = 2;                       // fixed: the trained vocabulary depends on it
  int64_t max_lines = 0;                     // sample of the text to train on; 0: all
  std::vector<std::string> add_tokens = {};  // one id each, on top of all others
};

// What all pre-trainings of a sweep spend alike: "steps", "text_tokens" (of the text that is read),
// "loss_tokens" (that the decoder is scored on) or "flops". The steps of each objective follow.
// Without an amount it is what T5's span_corruption spends under the reference: [pretrain] itself.
struct BudgetSettings {
  std::string unit = "steps";
  double amount = 0;  // in the unit; 0: that of the reference
  double share = 1;   // of the amount, that this objective or stage spends
  int64_t steps = 0;  // of the reference, as the others
  int64_t batch_tokens = 0;
  int64_t sequence_length = 0;
  bool pack_sequences = true;
  bool pack_pairs = false;
};

struct PretrainSettings {
  int64_t steps = 1000;          // with a budget in another unit than steps, of the reference alone
  int64_t batch_tokens = 4096;   // source tokens a step
  int64_t sequence_length = 64;  // source tokens a row, at most
  bool pack_sequences = true;    // join documents and cut them into full rows; else one a row
  double dropout = 0.0;
  int64_t seed = 1;
  TrainingOptions options;
  OptimizerSettings optimizer;
  // The rest stands in a key only where a sweep asks for it.
  bool pack_pairs = false;      // whole short pairs share a row, with segment masks
  bool separator = false;       // </s> after each document that is joined
  int64_t held_out = 0;         // documents kept from training, whose loss is measured; 0: none
  int64_t held_out_points = 4;  // of the curve of that loss
  BudgetSettings budget;
};

// Steps of tuning: `fixed` if positive, else `epochs` passes over the training set, at least
// `at_least` steps and, if positive, at most `at_most`.
struct StepSettings {
  int64_t fixed = 0;
  double epochs = 0;
  int64_t at_least = 1;
  int64_t at_most = 0;
};

int64_t resolve_steps(const StepSettings& settings, int64_t batches_per_epoch);

// Choices that a cell makes by its validation examples, so that none is made by the test set. The
// keys of a sweep have transformers' names.
struct ValidationChoice {
  std::string metric = "loss";         // metric_for_best_model: of [evaluate], or loss
  std::vector<double> learning_rates;  // each is tried; empty: the optimizer's own alone
  bool best_checkpoint = false;        // load_best_model_at_end: of the validation points
  int64_t patience = 0;  // early_stopping_patience: points without a better one; 0: all steps

  bool any() const { return best_checkpoint || !learning_rates.empty(); }
};

struct TuneSettings {
  StepSettings steps;
  int64_t batch_size = 16;   // rows a step
  int64_t batch_tokens = 0;  // > 0: source and target tokens a step, with padding, in place of rows
  double dropout = 0.0;
  int64_t max_source_length = 64;
  int64_t max_target_length = 16;
  int64_t evaluations = 4;          // points of the validation curve
  int64_t validation_examples = 0;  // held out of the training side; 0: no validation
  bool keep_model = false;          // leave the tuned weights in the store, for `dovetail export`
  TrainingOptions options;
  OptimizerSettings optimizer;
  ValidationChoice choice;
};

// How a base model is adapted to task-like text before any tuning: MTO's second axis (Pouramini
// and Faili 2024). Sentences are cut in two. lm predicts the second part as a continuation,
// denoising predicts it at a sentinel, mixed takes one or the other by the sentence's group.
// "continued" is the control: the base's own objective on its own text for equally many steps.
// tapt, pcp and self_training learn from a task's pool of unlabelled examples;
// instruction_modelling changes the loss of a cell (plan/adaptations.h).
struct AdaptSettings {
  std::string name = "none";
  Json parameters = Json::object();    // AdaptationEntry's; all of them, once parsed
  std::string sentences = "matching";  // those that the lexicon or splitter can cut; random: any
  std::string split = "phrases";       // at a lexicon's phrases, learned, or random
  std::string group = "phrases";       // of mixed: Filling or Mapping by phrases, or learned
  std::string lexicon = "commonsense";
  std::string prefix = "free-cs";  // precedes the sentence, as a task's name does
  int64_t rows = 8000;             // cut sentences
  int64_t graph_rows = 500;        // triples a relation that splitter and classifier learn from
  StepSettings steps{.epochs = 5};
  int64_t batch_size = 16;
  int64_t max_source_length = 64;
  int64_t max_target_length = 32;
  double dropout = 0.0;
  int64_t seed = 1;
  TrainingOptions options;
  OptimizerSettings optimizer;
  // Of tapt and pcp: the label of the adaptation whose model is continued in place of the base; "":
  // none. Once planned, the start of the job says it.
  std::string after = {};
};

// A further decoding of the same models. The label names its metrics, METRIC@LABEL, so that two
// settings of one decoding can stand beside each other.
struct FurtherDecoding : ChoiceSettings {
  std::string label = {};  // by default the decoding's name
};

// How answers are generated and scored: the same for all cells of a sweep, so that they compare.
struct EvaluateSettings {
  int64_t test_examples = 500;  // the same ones in every cell of a task; 0: all
  std::vector<std::string> metrics{"rouge_l", "exact_match"};
  int64_t max_new_tokens = 16;
  int64_t batch_size = 128;
  ChoiceSettings decoding{"greedy", Json::object()};
  std::vector<FurtherDecoding> also;  // scored as METRIC@LABEL
  // Of generation and likelihoods: float32, bfloat16 or int8. It stands in a key only where it is
  // not the default.
  std::string precision = "float32";
};

// The probes of selectors: cells measured on training examples, untuned or after a few steps.
struct SelectSettings {
  int64_t examples = 0;                  // probed, of the training side; 0: no probes
  std::vector<std::string> adaptations;  // only these labels; empty: all
  int64_t shots = 0;  // examples tuned on before Maskability is measured; 0: none
  int64_t shot_steps = 20;
  int64_t race_examples = 0;  // examples tuned on in the race; 0: no race
  int64_t race_steps = 20;
  int line = 0;  // in the sweep file; decides nothing
};

// The training subset. examples > 0: that many examples with up to `references` references each
// (0: all of them); fraction in (0, 1]: of the examples; per_class > 0: that many of each class;
// none of these: all examples.
struct TrainSizeSettings {
  int64_t examples = 0;
  int64_t references = 0;
  double fraction = 0;
  int64_t per_class = 0;  // a class is a label, or the position of the right choice
};

// What the seed of a cell decides. Each part may have a seed of its own, so that the variance of
// scores can be split into what comes of it; the others take the cell's.
struct SeedParts {
  std::optional<uint64_t> subset;          // training and validation examples
  std::optional<uint64_t> order;           // of the batches
  std::optional<uint64_t> initialization;  // random weights, soft prompts, adapters
  std::optional<uint64_t> dropout;

  bool operator==(const SeedParts&) const = default;
};

// Only the parts that are set, so that a cell without any keeps its key.
void to_json(Json&, const SeedParts&);
void from_json(const Json&, SeedParts&);
void to_json(Json&, const OptimizerSettings&);
void from_json(const Json&, OptimizerSettings&);
void to_json(Json&, const TrainingOptions&);
void from_json(const Json&, TrainingOptions&);
void to_json(Json&, const VocabularySettings&);
void from_json(const Json&, VocabularySettings&);
void to_json(Json&, const BudgetSettings&);
void from_json(const Json&, BudgetSettings&);
void to_json(Json&, const PretrainSettings&);
void from_json(const Json&, PretrainSettings&);
void to_json(Json&, const StepSettings&);
void from_json(const Json&, StepSettings&);
void to_json(Json&, const ValidationChoice&);
void from_json(const Json&, ValidationChoice&);
void to_json(Json&, const TuneSettings&);
void from_json(const Json&, TuneSettings&);
void to_json(Json&, const AdaptSettings&);
void from_json(const Json&, AdaptSettings&);
void to_json(Json&, const SelectSettings&);
void from_json(const Json&, SelectSettings&);
void to_json(Json&, const EvaluateSettings&);
void from_json(const Json&, EvaluateSettings&);
void to_json(Json&, const TrainSizeSettings&);
void from_json(const Json&, TrainSizeSettings&);
void to_json(Json&, const ChoiceSettings&);
void from_json(const Json&, ChoiceSettings&);
void to_json(Json&, const FurtherDecoding&);
void from_json(const Json&, FurtherDecoding&);

}  // namespace dovetail
