// SPDX-License-Identifier: Apache-2.0
#include "jobs/segment.h"

#include <c10/core/InferenceMode.h>
#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "adaptation/relation_groups.h"
#include "adaptation/sentence_selection.h"
#include "adaptation/text_pairs.h"
#include "base/checksum.h"
#include "base/error.h"
#include "base/stop.h"
#include "jobs/backbone.h"
#include "jobs/test_items.h"
#include "model/generation/generate.h"
#include "model/generation/generation_config.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

// Sentences that a splitter sees for each row that is wanted; it may cut few of them.
constexpr int64_t kShownPerRow = 4;
constexpr size_t kGenerationBatch = 64;
constexpr int64_t kLongestTail = 24;  // tokens

std::vector<int32_t> framed_text(const Vocabulary& vocabulary, const std::string& text) {
  return vocabulary.frame(vocabulary.encode_with_sentinels(text));
}

TestTriples triples_to_avoid(const Job& job, Artefacts& artefacts) {
  TestTriples triples;
  const std::vector<TaskSource>& tasks = settings_of<SegmentJob>(job).split.avoid;
  for (size_t i = 0; i < tasks.size(); ++i) {
    triples.add(*artefacts.task(job.locations.avoid.at(i), tasks[i].fingerprint));
  }
  return triples;
}

// The second part of each sentence, as the trained splitter predicts it.
std::unordered_map<std::string, std::string> predict_tails(
    const std::vector<std::string>& sentences, Backbone& splitter) {
  std::unordered_map<std::string, std::string> tails;
  const PrepackedWeights packed(splitter.model);
  GenerationSettings settings{.max_new_tokens = kLongestTail, .output_scores = false};
  apply_model_ids(splitter.model.config(), settings);
  for (size_t begin = 0; begin < sentences.size(); begin += kGenerationBatch) {
    check_stop();
    const size_t end = std::min(sentences.size(), begin + kGenerationBatch);
    std::vector<std::vector<int32_t>> sources;
    for (size_t i = begin; i < end; ++i) {
      sources.push_back(
          framed_text(*splitter.vocabulary, "splitter: " + sentences[i] + " <extra_id_0>"));
    }
    const PaddedSources padded = pad_sources(std::vector<Ids>(sources.begin(), sources.end()));
    const at::InferenceMode inference;
    const auto mask = padded.mask_BS.to(splitter.model.device());
    const auto memory = splitter.model.encode(
        splitter.model.embed(padded.ids_BS.to(splitter.model.device())), mask);
    const auto written = generate(splitter.model, memory, mask, settings);
    for (size_t i = begin; i < end; ++i) {
      tails[sentences[i]] =
          postprocess(splitter.vocabulary->decode(written[i - begin].front().ids));
    }
  }
  return tails;
}

// Draws sentences whose length allows a cut, and keeps those that the splitter can cut.
SentenceSelection select_learned(const fs::path& text, const SplitBounds& bounds,
                                 SelectionSettings settings, const TestTriples& avoid,
                                 const Job& job, Artefacts& artefacts) {
  const auto at_random = [&](std::string_view sentence, int64_t line) {
    return split_at_random(sentence, line, bounds, settings.seed);
  };
  const SelectionSettings wide{settings.count * kShownPerRow, true, settings.seed};
  std::vector<std::string> shown;
  const auto remember = [&](std::string_view sentence, int64_t line) {
    SplitResult result = at_random(sentence, line);
    if (result.sentence) result.sentence->head = sentence;  // whole: the splitter is to cut it
    return result;
  };
  for (const SplitSentence& drawn : select_sentences(text, remember, wide, avoid).sentences)
    shown.push_back(drawn.head);
  Backbone splitter = load_folder(artefacts.model_folder(job.input_keys.back()), artefacts);
  const auto tails = predict_tails(shown, splitter);
  const auto as_predicted = [&](std::string_view sentence, int64_t line) {
    const auto tail = tails.find(std::string(sentence));
    return tail == tails.end() ? SplitResult{{}, "not shown"}
                               : accept_prediction(sentence, line, tail->second);
  };
  return select_sentences(text, as_predicted, settings, avoid);
}

SentenceSelection select_rows(const Job& job, Artefacts& artefacts) {
  const SplitSettings& split = settings_of<SegmentJob>(job).split;
  const std::string &how = split.split, &which = split.sentences;
  const fs::path text = artefacts.text(split.corpus, job.locations);
  const TestTriples avoid = triples_to_avoid(job, artefacts);
  const SplitBounds bounds;
  SelectionSettings settings{split.rows, which == "random", split.seed};
  if (how == "learned") return select_learned(text, bounds, settings, avoid, job, artefacts);
  const PhraseLexicon lexicon(job.locations.lexicon);
  const auto cut = [&](std::string_view sentence, int64_t line) {
    if (which == "random") return split_at_random(sentence, line, bounds, settings.seed);
    SplitResult by_phrase = split_by_phrase(sentence, line, lexicon, bounds);
    if (how != "random" || !by_phrase.sentence) return by_phrase;
    SplitResult anywhere = split_at_random(sentence, line, bounds, settings.seed);
    if (anywhere.sentence)
      anywhere.sentence->group = by_phrase.sentence->group;  // the sentence's, not the cut's
    return anywhere;
  };
  return select_sentences(text, cut, settings, avoid);
}

void run_split(const Job& job, Artefacts& artefacts, Record& record) {
  const SentenceSelection selection = select_rows(job, artefacts);
  record.metrics["lines"] = static_cast<double>(selection.lines);
  record.metrics["rows"] = static_cast<double>(selection.sentences.size());
  for (const auto& [reason, count] : selection.rejections) {
    record.metrics["rejected: " + reason] = static_cast<double>(count);
  }
  if (selection.sentences.empty()) {
    throw_<DataError>(
        "none of the {} lines of the adaptation text could be cut: give other sentences, or "
        "another split",
        selection.lines);
  }
  publish_checked_folder(artefacts.folder(job.key), [&](const fs::path& folder) {
    write_pairs(folder / kSplitRowsFile, selection.sentences);
  });
}

void run_group(const Job& job, Artefacts& artefacts, Record& record) {
  std::vector<SplitSentence> rows;
  std::vector<std::string> questions;
  const fs::path split = artefacts.whole_folder(artefacts.folder(job.input_keys.at(0)));
  for (TextPair& pair : read_pairs(split / kSplitRowsFile).rows) {
    questions.push_back(classifier_question(pair.source, pair.target));
    rows.push_back(
        {std::move(pair.source), std::move(pair.target), "", std::move(pair.relation), pair.line});
  }
  const std::vector<double> filling = ask_filling(job.input_keys.back(), questions, artefacts);
  for (size_t i = 0; i < rows.size(); ++i) rows[i].group = filling[i] >= 0.5 ? kFilling : kMapping;
  record.metrics["rows"] = static_cast<double>(rows.size());
  record.metrics["filling_rows"] =
      static_cast<double>(std::ranges::count(rows, std::string(kFilling), &SplitSentence::group));
  publish_checked_folder(artefacts.folder(job.key), [&](const fs::path& folder) {
    write_pairs(folder / kSplitRowsFile, rows);
  });
}

}  // namespace

std::string classifier_question(const std::string& head, const std::string& tail) {
  return "task-clf: head: " + head + " tail: " + tail + " <extra_id_0>";
}

std::vector<double> ask_filling(const std::string& classifier_key,
                                const std::vector<std::string>& questions, Artefacts& artefacts) {
  const Backbone classifier = load_folder(artefacts.model_folder(classifier_key), artefacts);
  std::vector<Sequence> rows;
  for (const std::string& question : questions) {
    const std::vector<int32_t> source = framed_text(*classifier.vocabulary, question);
    for (const char* group : {kFilling, kMapping}) {
      rows.push_back(
          {source, framed_text(*classifier.vocabulary, std::string("<extra_id_0> ") + group)});
    }
  }
  std::vector<double> filling;
  const std::vector<TokenScores> scores = score_rows(classifier.model, rows);
  for (size_t i = 0; i + 1 < scores.size(); i += 2) {
    filling.push_back(1 / (1 + std::exp(scores[i + 1].logprob - scores[i].logprob)));
  }
  return filling;
}

void run_segment(const Job& job, Artefacts& artefacts, Record& record) {
  switch (settings_of<SegmentJob>(job).stage) {
    case SegmentStage::split: return run_split(job, artefacts, record);
    case SegmentStage::group: return run_group(job, artefacts, record);
  }
}

}  // namespace dovetail
