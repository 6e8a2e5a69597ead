// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail {

// A place in a source that a tuning fills with a trained vector. Tokens of equal name share one
// vector.
struct SoftToken {
  std::string owner;  // the task or relation it belongs to; "": shared by all
  std::string label;  // P0, com1, event.2
  std::string word;   // the word it stands for and may be initialized from; "" for none

  std::string name() const { return owner.empty() ? label : owner + "." + label; }
};

// A stretch of a source: a text with the whitespace around it, or a soft token.
struct Segment {
  std::string text;
  // The order in which a source that is too long is truncated, each segment from its end: 1 first;
  // 0 never.
  int cut = 0;
  bool soft = false;
  SoftToken token = {};
};

// An example as the model sees it.
struct Rendered {
  std::vector<Segment> source;
  std::string target;  // "<extra_id_0> to drive there"

  // For display: soft tokens print as <xNeed.P0>, or as <P0> without their owner.
  std::string source_text(bool with_owner = true) const;
};

// Removes the sentinels of a generated text and normalizes its whitespace.
std::string postprocess(const std::string& generated);

// A text split at its sentinels. `number` is K of the <extra_id_K> before the part; -1 for the part
// before the first sentinel.
struct SentinelPart {
  int64_t number = -1;
  std::string text;  // whitespace collapsed
};
std::vector<SentinelPart> split_at_sentinels(std::string_view text);

// Collects the segments of a source and numbers its sentinels. A space joins two segments, unless
// the second is glued. Empty texts are skipped.
class SourceWriter {
 public:
  void text(std::string_view text, int cut = 0);
  void glued(std::string_view text, int cut = 0);  // without a space before it
  // Replaces each [MASK] in the text by the next sentinel.
  void phrase(std::string_view text);
  void glued_phrase(std::string_view text);
  void mask() { phrase("[MASK]"); }
  void soft(SoftToken token);
  std::vector<Segment> take();

 private:
  std::string fill_masks(std::string_view text);
  void add(std::string text, int cut);

  std::vector<Segment> segments_;
  int64_t masks_ = 0;
};

}  // namespace dovetail
