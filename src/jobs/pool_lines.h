// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "jobs/example_encoder.h"

namespace dovetail {

// A text to continue pre-training on, without what the tokenizer puts around texts. is_label has 1
// for the pieces that stand where the template asks for an answer.
struct PoolLine {
  std::vector<int32_t> ids;
  std::vector<char> is_label;
};

// The example's row under the encoder's template, each sentinel replaced by what its target has for
// it, as if `label` were right. So the row that a cell is tuned on is this line with the label
// masked, id by id. A template without a sentinel, and `label_last`, put the label at the end. Six
// tokens, of which 14 is the label:
//
//   row   10 11 <extra_id_0> 13  ->  <extra_id_0> 14
//   line  10 11 14 13                10 11 13 14  (label_last)
PoolLine filled_line(const ExampleEncoder& encoder, const Example& example, int64_t label,
                     bool label_last);

// The row without its label.
PoolLine unfilled_line(const ExampleEncoder& encoder, const Example& example);

// The bare texts, the two of a pair with a space between them, or with </s>. At most `longest` ids.
PoolLine text_line(const Vocabulary& vocabulary, const Example& example, bool separator,
                   int64_t longest);

// The bare texts with a space between them, and the label's word behind them.
PoolLine labelled_text_line(const ExampleEncoder& encoder, const Example& example, int64_t label,
                            int64_t longest);

}  // namespace dovetail
