// SPDX-License-Identifier: Apache-2.0
#include "jobs/instruction_rows.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/random.h"
#include "objectives/noise.h"

namespace dovetail {

namespace {

// Spans of the instruction, as span corruption has them (Raffel et al. 2020, sec. 3.3.4).
// Single tokens have the same share of noise (Devlin et al. 2019).
constexpr double kNoiseDensity = 0.15, kMeanSpanLength = 3;

// Positions in the prompt of the instruction's tokens.
std::vector<size_t> instruction_places(const EncodedChat& chat) {
  std::vector<size_t> places;
  for (size_t i = 0; i < chat.answer; ++i)
    if (chat.row.kinds[i] == TokenKind::instruction) places.push_back(i);
  return places;
}

constexpr int32_t kMarker = -1;  // no id

int64_t count(const std::vector<TokenKind>& kinds, TokenKind kind) {
  return std::ranges::count(kinds, kind);
}

}  // namespace

int64_t sentinels_to_denoise(int64_t instruction_tokens) {
  return count_noise(std::max<int64_t>(2, instruction_tokens), kNoiseDensity, kMeanSpanLength)
             .spans +
         1;
}

InstructionRows::InstructionRows(nlohmann::json parameters, const ExampleEncoder& encoder,
                                 const Subset& subset, uint64_t seed)
    : parameters_(std::move(parameters)),
      instruction_weight_(parameters_.at("instruction_weight")),
      output_weight_(parameters_.at("output_weight")),
      split_(parameters_.at("split")),
      vocabulary_(encoder.vocabulary()),
      texts_(encoder.texts()),
      seed_(seed) {
  if (split_ == "auto") split_ = texts_ == RowTexts::one ? "whole" : "random_prefix";
  for (const auto& [example, reference] : training_pairs(encoder.task(), subset)) {
    chats_.push_back(encoder.prompted_chat(*example, *reference));
    counts_ += chats_.back().counts;
  }
}

InstructionRows::Row InstructionRows::cut_before(const PromptedChat& prompted, size_t place) const {
  const ChatRow& chat = prompted.chat.row;
  const auto cut = static_cast<std::ptrdiff_t>(place);
  Row row{.source = prompted.before};
  row.source.insert(row.source.end(), chat.ids.begin(), chat.ids.begin() + cut);
  row.source.insert(row.source.end(), prompted.behind.begin(), prompted.behind.end());
  row.target = {{chat.ids.begin() + cut, chat.ids.end()},
                {chat.kinds.begin() + cut, chat.kinds.end()}};
  return row;
}

// The prompt with its noise as sentinels; the noise behind its sentinels, one sentinel that ends
// it, and the answer.
InstructionRows::Row InstructionRows::denoised(const PromptedChat& prompted, Rng& rng) const {
  const EncodedChat& chat = prompted.chat;
  const std::vector<size_t> places = instruction_places(chat);
  const NoiseMask noise =
      random_spans_noise_mask(std::ssize(places), kNoiseDensity, kMeanSpanLength, rng);
  NoiseMask mask(chat.answer, 0);
  for (size_t i = 0; i < places.size(); ++i) mask[places[i]] = noise[i];
  std::vector<int32_t> sentinels;
  for (int i = 0; i < vocabulary_.num_sentinels(); ++i)
    sentinels.push_back(vocabulary_.sentinel(i));
  const nlohmann::json parameters = {{"final_sentinel", true}};
  const NoisyText text{.tokens = std::span(chat.row.ids).first(chat.answer),
                       .mask = mask,
                       .sentinels = sentinels,
                       .parameters = parameters,
                       .rng = rng};
  Row row = cut_before(prompted, chat.answer);
  row.source = prompted.before;
  for (const int32_t id : noise_span_to_unique_sentinel(text)) row.source.push_back(id);
  row.source.insert(row.source.end(), prompted.behind.begin(), prompted.behind.end());
  const TokenIds spans = noise_spans_after_sentinels(text);
  std::vector<TokenKind> kinds;
  for (const int32_t id : spans)
    kinds.push_back(vocabulary_.is_sentinel(id) ? TokenKind::chat_template
                                                : TokenKind::instruction);
  row.target.ids.insert(row.target.ids.begin(), spans.begin(), spans.end());
  row.target.kinds.insert(row.target.kinds.begin(), kinds.begin(), kinds.end());
  return row;
}

InstructionRows::Row InstructionRows::masked(const PromptedChat& prompted, Rng& rng) const {
  const std::vector<size_t> places = instruction_places(prompted.chat);
  const NoiseMask noise = iid_noise_mask(std::ssize(places), kNoiseDensity, rng);
  Row row = cut_before(prompted, prompted.chat.answer);
  for (size_t i = 0; i < places.size(); ++i) {
    if (!noise[i]) continue;
    const size_t place = prompted.before.size() + places[i];
    row.masked[place] = std::exchange(row.source[place], vocabulary_.sentinel(0));
  }
  return row;
}

InstructionRows::Row InstructionRows::drawn(const PromptedChat& prompted, Rng& rng) const {
  const size_t answer = prompted.chat.answer;
  const std::vector<size_t> places = instruction_places(prompted.chat);
  if (instruction_weight_ == 0 || places.empty()) return cut_before(prompted, answer);
  if (split_ == "whole") return cut_before(prompted, places.front());
  if (rng.uniform() >= parameters_.at("split_share").get<double>())
    return cut_before(prompted, answer);
  if (split_ == "denoised_instruction") {  // of one token, nothing is left to denoise it by
    return places.size() < 2 ? cut_before(prompted, answer) : denoised(prompted, rng);
  }
  if (split_ == "encoder_head") return masked(prompted, rng);
  return cut_before(prompted, places[rng.below(places.size())]);
}

// The target's kinds become those of its framed ids: what stands before is the template's, its end
// is the answer's own.
Sequence InstructionRows::framed(Row& row) const {
  std::vector<int32_t> inside = row.target.ids;
  inside.pop_back();  // the end, which the frame has
  const size_t without_end = inside.size();
  Sequence sequence{.source = source_frame(vocabulary_, std::move(row.source), texts_),
                    .target = target_frame(vocabulary_, std::move(inside), texts_)};
  DOVETAIL_CHECK(sequence.target.back() == row.target.ids.back());
  row.target.kinds.insert(row.target.kinds.begin(), sequence.target.size() - 1 - without_end,
                          TokenKind::chat_template);
  return sequence;
}

// What the encoder must say, at the places of the framed source.
void InstructionRows::label_masked(const Row& row, double weight, Sequence& sequence) const {
  if (row.masked.empty()) return;
  const std::vector<int32_t> frame = source_frame(vocabulary_, {kMarker}, texts_);
  const auto in_front = static_cast<size_t>(std::ranges::find(frame, kMarker) - frame.begin());
  sequence.source_labels.assign(sequence.source.size(), static_cast<int32_t>(kIgnored));
  sequence.source_weights.assign(sequence.source.size(), 0);
  for (const auto& [place, id] : row.masked) {
    sequence.source_labels[in_front + place] = id;
    sequence.source_weights[in_front + place] = static_cast<float>(weight);
  }
}

InstructionRows::Weights InstructionRows::weigh(const Row& row, const PromptedChat& prompted,
                                                Sequence& sequence) const {
  const std::vector<TokenKind>& kinds = row.target.kinds;
  const auto instruction =
                 static_cast<double>(count(kinds, TokenKind::instruction) + std::ssize(row.masked)),
             output = static_cast<double>(count(kinds, TokenKind::output));
  const std::string normalization = parameters_.at("normalization");
  double divisor = instruction_weight_ * instruction + output_weight_ * output;
  if (normalization == "output") divisor = output;
  if (normalization == "tokens")
    divisor = static_cast<double>(count(prompted.chat.row.kinds, TokenKind::instruction) +
                                  count(prompted.chat.row.kinds, TokenKind::output));
  const bool by_example = parameters_.at("average") == "examples";
  const double scale = by_example ? 1 / divisor : 1;
  const auto weight_of = [&](TokenKind kind) {
    if (kind == TokenKind::chat_template) return 0.0;
    return scale * (kind == TokenKind::output ? output_weight_ : instruction_weight_);
  };
  sequence.divisor = by_example ? 1 : divisor;
  label_masked(row, weight_of(TokenKind::instruction), sequence);
  const double kl_weight = parameters_.at("kl_weight");
  for (const TokenKind kind : kinds) {
    sequence.weights.push_back(static_cast<float>(weight_of(kind)));
    const bool compared = kind == TokenKind::output && kl_weight > 0;
    if (kl_weight > 0)
      sequence.base_weights.push_back(compared ? static_cast<float>(kl_weight * weight_of(kind))
                                               : 0);
  }
  // every token alike: the same as any other row, so that it trains bit for bit like one
  const auto size = static_cast<double>(kinds.size());
  if (output == size && sequence.weights.front() == 1 && sequence.divisor == size)
    sequence.weights.clear();
  return {instruction * weight_of(TokenKind::instruction), output * weight_of(TokenKind::output)};
}

InstructionEpoch InstructionRows::epoch(int64_t number) const {
  Rng rng(derive_seed(seed_, fmt::format("instruction/{}", number)));
  InstructionEpoch epoch;
  Weights sum;
  for (const PromptedChat& prompted : chats_) {
    Row row = drawn(prompted, rng);
    epoch.rows.push_back(framed(row));
    const Weights own = weigh(row, prompted, epoch.rows.back());
    sum.instruction += own.instruction;
    sum.output += own.output;
  }
  epoch.output_share = sum.output / (sum.instruction + sum.output);
  return epoch;
}

}  // namespace dovetail
