// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "jobs/example_encoder.h"

namespace dovetail {

// How many sentinels it may take to denoise an instruction of so many tokens: one for each span,
// and one at the end.
int64_t sentinels_to_denoise(int64_t instruction_tokens);

// The rows of an epoch, and the share of their loss's weight that outputs have.
struct InstructionEpoch {
  std::vector<Sequence> rows;
  double output_share = 0;
};

// Training rows of Instruction Modelling (Shi et al. 2024), whose loss counts tokens of the
// instruction, too; what it weighs and divides by is in the parameters of the adaptation of that
// name (plan/adaptations.h). A row is cut in front of the t-th of its n instruction tokens: what
// comes before is its source, the rest its target. A causal network has t = 0; an encoder-decoder
// draws t anew in each epoch, uniform below n in a share of the rows, while the others are those of
// the test (t = n). Or the instruction is denoised: spans of it become sentinels in the source, and
// the target has them before the answer; or tokens of it become one sentinel, in the place of which
// the encoder says them. Tokens of the template, and sentinels, count nothing.
class InstructionRows {
 public:
  // `parameters` are complete. The encoder must have a chat template; its vocabulary must outlive
  // this.
  InstructionRows(nlohmann::json parameters, const ExampleEncoder& encoder, const Subset& subset,
                  uint64_t seed);

  // One row for each reference that the subset keeps.
  InstructionEpoch epoch(int64_t number) const;

  const RowCounts& counts() const { return counts_; }

 private:
  // A row without what the tokenizer puts around it.
  struct Row {
    std::vector<int32_t> source;
    ChatRow target;
    std::map<size_t, int32_t> masked = {};  // what stood at these places of the source
  };
  // Of a target, by kind.
  struct Weights {
    double instruction = 0, output = 0;
  };
  Row cut_before(const PromptedChat& prompted, size_t place) const;
  Row denoised(const PromptedChat& prompted, Rng& rng) const;
  Row masked(const PromptedChat& prompted, Rng& rng) const;
  Row drawn(const PromptedChat& prompted, Rng& rng) const;
  Sequence framed(Row& row) const;
  void label_masked(const Row& row, double weight, Sequence& sequence) const;
  Weights weigh(const Row& row, const PromptedChat& prompted, Sequence& sequence) const;

  nlohmann::json parameters_;
  double instruction_weight_, output_weight_;
  std::string split_;
  const Vocabulary& vocabulary_;
  RowTexts texts_;
  uint64_t seed_;
  RowCounts counts_;
  std::vector<PromptedChat> chats_;
};

}  // namespace dovetail
