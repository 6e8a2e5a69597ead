// SPDX-License-Identifier: Apache-2.0
#include "jobs/example_encoder.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>

#include "base/error.h"
#include "base/text.h"
#include "jobs/framing.h"
#include "jobs/rendered_places.h"
#include "templates/conversation.h"
#include "templates/render.h"
#include "templates/soft_tokens.h"

namespace dovetail {

namespace {

bool is_whitespace(const std::string& text) { return collapse_whitespace(text).empty(); }

// Where to cut a source next: the longest of the segments that are cut first. A segment of one
// piece is not cut.
struct CutPoint {
  size_t segment = 0;
  std::vector<int32_t> ids;
};

std::optional<CutPoint> next_cut(const std::vector<Segment>& segments,
                                 const Vocabulary& vocabulary) {
  std::optional<CutPoint> best;
  int order = 0;
  for (size_t i = 0; i < segments.size(); ++i) {
    const Segment& segment = segments[i];
    if (segment.cut == 0 || (best && segment.cut > order)) continue;
    std::vector<int32_t> ids = vocabulary.encode(segment.text);
    const bool longer = !best || segment.cut < order || ids.size() > best->ids.size();
    if (ids.size() < 2 || !longer) continue;
    best = CutPoint{i, std::move(ids)};
    order = segment.cut;
  }
  return best;
}

// The start of the character that holds byte `at`.
size_t character_start(const std::string& text, size_t at) {
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  return at;
}

// The longest prefix of whole characters that has at most `pieces` pieces; "" if not even the first
// character fits. A binary search, so that a long text is not encoded again for every piece.
std::string beginning(const Vocabulary& vocabulary, const std::string& text, int64_t pieces) {
  size_t fits = 0, too_long = text.size();
  while (too_long - fits > 1) {
    const size_t middle = character_start(text, fits + (too_long - fits) / 2);
    if (middle <= fits) break;  // one character of several bytes is left between the two
    const bool is_short =
        std::ssize(vocabulary.encode(std::string_view(text).substr(0, middle))) <= pieces;
    (is_short ? fits : too_long) = middle;
  }
  return text.substr(0, fits);
}

}  // namespace

RowCounts& RowCounts::operator+=(const RowCounts& other) {
  rows += other.rows;
  cut_sources += other.cut_sources;
  cut_targets += other.cut_targets;
  for (size_t i = 0; i < std::size(kinds); ++i) kinds[i] += other.kinds[i];
  return *this;
}

void EncodedRows::add(EncodedRow row) {
  rows.push_back(std::move(row.sequence));
  counts += row.counts;
}

ExampleEncoder::ExampleEncoder(const TaskData& task, BoundTemplate tmpl,
                               const Vocabulary& vocabulary, SoftTokenPlan soft_tokens,
                               int64_t vocab_size, RowLimits limits)
    : task_(task),
      tmpl_(std::move(tmpl)),
      vocabulary_(vocabulary),
      soft_tokens_(std::move(soft_tokens)),
      vocab_size_(vocab_size),
      limits_(limits) {
  auto id = static_cast<int32_t>(vocab_size);
  for (const PromptToken& planned : soft_tokens_.tokens) soft_ids_[planned.name] = id++;
  if (!tmpl_.chat) return;
  chat_.emplace(*tmpl_.chat, vocabulary_, room_in_frame(vocabulary_, limits_.source),
                limits_.target - std::ssize(target_frame(vocabulary_, {}, limits_.texts)) + 1);
}

int32_t ExampleEncoder::soft_id(const SoftToken& token) const {
  const std::string name = token.name();
  if (const auto found = soft_ids_.find(name); found != soft_ids_.end()) return found->second;
  throw_<ConfigError>(
      "the tuning trains no soft token \"{}\", which template \"{}\" puts into task {}", name,
      tmpl_.name, task_.name);
}

// Text between soft tokens is encoded as a whole, so that its pieces are those of the running text.
std::vector<int32_t> ExampleEncoder::source_ids(const std::vector<Segment>& segments) const {
  std::vector<int32_t> ids;
  std::string text;
  const auto flush = [&] {
    if (!is_whitespace(text)) {
      const auto more = vocabulary_.encode_with_sentinels(without_outer_spaces(text));
      ids.insert(ids.end(), more.begin(), more.end());
    }
    text.clear();
  };
  for (const Segment& segment : segments) {
    if (!segment.soft) {
      text += segment.text;
      continue;
    }
    flush();
    ids.push_back(soft_id(segment.token));
  }
  flush();
  return ids;
}

std::vector<int32_t> ExampleEncoder::fitting_ids(std::vector<Segment> segments,
                                                 RowCounts& counts) const {
  const int64_t room =
      room_in_frame(vocabulary_, limits_.source) +
      std::count_if(segments.begin(), segments.end(), [](const Segment& s) { return s.soft; });
  std::vector<int32_t> ids = source_ids(segments);
  counts.cut_sources += static_cast<int64_t>(ids.size()) > room;
  while (static_cast<int64_t>(ids.size()) > room) {
    const auto point = next_cut(segments, vocabulary_);
    if (!point) break;  // nothing is left that may be cut
    const int64_t size = static_cast<int64_t>(point->ids.size());
    const int64_t kept =
        std::clamp<int64_t>(size + room - static_cast<int64_t>(ids.size()), 1, size - 1);
    segments[point->segment].text = beginning(vocabulary_, segments[point->segment].text, kept);
    ids = source_ids(segments);
  }
  return ids;
}

std::vector<int32_t> ExampleEncoder::target_ids(const std::string& target,
                                                RowCounts& counts) const {
  std::vector<int32_t> ids = vocabulary_.encode_with_sentinels(target);
  const size_t whole = ids.size();
  ids = framed_target(vocabulary_, std::move(ids), limits_.target, limits_.texts);
  const size_t frame = target_frame(vocabulary_, {}, limits_.texts).size();
  counts.cut_targets += ids.size() < whole + frame;
  return ids;
}

EncodedChat ExampleEncoder::chat_row(const Example& example, const std::string& reference) const {
  DOVETAIL_CHECK(chat_);
  return chat_->row(conversation_of(tmpl_, task_, example, reference));
}

// Soft tokens stand before or after the whole prompt, which the rendered source has as one text.
PromptedChat ExampleEncoder::prompted_chat(const Example& example,
                                           const std::string& reference) const {
  PromptedChat prompted{.chat = chat_row(example, reference)};
  const EncodedChat& chat = prompted.chat;
  prompted.counts = {.rows = 1, .cut_sources = chat.cut_prompt, .cut_targets = chat.cut_answer};
  for (const TokenKind kind : chat.row.kinds) ++prompted.counts.kinds[static_cast<size_t>(kind)];
  if (soft_tokens_.tokens.empty()) return prompted;
  bool is_before = true;
  for (const Segment& segment : render(tmpl_, task_, example, reference).source) {
    if (segment.soft) {
      (is_before ? prompted.before : prompted.behind).push_back(soft_id(segment.token));
    } else if (!is_whitespace(segment.text)) {
      is_before = false;
    }
  }
  return prompted;
}

EncodedRow ExampleEncoder::row_of_chat(const Example& example, const std::string& reference) const {
  const PromptedChat prompted = prompted_chat(example, reference);
  const std::vector<int32_t>& ids = prompted.chat.row.ids;
  const auto answer = ids.begin() + static_cast<std::ptrdiff_t>(prompted.chat.answer);
  std::vector<int32_t> source = prompted.before;
  source.insert(source.end(), ids.begin(), answer);
  source.insert(source.end(), prompted.behind.begin(), prompted.behind.end());
  return {.sequence = {.source = source_frame(vocabulary_, std::move(source), limits_.texts),
                       .target = target_frame(vocabulary_, {answer, ids.end() - 1}, limits_.texts)},
          .counts = prompted.counts};
}

EncodedRow ExampleEncoder::row(const Example& example, const std::string& reference) const {
  if (chat_) return row_of_chat(example, reference);
  const Rendered rendered = render(tmpl_, task_, example, reference);
  EncodedRow row{.counts = {.rows = 1}};
  row.sequence.source =
      source_frame(vocabulary_, fitting_ids(rendered.source, row.counts), limits_.texts);
  row.sequence.target = target_ids(rendered.target, row.counts);
  return row;
}

EncodedRow ExampleEncoder::choice_row(const Example& example, size_t choice) const {
  EncodedRow encoded = row(example, choices_of(task_, example).at(choice));
  encoded.sequence.target = target_ids(
      target_for_choice(tmpl_, task_, example, static_cast<int64_t>(choice)), encoded.counts);
  return encoded;
}

EncodedRow ExampleEncoder::prior_row(const Example& example, size_t choice) const {
  Example unasked = example;
  unasked.source.clear();
  unasked.fields.clear();
  return choice_row(unasked, choice);
}

BoundTemplate untuned_template(const TemplateSettings& settings) {
  return with_soft_tokens(make_template(settings.name, settings.parameters), {});
}

BoundTemplate template_for(const TemplateSettings& settings, const ChoiceSettings& tuning) {
  const TuningEntry& entry = find_tuning(tuning.name).entry;
  if (!entry.soft_tokens) return untuned_template(settings);
  const Json parameters = resolve_parameters(entry, tuning.parameters);
  return with_soft_tokens(make_template(settings.name, settings.parameters),
                          {parameters.at("num_virtual_tokens").get<int64_t>(),
                           parameters.at("placement").get<std::string>()});
}

SoftTokenPlan plan_soft_tokens(const BoundTemplate& tmpl, const TaskData& task,
                               const Vocabulary& vocabulary) {
  SoftTokenPlan plan;
  for (const SoftToken& token : soft_tokens_of(tmpl, task)) {
    std::vector<int32_t> pieces =
        token.word.empty() ? std::vector<int32_t>{} : vocabulary.encode(token.word);
    std::erase(pieces, vocabulary.special_ids().unk);
    plan.tokens.push_back({token.name(), token.owner, std::move(pieces)});
  }
  if (!plan.tokens.empty()) plan.source = rendered_places(tmpl, task, vocabulary);
  return plan;
}

namespace {

using Pairs = std::vector<std::pair<const Example*, const std::string*>>;

Pairs pairs_of(const std::vector<Example>& side, const std::vector<int64_t>& indices,
               int64_t references) {
  Pairs pairs;
  for (const int64_t index : indices) {
    const Example& example = side[index];
    const size_t kept = references > 0 ? std::min<size_t>(references, example.references.size())
                                       : example.references.size();
    for (size_t i = 0; i < kept; ++i) pairs.emplace_back(&example, &example.references[i]);
  }
  return pairs;
}

EncodedRows rows_of(const ExampleEncoder& encoder, const Pairs& pairs) {
  EncodedRows rows;
  for (const auto& [example, reference] : pairs) rows.add(encoder.row(*example, *reference));
  return rows;
}

}  // namespace

Pairs training_pairs(const TaskData& task, const Subset& subset) {
  return pairs_of(task.train, subset.examples, subset.references);
}

EncodedRows training_rows(const ExampleEncoder& encoder, const Subset& subset) {
  return rows_of(encoder, training_pairs(encoder.task(), subset));
}

EncodedRows validation_rows(const ExampleEncoder& encoder, const Subset& subset) {
  const TaskData& task = encoder.task();
  return rows_of(encoder, pairs_of(subset.own_validation ? task.validation : task.train,
                                   subset.validation, 1));
}

}  // namespace dovetail
