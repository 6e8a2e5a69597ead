// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/run_view.h"

#include <fmt/format.h>

#include "analysis/report/number_text.h"
#include "analysis/report/page_parts.h"
#include "base/names.h"

namespace dovetail {

namespace {

// ", 2 failed, 5 still to come"
std::string unfinished_text(const RunFacts& facts) {
  std::string text;
  if (facts.cells_failed > 0) text += fmt::format(", {} failed", facts.cells_failed);
  if (facts.cells_missing > 0) text += fmt::format(", {} still to come", facts.cells_missing);
  return text;
}

std::vector<std::string> provenance_values(const RunFacts& facts, const std::string& key) {
  const auto found = facts.provenance.find(key);
  if (found == facts.provenance.end()) return {};
  return {found->second.begin(), found->second.end()};
}

std::string provenance_text(const RunFacts& facts, const std::string& key) {
  const std::vector<std::string> values = provenance_values(facts, key);
  if (values.size() > 4) return fmt::format("{} different ones", values.size());
  return join(values, ", ");
}

}  // namespace

std::string run_line(const ReportModel& model) {
  const RunFacts& facts = model.facts;
  std::string line =
      facts.cells_finished == facts.cells
          ? fmt::format("{} cells, all finished", facts.cells)
          : fmt::format("{} of {} cells finished", facts.cells_finished, facts.cells);
  line += unfinished_text(facts) + " · seeds " + join(model.labels("seed"), ", ");
  for (const auto& [key, words] :
       {std::pair("commit", "commit "), std::pair("threads", "threads a rank: "),
        std::pair("device", "on ")}) {
    const std::vector<std::string> values = provenance_values(facts, key);
    if (!values.empty()) line += " · " + (words + join(values, ", "));
  }
  return line + " · " + seconds_text(facts.job_seconds) + " of work";
}

std::string run_facts_html(const ReportModel& model) {
  const RunFacts& facts = model.facts;
  const auto joined = [&](const char* axis) { return join(model.labels(axis), ", "); };
  return facts_html({{"Cells", fmt::format("{} of {} finished", facts.cells_finished, facts.cells) +
                                   unfinished_text(facts)},
                     {"Jobs", fmt::format("{} of {} finished", facts.jobs_finished, facts.jobs)},
                     {"Objectives", joined("objective")},
                     {"Templates", joined("template")},
                     {"Tuning", joined("tuning")},
                     {"Training data", joined("train_size")},
                     {"Seeds", joined("seed")},
                     {"Work done", seconds_text(facts.job_seconds) + " of jobs"},
                     {"Commit", provenance_text(facts, "commit")},
                     {"Threads a rank", provenance_text(facts, "threads")},
                     {"Device", provenance_text(facts, "device")},
                     {"Processor", provenance_text(facts, "cpu")},
                     {"Precision of training", provenance_text(facts, "precision")},
                     {"Precision of answers", provenance_text(facts, "evaluation_precision")},
                     {"Sweep hash", model.sweep_hash.substr(0, 12)}});
}

std::string methods_html(const ReportModel& model) {
  std::string html;
  for (const MethodsPart& part : model.methods) {
    html += "<h4>" + html_escape(part.heading) + "</h4>\n";
    for (const std::string& paragraph : part.paragraphs) html += paragraph_html(paragraph);
  }
  return folded_html(
      "What was run, in words for a paper (methods.tex and methods.bib beside this "
      "page have them for LaTeX)",
      html);
}

}  // namespace dovetail
