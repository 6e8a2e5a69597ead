// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

#include "plan/job.h"

// The typed parts of Job::settings. Parsing a sweep file fills every default, so a resolved
// setting never depends on the version of the defaults; from_json fails on a missing key.
namespace dovetail {

struct OptimizerSettings {
  std::string name = "adamw";  // of the catalogue, training/optimizers.inc
  double learning_rate = 1e-3;
  std::string schedule = "constant";  // constant, linear, cosine: after the warm-up
  int64_t warmup = 0;                 // steps
  double weight_decay = 0;            // decoupled, but for sgd
  double clip = 1.0;                  // global gradient norm; 0: none
  Json parameters = Json::object();  // the optimizer's own, such as beta1; all of them, once parsed
};

// How a step is computed, of pre-training and tuning alike.
struct TrainingOptions {
  int64_t accumulate = 1;  // parts a step's batch is computed in, one after the other
  double label_smoothing = 0;
  double z_loss = 0;  // coefficient of (log Z)^2
  double ema = 0;     // decay of the weights' moving average; 0: none
  bool activation_checkpointing =
      false;                          // blocks are computed again in the backward pass: less memory
  std::string precision = "float32";  // float32; bfloat16: products in it, float32 masters
};

// Where a name has parameters, as in { name = "soft_prompt", num_virtual_tokens = 20 }.
struct ChoiceSettings {
  std::string name;
  Json parameters = Json::object();
};

struct VocabularySettings {
  std::string type = "pieces";  // pieces (trained on the sweep's text), file, bytes
  int64_t pieces = 4000;        // without the sentinels
  int64_t sentinels = 100;
  int64_t threads = 2;    // fixed: the trained pieces depend on it
  int64_t max_lines = 0;  // sample of the text to train on; 0: all
};

struct PretrainSettings {
  int64_t steps = 1000;
  int64_t batch_tokens = 4096;   // source tokens a step
  int64_t sequence_length = 64;  // source tokens a row, at most
  bool pack = true;              // documents are joined and cut into full rows; else one a row
  double dropout = 0.0;
  int64_t seed = 1;
  TrainingOptions options;
  OptimizerSettings optimizer;
};

// Steps of tuning: `fixed` if positive, else per_epoch passes over the training set, but
// at_least so many steps and, where positive, at_most so many.
struct StepSettings {
  int64_t fixed = 0;
  double epochs = 0;
  int64_t at_least = 1;
  int64_t at_most = 0;
};

int64_t resolve_steps(const StepSettings& settings, int64_t batches_per_epoch);

struct TuneSettings {
  StepSettings steps;
  int64_t batch_size = 16;   // rows a step
  int64_t batch_tokens = 0;  // > 0, instead of rows: source and target tokens a step, with padding
  double dropout = 0.0;
  int64_t max_source_length = 64;
  int64_t max_target_length = 16;
  int64_t evaluations = 4;          // points of the validation curve
  int64_t validation_examples = 0;  // held out of the training side; 0: no validation
  bool keep_model = false;          // leaves what was tuned in the store, for `dovetail export`
  TrainingOptions options;
  OptimizerSettings optimizer;
};

// How a base model is adapted to text that looks like the tasks, before any tuning: MTO's second
// axis (Pouramini and Faili 2024). Sentences are cut into a first part and the rest; lm asks for
// the rest, denoising for the rest behind a sentinel, mixed for one or the other by the sentence's
// group. "continued" is the control: the base's own objective on its own text for as many steps.
struct AdaptSettings {
  std::string name = "none";           // none, lm, denoising, mixed, continued
  std::string sentences = "matching";  // those that the lexicon or splitter cuts; random: any
  std::string split = "phrases";       // phrases (of a lexicon), learned, random
  std::string group = "phrases";       // of mixed: what says Filling or Mapping; phrases or learned
  std::string lexicon = "commonsense";
  std::string prefix = "free-cs";  // stands before the sentence, as a task's name does
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
};

// How answers are made: the same way for all cells of a sweep, so that they can be compared.
struct EvaluateSettings {
  int64_t test_examples = 500;  // the same ones for every cell of a task; 0: all
  std::vector<std::string> metrics{"rouge_l", "exact_match"};
  int64_t max_new_tokens = 16;
  int64_t batch_size = 128;
  ChoiceSettings decoding{"greedy", Json::object()};
  std::vector<ChoiceSettings> also;  // other decodings, scored as METRIC@NAME
};

// What selectors may look at: cells measured on training examples, tuned for a moment or not at
// all.
struct SelectSettings {
  int64_t examples = 0;                  // training-side heads that are probed; 0: no probes
  std::vector<std::string> adaptations;  // only these labels; empty: all
  int64_t shots = 0;  // heads of the brief tuning before Maskability is measured; 0: none
  int64_t shot_steps = 20;
  int64_t race_heads = 0;  // heads of the race; 0: no race
  int64_t race_steps = 20;
  int line = 0;  // in the sweep file; decides nothing
};

// heads > 0: that many heads with up to `tails` references each (0: all of them);
// fraction in (0, 1]: of the heads; neither: all.
struct TrainSizeSettings {
  int64_t heads = 0;
  int64_t tails = 0;
  double fraction = 0;
  int64_t per_class = 0;  // examples of each label or place of the answer
};

void to_json(Json&, const OptimizerSettings&);
void from_json(const Json&, OptimizerSettings&);
void to_json(Json&, const TrainingOptions&);
void from_json(const Json&, TrainingOptions&);
void to_json(Json&, const VocabularySettings&);
void from_json(const Json&, VocabularySettings&);
void to_json(Json&, const PretrainSettings&);
void from_json(const Json&, PretrainSettings&);
void to_json(Json&, const StepSettings&);
void from_json(const Json&, StepSettings&);
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

}  // namespace dovetail
