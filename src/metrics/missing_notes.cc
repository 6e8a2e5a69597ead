// SPDX-License-Identifier: Apache-2.0
#include "metrics/missing_notes.h"

#include "base/names.h"

namespace dovetail {

namespace {

std::string said_of(Words words, bool of_one) {
  const char* s = of_one ? "s" : "";
  switch (words) {
    case Words::all: return fmt::format("read{} every script", s);
    case Words::ascii: return fmt::format("read{} ASCII letters and digits alone", s);
    case Words::between_blanks:
      return fmt::format("take{} what stands between blanks for a word", s);
    case Words::xlsum:
      return fmt::format("take{} what stands between blanks for a word, but in Chinese", s);
  }
  return "";
}

std::string lost_text(const SetLetters& references, Words words) {
  if (references.letters.content == 0) return "the references hold no letters";
  const std::string script = references.main_script();
  return fmt::format(
      "{:.3g} % of the references' letters are lost{}", 100 * references.lost_share(words),
      script.empty() ? "" : fmt::format(" (of those beyond ASCII most are {})", script));
}

std::vector<std::string> with_words(const std::vector<std::string>& names, Words words) {
  std::vector<std::string> found;
  for (const std::string& name : names) {
    if (find_metric(name).words == words) found.push_back(name);
  }
  return found;
}

}  // namespace

std::string readable_decider(const SetLetters& references) {
  for (const Metric& metric : metrics()) {
    if (metric.decides == Decides::free_text && references.may_decide(metric.words))
      return metric.name;
  }
  return "";
}

std::vector<std::string> missing_notes(const std::vector<std::string>& names,
                                       const SetLetters& references, const std::string& examples) {
  std::vector<std::string> notes;
  for (const Words words : {Words::ascii, Words::between_blanks, Words::xlsum}) {
    const std::vector<std::string> found = with_words(names, words);
    const int64_t unread = references.unread_by(words);
    const bool may_decide = references.may_decide(words);
    if (found.empty() || (unread == 0 && may_decide)) continue;
    std::string note = fmt::format("{} {}: {}", join(found, ", "),
                                   said_of(words, found.size() == 1), lost_text(references, words));
    if (unread > 0) {
      note += fmt::format("; missing, and not 0, in {} of {} {}", unread, references.examples,
                          examples);
    }
    if (!may_decide) note += fmt::format("; {} reads them", readable_decider(references));
    notes.push_back(std::move(note));
  }
  return notes;
}

}  // namespace dovetail
