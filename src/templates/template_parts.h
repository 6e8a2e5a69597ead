// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace dovetail {

// MTO's template language (Pouramini and Faili 2024, their code). The skeleton of a source is
//   (prefix) (prompt) (nat_prefix) {source} (prefix) (prompt) (nat) (prompt) (mask)
// and of a target (mask) (prefix) (nat) {target}. Each part of a dash-joined list fills the first
// free slot of its kind; slots that stay free print nothing.
//
//   sup          no sentinel; a question comes before its choices
//   unsup        a sentinel at the end of the source and at the start of the target
//   mask         as unsup, and another may follow
//   nat          the relation's phrase; a phrase with {source} takes in the source
//   nat_prefix   the phrase before the source; nat_target: in the target
//   px, px0      the task's name and ":" in the next prefix slot; px0 leaves the slot empty. A list
//                without either has the prefix in front
//   pt, ptar     soft tokens of the task in the next prompt slot (two name spaces)
//   pcom         soft tokens shared by all tasks
//   psh          soft tokens of the words that the relation shares with others; pshr: the words in
//                another order; psht: as many tokens of the task's own
//   pnat         a soft token for each word of the phrase
//   pn, pnr, pnt numbered prompts; in another order; as many tokens in one prompt
//   pmask        as ptar, and a sentinel
//   0, p0        skips a prompt slot, so that the tokens of 0-ptar follow the input
//   vnat[_P]-vX  version X of the phrase, with slots for answer and label. P is the place of the
//                label in the target: 0 absent, 1 first, 10 last (the default), 100 alone
//   qpos[_P]     the question at the "start" or "end" (the default)
//   omit_F       leaves out field F
//   temp_flex, temp_mixed, temp_len   a shape for each example, see TemplateRule
//   chat_NAME    a conversation as chat template NAME writes it (examples/chat_template.h), up to
//                and with the header of the answer; without prefix
//   cloze        a text with a gap in it, as the verbalizer of the task words it; without prefix
//   soft_cloze   the same with a soft token for each of its words
// Parts of the earlier harness (mt5-comet):
//   rel_first, rel_last   the relation as one token before or after the source, not as a prefix
//   tokens, nat_tokens    the relation as feature tokens, or as their gloss, in the slot of nat
//   rel_mask     source, sentinel, target; the model writes the relation's phrase
enum class Slot {
  prefix,
  relation_token,
  phrase,
  verbal,
  features,
  gloss,
  source,
  cloze,
  chat,
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
  std::string chat;                  // name of a chat template; "": none
  std::string version;               // of vnat's phrase: "v3"; "": the default
  int label_place = -1;              // P of vnat; -1: no vnat
  bool soft_words = false;           // of soft_cloze

  bool has(Slot slot) const;
  bool has_prompt() const;  // soft tokens
};

// How a template chooses between its shapes for an example.
//   mixed   by the example's field "group", Filling or Mapping; without it as flex
//   flex    by the relation: Filling where answers fill a gap (an attribute, a place, a use ...)
//   length  by the question: the answer continues a question without "?" or with long choices (four
//           words or more on average); else it fills a mask
enum class TemplateRule { none, mixed, flex, length };

struct ParsedTemplate {
  TemplateRule rule = TemplateRule::none;
  std::vector<TemplateShape> shapes;  // one; for a rule two: filling, mapping
};

// Parses a list of parts. ConfigError for an unknown part, with the nearest known one, and for a
// part without a free slot. `with_prefix` puts the task's name in front where the list has no part
// for it.
ParsedTemplate parse_template(const std::string& parts, bool with_prefix = true);

// Whether the text is a known part or a dash-joined list, which need not be well-formed.
bool looks_like_parts(const std::string& text);

}  // namespace dovetail
