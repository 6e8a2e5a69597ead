// SPDX-License-Identifier: Apache-2.0
// dovetail data split: cuts sentences into sources and targets for adaptation.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "adaptation/phrase_lexicon.h"
#include "adaptation/sentence_selection.h"
#include "adaptation/text_pairs.h"
#include "app/commands.h"
#include "app/front/text_output.h"
#include "base/error.h"
#include "examples/task.h"
#include "tasks/find_task.h"

namespace dovetail {

namespace {

struct SplitOptions {
  std::string input, by = "phrases", lexicon, output, draw = "first";
  std::vector<std::string> tests;
  std::vector<int64_t> head_words{2, 20}, tail_words{1, 10};
  SelectionSettings selection;
  int64_t examples = 5;
};

SplitBounds bounds_of(const SplitOptions& options) {
  SplitBounds bounds;
  bounds.min_head_words = options.head_words[0];
  bounds.max_head_words = options.head_words[1];
  bounds.min_tail_words = options.tail_words[0];
  bounds.max_tail_words = options.tail_words[1];
  if (bounds.min_head_words > bounds.max_head_words ||
      bounds.min_tail_words > bounds.max_tail_words) {
    throw_<ConfigError>(
        "--head-words and --tail-words each take a least and a most number of words, in this "
        "order");
  }
  return bounds;
}

// With a lexicon, the random control cuts the same sentences as the lexicon would, so that only the
// place of the cut differs.
Splitter splitter_of(const SplitOptions& options) {
  const SplitBounds bounds = bounds_of(options);
  const bool by_phrases = options.by == "phrases";
  if (!by_phrases && options.lexicon.empty()) {
    return [=](std::string_view sentence, int64_t line) {
      return split_at_random(sentence, line, bounds, options.selection.seed);
    };
  }
  const auto lexicon =
      std::make_shared<PhraseLexicon>(options.lexicon.empty() ? "commonsense" : options.lexicon);
  return [=](std::string_view sentence, int64_t line) {
    SplitResult result = split_by_phrase(sentence, line, *lexicon, bounds);
    if (by_phrases || !result.sentence) return result;
    return split_at_random(sentence, line, bounds, options.selection.seed);
  };
}

// The largest count first.
void add_counts(const SplitCounts& counts, const std::string& of_what,
                std::vector<std::vector<std::string>>& rows) {
  std::vector<std::pair<int64_t, std::string>> sorted;
  for (const auto& [name, count] : counts) sorted.emplace_back(-count, name);
  std::sort(sorted.begin(), sorted.end());
  for (const auto& [negative, name] : sorted) {
    rows.push_back({of_what, name, fmt::format("{}", -negative)});
  }
}

// Prints sentences that are evenly spread over the kept ones.
void print_examples(const std::vector<SplitSentence>& sentences, int64_t count) {
  std::vector<std::vector<std::string>> rows;
  const auto total = static_cast<int64_t>(sentences.size());
  const int64_t shown = std::min(count, total);
  for (int64_t i = 0; i < shown; ++i) {
    const SplitSentence& sentence = sentences[(2 * i + 1) * total / (2 * shown)];
    rows.push_back({fmt::format("{}", sentence.line), sentence.group, sentence.relation,
                    sentence.head + " | " + sentence.tail});
  }
  print_columns(rows);
}

int split_file(SplitOptions options) {
  options.selection.at_random = options.draw == "random";
  TestTriples tests;
  for (const std::string& task : options.tests) tests.add(find_task(task).load());
  const SentenceSelection selection =
      select_sentences(options.input, splitter_of(options), options.selection, tests);
  if (selection.sentences.empty()) {
    throw_<DataError>(
        "{}: none of {} lines is left to train on: see --head-words, --tail-words "
        "and --lexicon",
        options.input, selection.lines);
  }
  if (!options.output.empty()) write_pairs(options.output, selection.sentences);
  fmt::print("{}: {} lines read, {} kept{}\n", options.input, selection.lines,
             selection.sentences.size(),
             options.output.empty() ? "" : fmt::format(", in {}", options.output));
  std::vector<std::vector<std::string>> counts;
  add_counts(selection.rejections, "rejected", counts);
  if (options.by == "phrases") add_counts(selection.relations, "kept", counts);
  print_columns(counts);
  print_examples(selection.sentences, options.examples);
  return kSuccess;
}

}  // namespace

void add_data_split(CLI::App& data, Action& chosen) {
  const auto options = std::make_shared<SplitOptions>();
  CLI::App* command =
      data.add_subcommand("split", "Cut sentences into heads and tails, as rows to adapt on");
  command->add_option("--input", options->input, "A file of sentences, one a line")->required();
  command->add_option("--by", options->by, "Where to cut: after phrases of a lexicon, or at random")
      ->check(CLI::IsMember({"phrases", "random"}));
  command->add_option(
      "--lexicon", options->lexicon,
      "data/lexicons/NAME.toml, or a file (default: commonsense); with --by random only "
      "sentences that it can cut are cut");
  command->add_option("--count", options->selection.count, "How many to keep (default: all)")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--draw", options->draw, "Keep the first sentences, or a random draw")
      ->check(CLI::IsMember({"first", "random"}));
  command->add_option("--seed", options->selection.seed, "Seed of random cuts and of the draw");
  command->add_option("--without-tests-of", options->tests,
                      "Leave out sentences with head and tail of a test example of this task "
                      "(a name or a card; may be repeated)");
  command->add_option("--head-words", options->head_words, "Least and most words of a head")
      ->expected(2)
      ->check(CLI::PositiveNumber);
  command->add_option("--tail-words", options->tail_words, "Least and most words of a tail")
      ->expected(2)
      ->check(CLI::PositiveNumber);
  command->add_option("-o,--output", options->output, "Write the rows here, as JSON lines");
  command->add_option("-n,--examples", options->examples, "How many rows to show")
      ->check(CLI::NonNegativeNumber);
  command->footer("Example: dovetail data split --input sentences.txt --count 8000 -o rows.jsonl");
  command->callback([options, &chosen] { chosen = [options] { return split_file(*options); }; });
}

}  // namespace dovetail
