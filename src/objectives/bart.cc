// SPDX-License-Identifier: Apache-2.0
// BART's own recipe (Lewis et al. 2020, sec. 2.2 and 4): the sentences of a text change places,
// then spans of whole words become one mask each, as in bart_infilling; the targets are the text.
// Six tokens, of which 12 and 15 end sentences, 14 15 is one span, and one span is empty:
//
//   tokens   10 11 12 13 14 15
//   inputs   13 <extra_id_0> 10 <extra_id_0> 11 12
//   targets  10 11 12 13 14 15
//
// A sentence ends behind the last of one or more tokens of full stops, question or exclamation
// marks; fairseq's data set looks for full stops, or for line ends. Masked words count in
// mask_ratio, whatever their number of tokens, as there. `random_share` of the masks become a
// random token instead: 0 in the paper; a share of 0.1 is common in recipes.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "objectives/infilling.h"

namespace dovetail {

namespace {

using Places = std::vector<int64_t>;

bool has(std::span<const char> trait, int32_t id) {
  return static_cast<size_t>(id) < trait.size() && trait[id];
}

// Where sentences begin, and the text's end.
Places sentence_bounds(std::span<const int32_t> tokens, const Symbols& symbols) {
  Places bounds = {0};
  for (size_t i = 1; i < tokens.size(); ++i) {
    if (has(symbols.ends_sentence, tokens[i - 1]) && !has(symbols.ends_sentence, tokens[i]))
      bounds.push_back(static_cast<int64_t>(i));
  }
  bounds.push_back(std::ssize(tokens));
  return bounds;
}

// `share` of the sentences, rounded up, change places among themselves.
Places permuted(std::span<const int32_t> tokens, const Symbols& symbols, double share, Rng& rng) {
  const Places bounds = sentence_bounds(tokens, symbols);
  const int64_t count = std::ssize(bounds) - 1;
  constexpr double kRounding = 1e-9;  // 0.3 * 10 is a little more than 3
  const auto moving =
      static_cast<int64_t>(std::ceil(static_cast<double>(count) * share - kRounding));
  Places sentences(count), chosen = rng.permutation(count);
  std::iota(sentences.begin(), sentences.end(), 0);
  chosen.resize(moving);
  const Places shuffled = rng.permutation(moving);
  for (int64_t i = 0; i < moving; ++i) sentences[chosen[i]] = chosen[shuffled[i]];
  Places order;
  for (const int64_t sentence : sentences) {
    for (int64_t i = bounds[sentence]; i < bounds[sentence + 1]; ++i) order.push_back(i);
  }
  return order;
}

// Where words begin in that order; every token, if the vocabulary does not say or there is but one.
Places word_begins(std::span<const int32_t> tokens, const Places& order, const Symbols& symbols) {
  Places begins;
  for (size_t i = 0; i < order.size(); ++i) {
    const bool moved = i > 0 && order[i] != order[i - 1] + 1;
    if (i == 0 || moved || symbols.begins_word.empty() ||
        has(symbols.begins_word, tokens[order[i]]))
      begins.push_back(static_cast<int64_t>(i));
  }
  if (begins.size() > 1) return begins;
  begins.resize(order.size());
  std::iota(begins.begin(), begins.end(), 0);
  return begins;
}

Denoised permute_and_infill(std::span<const int32_t> tokens, const Symbols& symbols,
                            const nlohmann::json& parameters, Rng& rng) {
  const Places order = permuted(tokens, symbols, parameters.at("permute_sentences"), rng);
  const Places begins = word_begins(
      tokens, order, parameters.at("whole_words").get<bool>() ? symbols : Symbols({}, {}));
  const InfillSettings settings{parameters.at("mask_ratio"), parameters.at("poisson_lambda"),
                                parameters.at("random_share")};
  return infill("bart", tokens, {order, begins}, symbols, settings, rng);
}

}  // namespace

Objective bart() {
  return {.name = "bart",
          .paper = "Lewis et al. 2020, sec. 2.2 and 4: sentence permutation and text infilling",
          .parameters = {mask_ratio_parameter("words"),
                         poisson_lambda_parameter(),
                         {"permute_sentences", 1.0, "share of the sentences that change places",
                          between(0, 1)},
                         {"whole_words", true, "whether spans begin and end with words"},
                         {"random_share", 0.0, "share of the masks that become a random token",
                          between(0, 1)}},
          .example = {{"mask_ratio", 0.5}, {"poisson_lambda", 1.5}},
          .denoise_fn = permute_and_infill,
          .answer_style = AnswerStyle::infill};
}

}  // namespace dovetail
