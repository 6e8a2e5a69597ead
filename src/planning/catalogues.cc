// SPDX-License-Identifier: Apache-2.0
#include "planning/catalogues.h"

#include <algorithm>
#include <map>
#include <memory>

#include "adaptation/phrase_lexicon.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/names.h"
#include "cards/card_files.h"
#include "examples/subset.h"
#include "examples/task.h"
#include "jobs/decoding.h"
#include "jobs/pair_batches.h"
#include "metrics/metric.h"
#include "model/checkpoints/checkpoint.h"
#include "model/shapes.h"
#include "objectives/objective.h"
#include "tasks/find_task.h"
#include "templates/render.h"
#include "templates/shape_choice.h"
#include "templates/template.h"
#include "text/corpus.h"
#include "text/corpus_names.h"
#include "text/vocabulary.h"
#include "training/optimizers.h"
#include "tuning/tuning.h"

namespace dovetail {

namespace {

// MTO's versions of vnat begin with "vs" where no sentinel is in the phrase.
bool asks_at_sentinel(const TemplateShape& shape) {
  return shape.has(Slot::mask) || (shape.label_place >= 0 && !shape.version.starts_with("vs"));
}

std::string without_sentinels(const std::string& parts) {
  std::vector<std::string> kept = split(parts, '-');
  std::erase_if(kept, [](const std::string& part) {
    const bool is_version = part.starts_with("v") && !part.starts_with("vnat");
    return part == "sup" || part == "unsup" || part == "mask" || is_version;
  });
  return join(kept, "-");
}

AxisTraits traits_of(const std::string& parts, const ParsedTemplate& parsed) {
  const auto masked = std::ranges::count_if(parsed.shapes, asks_at_sentinel);
  const int fills = masked == std::ssize(parsed.shapes) ? 1
                    : masked == 0                       ? -1
                                                        : 0;  // a rule has both
  const bool says_relation = std::ranges::any_of(parsed.shapes, [](const TemplateShape& shape) {
    return shape.has(Slot::phrase) || shape.has(Slot::verbal);
  });
  return {.fills = fills, .says_relation = says_relation, .form = without_sentinels(parts)};
}

CatalogueEntry catalogue_entry(const TemplateEntry& entry) {
  const ParsedTemplate parsed = parse_template(entry.parts);
  const bool soft_tokens = std::ranges::any_of(
      parsed.shapes, [](const TemplateShape& shape) { return shape.has_prompt(); });
  return {entry.name, entry.defaults, entry.check, soft_tokens, traits_of(entry.parts, parsed)};
}

}  // namespace

Catalogues catalogues() {
  Catalogues all;
  for (const Objective& entry : objectives()) {
    all.objectives.push_back(
        {entry.name, entry.defaults, entry.check, false, {.fills = entry.fills}});
  }
  all.objectives.push_back({"supervised", supervised_defaults(), check_supervised});
  for (const Task& entry : tasks()) all.tasks.push_back({entry.name});
  for (const std::string& card : shipped_cards()) all.tasks.push_back({card});
  for (const TemplateEntry& entry : templates()) all.templates.push_back(catalogue_entry(entry));
  all.other_template = [](const std::string& name) { return catalogue_entry(find_template(name)); };
  for (const TuningEntry& entry : tunings()) {
    all.tunings.push_back({entry.name, entry.defaults, entry.check, entry.soft_tokens});
  }
  for (const OptimizerEntry& entry : optimizers()) {
    all.optimizers.push_back({entry.name, entry.defaults, entry.check});
  }
  for (const Metric& entry : metrics()) {
    all.metrics.push_back({entry.name});
    if (!entry.higher_is_better) all.falling_metrics.push_back(entry.name);
    if (entry.aggregate) all.set_metrics.push_back(entry.name);
    if (entry.evidence == Evidence::samples) all.sample_metrics.push_back(entry.name);
  }
  for (const DecodingEntry& entry : decodings())
    all.decodings.push_back({entry.name, entry.defaults, entry.check});
  for (const std::string& name : corpus_names()) all.corpora.push_back({name});
  all.baselines = {"most_frequent", "copy", "untuned"};
  all.model_shapes = model_shapes();
  return all;
}

namespace {

// A bad row in a user's own file is found now, and not by the first job that reads it.
std::string fingerprint_of_task(const std::string& name_or_card) {
  const Task task = find_task(name_or_card);
  const bool is_card =
      std::ranges::none_of(tasks(), [&](const Task& entry) { return entry.name == name_or_card; });
  if (is_card) task.load();
  return task.fingerprint();
}

std::string fingerprint_of_pairs(const std::string& file_or_folder) {
  std::string all;
  for (const std::filesystem::path& file : pair_files(file_or_folder)) {
    all += file.filename().string() + " " + corpus_fingerprint(file.string()) + "\n";
  }
  return content_hash(all);
}

std::string fingerprint_of_adapter(const std::filesystem::path& folder) {
  std::string all;
  for (const char* file : {"adapter_config.json", "adapter_model.safetensors"}) {
    if (!std::filesystem::is_regular_file(folder / file)) {
      throw_<ConfigError>(
          "initialization_folder {}: no {} in it; name the folder of a prompt that was kept",
          folder.string(), file);
    }
    all += content_hash(read_file(folder / file));
  }
  return content_hash(all);
}

std::string name_of(Layout layout) {
  switch (layout) {
    case Layout::relation: return "relation";
    case Layout::question: return "question";
    case Layout::classification: return "classification";
    case Layout::text: return "text";
  }
  return "";
}

}  // namespace

Json facts_of(const TaskData& data) {
  double choice_words = 0, choices = 0, questions = 0;
  for (const Example& example : data.train) {
    questions += example.source.find('?') != std::string::npos;
    for (const std::string& choice : choices_of(data, example)) {
      choice_words += static_cast<double>(words_of(choice).size());
      ++choices;
    }
  }
  return {{"kind", data.kind},
          {"relation", data.relation},
          {"flex_fills", is_filling_relation(data.relation)},
          {"layout", name_of(data.layout)},
          {"mean_choice_words", choices > 0 ? choice_words / choices : 0},
          {"question_mark_share",
           data.train.empty() ? 0 : questions / static_cast<double>(data.train.size())}};
}

namespace {

// A plan asks for a task several times in a row: how it is worded, whether it is large enough; and
// for its facts once more, for the selectors.
class LastTask {
 public:
  const TaskData& load(const std::string& name_or_card) {
    if (name_or_card == name_) return data_;
    data_ = find_task(name_or_card).load();
    name_ = name_or_card;
    facts_[name_] = facts_of(data_);
    return data_;
  }

  const Json& facts(const std::string& name_or_card) {
    if (!facts_.contains(name_or_card)) load(name_or_card);
    return facts_.at(name_or_card);
  }

 private:
  std::string name_;
  TaskData data_;
  std::map<std::string, Json> facts_;
};

// Only questions and classifications, and templates with a verbalizer of their own, are worded by
// more than the task's data, whose fingerprint has the rest; the others need not be loaded for it.
std::string fingerprint_of_wording(const BoundTemplate& form, const std::string& name_or_card,
                                   LastTask& last) {
  const Task task = find_task(name_or_card);
  TaskData data;
  data.name = task.name;
  const bool asks_the_task = std::ranges::any_of(form.shapes, [](const TemplateShape& shape) {
    return shape.label_place >= 0 || shape.has(Slot::features) || shape.has(Slot::gloss);
  });
  const bool put_by_form = task.kind == "choice" || task.kind == "classification";
  if (!asks_the_task && !put_by_form && !form.verbalizer) return template_fingerprint(form, data);
  const TaskData& loaded = last.load(name_or_card);
  const std::string reason = misfit(form, loaded);
  if (!reason.empty()) throw ConfigError(reason);
  return template_fingerprint(form, loaded);
}

// The same request as the cell will make, so that what it would say is said by the plan.
auto check_of_sizes(std::shared_ptr<LastTask> last) {
  return [last](const std::string& task, const TrainSizeSettings& size, int64_t validation_examples,
                uint64_t seed) {
    choose_subset(last->load(task), {.per_class = size.per_class,
                                     .heads = size.heads,
                                     .fraction = size.fraction,
                                     .tails = size.tails,
                                     .validation_examples = validation_examples,
                                     .seed = seed,
                                     .own_validation = true});
  };
}

// What is right must be scorable: pearson, say, wants numbers.
void require_scorable(const Metric& metric, const TaskData& data) {
  if (data.test.empty() || data.test.front().references.empty()) return;
  const std::vector<std::string>& references = data.test.front().references;
  const ScoredItem right{.prediction = references.front(), .references = references};
  try {
    metric.score({&right, 1});
  } catch (const ItemError& error) {
    throw_<ConfigError>(
        "metric \"{}\" cannot score task {}: of its first test example, answered rightly: {}",
        metric.name, data.name, error.reason);
  }
}

std::vector<std::string> metrics_of(const TaskData& data, const std::vector<std::string>& names) {
  const bool has_choices = !data.test.empty() && !choices_of(data, data.test.front()).empty();
  std::vector<std::string> measurable;
  for (const std::string& name : names) {
    const Metric& metric = find_metric(name);
    if (metric.evidence == Evidence::text) require_scorable(metric, data);
    const bool needs_choices = metric.evidence == Evidence::choices ||
                               metric.evidence == Evidence::choice_likelihood ||
                               metric.evidence == Evidence::choice_priors;
    if (has_choices || !needs_choices) measurable.push_back(name);
  }
  return measurable;
}

// A template reads some files as it is made; a plan asks for the same ones with every task.
auto wording_fingerprint(std::shared_ptr<LastTask> last) {
  return [last, made = std::map<std::string, BoundTemplate>()](const std::string& name,
                                                               const nlohmann::json& parameters,
                                                               const std::string& task) mutable {
    const auto [form, is_new] = made.try_emplace(name + parameters.dump());
    if (is_new) form->second = make_template(name, parameters);
    return fingerprint_of_wording(form->second, task, *last);
  };
}

}  // namespace

Fingerprints fingerprints() {
  const auto last = std::make_shared<LastTask>();
  return {
      .task = fingerprint_of_task,
      .corpus = corpus_fingerprint,
      .checkpoint =
          [](const std::filesystem::path& folder) {
            Vocabulary::from_folder(folder);  // every job would fail without one
            return checkpoint_fingerprint(folder);
          },
      .vocabulary =
          [](const std::filesystem::path& file) {
            return Vocabulary::from_file(file).content_hash();
          },
      .prompt = fingerprint_of_adapter,
      .lexicon = [](const std::string& name) { return PhraseLexicon(name).fingerprint(); },
      .pairs = fingerprint_of_pairs,
      .task_facts = [last](const std::string& task) { return last->facts(task); },
      .task_kind = [](const std::string& task) { return find_task(task).kind; },
      .wording = wording_fingerprint(last),
      .check_size = check_of_sizes(last),
      .metrics_of =
          [last](const std::string& task, const std::vector<std::string>& names) {
            return metrics_of(last->load(task), names);
          },
  };
}

PlannedSweep plan_sweep(const std::filesystem::path& sweep_file, const std::string& filter) {
  Plan whole = make_plan(parse_sweep(sweep_file, catalogues()), fingerprints());
  Plan part = filter.empty() ? whole : filter_plan(whole, filter);
  return {std::move(whole), std::move(part)};
}

}  // namespace dovetail
