// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/example_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/number_text.h"
#include "analysis/report/page_parts.h"
#include "analysis/report/page_table.h"
#include "base/names.h"

namespace dovetail {

namespace {

constexpr size_t kOfEachEnd = 3;
constexpr size_t kLongestText = 300;  // bytes

// Cuts between characters of UTF-8.
std::string cut_text(const std::string& text) {
  if (text.size() <= kLongestText) return text;
  size_t end = kLongestText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + " …";
}

struct CellRecord {
  const Cell* cell = nullptr;
  const Record* record = nullptr;
};

// The first finished cell with answers.
CellRecord cell_to_show(const Analysis& analysis, const Decision& decision) {
  const bool tuned = decision.use.choice && decision.use.choice->baseline.empty();
  const Choice& choice = tuned ? *decision.use.choice : decision.recommended;
  if (choice.cells.empty()) return {};
  for (const CellGroup& group : analysis.groups) {
    for (const CellResult& result : group.cells) {
      if (result.state == CellState::finished && result.cell->name == choice.cells.front())
        return {result.cell, result.record};
    }
  }
  return {};
}

std::string optional_score(const std::optional<double>& value) {
  return value ? score_text(*value) : "";
}

std::vector<TableCell> example_row(const AnsweredExample& example) {
  return {text_cell(optional_score(example.score)), text_cell(example.source),
          text_cell(join(example.references, " | ")), text_cell(example.answer),
          text_cell(optional_score(example.likelihood))};
}

}  // namespace

ShownExamples shown_examples(const Analysis& analysis, const Decision& decision,
                             const TestExamples& examples) {
  const CellRecord shown = cell_to_show(analysis, decision);
  if (!shown.record) return {};
  std::vector<AnsweredExample> all =
      answered_examples(*shown.cell, *shown.record, decision.metric, examples);
  if (all.empty() || all.front().references.empty()) return {};
  sort_by_score(all, /*lowest_first=*/false);
  std::erase_if(all, [](const AnsweredExample& one) { return !one.score; });
  if (all.size() > 2 * kOfEachEnd) all.erase(all.begin() + kOfEachEnd, all.end() - kOfEachEnd);
  for (AnsweredExample& one : all) {
    one.source = cut_text(one.source);
    one.answer = cut_text(one.answer);
    for (std::string& reference : one.references) reference = cut_text(reference);
  }
  return {shown.cell->name, decision.metric, std::move(all)};
}

std::string shown_examples_html(const ShownExamples& shown) {
  if (shown.answered.empty()) return "";
  PageTable table{.css_class = "examples",
                  .columns = {metric_text(shown.metric), "Source", "Right", "Answer",
                              "Likelihood of the right answer, a token"}};
  for (const AnsweredExample& example : shown.answered) table.rows.push_back(example_row(example));
  const std::string note = fmt::format(
      "Answers with the highest and the lowest scores, of {}. All of them: dovetail predictions.",
      shown.cell);
  return paragraph_html(note, "note") + wide_table_html(table);
}

}  // namespace dovetail
