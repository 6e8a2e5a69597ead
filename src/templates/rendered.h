// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace dovetail {

// A place in a source that a tuning fills with a trained vector. Tokens of one name are one vector.
struct SoftToken {
  std::string owner;  // the task or relation it belongs to; "": shared by all
  std::string label;  // P0, com1, event.2
  std::string word;   // that it stands for, and may start from; "" for none

  std::string name() const { return owner.empty() ? label : owner + "." + label; }
};

// A stretch of a source: a text with the blanks around it, or a soft token.
struct Segment {
  std::string text;
  // Where a source is too long, segments are cut in this order, from their ends: 1 first; 0 never.
  int cut = 0;
  bool soft = false;
  SoftToken token = {};
};

// An example as the model will see it.
struct Rendered {
  std::vector<Segment> source;
  std::string target;  // "<extra_id_0> to drive there"

  // For looking at: soft tokens as <xNeed.P0>, or <P0> without their owner.
  std::string source_text(bool with_owner = true) const;
};

// What the model wrote, without sentinels; runs of blanks are one blank, none at the ends.
std::string postprocess(const std::string& generated);

// A text cut at its sentinels: `number` is K of the <extra_id_K> before it, -1 of what stands
// before the first.
struct SentinelPart {
  int64_t number = -1;
  std::string text;  // blanks collapsed
};
std::vector<SentinelPart> split_at_sentinels(std::string_view text);

// Puts segments one after the other, joined by a blank but where told otherwise, and numbers the
// sentinels. Empty texts leave no trace.
class SourceWriter {
 public:
  void text(std::string_view text, int cut = 0);
  void glued(std::string_view text, int cut = 0);  // no blank before it
  // [MASK] in it becomes the next sentinel.
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
