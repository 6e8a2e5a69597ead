// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace dovetail {

// MTO's template language (Pouramini and Faili 2024, their code). The skeleton of a source is
//   (prefix) (prompt) (nat_prefix) {source} (prefix) (prompt) (nat) (prompt) (mask)
// and of a target (mask) (prefix) (nat) {target}; a dash-joined list of parts fills the first
// remaining slot of each part's kind, and what is left empty goes.
//
//   sup          no sentinel; a question comes before its choices
//   unsup        a sentinel at the end of the source and at the start of the target
//   mask         as unsup, and another may follow
//   nat          the relation's phrase; one with {source} in it takes the source there
//   nat_prefix   the phrase before the source; nat_target: in the target
//   px, px0      the task's name and ":" in the next prefix slot (given once in front where the
//                list lacks it); px0 leaves the slot empty
//   pt, ptar     soft tokens of the task in the next prompt slot (two name spaces)
//   pcom         soft tokens shared by all tasks
//   psh          soft tokens of the words that the relation shares with others; pshr: the words in
//                another order; psht: as many tokens, but the task's own
//   pnat         a soft token for each word of the phrase
//   pn, pnr, pnt numbered prompts, the same in another order, as many tokens in one prompt
//   pmask        as ptar, and a sentinel
//   0, p0        skips a prompt slot, so that 0-ptar stands after the input
//   vnat[_P]-vX  version X of the phrase, with slots for answer and label; the label at place P of
//                the target: 0 not at all, 1 first, 10 last (the default), 100 alone
//   qpos[_P]     the question at the "start" or "end" (the default); omit_F: without that field
//   temp_flex, temp_mixed, temp_len   a shape for each example, see TemplateRule
// and of the earlier harness:
//   rel_first, rel_last   the relation as one token before or after the source, not as a prefix
//   tokens, nat_tokens    the relation as feature tokens, or their gloss, where nat stands
//   rel_mask     source, sentinel, target; the relation's phrase is asked for
enum class Slot {
  prefix,
  relation_token,
  phrase,
  verbal,
  features,
  gloss,
  source,
  tail,
  mask,
  target,
  pt,
  ptar,
  pcom,
  psh,
  pshr,
  psht,
  pnat,
  pn,
  pnr,
  pnt
};

bool is_prompt(Slot slot);

// The filled skeleton of a list of parts.
struct TemplateShape {
  std::vector<std::string> parts;
  std::vector<Slot> source, target;
  bool sup = false;
  std::string question_position;     // "start", "end", "": by sup
  std::vector<std::string> omitted;  // fields
  std::string version;   // of the phrase, "v3"; "": vnat is not said, or says the default
  int label_place = -1;  // of vnat; -1: no vnat

  bool has(Slot slot) const;
  bool has_prompt() const;
};

// Which shape an example takes.
//   mixed  by its field "group": Filling or Mapping; without it as flex
//   flex   by its relation: those whose answers fill a gap (an attribute, a place, a use ...)
//   length of a question without "?", or with long choices (four words or more on average), the
//          answer continues the text; else it fills a mask
enum class TemplateRule { none, mixed, flex, length };

struct ParsedTemplate {
  TemplateRule rule = TemplateRule::none;
  std::vector<TemplateShape> shapes;  // of a rule: filling, mapping
};

// ConfigError for an unknown part, with the nearest known one, and for a part that no slot is left
// for. Without `with_prefix` no prefix is put where the list does not ask for one.
ParsedTemplate parse_template(const std::string& parts, bool with_prefix = true);

// Whether the text is one known part, or a list of parts, well-formed or not.
bool looks_like_parts(const std::string& text);

}  // namespace dovetail
