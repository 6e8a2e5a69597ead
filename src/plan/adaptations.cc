// SPDX-License-Identifier: Apache-2.0
#include "plan/adaptations.h"

#include "base/catalogue.h"
#include "base/error.h"

namespace dovetail {

namespace {

Parameter examples_parameter() {
  return {.name = "examples",
          .default_value = 0,
          .doc = "of the pool, drawn by a hash of their text; 0: all",
          .range = at_least(0)};
}

Parameter tokens_parameter() {
  return {.name = "tokens",
          .default_value = 0,
          .doc = "source and target tokens to train on, in place of steps; 0: steps",
          .range = at_least(0)};
}

AdaptationEntry tapt() {
  return {.name = "tapt",
          .definition = "the base's own objective on the texts of the task's pool",
          .paper = "Gururangan et al. 2020",
          .parameters = {{.name = "form",
                          .default_value = "text",
                          .doc = "a pair joined by a space (text) or by </s> (separator), or the "
                                 "template without its label",
                          .one_of = {"text", "separator", "template"}},
                         examples_parameter(),
                         tokens_parameter()},
          .reads_pool = true};
}

AdaptationEntry pcp() {
  return {.name = "pcp",
          .definition =
              "the same on the pool in the template, filled with the labels that the "
              "cell of the same seed predicts",
          .paper = "Shi and Lipani 2023",
          .parameters = {{.name = "form",
                          .default_value = "template",
                          .doc = "the filled template, or the texts followed by the label alone",
                          .one_of = {"template", "label"}},
                         {.name = "labels",
                          .default_value = "pseudo",
                          .doc = "predicted; as controls: predicted and shuffled, random, the same "
                                 "one for all, the data's own (oracle)",
                          .one_of = {"pseudo", "shuffled", "random", "one", "oracle"}},
                         {.name = "mask_label",
                          .default_value = "rate",
                          .doc = "how often the objective asks for the label: as for any other "
                                 "token, always, never",
                          .one_of = {"rate", "always", "never"}},
                         examples_parameter(),
                         tokens_parameter()},
          .reads_pool = true};
}

Parameter number(const char* name, double value, const char* doc, Range range) {
  return {.name = name, .default_value = value, .doc = doc, .range = std::move(range)};
}

AdaptationEntry self_training() {
  return {
      .name = "self_training",
      .definition = "no adaptation: the cell itself learns from its labels of the pool, too",
      .paper =
          "Lee 2013; Sohn et al. 2020; Xu et al. 2021; Zhang et al. 2021; "
          "Berthelot et al. 2022",
      .parameters =
          {{.name = "method",
            .default_value = "fixmatch",
            .doc = "which labels count, and on which text",
            .one_of = {"pseudo_label", "fixmatch", "flexmatch", "adamatch", "dash"}},
           number("threshold", 0.95, "the least probability of a label that counts", between(0, 1)),
           {.name = "augmentation",
            .default_value = "words",
            .doc = "of the text that is learned from: words dropped and swapped; spans "
                   "dropped; WordNet's synonyms; none",
            .one_of = {"words", "spans", "synonyms", "none"}},
           number("augmented_share", 0.15, "of the words, that the augmentation changes",
                  strictly_between(0, 1)),
           {.name = "teacher",
            .default_value = "model",
            .doc = "what labels: the model as it is, or its moving average (ema of [tune])",
            .one_of = {"model", "ema"}},
           number("dash_c", 1.0001, "of dash: C of its threshold of the loss", above(0)),
           number("dash_gamma", 1.27,
                  "of dash: what each tenth of the steps divides the "
                  "threshold by",
                  at_least(1)),
           number("dash_rho_min", 0.05, "of dash: the least threshold of the loss", at_least(0)),
           number("warmup", 0.1,
                  "share of the steps that learn from the labelled examples "
                  "alone",
                  from_up_to(0, 1)),
           examples_parameter()},
      .reads_pool = true,
      .in_cell = true};
}

AdaptationEntry instruction_modelling() {
  return {
      .name = "instruction_modelling",
      .definition =
          "no adaptation: the cell's own loss counts the instruction of a chat template, too",
      .paper = "Shi et al. 2024; noise on embeddings: Jain et al. 2024",
      .parameters =
          {number("instruction_weight", 1, "of each token of the instruction; 0: the output alone",
                  at_least(0)),
           number("output_weight", 1, "of each token of the output", above(0)),
           {.name = "normalization",
            .default_value = "weights",
            .doc = "what divides an example's loss: the weights of its target's tokens, its "
                   "output's tokens, or those of its instruction and output",
            .one_of = {"weights", "output", "tokens"}},
           {.name = "average",
            .default_value = "examples",
            .doc = "of a batch: every example weighs alike, or every token",
            .one_of = {"examples", "tokens"}},
           {.name = "split",
            .default_value = "auto",
            .doc = "where the target begins: at a random token of the instruction, or at its first "
                   "one; or the instruction has spans to be filled in, by the decoder or, token by "
                   "token, by the encoder's states; auto: random_prefix for an encoder-decoder, "
                   "whole for a decoder-only model",
            .one_of = {"auto", "random_prefix", "whole", "denoised_instruction", "encoder_head"}},
           number(
               "split_share", 0.5,
               "of the rows, that are split, denoised or masked; the others have the instruction "
               "as their source",
               above_up_to(0, 1)),
           number("neftune_alpha", 0, "NEFTune's alpha, of noise on embeddings; 0: none",
                  at_least(0)),
           number("kl_weight", 0,
                  "lambda of KL(base || model), added to the loss of each token of the output",
                  at_least(0)),
           number("steps_share", 1, "of the steps of [tune]", above_up_to(0, 1))},
      .in_cell = true};
}

}  // namespace

const std::vector<AdaptationEntry>& adaptations() {
  static const std::vector<AdaptationEntry> all = {
      {.name = "none", .definition = "the base as it is"},
      {.name = "lm",
       .definition = "split sentences: the second part is the target",
       .paper = "Pouramini and Faili 2024",
       .cuts_sentences = true},
      {.name = "denoising",
       .definition = "split sentences: the second part is the target, behind a sentinel",
       .paper = "Pouramini and Faili 2024",
       .cuts_sentences = true},
      {.name = "mixed",
       .definition = "lm or denoising, by the sentence's group",
       .paper = "Pouramini and Faili 2024",
       .cuts_sentences = true},
      {.name = "continued",
       .definition = "the base's own objective on its own text, for as many steps"},
      tapt(),
      pcp(),
      self_training(),
      instruction_modelling()};
  return all;
}

const AdaptationEntry& find_adaptation(const std::string& name) {
  return find_in_catalogue("adaptation", adaptations(), name);
}

}  // namespace dovetail
