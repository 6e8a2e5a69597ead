// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/report/html.h"
#include "analysis/report/sections.h"
#include "analysis/report/words.h"

namespace dovetail {

namespace {

std::string fact(const std::string& name, const std::string& value) {
  return value.empty() ? "" : element("div", text_element("dt", name) + text_element("dd", value));
}

std::string provenance_text(const RunFacts& facts, const std::string& key) {
  const auto found = facts.provenance.find(key);
  if (found == facts.provenance.end()) return "";
  if (found->second.size() > 4) return fmt::format("{} different ones", found->second.size());
  return fmt::format("{}", fmt::join(found->second, ", "));
}

// A long name may break after a slash, dot or underscore.
std::string breakable(const std::string& name) {
  std::string html;
  std::string part;
  for (const char c : name) {
    part += c;
    if (c != '/' && c != '.' && c != '_') continue;
    html += html_escape(part) + "<wbr>";
    part.clear();
  }
  return html + html_escape(part);
}

std::string small(const std::string& text) { return text_element("small", text); }

// The score of a comparison, the gain over it, and whether that is measurable: by sign and word,
// not by colour alone.
std::string comparison_cell(const Comparison* comparison) {
  if (!comparison) return element("td", "");
  if (!comparison->absent.empty())
    return text_element("td", "not run", {{"class", "absent"}, {"title", comparison->absent}});
  const std::string score =
      text_element("span", score_text(comparison->score.mean), {{"class", "score"}});
  const std::string title = "against: " + comparison->against;
  if (comparison->same) {
    return element("td", score + small("is the best choice"), {{"class", "tie"}, {"title", title}});
  }
  const std::string state = comparison->better() ? "better" : comparison->worse() ? "worse" : "tie";
  const std::string sign = state == "better" ? "▲ " : state == "worse" ? "▼ " : "≈ ";
  const std::string relative =
      comparison->relative_gain ? " (" + percent_text(*comparison->relative_gain) + ")" : "";
  return element("td",
                 score +
                     text_element("span", sign + signed_text(comparison->gain.mean) + relative,
                                  {{"class", "gain"}}) +
                     small(interval_text(comparison->gain)),
                 {{"class", state}, {"title", title}});
}

std::string choice_html(const Choice& choice) {
  if (!choice.baseline.empty()) return text_element("span", choice.text, {{"class", "choice"}});
  return element("span",
                 text_element("b", choice.start) + " " +
                     text_element("span", choice.template_name) + " " +
                     text_element("span", choice.tuning),
                 {{"class", "choice"}});
}

// What to use: without a measurable difference the cheaper choice, and not the luckiest one.
std::string choice_cell(const Decision& decision) {
  const bool keep = decision.verdict == Verdict::gain ||
                    decision.verdict == Verdict::nothing_to_compare || !decision.cheaper;
  std::string html = text_element("span", verdict_text(decision.verdict),
                                  {{"class", "verdict " + to_string(decision.verdict)}});
  html += choice_html(keep ? decision.recommended : *decision.cheaper);
  if (!keep) {
    html += small("the cheaper choice, " + seconds_text(decision.cheaper->cost.total()) +
                  "; the scores beside are of the "
                  "highest mean, " +
                  decision.recommended.text);
  } else if (decision.cheaper) {
    html += small("cheaper, not measurably worse: " + decision.cheaper->text + ", " +
                  seconds_text(decision.cheaper->cost.total()));
  }
  return element("td", html, {{"class", "use"}});
}

std::string evidence_cell(const Decision& decision) {
  std::string text =
      fmt::format("n = {}, {} seed{}", decision.honest_score.items, decision.honest_score.seeds,
                  decision.honest_score.seeds == 1 ? "" : "s");
  std::string more =
      decision.candidates < decision.candidates_planned
          ? fmt::format("best of {} ({} planned)", decision.candidates, decision.candidates_planned)
          : fmt::format("best of {}", decision.candidates);
  std::string stable = decision.halves > 0 ? fmt::format("best on {} of {} halves",
                                                         decision.times_chosen, decision.halves)
                                           : "";
  return element("td", text_element("span", text) + small(more) + small(stable));
}

std::string decision_row(const Decision& decision) {
  const GroupCost& cost = decision.recommended.cost;
  const Estimate& score = decision.honest_score;
  std::string row =
      element("th", element("span", breakable(decision.task)) + small(decision.train_size),
              {{"scope", "row"}});
  row += choice_cell(decision);
  row += element("td", text_element("span", score_text(score.mean), {{"class", "score"}}) +
                           small(metric_text(decision.metric)) +
                           small(score_text(score.low) + " to " + score_text(score.high)));
  for (const char* name : {"random_start", "most_frequent", "copy", "untuned"}) {
    row += comparison_cell(find_comparison(decision, name));
  }
  row += evidence_cell(decision);
  row += element("td", text_element("span", seconds_text(cost.total())) +
                           small("tuning " + seconds_text(cost.tune_seconds)));
  return element("tr", row);
}

std::string comparisons_table(const Decision& decision) {
  std::string rows;
  for (const Comparison& comparison : decision.comparisons) {
    const std::string against = comparison.absent.empty() ? comparison.against : comparison.absent;
    rows += element("tr", text_element("th", comparison.label, {{"scope", "row"}}) +
                              text_element("td", against) + comparison_cell(&comparison));
  }
  return element(
      "table",
      element("thead", element("tr",
                               "<th scope=\"col\">Against</th><th scope=\"col\">Which cells</th>"
                               "<th scope=\"col\">Score, gain, interval</th>")) +
          element("tbody", rows));
}

}  // namespace

std::string run_facts_html(const Analysis& analysis) {
  const RunFacts& facts = analysis.facts;
  std::string cells = fmt::format("{} of {} finished", facts.cells_finished, facts.cells);
  if (facts.cells_failed > 0) cells += fmt::format(", {} failed", facts.cells_failed);
  if (facts.cells_missing > 0) cells += fmt::format(", {} still to come", facts.cells_missing);
  const auto joined = [&](const char* axis) {
    return fmt::format("{}", fmt::join(analysis.labels(axis), ", "));
  };
  return element(
      "dl",
      fact("Cells", cells) +
          fact("Jobs", fmt::format("{} of {} finished", facts.jobs_finished, facts.jobs)) +
          fact("Objectives", joined("objective")) + fact("Templates", joined("template")) +
          fact("Tuning", joined("tuning")) + fact("Training data", joined("train_size")) +
          fact("Seeds", joined("seed")) +
          fact("Work done", seconds_text(facts.job_seconds) + " of jobs") +
          fact("Commit", provenance_text(facts, "commit")) +
          fact("Threads a rank", provenance_text(facts, "threads")) +
          fact("Device", provenance_text(facts, "device")) +
          fact("Sweep hash", analysis.plan->sweep_hash.substr(0, 12)),
      {{"class", "facts"}});
}

std::string list_html(const std::vector<std::string>& texts, const std::string& css_class) {
  if (texts.empty()) return "";
  std::string items;
  for (const std::string& text : texts) items += text_element("li", text);
  return element("ul", items, {{"class", css_class}});
}

std::string recommendations_html(const Analysis& analysis) {
  if (analysis.decisions.empty())
    return text_element("p", "No task has a finished cell yet.", {{"class", "absent"}});
  std::string heads;
  for (const char* title : {"Task and training data", "Use", "Score to expect",
                            "Random start, at its best", "Most frequent answer", "Copy the input",
                            "Untuned model, at its best", "Evidence", "Cost from nothing"}) {
    heads += text_element("th", title, {{"scope", "col"}});
  }
  std::string rows;
  for (const Decision& decision : analysis.decisions) rows += decision_row(decision);
  return element("div",
                 element("table", element("thead", element("tr", heads)) + element("tbody", rows),
                         {{"class", "recommendations"}}),
                 {{"class", "wide"}});
}

std::string explanations_html(const Analysis& analysis) {
  std::string html;
  for (const Decision& decision : analysis.decisions) {
    html +=
        element("details", text_element("summary", decision.task + ", " + decision.train_size +
                                                       ": " + verdict_text(decision.verdict)) +
                               text_element("p", explain(decision)) + comparisons_table(decision));
  }
  return html;
}

}  // namespace dovetail
