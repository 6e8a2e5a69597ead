// SPDX-License-Identifier: Apache-2.0
#include "analysis/methods/settings_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/names.h"

namespace dovetail {

namespace {

// "beta1 = 0.9, beta2 = 0.999"; texts lose their quotes.
std::string parameters_words(const Json& parameters) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : parameters.items()) {
    if (value.is_null() || value == "") continue;
    parts.push_back(
        fmt::format("{} = {}", key, value.is_string() ? value.get<std::string>() : value.dump()));
  }
  return join(parts, ", ");
}

std::string corpus_words(const std::vector<CorpusSource>& corpus) {
  std::vector<std::string> names;
  for (const CorpusSource& source : corpus) names.push_back(source.name);
  return listed(names);
}

std::string packing_words(const PretrainSettings& pretrain) {
  if (pretrain.pack_pairs) return "whole pairs side by side in a row";
  if (!pretrain.pack_sequences) return "one document a row";
  return std::string("documents joined and cut into full rows") +
         (pretrain.separator ? ", with a separator" : "");
}

std::string pretrain_steps_words(const PretrainSettings& pretrain) {
  if (pretrain.budget.unit == "steps") return counted(pretrain.steps, "step");
  return fmt::format("as many steps as an equal budget of {} allows", pretrain.budget.unit);
}

// What validation examples chose.
std::string choice_by_validation_words(const ValidationChoice& choice) {
  std::string words;
  if (!choice.learning_rates.empty()) {
    words += fmt::format("; the learning rate is chosen of {} by {} on them",
                         fmt::join(choice.learning_rates, ", "), choice.metric);
  }
  if (choice.best_checkpoint)
    words += fmt::format("; the best checkpoint by {} is kept", choice.metric);
  if (choice.patience > 0)
    words += fmt::format(", and training ends {} after it", counted(choice.patience, "evaluation"));
  return words;
}

std::string batch_words(const TuneSettings& tune) {
  return tune.batch_tokens > 0 ? fmt::format("{} tokens", tune.batch_tokens)
                               : counted(tune.batch_size, "row");
}

std::string decoding_words(const ChoiceSettings& decoding) {
  const std::string parameters = parameters_words(decoding.parameters);
  return decoding.name + " decoding" + (parameters.empty() ? "" : " (" + parameters + ")");
}

}  // namespace

std::string listed(const std::vector<std::string>& parts) {
  if (parts.size() < 2) return join(parts, "");
  const std::vector<std::string> first(parts.begin(), parts.end() - 1);
  return join(first, ", ") + " and " + parts.back();
}

std::string with_source(const Plan& plan, const std::string& what, const std::string& name) {
  const auto kind = plan.sources.find(what);
  if (kind == plan.sources.end() || !kind->second.contains(name)) return name;
  return fmt::format("{} ({})", name, kind->second.at(name));
}

std::string choice_words(const ChoiceSettings& choice) {
  const std::string parameters = parameters_words(choice.parameters);
  return parameters.empty() ? choice.name : fmt::format("{} with {}", choice.name, parameters);
}

std::string model_words(const Json& config) {
  std::vector<std::string> parts;
  for (const char* key :
       {"d_model", "d_ff", "d_kv", "num_heads", "num_layers", "num_decoder_layers",
        "feed_forward_proj", "model_type", "hidden_size", "intermediate_size",
        "num_attention_heads", "num_key_value_heads", "head_dim", "num_hidden_layers", "n_embd",
        "n_inner", "n_head", "n_layer", "tie_word_embeddings"}) {
    if (config.contains(key)) parts.push_back(fmt::format("{} = {}", key, config[key].dump()));
  }
  std::string words = join(parts, ", ");
  std::erase(words, '"');
  return words;
}

std::string optimizer_words(const OptimizerSettings& optimizer, const Plan& plan) {
  std::string words = with_source(plan, "optimizer", optimizer.name);
  const std::string parameters = parameters_words(optimizer.parameters);
  if (!parameters.empty()) words += " with " + parameters;
  words += fmt::format(
      ", learning rate {} ({}{}), weight decay {}", optimizer.learning_rate, optimizer.schedule,
      optimizer.warmup > 0 ? fmt::format(" after {}", counted(optimizer.warmup, "warm-up step"))
                           : "",
      optimizer.weight_decay);
  for (const OptimizerGroup& group : optimizer.groups) {
    const OptimizerSettings own = settings_of_group(optimizer, group);
    words += fmt::format("; of {} learning rate {} ({}), weight decay {}", group.names,
                         own.learning_rate, own.schedule, own.weight_decay);
  }
  return words + (optimizer.clip > 0
                      ? fmt::format(", gradients clipped at a norm of {}", optimizer.clip)
                      : ", gradients not clipped");
}

std::string steps_words(const StepSettings& steps) {
  if (steps.fixed > 0) return counted(steps.fixed, "step");
  std::string words = fmt::format("{} epoch{}", steps.epochs, steps.epochs == 1 ? "" : "s");
  if (steps.at_least > 1) words += fmt::format(", at least {} steps", steps.at_least);
  if (steps.at_most > 0) words += fmt::format(", at most {}", counted(steps.at_most, "step"));
  return words;
}

std::string options_words(const TrainingOptions& options) {
  std::string words;
  if (options.accumulate > 1)
    words += fmt::format("; gradients accumulated over {} micro-batches", options.accumulate);
  if (options.label_smoothing > 0)
    words += fmt::format("; label smoothing {}", options.label_smoothing);
  if (options.z_loss > 0) words += fmt::format("; z-loss {}", options.z_loss);
  if (options.ema > 0)
    words += fmt::format("; a moving average of the weights with decay {}", options.ema);
  return words + "; precision " + options.precision;
}

std::string pretrain_words(const PretrainJob& job, const Plan& plan) {
  const PretrainSettings& pretrain = job.pretrain;
  return fmt::format(
      "on the text {}: {}, each of {} source tokens in rows of at most {} ({}); {}; dropout {}{}",
      corpus_words(job.corpus), pretrain_steps_words(pretrain), pretrain.batch_tokens,
      pretrain.sequence_length, packing_words(pretrain), optimizer_words(pretrain.optimizer, plan),
      pretrain.dropout, options_words(pretrain.options));
}

std::string tune_words(const TuneJob& job, const Plan& plan) {
  const TuneSettings& tune = job.tune;
  std::string words = fmt::format(
      "{} of {}; {}; dropout {}; sources of at most {} tokens and targets of at most {}{}",
      steps_words(tune.steps), batch_words(tune), optimizer_words(tune.optimizer, plan),
      tune.dropout, tune.max_source_length, tune.max_target_length, options_words(tune.options));
  if (tune.validation_examples > 0)
    words += fmt::format("; {} held out of the training set for validation",
                         counted(tune.validation_examples, "example")) +
             choice_by_validation_words(tune.choice);
  return words;
}

std::string evaluate_words(const EvaluateSettings& evaluate) {
  std::string words = fmt::format("Answers are generated by {}, with at most {} new tokens",
                                  decoding_words(evaluate.decoding), evaluate.max_new_tokens);
  for (const FurtherDecoding& other : evaluate.also)
    words += fmt::format(", and again by {} ({})", decoding_words(other), other.label);
  if (evaluate.precision == "int8") {
    words +=
        ", with products of weights in int8 (a scale for each output channel and each row of "
        "activations)";
  }
  words += fmt::format(", and scored by {}. ", listed(evaluate.metrics));
  return words +
         (evaluate.test_examples > 0 ? fmt::format("Of each task at most {} test examples are used",
                                                   evaluate.test_examples)
                                     : std::string("All test examples are used")) +
         ", the same ones in every cell.";
}

}  // namespace dovetail
