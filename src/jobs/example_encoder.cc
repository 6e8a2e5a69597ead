// SPDX-License-Identifier: Apache-2.0
#include "jobs/example_encoder.h"

#include <algorithm>
#include <optional>
#include <span>

#include "base/error.h"
#include "base/random.h"
#include "base/text.h"
#include "examples/subset.h"

namespace dovetail {

namespace {

bool is_blank(const std::string& text) { return collapse_whitespace(text).empty(); }

// Where a source is cut next: of the segments that go first the longest, as long as it holds more
// than a piece.
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

// Where the character that holds byte `at` begins.
size_t character_start(const std::string& text, size_t at) {
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  return at;
}

// The longest beginning of a text that has at most so many pieces, of whole characters; "" where
// not even the first one fits. Found by halving: a long text is not encoded again for every piece.
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

int32_t ExampleEncoder::soft_id(const SoftToken& token) const {
  if (soft_ids.empty()) {
    auto id = static_cast<int32_t>(vocab_size);
    for (const PromptToken& planned : soft_tokens.tokens) soft_ids[planned.name] = id++;
  }
  const std::string name = token.name();
  if (const auto found = soft_ids.find(name); found != soft_ids.end()) return found->second;
  throw_<ConfigError>(
      "the tuning trains no soft token \"{}\", which template \"{}\" puts into task {}", name,
      form.name, task.name);
}

// Text between soft tokens is encoded as a whole, so that its pieces are those of the running text.
std::vector<int32_t> ExampleEncoder::source_ids(const std::vector<Segment>& segments) const {
  std::vector<int32_t> ids;
  std::string text;
  const auto flush = [&] {
    if (!is_blank(text)) {
      const size_t begin = text.find_first_not_of(' '), end = text.find_last_not_of(' ');
      const auto more = vocabulary.encode_with_sentinels(text.substr(begin, end + 1 - begin));
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

std::vector<int32_t> ExampleEncoder::fitting_ids(std::vector<Segment> segments) const {
  const int64_t room =
      max_source_length - 1 +
      std::count_if(segments.begin(), segments.end(), [](const Segment& s) { return s.soft; });
  std::vector<int32_t> ids = source_ids(segments);
  counts.cut_sources += static_cast<int64_t>(ids.size()) > room;
  while (static_cast<int64_t>(ids.size()) > room) {
    const auto point = next_cut(segments, vocabulary);
    if (!point) break;  // only what must stand is left
    const int64_t size = static_cast<int64_t>(point->ids.size());
    const int64_t kept =
        std::clamp<int64_t>(size + room - static_cast<int64_t>(ids.size()), 1, size - 1);
    segments[point->segment].text = beginning(vocabulary, segments[point->segment].text, kept);
    ids = source_ids(segments);
  }
  return ids;
}

std::vector<int32_t> ExampleEncoder::target_ids(const std::string& target) const {
  std::vector<int32_t> ids = vocabulary.encode_with_sentinels(target);
  const size_t room = static_cast<size_t>(max_target_length) - 1;
  counts.cut_targets += ids.size() > room;
  ids.resize(std::min(ids.size(), room));
  ids.push_back(Vocabulary::kEos);
  return ids;
}

Sequence ExampleEncoder::row(const Example& example, const std::string& reference) const {
  const Rendered rendered = render(form, task, example, reference);
  ++counts.rows;
  Sequence sequence{.source = fitting_ids(rendered.source), .target = target_ids(rendered.target)};
  sequence.source.push_back(Vocabulary::kEos);
  return sequence;
}

Sequence ExampleEncoder::choice_row(const Example& example, size_t choice) const {
  Sequence sequence = row(example, choices_of(task, example).at(choice));
  sequence.target =
      target_ids(target_for_choice(form, task, example, static_cast<int64_t>(choice)));
  return sequence;
}

Sequence ExampleEncoder::prior_row(const Example& example, size_t choice) const {
  Example unasked = example;
  unasked.source.clear();
  unasked.fields.clear();
  return choice_row(unasked, choice);
}

BoundTemplate template_of(const Json& settings) {
  const auto choice = settings.at("template").get<ChoiceSettings>();
  BoundTemplate form = make_template(choice.name, choice.parameters);
  if (!settings.contains("tuning")) return with_soft_tokens(std::move(form), {});
  const auto tuning = settings.at("tuning").get<ChoiceSettings>();
  const TuningEntry& entry = find_tuning(tuning.name).entry;
  if (!entry.soft_tokens) return with_soft_tokens(std::move(form), {});
  Json parameters = defaults_of(entry.parameters);
  parameters.update(tuning.parameters);
  return with_soft_tokens(std::move(form), {parameters.at("num_virtual_tokens").get<int64_t>(),
                                            parameters.at("placement").get<std::string>()});
}

SoftTokenPlan plan_soft_tokens(const BoundTemplate& form, const TaskData& task,
                               const Vocabulary& vocabulary) {
  SoftTokenPlan plan;
  for (const SoftToken& token : soft_tokens_of(form, task)) {
    std::vector<int32_t> pieces =
        token.word.empty() ? std::vector<int32_t>{} : vocabulary.encode(token.word);
    std::erase(pieces, Vocabulary::kUnknown);
    plan.tokens.push_back({token.name(), token.owner, std::move(pieces)});
  }
  return plan;
}

namespace {

std::vector<Sequence> rows_of(const ExampleEncoder& maker, const std::vector<Example>& side,
                              const std::vector<int64_t>& heads, int64_t tails) {
  std::vector<Sequence> rows;
  for (int64_t head : heads) {
    const Example& example = side[head];
    const size_t kept =
        tails > 0 ? std::min<size_t>(tails, example.references.size()) : example.references.size();
    for (size_t i = 0; i < kept; ++i) rows.push_back(maker.row(example, example.references[i]));
  }
  return rows;
}

}  // namespace

std::vector<Sequence> training_rows(const ExampleEncoder& maker, const Subset& subset) {
  return rows_of(maker, maker.task.train, subset.heads, subset.tails);
}

std::vector<Sequence> validation_rows(const ExampleEncoder& maker, const Subset& subset) {
  return rows_of(maker, subset.own_validation ? maker.task.validation : maker.task.train,
                 subset.validation, 1);
}

EpochBatches::EpochBatches(std::vector<Sequence> rows, BatchLimit limit, uint64_t seed)
    : rows_(std::move(rows)), limit_(limit), seed_(seed) {
  if (rows_.empty()) throw_<DataError>("the task has no training examples at this size");
  start_epoch();
  batches_per_epoch_ = static_cast<int64_t>(batches_.size());
}

void EpochBatches::start_epoch() {
  Rng rng(derive_seed(seed_, fmt::format("epoch/{}", epoch_++)));
  batches_ = epoch_batches(rows_, limit_, rng);
  next_ = 0;
}

Batch EpochBatches::next() {
  if (next_ == batches_.size()) start_epoch();
  std::vector<const Sequence*> rows;
  for (int64_t row : batches_[next_]) rows.push_back(&rows_[row]);
  ++next_;
  return collate(rows);
}

}  // namespace dovetail
